"""A line across the screen that stays as long as it is true."""

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.kit.painting import Pressable
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_S, TARGET, TONES
from mobile.kit.widgets.layout import show
from mobile.kit.widgets.text import Icon, Text


class Banner(Pressable, BoxLayout):
    """A line across the screen that tells a lasting state, such as being offline or what waits to be sent.

    `tone` is one of TONES; `action` is a word at the right, told by a tap on the banner.
    """

    text = StringProperty("")
    icon = StringProperty("information")
    tone = StringProperty("info")
    action = StringProperty("")

    def __init__(self, text: str = "", **properties: Any) -> None:
        """Take the text first."""
        self._icon = Icon(side=22, pos_hint={"center_y": 0.5})
        self._text = Text(style="label", pos_hint={"center_y": 0.5})
        self._action = Text(style="label", fits=True, pos_hint={"center_y": 0.5}, underline=True)
        super().__init__(
            text=text, size_hint_y=None, spacing=dp(GAP_S + 2), padding=(dp(2 * GAP_S), dp(GAP_S)), **properties
        )
        self._text.bind(height=self._fit)
        for name in ("text", "icon", "tone", "action"):
            self.fbind(name, self._dress)
        self._dress()

    def _dress(self, *_: Any) -> None:
        ground, tone = TONES[self.tone]
        self.fill = theme.colour(ground)
        self._text.text, self._action.text, self._icon.name = self.text, self.action, self.icon
        for part in (self._text, self._action, self._icon):
            part.tone = tone
        show(self, self._icon, self._text, *([self._action] if self.action else []))
        self._fit()

    def _fit(self, *_: Any) -> None:
        least = TARGET if self.action else TARGET - 2 * GAP_S
        self.height = max(dp(least), self._text.height + 2 * dp(GAP_S))
