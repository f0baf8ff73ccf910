"""Time on the spot: begun by a tap, kept through a kill of the app, and written down as a visit when it ends.

Counted by the clock that nobody sets; after a restart of the phone by the wall clock, which then is all there is.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from field_app.phone import Surroundings
from mobile.sdk.store import Store

_SLOT = "site_timer"


@dataclass(frozen=True)
class Timer:
    """A visit that is going on."""

    complaint_id: str
    wall_ms: int
    boot: str
    uptime_ms: int


class Timers:
    """The one timer of a phone: a person is at one place."""

    def __init__(self, store: Store, around: Surroundings) -> None:
        """Take the phone's database and clocks."""
        self._store, self._around = store, around

    @property
    def running(self) -> Timer | None:
        """The visit that is going on."""
        held = json.loads(self._store.get(_SLOT, "null"))
        return Timer(*held) if held else None

    def start(self, complaint_id: str) -> None:
        """Begin a visit."""
        boot, uptime = self._around.uptime()
        with self._store.transaction():
            self._store.put(**{_SLOT: json.dumps([complaint_id, self._around.clock(), boot, uptime])})

    def seconds(self) -> float:
        """Give the length of the running visit; 0 without one."""
        timer = self.running
        if timer is None:
            return 0.0
        boot, uptime = self._around.uptime()
        passed = uptime - timer.uptime_ms if boot == timer.boot else self._around.clock() - timer.wall_ms
        return max(0.0, passed / 1000)

    def stop(self) -> tuple[str, datetime, datetime] | None:
        """End the visit; gives its case, beginning and end."""
        timer, seconds = self.running, self.seconds()
        with self._store.transaction():
            self._store.put(**{_SLOT: None})
        if timer is None:
            return None
        start = datetime.fromtimestamp(timer.wall_ms / 1000, UTC)
        return timer.complaint_id, start, datetime.fromtimestamp(timer.wall_ms / 1000 + seconds, UTC)
