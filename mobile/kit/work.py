"""Work beside the screen: a function runs in a thread and its result arrives on the main thread.

Whoever left the screen meanwhile is not bothered: `close()` drops every result that has not come yet.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from kivy.clock import Clock

Result = TypeVar("Result")
_WORKERS = 4
_lock = threading.Lock()
_pool: list[ThreadPoolExecutor] = []


def _workers() -> ThreadPoolExecutor:
    with _lock:
        if not _pool:
            _pool.append(ThreadPoolExecutor(_WORKERS, thread_name_prefix="kit-work"))
        return _pool[0]


def post(function: Callable[[], None]) -> None:
    """Have a function called on the main thread, in the next frame; may be called from any thread."""
    Clock.schedule_once(lambda _dt: function())


class Work:
    """The work of one screen or widget."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self.is_closed = False
        self.waiting = 0

    def run(
        self,
        function: Callable[[], Result],
        then: Callable[[Result], None] = lambda _result: None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run a function in a thread; call `then` with its result on the main thread.

        Args:
            function: touches no widget.
            then: touches widgets as it likes.
            failed: called with what the function raised; without it, it is raised on the main thread: no error is lost.
        """
        if self.is_closed:
            return
        self.waiting += 1

        def call() -> None:
            try:
                result = function()
            except Exception as error:  # noqa: BLE001 (handed over to the main thread)
                found: Callable[[], None] = self._refusal(error, failed)
            else:
                found = lambda: then(result)  # noqa: E731
            post(lambda: self._deliver(found))

        _workers().submit(call)

    def close(self) -> None:
        """Drop what has not come yet, and take no more."""
        self.is_closed = True

    def _deliver(self, found: Callable[[], None]) -> None:
        self.waiting -= 1
        if not self.is_closed:
            found()

    @staticmethod
    def _refusal(error: Exception, failed: Callable[[Exception], None] | None) -> Callable[[], Any]:
        def tell() -> None:
            if failed is None:
                raise error
            failed(error)

        return tell
