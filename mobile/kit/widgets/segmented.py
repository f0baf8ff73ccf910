"""One of a few, beside each other: a choice in a form, or the tabs of a screen."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.kit.painting import Painted
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_XS, RADIUS_S, TARGET
from mobile.kit.widgets.button import PushButton


class Segmented(Painted, BoxLayout):
    """A few words beside each other, of which one is chosen: `value` is its key.

    `options` are keys with what is read; each is tapped under the id `<test_id>.<key>`.
    """

    options = ListProperty()
    value = StringProperty("")

    def __init__(self, options: Sequence[tuple[str, str]] = (), **properties: Any) -> None:
        """Take the options first."""
        super().__init__(
            options=list(options), size_hint_y=None, height=theme.grown(TARGET) + dp(6), radius=dp(RADIUS_S + 2),
            fill=theme.colour("raised"), padding=dp(3), spacing=dp(2), **properties,
        )  # fmt: skip
        self.bind(options=self._fill, value=self._dress)
        self._fill()

    def _fill(self, *_: Any) -> None:
        self.clear_widgets()
        self._parts: dict[str, PushButton] = {}
        for key, text in self.options:
            part = PushButton(text, kind="text", size_hint_y=1, rest_s=0, test_id=f"{self.test_id}.{key}")
            part.padding = (dp(GAP_XS), 0)
            part.bind(on_tap=lambda _part, key=key: setattr(self, "value", key))
            self._parts[key] = part
            self.add_widget(part)
        self._dress()

    def _dress(self, *_: Any) -> None:
        for key, part in self._parts.items():
            part.kind = "chosen" if key == self.value else "quiet"
