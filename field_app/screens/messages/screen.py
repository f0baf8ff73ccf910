"""The team's messages, the newest at the bottom, and a line to write one."""

from typing import Any

from field_app.screens.base import TabScreen
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import IconButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Row, Scroll, show
from mobile.kit.widgets.text import Text
from mobile.sdk.lease import ReadingLocked

MOST_SHOWN = 60
LONGEST = 500


class Messages(TabScreen):
    """What the team tells each other; written without a network, it goes with the next sync."""

    tab = "messages"

    def build(self) -> None:
        """Make list and line."""
        town = self.field.open.desk.town()
        own = self.field.open.profile.departments
        self.department = own[0] if own else ""
        self.column = Column(padding=dp(GAP_L), spacing=dp(GAP_S))
        self.scroll = Scroll(self.column)
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
        cards = []
        for message in told:
            mine = message.author_id in (None, self.field.open.profile.staff_id)
            when = formats.moment_long(message.sent_at) if message.sent_at else t("case.waits")
            who = desk.name_of(message.author_id or self.field.open.profile.staff_id)
            card = Card(
                Text(f"{who} · {when}", style="caption", tone="text_soft"), Text(message.text),
                padding=dp(GAP_M), spacing=dp(4),
            )  # fmt: skip
            if mine:
                card.fill = theme.colour("accent_soft")
            cards.append(card)
        show(self.column, *cards)
        show(self.body, self.scroll)
        self.scroll.scroll_y = 0

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
        self.field.wake_sync()
