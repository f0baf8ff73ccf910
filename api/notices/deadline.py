"""Waiting for a blocking library without being held by it.

A thread cannot be stopped from outside. So the caller leaves at its deadline, the thread keeps its slot until it really
ends (a hanging provider can occupy the slots, never more), and a call that had not begun in time is never made.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")

_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)
_running: set["asyncio.Task[object]"] = set()


class NotStartedError(Exception):
    """No slot came free in time; the call was not made and will not be."""


class DeadlinePassedError(Exception):
    """The call was under way at the deadline; whether it had its effect is not known."""


def seconds_left(otherwise: float) -> float:
    """Give what is left for the call running in this thread, `otherwise` outside `call_within`; never below 1 ms."""
    ends_at = _ends_at.get()
    return otherwise if ends_at is None else max(ends_at - time.monotonic(), 0.001)


async def call_within(
    seconds: float, call: Callable[[], T], *, slots: CapacityLimiter, on_slow: Callable[[], None]
) -> T:
    """Run a blocking call in a worker thread, waiting at most `seconds`.

    At half of that the decision falls: a call still waiting for a slot is given up (begun so late it would only end as
    "not known"), for one under way `on_slow` is told.

    Raises:
        NotStartedError: the call was never made.
        DeadlinePassedError: it was made and had not ended.
    """
    ends_at = time.monotonic() + seconds
    # Whoever takes this first decides: the thread, that the call is made, or the leaving caller, that it never is.
    decision = threading.Lock()

    def run() -> T:
        if not decision.acquire(blocking=False):
            raise NotStartedError
        _ends_at.set(ends_at)
        return call()

    task = asyncio.ensure_future(to_thread.run_sync(run, limiter=slots))
    _running.add(task)
    task.add_done_callback(_forget)
    given_up = False
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds / 2)
        if not done:
            given_up = decision.acquire(blocking=False)
        if not done and not given_up:
            on_slow()
            done, _ = await asyncio.wait({task}, timeout=ends_at - time.monotonic())
    except asyncio.CancelledError:
        given_up = decision.acquire(blocking=False)
        raise
    finally:
        if given_up:
            task.cancel()
    if done:
        return task.result()
    raise NotStartedError if given_up else DeadlinePassedError


def _forget(task: "asyncio.Task[object]") -> None:
    _running.discard(task)
    if not task.cancelled():
        task.exception()  # an abandoned call's failure has nobody left to report to
