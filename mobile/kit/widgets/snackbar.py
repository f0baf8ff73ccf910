"""A word that comes, is read, and goes."""

from collections.abc import Callable
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from mobile.kit.painting import Painted
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, RADIUS_M, mix, rgba
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.text import Icon, Text

_SHOWN_S, _SHOWN_WITH_ACTION_S = 4.0, 8.0
_ABOVE = 92
"""So far above the bottom, in dp, that the tabs stay free."""


class Snackbar(Painted, BoxLayout):
    """A short word above the bottom of the screen; the next one takes its place. With an action it stays longer."""

    def __init__(self, text: str, icon: str = "", action: str = "", on_action: Callable[[], Any] | None = None) -> None:
        """Take the text; `action` is the word of its button, with the id `snackbar.action`."""
        palette = theme.palette
        ground = mix(palette.text, palette.accent, 0.12)
        super().__init__(
            size_hint=(None, None), spacing=dp(GAP_M), padding=(dp(GAP_L), dp(GAP_M)), radius=dp(RADIUS_M),
            fill=rgba(ground), test_id="snackbar", pos_hint={"center_x": 0.5},
        )  # fmt: skip
        self.text, self._on_action = text, on_action
        self._seconds = _SHOWN_WITH_ACTION_S if action else _SHOWN_S
        self._host: Any = None
        if icon:
            self.add_widget(Icon(icon, tone="surface", pos_hint={"center_y": 0.5}))
        label = Text(text, tone="surface", style="label", pos_hint={"center_y": 0.5})
        self.add_widget(label)
        if action:
            button = PushButton(action, kind="inverse", size_hint_x=None, test_id="snackbar.action", on_tap=self._act)
            button.pos_hint = {"center_y": 0.5}
            self.add_widget(button)
            self.padding = (dp(GAP_L), dp(GAP_S), dp(GAP_S), dp(GAP_S))
        self.bind(minimum_height=self.setter("height"))

    def open(self, near: Widget) -> None:
        """Show it on the navigator that a widget stands in.

        Raises:
            LookupError: the widget stands in none.
        """
        host: Any = near
        while host is not None and not hasattr(host, "announce"):
            host = host.parent if host.parent is not host else None
        if host is None:
            raise LookupError("the widget is on no screen")
        self._host = host
        self.width = min(dp(560), host.width - 2 * dp(GAP_M))
        self.y, self.opacity = dp(_ABOVE), 0
        host.announce(self)
        Animation(opacity=1, d=0.15).start(self)
        self._end = Clock.schedule_once(self.dismiss, self._seconds)

    def dismiss(self, *_: Any) -> None:
        """Take it away."""
        host, self._host = self._host, None
        if host is not None:
            self._end.cancel()
            Animation.cancel_all(self)
            host.remove_widget(self)

    def _act(self, *_: Any) -> None:
        self.dismiss()
        if self._on_action is not None:
            self._on_action()
