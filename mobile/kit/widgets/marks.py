"""Small marks: chips that are chosen, badges that tell a state or a number, icons on a disc."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout

from mobile.kit.painting import Painted, Pressable, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, GAP_XS, TARGET, TONES
from mobile.kit.widgets.layout import show
from mobile.kit.widgets.text import Icon, Text

_DISC = 44


class IconDisc(Painted, AnchorLayout):
    """An icon on a round ground in one of TONES."""

    icon = StringProperty("")
    tone = StringProperty("neutral")

    def __init__(self, icon: str = "", **properties: Any) -> None:
        """Take the icon first."""
        self._icon = Icon(side=24)
        super().__init__(
            icon=icon, size_hint=(None, None), size=(dp(_DISC), dp(_DISC)), radius=dp(_DISC / 2), **properties
        )
        self.add_widget(self._icon)
        self.bind(icon=self._dress, tone=self._dress)
        self._dress()

    def _dress(self, *_: Any) -> None:
        ground, tone = TONES[self.tone]
        self.fill = theme.colour(ground)
        self._icon.name, self._icon.tone = self.icon, tone


class Badge(Painted, AnchorLayout):
    """A short word or number in one of TONES; not touched."""

    text = StringProperty("")
    tone = StringProperty("neutral")

    def __init__(self, text: str = "", **properties: Any) -> None:
        """Take the text first."""
        self._label = Text(style="small", fits=True)
        super().__init__(text=text, size_hint=(None, None), **properties)
        self.add_widget(self._label)
        self._label.bind(size=self._fit)
        self.bind(text=self._dress, tone=self._dress)
        self._dress()

    def _dress(self, *_: Any) -> None:
        ground, tone = TONES[self.tone]
        self.fill = theme.colour(ground)
        self._label.text, self._label.tone = self.text, tone
        self._fit()

    def _fit(self, *_: Any) -> None:
        self.height = self._label.height + 2 * dp(GAP_XS)
        self.width = max(self.height, self._label.width + 2 * dp(GAP_S))
        self.radius = self.height / 2


class Chip(Pressable, BoxLayout):
    """A word that is chosen or not; a tap turns `is_chosen` unless `turns` is off."""

    text = StringProperty("")
    icon = StringProperty("")
    is_chosen = BooleanProperty(False)
    turns = BooleanProperty(True)

    def __init__(self, text: str = "", **properties: Any) -> None:
        """Take the text first."""
        self._icon = Icon(side=20, pos_hint={"center_y": 0.5})
        self._label = Text(style="label", fits=True, pos_hint={"center_y": 0.5})
        super().__init__(
            text=text, size_hint=(None, None), height=theme.grown(TARGET), spacing=dp(GAP_XS), padding=(dp(GAP_L), 0),
            **properties,
        )  # fmt: skip
        self.radius = self.height / 2
        self.edge_width = line_width()
        self._label.bind(size=self._fit)
        for name in ("text", "icon", "is_chosen"):
            self.fbind(name, self._dress)
        self._dress()

    def on_tap(self) -> None:
        """Turn."""
        if self.turns:
            self.is_chosen = not self.is_chosen

    def _dress(self, *_: Any) -> None:
        tone = "on_accent_soft" if self.is_chosen else "text"
        self.fill = theme.colour("accent_soft" if self.is_chosen else "surface")
        self.edge = theme.colour("accent" if self.is_chosen else "edge")
        self._label.text, self._label.tone = self.text, tone
        self._icon.name = "check" if self.is_chosen else self.icon
        self._icon.tone = tone
        show(self, *([self._icon] if self._icon.name else []), self._label)
        self._fit()

    def _fit(self, *_: Any) -> None:
        icon = self._icon.width + dp(GAP_XS) if self._icon.parent else 0
        self.width = self._label.width + icon + 2 * dp(GAP_M if icon else GAP_L)
        self.padding = (dp(GAP_M if icon else GAP_L), 0)
