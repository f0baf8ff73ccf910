"""A command that the office did not take as it is: what happened, in plain words, and what the user can do."""

from typing import Any

from field_app.i18n.refusal_texts import REFUSAL_TEXTS
from field_app.screens.base import FieldScreen
from field_app.screens.sync import vm
from mobile.kit.i18n import t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.layout import Column, Row, Scroll, Spacer, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.text import Text
from mobile.sdk.own_work import Line

MOVED_ON = frozenset({"not_found", "forbidden"})
"""Of a record that the phone had seen they mean that it is another department's now."""


def told_code(line: Line) -> str:
    """Give the code by which the words for what became of a command are found."""
    if line.state == "conflict" and line.code in MOVED_ON:
        return "row_moved_on"
    return line.code if line.code and f"code.{line.code}" in REFUSAL_TEXTS else "other"


class Attention(FieldScreen):
    """Conflict or quarantine. The office has the whole command and decides; nothing is lost."""

    is_detail = True

    def build(self) -> None:
        """Make the frame."""
        self.column = Column(padding=dp(GAP_L), spacing=dp(GAP_L))
        done = PushButton(t("attention.done"), icon="check", test_id="dismiss", on_tap=self._dismiss)
        foot = Column(done, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"))
        bar = TopBar(t("attention.title"), has_back=not self.navigator.is_wide, on_back=self.go_back)
        for part in (bar, Scroll(self.column), foot):
            self.add_widget(part)

    def refresh(self) -> None:
        """Tell the story of the command."""
        unlocked = self.field.open
        line = unlocked.engine.line(str(self.arguments["id"]))
        if line is None:
            show(self.column, Text(t("attention.gone")))
            return
        shown = vm.line_of(unlocked.desk, line)
        kind = "conflict" if line.state == "conflict" else "quarantined"
        what = Card(
            Row(Badge(t(f"state.{line.state}"), tone="danger"), Spacer()),
            Text(shown["title"], style="heading"), Text(shown["detail"], tone="text_soft"),
            *([Text(str(line.body["text"]))] if line.body.get("text") else []),
        )  # fmt: skip
        why = Card(
            Text(t("attention.why"), style="label", tone="text_soft"), Text(t(f"code.{told_code(line)}")),
            Text(t("attention.next"), style="label", tone="text_soft"), Text(t(f"attention.{kind}")),
            Text(t("attention.code", code=line.code or "–"), style="caption", tone="text_soft"),
        )  # fmt: skip
        parts: list[Any] = [what, why]
        if line.body.get("complaint_id"):
            case_id = str(line.body["complaint_id"])
            parts.append(
                PushButton(
                    t("attention.open_case"), kind="secondary", icon="clipboard-text", test_id="open_case",
                    on_tap=lambda *_: self.navigator.go("complaint", id=case_id),
                )
            )  # fmt: skip
        show(self.column, *parts)

    def _dismiss(self, *_: Any) -> None:
        self.field.open.engine.dismiss(str(self.arguments["id"]))
        self.field.tell()
        self.navigator.pop()
