"""A place to sign with a finger."""

from typing import Any

from kivy.graphics import Color, Line, SmoothEllipse, SmoothLine
from kivy.properties import BooleanProperty, StringProperty

from mobile.kit.painting import Painted, line_width
from mobile.kit.pictures import signature_png
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_XL, RADIUS_S
from mobile.kit.widgets.text import Text

_HEIGHT = 220
_PNG_WIDTH = 900
_FEWEST_POINTS = 6


class SignaturePad(Painted):
    """White ground with a line to sign on. `strokes` is what was written, `png()` its picture.

    `is_signed` is true from the first real stroke on: a mere touch is no signature. The pad tells `on_change`, which is
    the moment to save the strokes. It stays white in the dark: what is signed looks like what is printed.
    """

    takes_drags = True
    is_signed = BooleanProperty(False)
    hint = StringProperty("")
    __events__ = ("on_change",)

    def __init__(self, **properties: Any) -> None:
        """Be 220 dp high unless told otherwise."""
        properties.setdefault("size_hint_y", None)
        properties.setdefault("height", dp(_HEIGHT))
        super().__init__(
            fill=(1, 1, 1, 1), edge=theme.colour("edge"), edge_width=dp(1), radius=dp(RADIUS_S), **properties
        )
        self.strokes: list[list[tuple[float, float]]] = []
        self._hint = Text(self.hint, style="caption", halign="center")
        self._hint.color = (0.3, 0.35, 0.4, 1)
        self.add_widget(self._hint)
        self.bind(pos=self._draw, size=self._draw, hint=self._draw)
        self._draw()

    def on_change(self) -> None:
        """Do nothing of its own: listeners save."""

    def set_strokes(self, strokes: list[list[tuple[float, float]]]) -> None:
        """Show what was written before; lists of pairs as JSON gives them will do."""
        self.strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in strokes]
        self._changed()

    def clear(self, *_: Any) -> None:
        """Begin anew."""
        self.set_strokes([])

    def undo(self, *_: Any) -> None:
        """Take the last stroke back."""
        self.set_strokes(self.strokes[:-1])

    def png(self) -> bytes:
        """Give the picture: 900 pixels wide, black on white. Costs some 20 ms: call it beside the screen."""
        return signature_png(self.strokes, _PNG_WIDTH, max(1, round(_PNG_WIDTH * self.height / self.width)))

    def on_touch_down(self, touch: Any) -> bool:
        """Begin a stroke."""
        if self.disabled or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self.strokes.append([self._share(touch)])
        self._draw()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Go on with it; outside the pad it runs along the edge."""
        if touch.grab_current is not self or not self.strokes:
            return False
        self.strokes[-1].append(self._share(touch))
        self._draw_stroke(self.strokes[-1][-2:])
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """End it."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._changed()
        return True

    def _changed(self) -> None:
        self.is_signed = sum(map(len, self.strokes)) >= _FEWEST_POINTS
        self._draw()
        self.dispatch("on_change")

    def _share(self, touch: Any) -> tuple[float, float]:
        x = min(max((touch.x - self.x) / self.width, 0), 1)
        y = min(max((self.top - touch.y) / self.height, 0), 1)
        return round(x, 4), round(y, 4)

    def _draw(self, *_: Any) -> None:
        self.canvas.clear()
        base = self.y + self.height * 0.24
        with self.canvas:
            Color(0.45, 0.5, 0.55, 1)
            Line(points=[self.x + dp(GAP_XL), base, self.right - dp(GAP_XL), base], width=line_width() / 2)
        self.canvas.add(self._hint.canvas)
        self._hint.text, self._hint.width = self.hint, self.width
        self._hint.pos = self.x, base - self._hint.height - dp(4)
        for stroke in self.strokes:
            self._draw_stroke(stroke)

    def _draw_stroke(self, stroke: list[tuple[float, float]]) -> None:
        points = [part for x, y in stroke for part in (self.x + x * self.width, self.top - y * self.height)]
        thick = dp(1.6)
        with self.canvas:
            Color(0.04, 0.08, 0.2, 1)
            if len(stroke) > 1:
                SmoothLine(points=points, width=thick, overdraw_width=dp(1.2))
            else:
                SmoothEllipse(pos=(points[0] - thick, points[1] - thick), size=(2 * thick, 2 * thick))
