"""What stands behind a widget: a filled, rounded, edged box; and what is laid over it while it is pressed."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import ColorProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from mobile.kit.theme import dp, theme

_NOTHING = (0, 0, 0, 0)
HOLD_AFTER_S = 0.5
"""A press of this length is a hold and no tap."""


class Painted(Widget):
    """Any widget with a background: `fill` and `edge` are colours, `radius` and `edge_width` pixels."""

    fill = ColorProperty(_NOTHING)
    edge = ColorProperty(_NOTHING)
    radius = NumericProperty(0)
    edge_width = NumericProperty(0)
    test_id = StringProperty("")
    width: float
    height: float

    def __init__(self, **properties: Any) -> None:
        """Draw below whatever the widget itself draws."""
        super().__init__(**properties)
        with self.canvas.before:
            self._edge_colour = Color(*self.edge)
            self._edge_box = SmoothRoundedRectangle(size=(0, 0))
            self._fill_colour = Color(*self.fill)
            self._fill_box = SmoothRoundedRectangle(size=(0, 0))
            self._plain_box = Rectangle(size=(0, 0))
        self.bind(
            pos=self._place_paint, size=self._place_paint, radius=self._place_paint, edge_width=self._place_paint,
            fill=self._colour_paint, edge=self._colour_paint,
        )  # fmt: skip
        self._place_paint()

    def _colour_paint(self, *_: Any) -> None:
        self._fill_colour.rgba = self.fill
        self._edge_colour.rgba = self.edge

    def _place_paint(self, *_: Any) -> None:
        width = self.edge_width
        has_edge = width > 0 and self.width > 2 * width and self.height > 2 * width
        inset = width if has_edge else 0
        self._edge_box.pos, self._edge_box.size = self.pos, self.size if has_edge else (0, 0)
        self._edge_box.radius = [self.radius]
        # Smoothing a straight side would let what is below shine through along it.
        box, other = (self._fill_box, self._plain_box) if self.radius else (self._plain_box, self._fill_box)
        other.size = (0, 0)
        box.pos = self.x + inset, self.y + inset
        box.size = max(0, self.width - 2 * inset), max(0, self.height - 2 * inset)
        self._fill_box.radius = [max(0, self.radius - inset)]


class Pressable(ButtonBehavior, Painted):
    """A painted widget that is tapped (`on_tap`) or held (`on_hold`); shows at once that it was touched.

    A second tap within `rest_s` seconds is taken for a trembling glove and does nothing.
    """

    rest_s = NumericProperty(0.3)
    __events__: tuple[str, ...] = ("on_tap", "on_hold")

    def __init__(self, **properties: Any) -> None:
        """Lay the mark of the press over the widget."""
        self._tapped_at = -1e9
        self._hold: Any = None
        self._was_held = False
        super().__init__(**properties)
        with self.canvas.after:
            self._press_colour = Color(*_NOTHING)
            self._press_box = SmoothRoundedRectangle(size=(0, 0))
        self.bind(state=self._show_press, pos=self._show_press, size=self._show_press)

    def _show_press(self, *_: Any) -> None:
        is_down = self.state == "down"
        self._press_colour.rgba = theme.colour("text", 0.12) if is_down else _NOTHING
        self._press_box.pos, self._press_box.size = self.pos, self.size if is_down else (0, 0)
        self._press_box.radius = [self.radius]

    def on_press(self) -> None:
        """Wait whether the press becomes a hold."""
        self._was_held = False
        self._hold = Clock.schedule_once(self._become_hold, HOLD_AFTER_S)

    def _become_hold(self, _dt: float) -> None:
        if self.state == "down":
            self._was_held = bool(self.dispatch("on_hold"))

    def on_release(self) -> None:
        """Tell the tap, unless it was a hold or a tremble."""
        if self._hold is not None:
            self._hold.cancel()
        now = Clock.get_time()
        if not self._was_held and now - self._tapped_at >= self.rest_s:
            self._tapped_at = now
            self.dispatch("on_tap")

    def on_tap(self) -> None:
        """Do nothing of its own: listeners do."""

    def on_hold(self) -> bool:
        """Do nothing of its own; a listener that returns True keeps the hold from becoming a tap."""
        return False


def line_width() -> float:
    """Width of edges and lines in pixels."""
    return max(1.0, dp(1))
