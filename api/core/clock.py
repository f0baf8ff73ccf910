"""The one source of time: aware UTC inside, Europe/Istanbul at the edge.

The clock is module state and not a context variable: a frozen clock has to hold in worker threads and in tasks that
were started before it was frozen.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ISTANBUL = ZoneInfo("Europe/Istanbul")
OFFSET_VARIABLE = "BELEDIYE_CLOCK_OFFSET_SECONDS"


class ClockError(ValueError):
    """The clock was given a time it cannot run on."""

    def __init__(self, code: str, message_tr: str) -> None:
        super().__init__(f"{code}: {message_tr}")
        self.code = code
        self.message_tr = message_tr


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ClockError("naive_time", "Saat dilimi olmayan bir zaman verildi.")
    return at.astimezone(UTC)


class Clock:
    """A clock that runs with the system, shifted by a fixed offset, unless it is frozen.

    Sub-processes cannot share a frozen clock; a demo server is shifted by `BELEDIYE_CLOCK_OFFSET_SECONDS` instead.
    """

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset
        self._frozen_at: datetime | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Say what time it is, as an aware UTC datetime."""
        frozen_at = self._frozen_at
        return datetime.now(UTC) + self.offset if frozen_at is None else frozen_at  # noqa: TID251 (here it is)

    def today(self) -> date:
        """Say which calendar day it is in Turkey; deadlines and daily limits count these days."""
        return self.now().astimezone(ISTANBUL).date()

    def advance(self, **by: float) -> datetime:
        """Move a frozen clock by `timedelta` arguments (`hours=1`) and return the new time.

        Raises ClockError `clock_not_frozen` on a running clock.
        """
        with self._lock:
            if self._frozen_at is None:
                raise ClockError("clock_not_frozen", "Çalışan saat ileri alınamaz.")
            self._frozen_at += timedelta(**by)
            return self._frozen_at

    def set(self, at: datetime) -> None:
        """Put a frozen clock to `at` (aware). Raises ClockError `clock_not_frozen` or `naive_time`."""
        moment = _aware(at)
        with self._lock:
            if self._frozen_at is None:
                raise ClockError("clock_not_frozen", "Çalışan saat ayarlanamaz.")
            self._frozen_at = moment

    @contextmanager
    def frozen(self, at: datetime | None = None) -> Iterator["Clock"]:
        """Stop the clock at `at` (aware; default: now) for the block, in every task and thread of this process.

        Blocks nest; leaving one restores what was before it.
        """
        moment = self.now() if at is None else _aware(at)
        with self._lock:
            before, self._frozen_at = self._frozen_at, moment
        try:
            yield self
        finally:
            with self._lock:
                self._frozen_at = before


def offset_from(environment_value: str | None) -> timedelta:
    """Read the offset of the clock from its environment variable: whole or fractional seconds, unset means none."""
    try:
        return timedelta(seconds=float(environment_value or 0))
    except (ValueError, OverflowError) as error:
        raise ClockError("bad_clock_offset", f"{OFFSET_VARIABLE} saniye olarak bir sayı olmalıdır.") from error


_clock = Clock(offset_from(os.environ.get(OFFSET_VARIABLE)))

now = _clock.now
today = _clock.today
frozen = _clock.frozen


def offset() -> timedelta:
    """Say by how much this process's clock is shifted; a production start refuses anything but zero."""
    return _clock.offset
