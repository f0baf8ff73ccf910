"""Visits to be made: planned by hand or because of a complaint, given to people, moved, called off."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, feed
from api.core.actor import Actor
from api.core.errors import NotFound, StaleVersion
from api.core.sql import Row
from api.identity import service as identity
from api.inspections import plan_queries as queries
from api.inspections.errors import (
    ActionNotAllowed,
    AssigneeUnknown,
    BusinessUnknown,
    DayPassed,
    FormUnknown,
    VisitUnknown,
)
from api.inspections.places import zabita_of
from api.inspections.schemas import (
    ComplaintVisitIn,
    InspectionAssignIn,
    InspectionCancelIn,
    InspectionPlanIn,
    PlannedOut,
    VersionOut,
)
from api.inspections.workflow import ACTIONS
from api.municipalities import service as municipalities

TABLE = "inspection"
FURTHEST = timedelta(days=2 * 366)


async def plan_inspection(session: AsyncSession, actor: Actor, plan: InspectionPlanIn) -> PlannedOut:
    """Plan a visit by hand; the same id planned again gives the same answer.

    Raises:
        Forbidden: without `inspection.plan` in the department that will make it.
        BusinessUnknown, FormUnknown, VisitUnknown, AssigneeUnknown, DayPassed: the plan cannot be kept.
    """
    return await _plan(
        session, actor, kind="routine", visit_id=plan.id, business_id=plan.business_id, due_on=plan.due_on,
        form_id=plan.form_id, department_id=plan.department_id, assignee_id=plan.assignee_id, reason=plan.reason,
    )  # fmt: skip


async def plan_for_complaint(session: AsyncSession, actor: Actor, visit: ComplaintVisitIn) -> PlannedOut:
    """Plan a visit to the business that a complaint is about, on the next working day unless another is told.

    Raises:
        VisitUnknown: no such complaint, or not for this reader. And those of `plan_inspection`.
    """
    complaint = await queries.complaint(session, actor.municipality_id, visit.complaint_id)
    if complaint is None or not actor.can("complaint.read", complaint["department_id"]):
        raise VisitUnknown
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    return await _plan(
        session, actor, kind="complaint", visit_id=visit.id, business_id=visit.business_id,
        due_on=visit.due_on or town.calendar().add_working_days(clock.today(), 1), form_id=None, department_id=None,
        assignee_id=visit.assignee_id, complaint_id=visit.complaint_id,
        reason=f"{complaint['number']} numaralı başvuru",
    )  # fmt: skip


async def _plan(
    session: AsyncSession, actor: Actor, *, kind: str, visit_id: UUID, business_id: UUID, due_on: date,
    form_id: str | None, department_id: UUID | None, assignee_id: UUID | None, reason: str,
    complaint_id: UUID | None = None,
) -> PlannedOut:  # fmt: skip
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    business = await queries.business(session, actor.municipality_id, business_id)
    if business is None or business["status"] != "active":
        raise BusinessUnknown
    department = department_id or business["department_id"] or zabita_of(town)
    await _demand_reachable(session, actor, town, department, assignee_id, due_on)
    versions = await queries.current_versions(session, actor.municipality_id)
    code = form_id or business["form_code"]
    if code not in versions:
        raise FormUnknown(form_id=code)
    planned = {
        "id": visit_id, "business_id": business_id, "kind": kind, "form_code": code, "form_version": versions[code],
        "department_id": department, "assignee_id": assignee_id, "due_on": due_on, "risk": business["risk"],
        "reason": reason, "complaint_id": complaint_id,
    }  # fmt: skip
    is_new = await queries.plan(session, actor.municipality_id, [planned], clock.now(), actor.id)
    if is_new:
        await audit.record(
            session, actor, "inspection.plan", TABLE, visit_id,
            business=business_id, due_on=due_on, department=department, assignee=assignee_id, complaint=complaint_id,
        )  # fmt: skip
    else:
        await _demand_same(session, actor, planned)
    return PlannedOut(
        id=visit_id, version=1, form_id=code, form_version=versions[code], department_id=department, due_on=due_on
    )


async def _demand_same(session: AsyncSession, actor: Actor, planned: Mapping[str, Any]) -> None:
    held = await queries.lock(session, actor.municipality_id, planned["id"])
    if held is None or held["business_id"] != planned["business_id"] or held["due_on"] != planned["due_on"]:
        raise ActionNotAllowed(action="plan")


async def assign_inspection(
    session: AsyncSession, actor: Actor, inspection_id: UUID, assignment: InspectionAssignIn,
    expected_version: int | None = None,
) -> VersionOut:  # fmt: skip
    """Give a planned visit to a person or to whoever of a department is free, or move its day.

    Raises:
        NotFound, Forbidden, StaleVersion, ActionNotAllowed: as everywhere.
        AssigneeUnknown, VisitUnknown, DayPassed: the plan could not be kept.
    """
    visit = await access_inspection(session, actor, inspection_id, "assign", expected_version)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    department = assignment.department_id or visit["department_id"]
    due_on = assignment.due_on or visit["due_on"]
    day = due_on if due_on != visit["due_on"] else None
    await _demand_reachable(session, actor, town, department, assignment.assignee_id, day)
    changes = {"department_id": department, "assignee_id": assignment.assignee_id, "due_on": due_on}
    version = await queries.change(session, actor.municipality_id, inspection_id, changes)
    await feed.point(
        session, actor.municipality_id, TABLE, inspection_id,
        [*scopes_of(visit), feed.team(department), feed.user(assignment.assignee_id)],
    )  # fmt: skip
    await audit.record(session, actor, "inspection.plan", TABLE, inspection_id, **changes)
    return VersionOut(id=inspection_id, version=version)


async def cancel_inspection(
    session: AsyncSession, actor: Actor, inspection_id: UUID, cancellation: InspectionCancelIn,
    expected_version: int | None = None,
) -> VersionOut:  # fmt: skip
    """Call a planned visit off, with the reason; a re-check that is called off ends its warning.

    Raises:
        NotFound, Forbidden, StaleVersion, ActionNotAllowed: as everywhere.
    """
    visit = await access_inspection(session, actor, inspection_id, "cancel", expected_version)
    changes = {"status": "cancelled", "reason": cancellation.reason, "is_in_field": False}
    version = await queries.change(session, actor.municipality_id, inspection_id, changes)
    await queries.end_warning(session, actor.municipality_id, inspection_id)
    await feed.point(session, actor.municipality_id, TABLE, inspection_id, scopes_of(visit))
    await audit.record(
        session, actor, "inspection.plan", TABLE, inspection_id, cancelled=True, reason=cancellation.reason
    )
    return VersionOut(id=inspection_id, version=version)


async def access_inspection(
    session: AsyncSession, actor: Actor, inspection_id: UUID, action: str, expected_version: int | None = None
) -> Row:
    """Lock a visit for an act of this actor.

    Raises:
        NotFound: no such visit, or not one this actor may see.
        Forbidden: seen, but not allowed the act in its department.
        StaleVersion: it is not at `expected_version` any more.
        ActionNotAllowed: its state does not allow the act.
    """
    visit = await queries.lock(session, actor.municipality_id, inspection_id)
    if visit is None or not may_read(actor, visit):
        raise NotFound
    permission, state = ACTIONS[action]
    actor.demand(permission, visit["department_id"])
    if expected_version is not None and visit["version"] != expected_version:
        raise StaleVersion(version=visit["version"])
    if visit["status"] != state:
        raise ActionNotAllowed(status=visit["status"], action=action)
    return visit


def may_read(actor: Actor, visit: Mapping[str, Any]) -> bool:
    """Staff see the visits of their departments, and their own."""
    if "inspection.read" not in actor.grants:
        return False
    scope = actor.scope("inspection.read")
    return scope is None or visit["department_id"] in scope or visit["assignee_id"] == actor.id


def scopes_of(visit: Mapping[str, Any]) -> list[str | None]:
    """Scopes of phones that hold a visit now."""
    return [feed.team(visit["department_id"]), feed.user(visit["assignee_id"])] if visit["is_in_field"] else []


async def _demand_reachable(
    session: AsyncSession, actor: Actor, town: municipalities.TownConfig, department_id: UUID,
    assignee_id: UUID | None, due_on: date | None,
) -> None:  # fmt: skip
    department = town.departments.get(department_id)
    if department is None or not department.is_active:
        raise VisitUnknown
    actor.demand("inspection.plan", department_id)
    if due_on is not None and not clock.today() <= due_on <= clock.today() + FURTHEST:
        raise DayPassed
    if assignee_id is not None:
        places = await identity.workplaces(session, actor.municipality_id, assignee_id)
        if not any(place is None or department_id in town.department_subtree(place) for place in places):
            raise AssigneeUnknown
