"""A task: what is to be done, where, and finishing it; and giving a task to a department or a colleague."""

from datetime import date, timedelta
from typing import Any

from field_app.screens.base import FieldScreen
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.choice import Choice
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Row, Scroll, Spacer, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.segmented import Segmented
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.text import Text

_DAYS = (0, 1, 3, 7)


class TaskScreen(FieldScreen):
    """One task."""

    is_detail = True

    def build(self) -> None:
        """Make the frame."""
        self.bar = TopBar(t("work.task"), has_back=not self.navigator.is_wide, on_back=self.go_back)
        self.column = Column(padding=dp(GAP_L), spacing=dp(GAP_L))
        self.foot = Column(padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"))
        for part in (self.bar, Scroll(self.column), self.foot):
            self.add_widget(part)

    def refresh(self) -> None:
        """Show the task as it is now."""
        desk, row_id = self.field.open.desk, str(self.arguments["id"])
        task = desk.task(row_id)
        if task is None:
            show(self.column, EmptyState("check-circle", t("task.gone_title"), t("case.gone"), test_id="gone"))
            show(self.foot)
            return
        is_late = task.due_on is not None and task.due_on < desk.today()
        due = t("today.due_on", day=formats.date_long(task.due_on)) if task.due_on else ""
        badges = Row(
            Badge(t(f"task.{task.status}"), tone="success" if task.status == "done" else "accent"),
            *([Badge(due, tone="danger" if is_late else "neutral")] if due else []),
            Spacer(),
        )
        parts: list[Any] = [Card(badges, Text(task.title, style="heading"), *([Text(task.text)] if task.text else []))]
        case = desk.complaint(task.complaint_id) if task.complaint_id else None
        business = desk.business(task.business_id)
        if case is not None:
            go = lambda *_: self.navigator.go("complaint", id=case.id)  # noqa: E731
            row = ListRow(desk.subject(case), detail=case.number, icon="clipboard-text", test_id="case", on_tap=go)
            parts.append(Card(row, padding=dp(2)))
        if business is not None:
            go = lambda *_: self.navigator.go("business", id=business.id)  # noqa: E731
            row = ListRow(business.title, detail=business.address, icon="store", test_id="business", on_tap=go)
            parts.append(Card(row, padding=dp(2)))
        show(self.column, *parts)
        finish = PushButton(
            t("do.finish"), icon="check-circle", test_id="do.finish",
            on_tap=lambda *_: self.navigator.go("writing", mode="finish", id=row_id),
        )  # fmt: skip
        show(self.foot, *([finish] if task.status == "open" else []))


class NewTask(FieldScreen):
    """Giving a task, also to another department; of a case when one is named."""

    is_detail = True

    def build(self) -> None:
        """Make the fields."""
        town = self.field.open.desk.town()
        self.title = TextField(t("new_task.title_field"), limit=120, test_id="title")
        self.text = TextField(t("new_task.text"), rows=3, limit=1000, test_id="text")
        self.department = Choice(t("new_task.department"), options=list(town.departments.items()), test_id="department")
        self.department.bind(value=self._fill_people)
        self.person = Choice(t("new_task.person"), options=[], test_id="person")
        self.due = Segmented([(str(days), t(f"new_task.in.{days}")) for days in _DAYS], value="1", test_id="due")
        own = self.field.open.profile.departments
        self.department.value = own[0] if own and own[0] in town.departments else ""
        give = PushButton(t("do.task"), icon="check", test_id="send", on_tap=self._send)
        column = Column(
            self.title, self.text, self.department, self.person, Text(t("new_task.due"), style="label"), self.due,
            padding=dp(GAP_L), spacing=dp(GAP_L),
        )  # fmt: skip
        bar = TopBar(t("new_task.heading"), has_back=True, on_back=self.go_back)
        for part in (bar, Scroll(column), Column(give, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"))):
            self.add_widget(part)

    def save(self) -> dict[str, Any]:
        """Keep what was typed and chosen."""
        return {
            "title": self.title.text, "text": self.text.text, "department": self.department.value,
            "person": self.person.value, "due": self.due.value,
        }  # fmt: skip

    def restore(self, saved: dict[str, Any]) -> None:
        """Take it back."""
        if saved:
            self.title.text, self.text.text = saved["title"], saved["text"]
            self.department.value, self.person.value, self.due.value = (
                saved["department"], saved["person"], saved["due"],
            )  # fmt: skip

    def _fill_people(self, *_: Any) -> None:
        people = self.field.open.desk.colleagues(self.department.value)
        self.person.options = [("", t("new_task.anybody")), *((who.id, who.name) for who in people)]
        self.person.value = ""

    def _send(self, *_: Any) -> None:
        self.title.error = "" if self.title.text.strip() else t("new_task.no_title")
        self.department.error = "" if self.department.value else t("new_task.no_department")
        if self.title.error or self.department.error:
            return
        due: date = self.field.open.desk.today() + timedelta(days=int(self.due.value))
        self.field.open.acts.create_task(
            self.title.text, self.text.text, self.department.value, assignee_id=self.person.value or None,
            complaint_id=self.arguments.get("complaint_id"), business_id=self.arguments.get("business_id"), due_on=due,
        )  # fmt: skip
        self.field.wake_sync()
        navigator = self.navigator
        navigator.pop()
        Snackbar(t("done.task"), icon="check").open(navigator.current)
