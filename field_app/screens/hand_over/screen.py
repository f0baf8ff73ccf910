"""Giving a case to a colleague of its department, with a word."""

from typing import Any

from field_app.screens.base import FieldScreen
from mobile.kit.i18n import t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.choice import Choice
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Scroll
from mobile.kit.widgets.snackbar import Snackbar


class HandOver(FieldScreen):
    """Whom, and why."""

    is_detail = True

    def build(self) -> None:
        """List the colleagues of the case's department."""
        desk = self.field.open.desk
        self.case = desk.complaint(str(self.arguments["id"]))
        colleagues = desk.colleagues(self.case.department_id if self.case else None)
        self.whom = Choice(t("hand_over.whom"), options=[(who.id, who.name) for who in colleagues], test_id="whom")
        self.text = TextField(t("hand_over.why"), rows=3, limit=500, test_id="text")
        send = PushButton(t("do.hand_over"), icon="account-group", test_id="send", on_tap=self._send)
        foot = Column(send, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"))
        bar = TopBar(
            t("hand_over.title"), detail=self.case.number if self.case else "", has_back=True, on_back=self.go_back
        )
        body = Scroll(Column(self.whom, self.text, padding=dp(GAP_L), spacing=dp(GAP_L)))
        for part in (bar, body, foot):
            self.add_widget(part)

    def save(self) -> dict[str, Any]:
        """Keep what was chosen and typed."""
        return {"whom": self.whom.value, "text": self.text.text}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take it back."""
        self.whom.value, self.text.text = saved.get("whom", ""), saved.get("text", "")

    def _send(self, *_: Any) -> None:
        if not self.whom.value or self.case is None:
            self.whom.error = t("hand_over.choose")
            return
        self.field.open.acts.hand_over(self.case.id, self.whom.value, self.text.text)
        self.field.wake_sync()
        navigator = self.navigator
        navigator.pop()
        Snackbar(t("done.hand_over"), icon="check").open(navigator.current)
