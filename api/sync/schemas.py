"""What phones send. Unlike elsewhere unknown fields are passed over: a phone may be newer than the server."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from mobile.wire.limits import LEAST_WANTED, MOST_MUTATIONS, MOST_WANTED

MOST_SCOPES = 200
LARGEST_SEQ = 2**31 - 1

Cursor = Annotated[str, Field(max_length=200)]
ScopeId = Annotated[str, Field(max_length=80)]
App = Annotated[str, Field(max_length=40)]
Epoch = Annotated[str, Field(max_length=64)]
Count = Annotated[int, Field(ge=0, le=LARGEST_SEQ)]


class FromPhone(BaseModel):
    """Base of messages."""

    model_config = ConfigDict(extra="ignore")


class MutationIn(FromPhone):
    """One command of the outbox."""

    id: UUID
    seq: Annotated[int, Field(ge=1, le=LARGEST_SEQ)]
    kind: Annotated[str, Field(max_length=60)]
    kv: Annotated[int, Field(ge=0, le=1_000)]
    at: dict[str, Any] = Field(default_factory=dict, max_length=20)
    base: dict[str, int] = Field(default_factory=dict, max_length=50)
    body: Any = None
    sha: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PushIn(FromPhone):
    """A batch of commands, in the order of their stream."""

    device: UUID
    fork_of: UUID | None = None
    epoch: Epoch | None = None
    app: App = ""
    mutations: Annotated[list[MutationIn], Field(min_length=1, max_length=MOST_MUTATIONS)]


class PullIn(FromPhone):
    """Where a phone stands in each of its scopes; `want` is how many plain bytes of rows it would like.

    `waiting` is how many records and photos it still holds.
    """

    device: UUID
    epoch: Epoch | None = None
    app: App = ""
    scopes: Annotated[dict[ScopeId, Cursor | None], Field(max_length=MOST_SCOPES)] = {}
    want: Annotated[int, Field(ge=1)] = LEAST_WANTED
    check: Annotated[list[ScopeId], Field(max_length=MOST_SCOPES)] = []
    waiting: tuple[Count, Count] | None = None

    @property
    def room(self) -> int:
        """Bytes of rows that the answer may hold."""
        return min(max(self.want, LEAST_WANTED), MOST_WANTED)
