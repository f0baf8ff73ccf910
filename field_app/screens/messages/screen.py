"""The team's messages, the newest at the bottom, and a line to write one."""

from typing import Any

from field_app.rows import Message
from field_app.screens.base import TabScreen
from mobile.kit.forms.steady_scroll import SteadyScroll
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import IconButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Row, show
from mobile.kit.widgets.text import Text
from mobile.sdk.lease import ReadingLocked

MOST_SHOWN = 60
LONGEST = 500
_NEAR_END = 80


class Messages(TabScreen):
    """What the team tells each other; written without a network, it goes with the next sync."""

    tab = "messages"

    def build(self) -> None:
        """Make list and line."""
        town = self.field.open.desk.town()
        own = self.field.open.profile.departments
        self.department = own[0] if own else ""
        self.column = Column(padding=dp(GAP_L), spacing=dp(GAP_S))
        self.scroll = SteadyScroll(self.column)
        self._shown: list[Any] = []
        self.body = Column(self.scroll, size_hint_y=1)
        self.text = TextField("", placeholder=t("messages.write"), limit=LONGEST, test_id="text", on_done=self._send)
        send = IconButton("send", kind="filled", side=56, test_id="send", on_tap=self._send)
        line = Row(self.text, send, padding=(dp(GAP_L), dp(GAP_S)), fill=theme.colour("surface"))
        bar = TopBar(t("tab.messages"), detail=town.departments.get(self.department, ""))
        self.frame(bar, Column(self.body, line, size_hint_y=1, spacing=0))

    def refresh(self) -> None:
        """Show the last messages of the own department."""
        desk = self.field.open.desk
        try:
            told = [message for message in desk.messages() if message.department_id == self.department][-MOST_SHOWN:]
        except ReadingLocked:
            show(self.body, EmptyState("lock", t("locked.title"), t("locked.text"), test_id="locked"))
            return
        if not told:
            show(self.body, EmptyState("message", t("messages.none"), t("messages.none_text"), test_id="none"))
            return
        self._follow_on(self._is_at_end(), told)
        show(self.body, self.scroll)

    def _is_at_end(self) -> bool:
        """Whether the newest is in sight: whoever reads older ones is not thrown away from them."""
        return not self._shown or self.scroll.scroll_y * (self.column.height - self.scroll.height) < dp(_NEAR_END)

    def _follow_on(self, is_at_end: bool, told: list[Message]) -> None:
        if told == self._shown:
            return
        self._shown = told
        cards = [self._card(message) for message in told]
        show(self.column, *cards)
        if is_at_end:
            self.scroll.go_to(cards[-1])

    def _card(self, message: Message) -> Card:
        desk, me = self.field.open.desk, self.field.open.profile.staff_id
        when = formats.moment_long(message.sent_at) if message.sent_at else t("case.waits")
        card = Card(
            Text(f"{desk.name_of(message.author_id or me)} · {when}", style="caption", tone="text_soft"),
            Text(message.text), padding=dp(GAP_M), spacing=dp(4), test_id=f"message.{message.id}",
        )  # fmt: skip
        if message.author_id in (None, me):
            card.fill = theme.colour("accent_soft")
        return card

    def save(self) -> dict[str, Any]:
        """Keep what was typed."""
        return {"text": self.text.text}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take it back."""
        self.text.text = saved.get("text", "")

    def _send(self, *_: Any) -> None:
        if not self.text.text.strip() or not self.department:
            return
        self.field.open.acts.post_message(self.department, self.text.text)
        self.text.text = ""
        # What one writes oneself is always seen.
        self._shown = []
        self.field.wake_sync()
