"""The clocks of a Linux machine."""

import time
from datetime import UTC, datetime
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """The system's clocks."""

    def wall(self) -> datetime:
        """Say what the machine shows, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC)

    def elapsed(self) -> float:
        """Give the seconds since the machine was started, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def boot_id(self) -> str:
        """Name this run of the machine, by what its kernel says."""
        return _BOOT_ID.read_text(encoding="ascii").strip()
