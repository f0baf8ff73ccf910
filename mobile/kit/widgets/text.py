"""Texts that wrap and grow, and icons."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.label import Label

from mobile.kit import fonts
from mobile.kit.icons import glyph
from mobile.kit.theme import theme


class Text(Label):
    """A text in a style of the type scale and a colour of the palette.

    It wraps at its width and is as high as its lines; with `fits` it is as wide as its one line instead.
    """

    style = StringProperty("body")
    tone = StringProperty("text")
    fits = BooleanProperty(False)
    test_id = StringProperty("")

    def __init__(self, text: str = "", **properties: Any) -> None:
        """Take the text first, then Kivy's properties."""
        properties.setdefault("halign", "left")
        properties.setdefault("valign", "middle")
        super().__init__(text=text, font_name=fonts.TEXT, size_hint_y=None, markup=False, **properties)
        self.bind(width=self._measure, texture_size=self._measure, fits=self._measure, style=self._dress)
        self.bind(tone=self._dress)
        self._dress()
        self._measure()

    def _dress(self, *_: Any) -> None:
        self.font_size, self.bold = theme.font(self.style)
        self.color = self.disabled_color = theme.colour(self.tone)

    def _measure(self, *_: Any) -> None:
        if self.fits:
            self.size_hint_x = None
            self.text_size = (None, None)
            self.size = self.texture_size
        else:
            self.text_size = (self.width, None)
            self.height = self.texture_size[1]


class Icon(Label):
    """A picture of the icon font by its name in `icons.ICONS`; `side` is its size in sp."""

    name = StringProperty("")
    tone = StringProperty("text")
    side = NumericProperty(24)

    def __init__(self, name: str = "", **properties: Any) -> None:
        """Take the name first."""
        properties.setdefault("size_hint", (None, None))
        super().__init__(font_name=fonts.ICONS, name=name, **properties)
        self.bind(name=self._dress, tone=self._dress, side=self._dress)
        self._dress()

    def _dress(self, *_: Any) -> None:
        self.text = glyph(self.name) if self.name else ""
        self.font_size = theme.sp(self.side)
        self.color = self.disabled_color = theme.colour(self.tone)
        if self.size_hint_x is None:
            self.width = self.font_size
        if self.size_hint_y is None:
            self.height = self.font_size
