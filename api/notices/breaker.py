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
        """Whether calls are refused, but for a probe now and then."""
        return self._retry_at is not None

    def attempt(self) -> "Attempt | None":
        """Give the permission for one call, or None while the provider is left alone."""
        if self._retry_at is not None:
            now = self._monotonic()
            if now < self._retry_at:
                return None
            # The probe. One that never reports back (its caller was cancelled) must not close the door for ever,
            # so the next may go after another cool-down.
            self._retry_at = now + self._cool_down
        return Attempt(self)

    def record_success(self) -> None:
        """Close: the provider answered sensibly, be it yes or no."""
        self._failed_at.clear()
        self._retry_at = None

    def record_failure(self) -> None:
        """Count one failure; a failed probe starts the cool-down anew."""
        now = self._monotonic()
        self._failed_at.append(now)
        recent = sum(now - at <= self._window for at in self._failed_at)
        if self._retry_at is not None or recent >= self._limit:
            self._retry_at = now + self._cool_down


class Attempt:
    """One permitted call; it counts as a failure once, however often it is found slow, late and broken."""

    def __init__(self, breaker: CircuitBreaker) -> None:
        """Only `CircuitBreaker.attempt` makes these."""
        self._breaker = breaker
        self._failed = False

    def succeeded(self) -> None:
        """The provider answered sensibly."""
        self._breaker.record_success()

    def failed(self) -> None:
        """The provider was unreachable, silent, slow or broken."""
        if not self._failed:
            self._failed = True
            self._breaker.record_failure()
