"""What the screen of a case shows and allows; no widgets.

Allowed is what the state on this phone allows. The office may know better by the time the command arrives; then it is
a conflict, which is shown, and nothing is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from field_app.desk import Desk
from field_app.rows import Complaint, Line, Task
from field_app.timers import Timers
from field_app.today import day_of
from mobile.kit.i18n import formats, language, t

# What the state of a case allows in the field, most wanted first; the server's table is api/complaints/workflow.py.
_ACTS: Mapping[str, tuple[str, ...]] = {
    "routed": ("take", "start", "close", "answer", "note"),
    "assigned": ("start", "close", "answer", "note", "hand_over"),
    "in_progress": ("close", "answer", "note", "hand_over"),
    "waiting": ("close", "answer", "note"),
}
TONES = {"routed": "info", "assigned": "accent", "in_progress": "warning", "waiting": "neutral", "solved": "success"}


@dataclass(frozen=True)
class State:
    """A case as the screen shows it; None where the phone does not hold it (any more)."""

    case: Complaint
    subject: str
    status: str
    tone: str
    due: str
    is_late: bool
    neighbourhood: str
    assignee: str
    acts: tuple[str, ...]
    needs_photo: bool
    lines: tuple[tuple[str, str, str], ...]
    """When and who, what was done, and the text of each line, newest first."""
    tasks: tuple[Task, ...]
    photos: tuple[str, ...]
    """Sources for the kit's pictures."""


class ComplaintModel:
    """One case."""

    def __init__(self, desk: Desk, timers: Timers, complaint_id: str) -> None:
        """Take the desk, the timer and the case's id."""
        self._desk, self._timers, self.complaint_id = desk, timers, complaint_id

    def read(self) -> State | None:
        """Read the case; None where it is not on this phone.

        Raises:
            ReadingLocked: the lease is over.
        """
        case = self._desk.complaint(self.complaint_id)
        if case is None:
            return None
        town, today = self._desk.town(), self._desk.today()
        category = town.categories.get(case.category_id or "")
        return State(
            case=case,
            subject=category.title(language.current) if category else "",
            status=t(f"status.{case.status}") if case.status in TONES else case.status,
            tone=TONES.get(case.status, "neutral"),
            due=self._due(day_of(case.due_at), today),
            is_late=bool(case.due_at and case.due_at < self._desk.now()),
            neighbourhood=town.neighbourhoods.get(case.neighbourhood_id or "", ""),
            assignee=self._desk.name_of(case.assignee_id),
            acts=_ACTS.get(case.status, ("note",)),
            needs_photo=bool(category and category.closing_photo_required),
            lines=tuple(self._lines(case)),
            tasks=tuple(self._desk.children_of(case.id)),
            photos=tuple(f"case:{case.id}/{photo_id}" for photo_id in case.photo_ids),
        )

    @property
    def is_timed(self) -> bool:
        """Whether the time on the spot runs for this case."""
        running = self._timers.running
        return running is not None and running.complaint_id == self.complaint_id

    def _who(self, line: Line) -> str:
        """Name who did it: a colleague by name, the citizen without one; what waits here is one's own."""
        if not line.at:
            return self._desk.profile.name
        if line.by in ("citizen", "anonymous"):
            return t("case.citizen")
        return self._desk.name_of(line.by)

    @staticmethod
    def _due(due: date | None, today: date) -> str:
        if due is None:
            return ""
        return t("today.late_since" if due < today else "today.due_on", day=formats.date_long(due))

    def _lines(self, case: Complaint) -> list[tuple[str, str, str]]:
        told = []
        for line in reversed(case.lines):
            who = self._who(line)
            when = formats.moment_long(line.at) if line.at else t("case.waits")
            act = t(f"act.{line.action}") if f"act.{line.action}" in KNOWN_ACTS else ""
            told.append((" · ".join(part for part in (when, who) if part), act, line.text))
        return told


KNOWN_ACTS = frozenset(
    f"act.{name}"
    for name in (
        "file", "route", "assign", "take", "start", "note", "answer", "ask_citizen", "reply", "close", "reject",
        "forward", "withdraw", "rate", "reopen", "hand_over",
    )
)  # fmt: skip
