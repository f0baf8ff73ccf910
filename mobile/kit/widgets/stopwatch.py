"""The time since something began."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.uix.widget import Widget

from mobile.kit.i18n.formats import duration
from mobile.kit.widgets.text import Text

_TICK_S = 0.5


class Stopwatch(Text):
    """The time since something began, each second anew: `started` is a moment of the elapsed clock in seconds.

    `elapsed` is that clock (a port of the phone, because people set the wall clock); `started=None` stands at 00:00.
    """

    def __init__(self, elapsed: Callable[[], float], started: float | None = None, **properties: Any) -> None:
        """Take the clock and the beginning."""
        properties.setdefault("style", "display")
        super().__init__(fits=True, **properties)
        self._elapsed, self.started = elapsed, started
        self._ticks: Any = None
        self.tick()

    def on_parent(self, _widget: Any, parent: Widget | None) -> None:
        """Tick only while it is somewhere."""
        if self._ticks is not None:
            self._ticks.cancel()
        self._ticks = Clock.schedule_interval(self.tick, _TICK_S) if parent is not None else None

    def tick(self, *_: Any) -> None:
        """Write the time."""
        self.text = duration(0 if self.started is None else max(0, self._elapsed() - self.started))
