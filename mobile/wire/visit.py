"""What follows from the answers of a visit: findings, terms, what a re-check saw, the outcome.

Pure, and the same on phone and server: what an inspector tells the business on the spot is what the office keeps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from mobile.forms import Evaluation, Form

Result = Literal["cured", "not_cured", "more_time"]
Outcome = Literal["passed", "warned", "failed", "nobody_there"]
# Code of the form, and in it of the repeat, by which a re-check says what became of each finding.
RECHECK_FORM, _RECHECKED = "recheck", "findings"


@dataclass(frozen=True)
class Found:
    """One thing that was not as it must be; `days` is the inspector's term, else the form's."""

    code: str
    text: str
    note: str
    severity: str
    law: str
    days: int | None
    photos: tuple[str, ...]
    is_cured_at_once: bool

    def deadline(self, visited_on: date, default_days: int | None) -> date | None:
        """Give the last day on which it can be cured; None where no time is given.

        Calendar days, counted from the day after the visit, so that phone and server write the same day. Where neither
        inspector nor form says a term the town's `default_days` hold, but never for a critical finding.
        """
        if self.is_cured_at_once:
            return None
        days = default_days if self.days is None and self.severity != "critical" else self.days
        return visited_on + timedelta(days=days) if days else None


@dataclass(frozen=True)
class Rechecked:
    """What became of an earlier finding; no result where it could not be seen."""

    code: str
    text: str
    deadline_on: date | None
    result: Result | None
    new_deadline_on: date | None
    note: str
    photos: tuple[str, ...]


def findings_of(form: Form, seen: Evaluation) -> tuple[Found, ...]:
    """Give the findings: every check answered with "no"; for a form of one act, that act."""
    if form.kind == "finding":
        return _act(form, seen)
    return tuple(
        Found(
            code=one.code,
            text=one.label.get("tr", one.code),
            note=one.note,
            severity=one.severity,
            law=one.law,
            days=one.deadline_days,
            photos=one.photos,
            # A term of 0 days that the inspector told means "cured on the spot"; one that the form says does not.
            is_cured_at_once=_told_days(seen.answers, one.path) == 0,
        )
        for one in seen.findings
    )


def _told_days(answers: Any, path: str) -> Any:
    told = answers
    for part in path.split("."):
        told = told[int(part)] if isinstance(told, list) else told[part]
    return told.get("deadline_days") if isinstance(told, dict) else None


def _act(form: Form, seen: Evaluation) -> tuple[Found, ...]:
    """The act of a finding form: `act` (a choice that names its law in brackets), `description`, `cured_at_once`."""
    code = seen.answers.get("act")
    if not code or "act" not in form.items:
        return ()
    labels = {choice["code"]: choice["label"]["tr"] for choice in form.items["act"].raw.get("choices", ())}
    name, _, law = labels.get(code, str(code)).partition(" (")
    name = str(seen.answers.get("act_other") or name)
    photos = tuple(photo for shown in seen.items if shown.item.type == "photo" for photo in shown.value or ())
    return (
        Found(
            code="act",
            text=name,
            note=str(seen.answers.get("description") or ""),
            severity="major",
            law=law.rstrip(")"),
            days=None,
            photos=photos,
            is_cured_at_once=seen.answers.get("cured_at_once") is True,
        ),
    )


def deadlines_of(found: Sequence[Found], form: Form, visited_on: date, default_days: int | None) -> list[date | None]:
    """Give the term of each finding; an act that is fined, and not cured, has none."""
    usual = None if form.kind == "finding" else default_days
    return [one.deadline(visited_on, usual) for one in found]


def rechecks_of(seen: Evaluation) -> tuple[Rechecked, ...]:
    """Give what a re-check saw, in the order of its rows."""
    return tuple(_rechecks(seen.answers.get(_RECHECKED)))


def _rechecks(rows: Any) -> Iterator[Rechecked]:
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("item_code"):
            result = row.get("result")
            yield Rechecked(
                code=str(row["item_code"]),
                text=str(row.get("finding_text", "")),
                deadline_on=_day(row.get("deadline_on")),
                result=result if result in ("cured", "not_cured", "more_time") else None,
                new_deadline_on=_day(row.get("new_deadline_on")) if result == "more_time" else None,
                note=str(row.get("result_note", "")),
                photos=tuple(row.get("result_photos", ())),
            )


def _day(raw: Any) -> date | None:
    return date.fromisoformat(raw) if isinstance(raw, str) else None


def outcome_of(
    found: Sequence[Found], deadlines: Sequence[date | None], rechecked: Sequence[Rechecked], *, nobody_there: bool
) -> Outcome:
    """Say how the visit ended: what is left open decides."""
    if nobody_there:
        return "nobody_there"
    is_open = [deadline for one, deadline in zip(found, deadlines, strict=True) if not one.is_cured_at_once]
    if None in is_open or any(one.result == "not_cured" for one in rechecked):
        return "failed"
    return "warned" if is_open or any(one.result != "cured" for one in rechecked) else "passed"
