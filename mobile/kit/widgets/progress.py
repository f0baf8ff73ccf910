"""How far something is, or that it goes on."""

from typing import Any

from kivy.animation import Animation
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from mobile.kit.painting import Painted
from mobile.kit.theme import dp, theme


class Progress(Painted):
    """A bar from 0 to 1; `value` below 0 means that it goes on and nobody knows how long."""

    value = NumericProperty(0)
    tone = StringProperty("accent")
    _shift = NumericProperty(0)

    def __init__(self, **properties: Any) -> None:
        """Be 8 dp high."""
        super().__init__(size_hint_y=None, height=dp(8), radius=dp(4), fill=theme.colour("raised"), **properties)
        self._bar = Painted(radius=dp(4), size_hint=(None, None), fill=theme.colour(self.tone))
        self.add_widget(self._bar)
        self._run: Animation | None = None
        self.bind(pos=self._draw, size=self._draw, value=self._draw, _shift=self._draw, tone=self._draw)
        self._draw()

    def _draw(self, *_: Any) -> None:
        self._bar.fill = theme.colour(self.tone)
        is_unknown = self.value < 0
        share = 0.3 if is_unknown else min(1, self.value)
        self._bar.size = self.width * share, self.height
        self._bar.pos = self.x + self._shift * (self.width - self._bar.width) * is_unknown, self.y
        if is_unknown and self._run is None:
            self._run = Animation(_shift=1, d=0.9, t="in_out_quad") + Animation(_shift=0, d=0.9, t="in_out_quad")
            self._run.repeat = True
            self._run.start(self)
        elif not is_unknown and self._run is not None:
            run, self._run = self._run, None
            run.cancel(self)

    def on_parent(self, _widget: Any, parent: Widget | None) -> None:
        """Stand still when it is taken away."""
        if parent is None and self._run is not None:
            run, self._run = self._run, None
            run.cancel(self)
