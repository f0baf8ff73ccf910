"""A scrolling column in which what is read stays where it is while parts above and below it come and go."""

from typing import Any

from kivy.clock import Clock
from kivy.uix.widget import Widget

from mobile.kit.widgets.layout import Scroll

_FRAMES = 6
"""So many frames the layout may take to come to rest after something was opened."""


class SteadyScroll(Scroll):
    """Keeps the distance from the top in pixels, where Kivy keeps a share of a height that changes."""

    def __init__(self, content: Widget, **properties: Any) -> None:
        """Take the column."""
        super().__init__(content, **properties)
        self._content = content
        self._offset = 0.0
        self._aim: tuple[Widget, float] | None = None
        self._frames_left = 0
        content.bind(height=self._hold)
        self.bind(height=self._hold, scroll_y=self._scrolled)

    @property
    def offset(self) -> float:
        """Pixels of the content above what is seen."""
        return self._offset

    def grew_above(self, widget: Widget, before: float, after: float) -> None:
        """Hear that a widget's height changes; what is seen below it stays where it is."""
        if self._content.top - widget.y <= self._offset + 1:
            self._offset = max(0.0, self._offset + after - before)

    def go_to(self, widget: Widget, above: float = 0.0) -> None:
        """Scroll so that a widget stands `above` pixels below the top, as soon as everything has its place."""
        self._aim, self._frames_left = (widget, above), _FRAMES
        Clock.schedule_once(self._approach, 0)

    def on_touch_down(self, touch: Any) -> bool:
        """A finger goes before any aim."""
        self._aim = None
        return super().on_touch_down(touch)

    def _approach(self, _dt: float) -> None:
        if self._aim is None:
            return
        widget, above = self._aim
        # A widget may stand in a place of its own, with its own coordinates.
        top = self._content.to_widget(*widget.to_window(widget.x, widget.top))[1]
        self._set(self._content.top - top - above)
        self._frames_left -= 1
        if self._frames_left:
            Clock.schedule_once(self._approach, 0)
        else:
            self._aim = None

    def _room(self) -> float:
        return float(self._content.height - self.height)

    def _set(self, offset: float) -> None:
        room = self._room()
        self._offset = min(max(0.0, offset), max(0.0, room))
        self.scroll_y = 1 - self._offset / room if room > 0 else 1

    def _hold(self, *_: Any) -> None:
        offset, room = self._offset, self._room()
        self.scroll_y = 1 - min(offset, room) / room if room > 0 else 1
        # Heights pass through smaller values while a column is laid out; the wish outlives them.
        self._offset = offset

    def _scrolled(self, *_: Any) -> None:
        room = self._room()
        self._offset = (1 - self.scroll_y) * room if room > 0 else 0.0
