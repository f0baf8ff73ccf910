"""Today's work: which cases, visits and tasks are somebody's, and in which order to see them.

Pure: the rows, the day and the place are given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from field_app.rows import Business, Complaint, Inspection, Place, Task
from geo.visit_order import distance_m, visit_order

TURKEY = timezone(timedelta(hours=3))
"""Since 2016 without summer time; phones need no time zone database for it."""
Order = Literal["way", "near", "due", "risk"]
ORDERS: tuple[Order, ...] = ("way", "near", "due", "risk")

EMERGENCY_RISK = 100
MOST_WALKED = 120
"""Nobody sees more places in a day; putting all of a town's into the order of a way would hold the screen up."""
RISK_BY_AGE = 3
"""A case that nobody has classed is worth this much more with every day that it waits."""


@dataclass(frozen=True)
class Work:
    """One line of today's list.

    Attributes:
        kind: complaint | inspection | task.
        due_on: the day by which it must be done, in Turkey.
        risk: 0–100.
        is_mine: assigned to the person who holds the phone; otherwise the team's.
        metres: as the crow flies, where both places are known.
    """

    kind: str
    id: str
    title: str
    detail: str
    place: Place | None
    due_on: date | None
    risk: int
    is_emergency: bool
    is_mine: bool
    status: str
    metres: float | None = None

    def is_late(self, today: date) -> bool:
        """Whether it should have been done before today."""
        return self.due_on is not None and self.due_on < today


def day_of(moment: datetime | None) -> date | None:
    """Give the calendar day of a moment in Turkey."""
    return moment.astimezone(TURKEY).date() if moment else None


def of_complaint(case: Complaint, title: str, me: str, today: date) -> Work:
    """Give the line of a case."""
    filed = day_of(case.filed_at)
    waited = (today - filed).days if filed else 0
    risk = EMERGENCY_RISK if case.is_emergency else min(40 + RISK_BY_AGE * max(waited, 0), EMERGENCY_RISK - 1)
    return Work(
        "complaint", case.id, title or case.description[:60], case.address or case.description[:80], case.place,
        day_of(case.due_at), risk, case.is_emergency, case.assignee_id == me, case.status,
    )  # fmt: skip


def of_inspection(visit: Inspection, business: Business | None, me: str) -> Work:
    """Give the line of a planned visit."""
    return Work(
        "inspection", visit.id, business.title if business else "", business.address if business else visit.reason,
        business.place if business else None, visit.due_on, visit.risk, False, visit.assignee_id == me, visit.kind,
    )  # fmt: skip


def of_task(task: Task, place: Place | None, me: str) -> Work:
    """Give the line of a task."""
    return Work(
        "task", task.id, task.title, task.text[:80], place, task.due_on, 50, False, task.assignee_id == me, task.status
    )


def arranged(works: Iterable[Work], order: Order, today: date, here: Place | None) -> list[Work]:
    """Put the work into an order; emergencies come first in every one of them.

    `way`: the order of a short walk, first through what is late or due today, then through the rest. `near`: by
    distance. `due`: by deadline. `risk`: the highest first. Without a place of one's own, `way` and `near` are `due`.
    """
    measured = [_measured(work, here) for work in works]
    urgent = [work for work in measured if work.is_emergency]
    rest = [work for work in measured if not work.is_emergency]
    if here is None and order in ("way", "near"):
        order = "due"
    if order == "way" and here is not None:
        is_pressing = [work.due_on is not None and work.due_on <= today for work in rest]
        pressing = [work for work, presses in zip(rest, is_pressing, strict=True) if presses]
        later = [work for work, presses in zip(rest, is_pressing, strict=True) if not presses]
        first = _walk(here, urgent)
        second = _walk(_end_of(first, here), pressing)
        return [*first, *second, *_walk(_end_of([*first, *second], here), later)]
    return [*sorted(urgent, key=_KEYS[order]), *sorted(rest, key=_KEYS[order])]


def _measured(work: Work, here: Place | None) -> Work:
    return replace(work, metres=distance_m(here, work.place) if here and work.place else None)


def _by_due(work: Work) -> tuple[date, int, str]:
    return (work.due_on or date.max, -work.risk, work.id)


_KEYS = {
    "near": lambda work: (float("inf") if work.metres is None else work.metres, _by_due(work)),
    "due": _by_due,
    "risk": lambda work: (-work.risk, _by_due(work)),
}


def _walk(start: Place, works: Sequence[Work]) -> list[Work]:
    """Order by the way; what is too far for a day comes behind by distance, then what has no place, by deadline."""
    placed = [(distance_m(start, work.place), work.id, work, work.place) for work in works if work.place is not None]
    placed.sort(key=lambda one: one[:2])
    near = placed[:MOST_WALKED]
    order = visit_order(start, [place for _, _, _, place in near])
    return [
        *(near[index][2] for index in order), *(work for _, _, work, _ in placed[MOST_WALKED:]),
        *sorted((work for work in works if work.place is None), key=_by_due),
    ]  # fmt: skip


def _end_of(works: Sequence[Work], start: Place) -> Place:
    return next((work.place for work in reversed(works) if work.place is not None), start)


def counted(works: Iterable[Work], today: date) -> Mapping[str, int]:
    """Give what the head of the list tells: all, late, due today, mine."""
    works = list(works)
    return {
        "all": len(works),
        "late": sum(work.is_late(today) for work in works),
        "today": sum(work.due_on == today for work in works),
        "mine": sum(work.is_mine for work in works),
    }
