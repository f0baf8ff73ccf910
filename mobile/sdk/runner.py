"""Drives the engine: one exchange after the other, by one process at a time."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mobile.sdk.engine import Engine
from mobile.sdk.exchange import Answer, Exchange

MOST_AT_ONCE = 500


@contextmanager
def single_flight(path: Path) -> Iterator[bool]:
    """Hold the right to sync; gives False where another process (the background service) holds it."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def sync_now(
    engine: Engine, send: Callable[[Exchange], Answer | None], on_exchange: Callable[[], None] = lambda: None
) -> int:
    """Exchange until there is nothing to do now; gives how many exchanges that were.

    It returns also when the line fails: the engine says when to try again.
    """
    for count in range(MOST_AT_ONCE):
        exchange = engine.next_exchange()
        if exchange is None:
            return count
        engine.receive(exchange, send(exchange))
        on_exchange()
    return MOST_AT_ONCE
