"""The clocks of Android. NOT RUN ON A PHONE YET."""

import time
from datetime import UTC, datetime

from mobile.device.android.system import activity, java


class BootClock:
    """The wall clock, the clock since the start of the phone, and the count of its starts."""

    def wall(self) -> datetime:
        """Say what the phone shows, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC)

    def elapsed(self) -> float:
        """Give the seconds since the start, deep sleep included."""
        return float(java("android.os.SystemClock").elapsedRealtime()) / 1000

    def boot_id(self) -> str:
        """Name this run by Settings.Global.BOOT_COUNT (since Android 7)."""
        settings = java("android.provider.Settings$Global")
        return str(settings.getInt(activity().getContentResolver(), settings.BOOT_COUNT))
