"""A circuit breaker: after a few failures in a row a provider is left alone for a while, then tried with one call."""

import time
from collections import deque
from collections.abc import Callable


class CircuitBreaker:
    """Guards one provider account; lives in one event loop and is not thread-safe."""

    def __init__(
        self,
        *,
        failures: int = 3,
        window_seconds: float = 60.0,
        cool_down_seconds: float = 15.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open after `failures` failures in a row within the window; try again after the cool-down."""
        self._limit = failures
        self._window = window_seconds
        self._cool_down = cool_down_seconds
        self._monotonic = monotonic
        self._failed_at: deque[float] = deque(maxlen=failures)
        self._retry_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls are refused or only a probe is out."""
        return self._retry_at is not None

    def allows(self) -> bool:
        """Whether a call may go out now; ask once per call, for an open breaker's yes is the single probe."""
        if self._retry_at is None:
            return True
        now = self._monotonic()
        if now < self._retry_at:
            return False
        # A probe that never reports back (its caller was cancelled) must not close the door for ever:
        # the next one may go after another cool-down.
        self._retry_at = now + self._cool_down
        return True

    def record_success(self) -> None:
        """The provider answered sensibly, be it yes or no."""
        self._failed_at.clear()
        self._retry_at = None

    def record_failure(self) -> None:
        """The provider was unreachable, silent, slow or broken."""
        now = self._monotonic()
        self._failed_at.append(now)
        in_window = [at for at in self._failed_at if now - at <= self._window]
        if self._retry_at is not None or len(in_window) >= self._limit:
            self._retry_at = now + self._cool_down
