"""Text fields: a label that always stays, a place to write, and below it a word of help or what is wrong."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

from mobile.kit import fonts
from mobile.kit.painting import Painted
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_M, GAP_XS, RADIUS_S, TARGET_PRIMARY
from mobile.kit.widgets.layout import Column, Scroll, show
from mobile.kit.widgets.text import Text

_LINE = 1.3
"""Height of a line for a letter of size 1; Kivy knows it only after the first frame."""
_KEYBOARD_S = 0.25
"""After so long the phone's keyboard has taken its part of the window, and the line scrolls into what is left."""


class WritingLine(TextInput):
    """Kivy's text input in our colours and without a ground of its own."""

    test_id = StringProperty("")

    def __init__(self, **properties: Any) -> None:
        """Be as high as asked for; the text stands in the middle of a single line."""
        size, _ = theme.font("body")
        super().__init__(
            font_name=fonts.TEXT, font_size=size, background_normal="", background_active="",
            background_disabled_normal="", background_color=(0, 0, 0, 0), foreground_color=theme.colour("text"),
            disabled_foreground_color=theme.colour("text_soft"), cursor_color=theme.colour("accent"),
            hint_text_color=theme.colour("text_soft"), selection_color=theme.colour("accent", 0.3),
            cursor_width=dp(2), write_tab=False, padding=(dp(GAP_M), dp(GAP_M)), **properties,
        )  # fmt: skip
        self.bind(height=self._centre, focus=self._wait_for_keyboard)

    def _centre(self, *_: Any) -> None:
        if not self.multiline:
            self.padding = (dp(GAP_M), (self.height - self.line_height) / 2)

    def _wait_for_keyboard(self, *_: Any) -> None:
        if self.focus:
            Clock.schedule_once(self._come_into_sight, _KEYBOARD_S)

    def _come_into_sight(self, _dt: float) -> None:
        above = self.parent
        while above is not None and not isinstance(above, Scroll):
            above = above.parent if above.parent is not above else None
        if above is not None and self.focus and not self._is_in_sight(above):
            above.scroll_to(self, padding=dp(TARGET_PRIMARY))

    def _is_in_sight(self, view: Scroll) -> bool:
        _, low = self.to_window(*self.pos)
        _, floor = view.to_window(*view.pos)
        return bool(floor <= low and low + self.height <= floor + view.height)


class WritingGround(Painted, BoxLayout):
    """The edged ground that a line of writing stands on; its edge tells focus and error."""

    def __init__(self, *parts: Widget, height: float) -> None:
        """Take what stands on it."""
        super().__init__(size_hint_y=None, height=height, radius=dp(RADIUS_S))
        for part in parts:
            self.add_widget(part)
        self.dress()

    def dress(self, *, is_wrong: bool = False, is_focused: bool = False, is_disabled: bool = False) -> None:
        """Colour it."""
        self.fill = theme.colour("raised" if is_disabled else "surface")
        self.edge = theme.colour("danger" if is_wrong else "accent" if is_focused else "edge")
        self.edge_width = dp(2) if is_wrong or is_focused else dp(1)


class TextField(Column):
    """A labelled field. `text` is what stands in it; `error` colours it and takes the helper's place.

    More than one of `rows` makes it multiline; `limit` counts characters, 0 for none; `keyboard` is Kivy's `input_type`
    (text, number, tel, mail, url). `on_done` comes with Enter in a single line. The place to write has the test id, so
    that a robot taps and types there. Rows, keyboard and secrecy are chosen when it is made.
    """

    label = StringProperty("")
    text = StringProperty("")
    helper = StringProperty("")
    error = StringProperty("")
    placeholder = StringProperty("")
    keyboard = StringProperty("text")
    is_secret = BooleanProperty(False)
    rows = NumericProperty(1)
    limit = NumericProperty(0)
    __events__ = ("on_done",)

    def __init__(self, label: str = "", **properties: Any) -> None:
        """Take the label first."""
        self.line = WritingLine(test_id=properties.pop("test_id", ""), multiline=properties.get("rows", 1) > 1)
        super().__init__(label=label, spacing=dp(GAP_XS + 2), **properties)
        self.line.input_type, self.line.password = self.keyboard, self.is_secret
        wanted = self.line.font_size * _LINE * self.rows + 2 * dp(GAP_M)
        self._label = Text(style="label")
        self._below = Text(style="caption")
        self._ground = WritingGround(self.line, height=max(theme.grown(TARGET_PRIMARY), wanted))
        self.line.text = self.text
        self.line.bind(text=self._typed, focus=self._dress, on_text_validate=lambda *_: self.dispatch("on_done"))
        for name in ("label", "helper", "error", "placeholder", "limit", "disabled"):
            self.fbind(name, self._dress)
        self.fbind("text", self._written)
        self._dress()

    def on_done(self) -> None:
        """Do nothing of its own: listeners do."""

    def _typed(self, _line: Any, text: str) -> None:
        if self.limit and len(text) > self.limit:
            self.line.text = text[: int(self.limit)]
            return
        self.text = text
        self._dress()

    def _written(self, *_: Any) -> None:
        if self.line.text != self.text:
            self.line.text = self.text

    def _dress(self, *_: Any) -> None:
        self._label.text, self.line.hint_text = self.label, self.placeholder
        below = self.error or self.helper
        if self.limit and not self.error:
            below = f"{below}  {len(self.text)}/{int(self.limit)}".strip()
        self._below.text, self._below.tone = below, "danger" if self.error else "text_soft"
        self._ground.dress(is_wrong=bool(self.error), is_focused=self.line.focus, is_disabled=self.disabled)
        parts = (self._label, self.label), (self._ground, True), (self._below, below)
        show(self, *(part for part, is_there in parts if is_there))
