"""On or off."""

from typing import Any

from kivy.animation import Animation
from kivy.graphics import Color, SmoothEllipse
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.kit.painting import Painted, Pressable
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_S, GAP_XS, TARGET_PRIMARY
from mobile.kit.widgets.layout import Column, show
from mobile.kit.widgets.text import Text


class _Knob(Painted):
    """The rail and the knob of a switch."""

    at = NumericProperty(0)

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None), size=(dp(56), dp(34)), radius=dp(17), edge_width=dp(2))
        with self.canvas:
            self._colour = Color()
            self._disc = SmoothEllipse()
        self.bind(at=self._draw, pos=self._draw)
        self._draw()

    def _draw(self, *_: Any) -> None:
        is_over = round(self.at) == 1
        self.fill = theme.colour("accent" if is_over else "surface")
        self.edge = theme.colour("accent" if is_over else "edge")
        self._colour.rgba = theme.colour("on_accent" if is_over else "edge")
        side = self.height - dp(12)
        self._disc.size = side, side
        self._disc.pos = self.x + dp(6) + self.at * (self.width - self.height), self.y + dp(6)


class Toggle(Pressable, BoxLayout):
    """A line of text with a switch: the whole line is tapped, `is_on` turns."""

    text = StringProperty("")
    helper = StringProperty("")
    is_on = BooleanProperty(False)

    def __init__(self, text: str = "", **properties: Any) -> None:
        """Take the text first."""
        self._knob = _Knob()
        self._text, self._helper = Text(style="body"), Text(style="caption", tone="text_soft")
        self._lines = Column(spacing=dp(GAP_XS), pos_hint={"center_y": 0.5})
        self._knob.pos_hint = {"center_y": 0.5}
        super().__init__(text=text, size_hint_y=None, spacing=dp(GAP_L), padding=(0, dp(GAP_S)), **properties)
        self.add_widget(self._lines)
        self.add_widget(self._knob)
        self._knob.at = float(self.is_on)
        self._lines.bind(height=self._fit)
        for name in ("text", "helper", "is_on"):
            self.fbind(name, self._dress)
        self._dress()

    def on_tap(self) -> None:
        """Turn."""
        self.is_on = not self.is_on

    def _dress(self, *_: Any) -> None:
        self._text.text, self._helper.text = self.text, self.helper
        show(self._lines, self._text, *([self._helper] if self.helper else []))
        Animation.cancel_all(self._knob)
        Animation(at=float(self.is_on), d=0.12).start(self._knob)

    def _fit(self, *_: Any) -> None:
        self.height = max(dp(TARGET_PRIMARY), self._lines.height + 2 * dp(GAP_S))
