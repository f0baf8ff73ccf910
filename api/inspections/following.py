"""What a submitted visit sets going, as rules over dates: warnings, their re-checks, the fate of earlier ones, risk.

Pure but for the ids it makes. Findings and terms themselves are read by `mobile.wire.visit`, as on the phone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from api.core.ids import uuid7
from api.municipalities.calendar import WorkingCalendar
from mobile.forms import Evaluation
from mobile.wire.visit import Rechecked, Result

BROKEN_ADDS = 15


@dataclass(frozen=True)
class Recheck:
    """A visit that looks whether `previous_id` was cured."""

    id: UUID
    due_on: date
    deadline_on: date
    previous_id: UUID


@dataclass
class Following:
    """New warnings with their re-checks, and what became of the findings and the warning that this visit looked at."""

    rechecks: list[Recheck] = field(default_factory=list)
    warnings: list[Recheck] = field(default_factory=list)
    settled: list[dict[str, Any]] = field(default_factory=list)
    warning_status: str = "running"
    next_recheck_id: UUID | None = None

    @property
    def is_broken(self) -> bool:
        """Whether a warning was not kept."""
        return self.warning_status == "broken"


def recheck_day(deadline_on: date, calendar: WorkingCalendar) -> date:
    """Give the first working day after a term; a term that ends on a holiday ends on the next working day."""
    return calendar.add_working_days(calendar.next_working_day(deadline_on), 1)


def risk_after(risk: int, score: int | None, *, is_broken: bool) -> int:
    """Give a business's risk after a visit, 0 to 100: halfway to what was found wrong, more for a broken warning.

    `score` is the share of the form that was in order; None where nothing was judged leaves the risk as it was.
    """
    halfway = risk if score is None else (risk + 100 - score + 1) // 2
    return max(0, min(100, halfway + (BROKEN_ADDS if is_broken else 0)))


def warn(following: Following, inspection_id: UUID, deadlines: Sequence[date], calendar: WorkingCalendar) -> None:
    """Give a warning, and plan its re-check, for each different term."""
    for deadline_on in sorted(set(deadlines)):
        recheck = Recheck(uuid7(), recheck_day(deadline_on, calendar), deadline_on, inspection_id)
        following.rechecks.append(recheck)
        following.warnings.append(recheck)


def results_of(seen: Evaluation, rechecked: Sequence[Rechecked]) -> dict[str, Rechecked | Result]:
    """Give what the visit says of earlier findings, by item: rows of a re-check form, else the checks of the form."""
    if rechecked:
        return {one.code: one for one in rechecked}
    results: dict[str, Rechecked | Result] = {}
    for shown in seen.items:
        if shown.item.type != "check" or shown.value is None:
            continue
        verdict = shown.value.get("v") if isinstance(shown.value, dict) else shown.value
        if verdict == "no" or shown.item.code not in results:
            results[shown.item.code] = "not_cured" if verdict == "no" else "cured"
    return results


def look_back(
    following: Following,
    open_before: Sequence[Mapping[str, Any]],
    warning: Mapping[str, Any] | None,
    results: Mapping[str, Rechecked | Result],
    *,
    visited_on: date,
    previous_id: UUID,
    calendar: WorkingCalendar,
) -> None:
    """Settle what an earlier visit left open.

    A warning is broken when one of its findings is not cured, kept when all are, replaced where more time was given,
    and looked at again on the next working day where something could not be seen.
    """
    fates: set[str] = set()
    longer: list[date] = []
    for finding in open_before:
        told = results.get(finding["item_code"])
        result = told.result if isinstance(told, Rechecked) else told
        is_of_warning = warning is not None and finding["deadline_on"] == warning["deadline_on"]
        fate: str = result or "unseen"
        if result == "cured":
            following.settled.append({**_settled(finding), "status": "cured"})
        elif isinstance(told, Rechecked) and told.new_deadline_on and told.new_deadline_on > visited_on:
            following.settled.append({**_settled(finding), "deadline_on": told.new_deadline_on.isoformat()})
            longer.append(told.new_deadline_on)
        elif result == "more_time":
            fate = "unseen"  # no usable day was told
        if is_of_warning:
            fates.add(fate)
    warn(following, previous_id, longer, calendar)
    if warning is None:
        return
    if "not_cured" in fates:
        following.warning_status = "broken"
    elif "unseen" in fates:
        deadline_on = date.fromisoformat(warning["deadline_on"])
        again = Recheck(uuid7(), calendar.add_working_days(visited_on, 1), deadline_on, previous_id)
        following.rechecks.append(again)
        following.next_recheck_id = again.id
    else:
        following.warning_status = "cancelled" if "more_time" in fates else "kept"


def _settled(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": finding["id"], "status": "open", "deadline_on": finding["deadline_on"]}
