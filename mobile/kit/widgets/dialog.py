"""A question that must be answered, and a sheet that comes from below."""

from collections.abc import Sequence
from typing import Any

from kivy.uix.widget import Widget

from mobile.kit.painting import Painted, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, GAP_XL, RADIUS_L
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.layout import Column, Scroll
from mobile.kit.widgets.overlay import Overlay
from mobile.kit.widgets.text import Text

_WIDEST = 480
_HIGHEST_SHARE = 0.86


class Dialog(Overlay):
    """A title, a text or own widgets, and one or two buttons below each other; `on_confirm` follows the first.

    Its buttons have the test ids `<test_id>.confirm` and `<test_id>.cancel`. It stays open until it is answered or
    dismissed; `confirms=False` keeps it open after `on_confirm`, which then dismisses it itself.
    """

    __events__ = ("on_confirm",)

    def __init__(
        self,
        title: str,
        confirm: str,
        text: str = "",
        cancel: str = "",
        kind: str = "primary",
        body: Sequence[Widget] = (),
        *,
        closes: bool = True,
        **properties: Any,
    ) -> None:
        """Take the words; `kind` is the first button's, `body` more widgets below the text."""
        test_id = properties.get("test_id", "dialog")
        self._closes = closes
        parts: list[Widget] = [Text(title, style="title")]
        if text:
            parts.append(Text(text, tone="text_soft"))
        parts.extend(body)
        self.confirm_button = PushButton(confirm, kind=kind, test_id=f"{test_id}.confirm", on_tap=self._confirm)
        parts.append(self.confirm_button)
        if cancel:
            parts.append(PushButton(cancel, kind="text", test_id=f"{test_id}.cancel", on_tap=self.dismiss))
        card = Column(
            *parts, spacing=dp(GAP_L), padding=(dp(GAP_XL), dp(GAP_XL), dp(GAP_XL), dp(GAP_L)),
            fill=theme.colour("surface"), edge=theme.colour("line"), edge_width=line_width(), radius=dp(RADIUS_L),
            pos_hint={"center_x": 0.5, "center_y": 0.5}, size_hint_x=None,
        )  # fmt: skip
        super().__init__(card, **properties)
        self.bind(width=self._narrow)

    def _narrow(self, *_: Any) -> None:
        self.content.width = min(dp(_WIDEST), self.width - 2 * dp(GAP_L))

    def _confirm(self, *_: Any) -> None:
        if self._closes:
            self.dismiss()
        self.dispatch("on_confirm")

    def on_confirm(self) -> None:
        """Do nothing of its own: listeners do."""


class BottomSheet(Overlay):
    """Widgets on a sheet that stands at the bottom and scrolls when there are many."""

    def __init__(self, *parts: Widget, title: str = "", **properties: Any) -> None:
        """Take the widgets and a title."""
        self._column = Column(spacing=dp(GAP_S), padding=(dp(GAP_L), 0, dp(GAP_L), dp(GAP_XL)))
        for part in parts:
            self._column.add_widget(part)
        grip = Painted(size_hint=(None, None), size=(dp(44), dp(5)), radius=dp(2.5), fill=theme.colour("edge"),
                       pos_hint={"center_x": 0.5})  # fmt: skip
        head = Column(grip, spacing=dp(GAP_M), padding=(dp(GAP_L), dp(GAP_M), dp(GAP_L), dp(GAP_M)))
        if title:
            head.add_widget(Text(title, style="heading"))
        self._head = head
        sheet = Column(
            head, Scroll(self._column), spacing=0, size_hint=(None, None), radius=dp(RADIUS_L), height=1,
            fill=theme.colour("surface"), pos_hint={"center_x": 0.5, "y": 0},
        )  # fmt: skip
        super().__init__(sheet, **properties)
        self.bind(size=self._fit)
        self._column.bind(height=self._fit)
        head.bind(height=self._fit)

    def _fit(self, *_: Any) -> None:
        self.content.width = min(dp(_WIDEST) * 1.25, self.width)
        wanted = self._head.height + self._column.height
        self.content.height = min(wanted, self.height * _HIGHEST_SHARE)
