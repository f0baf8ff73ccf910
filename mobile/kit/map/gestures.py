"""Fingers on a map: what they mean, in pixels from the bottom left of the widget. Knows nothing of maps."""

from math import hypot
from typing import Any

from kivy.clock import Clock
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.stencilview import StencilView

from mobile.kit.painting import HOLD_AFTER_S, Painted
from mobile.kit.theme import dp

_STILL = 10
"""A finger that moves less than so many dp taps."""
_SLIDE_S, _LEAST_SPEED, _SAMPLES_S = 0.18, 60.0, 0.1
_WHEEL = 0.5


class GestureSurface(Painted, StencilView, FloatLayout):
    """A surface that is moved, pinched, tapped and held; children lie above it and are touched first.

    A subclass says what that does: `drag`, `pinch`, `tap`, `press_long`, `scroll`, `halt` and `rest`.
    """

    takes_drags = True

    def __init__(self, **properties: Any) -> None:
        """Begin untouched."""
        self._fingers: dict[Any, tuple[float, float]] = {}
        self._track: list[tuple[float, float, float]] = []
        self._hold: Any = None
        self._slide: Any = None
        self._is_tap = False
        super().__init__(**properties)

    def drag(self, dx: float, dy: float) -> None:
        """Follow a finger."""

    def pinch(self, factor: float, x: float, y: float) -> None:
        """Grow around a pixel."""

    def tap(self, x: float, y: float, *, is_double: bool) -> None:
        """Take a tap."""

    def press_long(self, x: float, y: float) -> None:
        """Take a long press."""

    def scroll(self, by: float, x: float, y: float) -> None:
        """Take the wheel of a mouse."""

    def halt(self) -> None:
        """Stop what moves by itself: a finger came down."""

    def rest(self) -> None:
        """Come to rest: no finger and nothing sliding."""

    def stop_sliding(self) -> None:
        """End a slide where it is."""
        if self._slide is not None:
            self._slide.cancel()
            self._slide = None

    def on_touch_down(self, touch: Any) -> bool:
        """Begin a tap, a move or a pinch."""
        if not self.collide_point(*touch.pos):
            return False
        if super().on_touch_down(touch):
            return True
        x, y = touch.x - self.x, touch.y - self.y
        if getattr(touch, "is_mouse_scrolling", False):
            self.scroll(_WHEEL if touch.button == "scrolldown" else -_WHEEL, x, y)
            return True
        self.stop_sliding()
        self.halt()
        touch.grab(self)
        self._fingers[touch.uid] = (x, y)
        self._is_tap = len(self._fingers) == 1
        self._track = [(Clock.get_time(), x, y)]
        self._end_hold()
        if self._is_tap:
            self._hold = Clock.schedule_once(lambda _dt: self._become_hold(x, y), HOLD_AFTER_S)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Move with one finger, grow with two."""
        if touch.grab_current is not self or touch.uid not in self._fingers:
            return bool(super().on_touch_move(touch))
        old, new = self._fingers[touch.uid], (touch.x - self.x, touch.y - self.y)
        if self._is_tap:
            _, start_x, start_y = self._track[0]
            if hypot(new[0] - start_x, new[1] - start_y) < dp(_STILL):
                return True
            self._is_tap = False
            self._end_hold()
        self._fingers[touch.uid] = new
        others = [place for uid, place in self._fingers.items() if uid != touch.uid]
        if others:
            self._spread(others[0], old, new)
        else:
            self.drag(new[0] - old[0], new[1] - old[1])
            self._track = [*self._track[-8:], (Clock.get_time(), *new)]
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """End it: a tap is told, what was thrown slides on."""
        if touch.grab_current is not self or touch.uid not in self._fingers:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        x, y = self._fingers.pop(touch.uid)
        self._end_hold()
        if self._fingers:
            return True
        if self._is_tap:
            self._is_tap = False
            self.tap(x, y, is_double=bool(getattr(touch, "is_double_tap", False)))
        elif not self._throw():
            self.rest()
        return True

    def _spread(self, other: tuple[float, float], old: tuple[float, float], new: tuple[float, float]) -> None:
        before = max(1.0, hypot(old[0] - other[0], old[1] - other[1]))
        after = max(1.0, hypot(new[0] - other[0], new[1] - other[1]))
        self.drag((new[0] - old[0]) / 2, (new[1] - old[1]) / 2)
        self.pinch(after / before, (new[0] + other[0]) / 2, (new[1] + other[1]) / 2)
        self._track = []

    def _become_hold(self, x: float, y: float) -> None:
        if self._is_tap:
            self._is_tap = False
            self.press_long(x, y)

    def _end_hold(self) -> None:
        if self._hold is not None:
            self._hold.cancel()
            self._hold = None

    def _throw(self) -> bool:
        now = Clock.get_time()
        recent = [place for place in self._track if now - place[0] < _SAMPLES_S]
        if len(recent) < 2 or recent[-1][0] <= recent[0][0]:  # noqa: PLR2004 (a speed needs two places)
            return False
        seconds = recent[-1][0] - recent[0][0]
        speed = [(recent[-1][part] - recent[0][part]) / seconds for part in (1, 2)]
        if hypot(*speed) < dp(_LEAST_SPEED):
            return False

        def slide(dt: float) -> bool:
            self.drag(speed[0] * dt, speed[1] * dt)
            speed[:] = [part * 0.5 ** (dt / _SLIDE_S) for part in speed]
            if hypot(*speed) < dp(_LEAST_SPEED / 3):
                self._slide = None
                self.rest()
                return False
            return True

        self._slide = Clock.schedule_interval(slide, 0)
        return True
