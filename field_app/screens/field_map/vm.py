"""Which of the work the map shows, and in what colours; no widgets."""

from collections.abc import Iterable
from datetime import date

from field_app.today import Work

FILTERS = ("all", "today", "late")
KINDS = {"complaint": "accent", "inspection": "success", "task": "neutral"}
"""Kinds of work, and the kit's kinds of points that they have."""
PRESSING = "danger"


def kind_of(work: Work, today: date) -> str:
    """Give the kind of a piece of work's point: what is late or an emergency looks alike, whatever it is."""
    return PRESSING if work.is_emergency or work.is_late(today) else KINDS[work.kind]


def chosen_of(works: Iterable[Work], which: str, today: date) -> list[Work]:
    """Give what a filter lets through; emergencies are for today, whatever their term.

    Args:
        works: all work.
        which: one of FILTERS; another word is as good as `all`.
        today: the day.
    """
    if which == "late":
        return [work for work in works if work.is_late(today)]
    if which == "today":
        return [work for work in works if work.is_emergency or work.due_on == today]
    return list(works)
