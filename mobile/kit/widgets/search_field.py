"""A field for searching: tells `on_search` when the fingers rest, and is emptied with one tap."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.kit.theme import theme
from mobile.kit.tokens import GAP_M, TARGET_PRIMARY
from mobile.kit.widgets.button import IconButton
from mobile.kit.widgets.field import WritingGround, WritingLine
from mobile.kit.widgets.layout import Spacer, show
from mobile.kit.widgets.text import Icon

_REST_S = 0.25


class SearchField(BoxLayout):
    """A magnifier, a place to write, and a cross; `text` is what is searched for."""

    text = StringProperty("")
    placeholder = StringProperty("")
    __events__ = ("on_search",)

    def __init__(self, placeholder: str = "", **properties: Any) -> None:
        """Take the placeholder first."""
        test_id = properties.pop("test_id", "")
        self.line = WritingLine(test_id=test_id, multiline=False, hint_text=placeholder)
        self._clear = IconButton("close", tone="text_soft", test_id=f"{test_id}.clear", on_tap=self._empty)
        icon = Icon("magnify", tone="text_soft", pos_hint={"center_y": 0.5})
        self._clear.pos_hint = {"center_y": 0.5}
        height = theme.grown(TARGET_PRIMARY)
        self._parts = (Spacer(GAP_M), icon, self.line)
        self._ground = WritingGround(*self._parts, height=height)
        super().__init__(placeholder=placeholder, size_hint_y=None, height=height, **properties)
        self.add_widget(self._ground)
        self._rest = Clock.create_trigger(lambda _dt: self.dispatch("on_search", self.text), _REST_S)
        self.line.bind(text=self._typed, focus=self._focus, on_text_validate=self._at_once)
        self.bind(text=self._written)
        self._written()

    def on_search(self, text: str) -> None:
        """Do nothing of its own: listeners search."""

    def _typed(self, _line: Any, text: str) -> None:
        self.text = text
        self._rest.cancel()
        self._rest()

    def _written(self, *_: Any) -> None:
        if self.line.text != self.text:
            self.line.text = self.text
        show(self._ground, *self._parts, *([self._clear] if self.text else []))

    def _focus(self, *_: Any) -> None:
        self._ground.dress(is_focused=self.line.focus)

    def _at_once(self, *_: Any) -> None:
        self._rest.cancel()
        self.dispatch("on_search", self.text)

    def _empty(self, *_: Any) -> None:
        self.text = ""
        self._at_once()
