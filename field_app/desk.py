"""What the screens ask of the unlocked phone: its rows of work.

Everything is read from the phone's own database; the network has no part in it. The engine refuses reading after the
lease is over (`ReadingLocked`); what a user records (`field_app.acts`) it never refuses.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from field_app import today
from field_app.account import Profile
from field_app.rows import Area, Business, Colleague, Complaint, Inspection, Message, Place, Task, Town
from field_app.today import TURKEY, Order, Work
from mobile.sdk.engine import Engine

PLANNED, OPEN = "planned", "open"
DAYS_AHEAD = 14
"""Visits that are due later than this are not today's work."""


class Desk:
    """The unlocked phone of one person."""

    def __init__(self, engine: Engine, profile: Profile, clock: Callable[[], int]) -> None:
        """Take the engine of the screens' own thread, the person, and a clock in milliseconds."""
        self.engine, self.profile, self._clock = engine, profile, clock

    # --- time and town --------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Give the phone's time, in Turkey."""
        return datetime.fromtimestamp(self._clock() / 1000, TURKEY)

    def today(self) -> date:
        """Give the calendar day, in Turkey."""
        return self.now().date()

    def town(self) -> Town:
        """Give what the phone knows of its municipality; empty before the first sync."""
        for data in self._rows("town").values():
            return Town.read(data)
        return Town.read({})

    def areas(self) -> list[Area]:
        """Give the neighbourhoods in which the person works, those of the phone's scopes, by name.

        Raises:
            ReadingLocked: the lease is over.
        """
        scopes = self.engine.store.all("SELECT substr(sid, 6) FROM scope WHERE sid LIKE 'area:%'")
        areas = [Area.read(*row) for row in self._rows("area", [row_id for (row_id,) in scopes]).items()]
        return sorted(areas, key=lambda area: (area.name, area.id))

    # --- rows -----------------------------------------------------------------------------------------------------

    def complaint(self, row_id: str) -> Complaint | None:
        """Give a case."""
        data = self._row("complaint", row_id)
        return None if data is None else Complaint.read(row_id, data)

    def inspection(self, row_id: str) -> Inspection | None:
        """Give a visit."""
        data = self._row("inspection", row_id)
        return None if data is None else Inspection.read(row_id, data)

    def business(self, row_id: str | None) -> Business | None:
        """Give a business."""
        data = self._row("business", row_id) if row_id else None
        return None if data is None or row_id is None else Business.read(row_id, data)

    def task(self, row_id: str) -> Task | None:
        """Give a task."""
        data = self._row("task", row_id)
        return None if data is None else Task.read(row_id, data)

    def complaints(self) -> list[Complaint]:
        """Give all open cases of the person and the team."""
        rows = (Complaint.read(row_id, data) for row_id, data in self._rows("complaint").items())
        return [case for case in rows if case.status not in ("solved", "rejected", "forwarded", "withdrawn")]

    def visits(self) -> list[Inspection]:
        """Give all planned visits."""
        rows = (Inspection.read(row_id, data) for row_id, data in self._rows("inspection").items())
        return [visit for visit in rows if visit.status == PLANNED]

    def tasks(self) -> list[Task]:
        """Give all open tasks."""
        rows = (Task.read(row_id, data) for row_id, data in self._rows("task").items())
        return [task for task in rows if task.status == OPEN]

    def children_of(self, complaint_id: str) -> list[Task]:
        """Give the tasks of a case, open and done."""
        rows = (Task.read(row_id, data) for row_id, data in self._rows("task").items())
        return [task for task in rows if task.complaint_id == complaint_id]

    def messages(self) -> list[Message]:
        """Give what the team wrote, oldest first; one's own that wait come last."""
        rows = [Message.read(row_id, data) for row_id, data in self._rows("message").items()]
        return sorted(rows, key=lambda message: (message.sent_at is None, message.sent_at or self.now(), message.id))

    def colleagues(self, department_id: str | None = None) -> list[Colleague]:
        """Give the people whom work can be handed to, by name; oneself is not among them."""
        rows = (Colleague.read(row_id, data) for row_id, data in self._rows("colleague").items())
        return sorted(
            (
                who
                for who in rows
                if who.id != self.profile.staff_id and (not department_id or department_id in who.department_ids)
            ),
            key=lambda who: who.name,
        )

    def name_of(self, staff_id: str | None) -> str:
        """Give the name of a colleague, or of oneself."""
        if staff_id == self.profile.staff_id:
            return self.profile.name
        data = self._row("colleague", staff_id) if staff_id else None
        return Colleague.read(staff_id or "", data).name if data else ""

    # --- today ----------------------------------------------------------------------------------------------------

    def work(self, order: Order, here: Place | None, *, language: str = "tr", only_mine: bool = False) -> list[Work]:
        """Give today's list: open cases, visits that are due within DAYS_AHEAD, open tasks.

        Raises:
            ReadingLocked: the lease is over.
        """
        day, me, town = self.today(), self.profile.staff_id, self.town()
        visits = [v for v in self.visits() if v.due_on is None or (v.due_on - day).days <= DAYS_AHEAD]
        tasks = self.tasks()
        wanted = {v.business_id for v in visits} | {t.business_id for t in tasks}
        businesses = {
            row_id: Business.read(row_id, data)
            for row_id, data in self._rows("business", [row_id for row_id in wanted if row_id]).items()
        }
        cases = {case.id: case for case in self.complaints()}
        works = [
            *(today.of_complaint(case, self._subject(case, town, language), me, day) for case in cases.values()),
            *(today.of_inspection(visit, businesses.get(visit.business_id or ""), me) for visit in visits),
            *(today.of_task(task, _place_of(task, cases, businesses), me) for task in tasks),
        ]
        return today.arranged((work for work in works if work.is_mine or not only_mine), order, day, here)

    def subject(self, case: Complaint, language: str = "tr") -> str:
        """Give the name of a case's category."""
        return self._subject(case, self.town(), language)

    @staticmethod
    def _subject(case: Complaint, town: Town, language: str) -> str:
        category = town.categories.get(case.category_id or "")
        return category.title(language) if category else ""

    # --- inside ---------------------------------------------------------------------------------------------------

    def _row(self, table: str, row_id: str) -> Mapping[str, Any] | None:
        return self.engine.view_row(table, row_id)

    def _rows(self, table: str, ids: list[str] | None = None) -> Mapping[str, Mapping[str, Any]]:
        return dict(self.engine.view_rows(table, ids=ids))


def _place_of(task: Task, cases: Mapping[str, Complaint], businesses: Mapping[str, Business]) -> Place | None:
    case, business = cases.get(task.complaint_id or ""), businesses.get(task.business_id or "")
    return (case.place if case else None) or (business.place if business else None)
