"""Visits: time that somebody spent on the spot for a case."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.sql import fetch_all, fetch_one, run
from api.fieldwork import queries
from api.fieldwork.errors import IdInUse
from api.fieldwork.schemas import VisitIn, WrittenOut
from api.fieldwork.tasks import may_see_case


class Visit(NamedTuple):
    """Who was on the spot, from when on and how long."""

    staff_name: str
    started_at: datetime
    length: timedelta


async def record_visit(session: AsyncSession, actor: Actor, visit: VisitIn) -> WrittenOut:
    """Note a visit to the place of a case; visits only add up, so the same id sent again changes nothing.

    Raises:
        Forbidden: without `field.sync`.
        NotFound: no such case, or not one this actor may read.
        IdInUse: the id belongs to somebody else's visit.
    """
    actor.demand("field.sync")
    values = {
        "municipality_id": actor.municipality_id,
        "staff_user_id": actor.id,
        **visit.model_dump(exclude={"place"}),
        **(visit.place.model_dump() if visit.place else {"lon": None, "lat": None, "accuracy_m": None}),
    }
    case = (await queries.parents(session, {**values, "inspection_id": None, "business_id": None}))["complaint"]
    if case is None or not may_see_case(actor, case):
        raise NotFound
    if await run(session, queries.INSERT_VISIT_SQL, values) == 0:
        row = await fetch_one(
            session,
            "SELECT staff_user_id, complaint_id FROM site_visit WHERE municipality_id = %s AND id = %s",
            (actor.municipality_id, visit.id),
        )
        if row is None or (row["staff_user_id"], row["complaint_id"]) != (actor.id, visit.complaint_id):
            raise IdInUse
        return WrittenOut(id=visit.id, version=1)
    seconds = int((visit.ended_at - visit.started_at).total_seconds())
    await audit.record(session, actor, "complaint.visit", "complaint", visit.complaint_id, seconds=seconds)
    return WrittenOut(id=visit.id, version=1)


async def visits_of_case(session: AsyncSession, actor: Actor, complaint_id: UUID) -> list[Visit]:
    """The visits to a case's place, newest first; the caller has checked that its reader may see the case."""
    rows = await fetch_all(session, queries.VISITS_SQL, (actor.municipality_id, complaint_id))
    return [Visit(row["staff_name"], row["started_at"], row["ended_at"] - row["started_at"]) for row in rows]
