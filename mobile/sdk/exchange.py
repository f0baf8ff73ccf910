"""What goes over the wire and what comes back, as the engine sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PUSH, PULL = "/v1/sync/push", "/v1/sync/pull"


@dataclass(frozen=True)
class Exchange:
    """A request to be sent: once, by whoever drives the engine, which then gives the answer back."""

    path: str
    message: Mapping[str, Any]
    ids: tuple[str, ...] = ()
    """Of a push: the mutations in it."""
    cursors: Mapping[str, str | None] = field(default_factory=dict)
    """Of a pull: where each scope stood."""


@dataclass(frozen=True)
class Answer:
    """What came back, as bytes; whether it is ours is for the engine to see."""

    status: int
    media_type: str
    body: bytes
