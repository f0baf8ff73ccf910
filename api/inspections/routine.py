"""Routine visits planned by the rule of each class, and visits that leave the phones after a year."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor
from api.core.ids import uuid7
from api.inspections import plan_queries as queries
from api.inspections.places import zabita_of
from api.municipalities import service as municipalities

log = structlog.get_logger("belediye.inspections")

VISITS_PER_DAY = "routine_visits_per_day"
WORKING_DAYS_AHEAD = 10
# What falls due while the plan runs is planned with it.
AHEAD = timedelta(days=14)
MOST_AT_ONCE = 1_000
IN_FIELD = timedelta(days=365)
LEAVE_AT_ONCE = 2_000


def spread(
    departments: Sequence[UUID], days: Sequence[date], taken: Iterable[tuple[UUID, date, int]], per_day: int
) -> list[date | None]:
    """Give each visit, most pressing first, the first day on which its department has room; None where none has.

    Args:
        departments: of the visits in their order.
        days: working days, ascending.
        taken: how many visits each department has planned on a day.
        per_day: most visits of a department on a day.
    """
    planned: Counter[tuple[UUID, date]] = Counter()
    for department_id, day, number in taken:
        planned[department_id, day] += number
    chosen: list[date | None] = []
    for department_id in departments:
        free = next((day for day in days if planned[department_id, day] < per_day), None)
        if free is not None:
            planned[department_id, free] += 1
        chosen.append(free)
    return chosen


async def plan_routine(session: AsyncSession, actor: Actor) -> int:
    """Plan the routine visits that fall due, spread over the next ten working days; gives how many.

    Run again it plans only what is new. What finds no room waits for the next day; the most risky come first.
    """
    await queries.be_alone(session, actor.municipality_id)
    version = await municipalities.current_version(session, actor.municipality_id)
    town = await municipalities.town_config(session, actor.municipality_id, version)
    per_day = town.parameters.find(VISITS_PER_DAY, clock.today())
    if per_day is None:
        return 0
    due = await queries.due_businesses(session, actor.municipality_id, clock.now() + AHEAD, MOST_AT_ONCE)
    forms = await queries.current_versions(session, actor.municipality_id)
    if without := {row["form_code"] for row in due} - set(forms):
        log.warning("classes name forms that are not there", forms=sorted(without))
    due = [row for row in due if row["form_code"] in forms]
    days = [clock.today()]
    for _ in range(WORKING_DAYS_AHEAD):
        days.append(town.calendar().add_working_days(days[-1], 1))
    days = days[1:]
    taken = await queries.planned_by_day(session, actor.municipality_id, days[0], days[-1])
    usual = zabita_of(town)
    chosen = spread(
        [row["department_id"] or usual for row in due],
        days,
        [(row["department_id"], row["due_on"], row["n"]) for row in taken],
        int(per_day.value),
    )
    visits = [
        {
            "id": uuid7(), "business_id": row["id"], "kind": "routine", "form_code": row["form_code"],
            "form_version": forms[row["form_code"]], "department_id": row["department_id"] or usual,
            "assignee_id": None, "due_on": day, "risk": row["risk"], "reason": _reason(row["last_inspected_at"]),
            "complaint_id": None,
        }
        for row, day in zip(due, chosen, strict=True)
        if day is not None
    ]  # fmt: skip
    if not visits:
        return 0
    planned = await queries.plan(session, actor.municipality_id, visits, clock.now(), None)
    await audit.record(session, actor, "inspection.plan", "inspection", "routine", count=planned)
    return planned


def _reason(last_inspected_at: object) -> str:
    if last_inspected_at is None:
        return "Olağan denetim: bu işyeri henüz denetlenmedi."
    return f"Olağan denetim: son denetim {last_inspected_at:%d.%m.%Y}."


async def leave_field(session: AsyncSession, actor: Actor) -> int:
    """Take at most LEAVE_AT_ONCE visits that were done more than a year ago from the phones; gives how many."""
    before = clock.now() - IN_FIELD
    gone = await queries.leave_field(session, actor.municipality_id, before, LEAVE_AT_ONCE)
    if gone:
        await audit.record(session, actor, "inspection.leave_field", "inspection", "old", count=gone)
    return gone
