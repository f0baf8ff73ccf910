"""What goes over the wire and what comes back, as the engine sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PUSH, PULL, BLOBS = "/v1/sync/push", "/v1/sync/pull", "/v1/sync/blobs"


@dataclass(frozen=True)
class Exchange:
    """A request to be sent: once, by whoever drives the engine, which then gives the answer back."""

    path: str
    message: Mapping[str, Any] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    """Of a push: the mutations in it."""
    cursors: Mapping[str, str | None] = field(default_factory=dict)
    """Of a pull: where each scope stood."""
    upload: tuple[str, str] | None = None
    """Of an upload: whose bytes, and the variant; it is sent as it stands here, and has no message."""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    made_at: int = 0


@dataclass(frozen=True)
class Answer:
    """What came back, as bytes; whether it is ours is for the engine to see. Names of headers are in lower case."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
