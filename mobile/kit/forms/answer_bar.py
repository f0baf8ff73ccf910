"""One of a few answers as big buttons beside each other: a verdict, or yes and no.

A checklist has a hundred of them, so each is one widget with two ready pictures, not a box of labels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kivy.core.text import Label as TextPicture
from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.kit import fonts
from mobile.kit.icons import glyph
from mobile.kit.painting import Pressable, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_S, GAP_XS, RADIUS_M, TONES

_HEIGHT = 64
_ICON = 22
_pictures: dict[tuple[str, str, float, bool], TextPicture] = {}


@dataclass(frozen=True)
class Offer:
    """An answer that can be given: its key, what is read, its icon, and its colour (TONES) once chosen."""

    key: str
    text: str
    icon: str
    tone: str


def _picture(text: str, font: str, size: float, *, is_bold: bool) -> TextPicture:
    """Draw a word once, in white; it is coloured when it is shown."""
    key = (text, font, size, is_bold)
    if key not in _pictures:
        picture = TextPicture(text=text, font_name=font, font_size=size, bold=is_bold)
        picture.refresh()
        _pictures[key] = picture
    return _pictures[key]


class AnswerButton(Pressable):
    """One answer: an icon above its word."""

    is_chosen = BooleanProperty(False)

    def __init__(self, offer: Offer, **properties: Any) -> None:
        """Take what it offers."""
        self._offer = offer
        size, is_bold = theme.font("caption")
        self._icon = _picture(glyph(offer.icon), fonts.ICONS, theme.sp(_ICON), is_bold=False)
        self._word = _picture(offer.text, fonts.TEXT, size, is_bold=True)
        del is_bold
        super().__init__(radius=dp(RADIUS_M), rest_s=0, **properties)
        with self.canvas:
            self._ink = Color()
            self._icon_box = Rectangle(texture=self._icon.texture, size=self._icon.texture.size)
            self._word_box = Rectangle(texture=self._word.texture, size=self._word.texture.size)
        self.bind(pos=self._place, size=self._place, is_chosen=self._dress)
        self._dress()

    @property
    def text(self) -> str:
        """What is read on it."""
        return self._offer.text

    def _dress(self, *_: Any) -> None:
        ground, tone = TONES[self._offer.tone]
        self.fill = theme.colour(ground if self.is_chosen else "surface")
        self.edge = theme.colour(tone if self.is_chosen else "edge")
        self.edge_width = 2 * line_width() if self.is_chosen else line_width()
        self._ink.rgba = theme.colour(tone if self.is_chosen else "text")

    def _place(self, *_: Any) -> None:
        gap = dp(GAP_XS) / 2
        icon, word = self._icon.texture.size, self._word.texture.size
        # A word that is wider than its button is shown smaller rather than cut.
        shrunk = min(1.0, (self.width - dp(GAP_S)) / max(1, word[0]))
        word = word[0] * shrunk, word[1] * shrunk
        bottom = self.center_y - (icon[1] + word[1] + gap) / 2
        self._word_box.size, self._word_box.pos = word, (self.center_x - word[0] / 2, bottom)
        self._icon_box.pos = self.center_x - icon[0] / 2, bottom + word[1] + gap


class AnswerBar(BoxLayout):
    """A few answers of which one is chosen: `value` is its key, empty before; each is tapped as `<test_id>.<key>`."""

    value = StringProperty("")

    def __init__(
        self, offers: Sequence[Offer], value: str, on_answer: Callable[[str], None], test_id: str = ""
    ) -> None:
        """Take the answers, the one that was given, and whom to tell."""
        super().__init__(size_hint_y=None, height=theme.grown(_HEIGHT), spacing=dp(GAP_S))
        self._on_answer = on_answer
        self._buttons: dict[str, AnswerButton] = {}
        for offer in offers:
            button = AnswerButton(offer, test_id=f"{test_id}.{offer.key}", is_chosen=offer.key == value)
            button.fbind("on_tap", self._answer, offer.key)
            self._buttons[offer.key] = button
            self.add_widget(button)
        self.value = value

    def on_value(self, *_: Any) -> None:
        """Show which one is chosen."""
        for key, button in self._buttons.items():
            button.is_chosen = key == self.value

    def _answer(self, key: str, *_: Any) -> None:
        if key != self.value:
            self.value = key
            self._on_answer(key)
