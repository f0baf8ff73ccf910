"""A pad for the number that opens the app: big keys, and dots that tell how many are typed."""

from typing import Any

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from mobile.kit.painting import Painted, Pressable, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.layout import Column
from mobile.kit.widgets.text import Icon, Text

_KEY = 76
_DOT = 18


class PinPad(Column):
    """Keys 0–9 and back; `on_complete` tells the number when `length` digits are typed, and the dots are emptied.

    `prompt` stands above, `error` below the dots. Keys have the ids `pin.0` … `pin.9`, `pin.back`.
    """

    prompt = StringProperty("")
    error = StringProperty("")
    length = NumericProperty(6)
    __events__ = ("on_complete",)

    def __init__(self, **properties: Any) -> None:
        """Be as wide as the three columns of keys."""
        self._typed = ""
        self._prompt = Text(style="heading", halign="center")
        self._error = Text(style="label", tone="danger", halign="center")
        self._dots = BoxLayout(size_hint=(None, None), height=dp(_DOT), spacing=dp(GAP_L), pos_hint={"center_x": 0.5})
        super().__init__(spacing=dp(GAP_L), **properties)
        keys = GridLayout(cols=3, size_hint=(None, None), spacing=dp(GAP_M), pos_hint={"center_x": 0.5})
        keys.bind(minimum_size=keys.setter("size"))
        for name in ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "back"):
            keys.add_widget(self._key(name) if name else Widget(size_hint=(None, None), size=(dp(_KEY), dp(_KEY))))
        self._dots.bind(minimum_width=self._dots.setter("width"))
        for part in (self._prompt, self._dots, self._error, keys):
            self.add_widget(part)
        for name in ("prompt", "error", "length"):
            self.fbind(name, self._dress)
        self._dress()

    def on_complete(self, pin: str) -> None:
        """Do nothing of its own: listeners check the number."""

    def clear(self) -> None:
        """Forget what was typed."""
        self._typed = ""
        self._dress()

    def _key(self, name: str) -> Widget:
        return _Key(name, test_id=f"pin.{name}", on_tap=lambda *_: self._press(name))

    def _press(self, name: str) -> None:
        self.error = ""
        self._typed = self._typed[:-1] if name == "back" else self._typed + name
        self._dress()
        if len(self._typed) >= self.length:
            typed, self._typed = self._typed, ""
            self._dress()
            self.dispatch("on_complete", typed)

    def _dress(self, *_: Any) -> None:
        self._prompt.text, self._error.text = self.prompt, self.error or " "
        self._dots.clear_widgets()
        for at in range(int(self.length)):
            dot = Painted(size_hint=(None, None), size=(dp(_DOT), dp(_DOT)), radius=dp(_DOT / 2), edge_width=dp(2))
            dot.edge = theme.colour("danger" if self.error else "accent")
            dot.fill = theme.colour("accent") if at < len(self._typed) else theme.colour("background")
            self._dots.add_widget(dot)


class _Key(Pressable, AnchorLayout):
    """One key; quick taps of the same digit all count."""

    def __init__(self, name: str, **properties: Any) -> None:
        side = dp(_KEY)
        super().__init__(size_hint=(None, None), size=(side, side), radius=side / 2, rest_s=0, **properties)
        if name == "back":
            self.add_widget(Icon("backspace-outline", side=28))
            return
        self.fill, self.edge, self.edge_width = theme.colour("surface"), theme.colour("edge"), line_width()
        self.add_widget(Text(name, style="display", fits=True))
