"""The SQL of planning; values are always parameters."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

# Serialises the planning of one municipality's routine visits; any number that no other advisory lock uses.
PLANNING_LOCK = 20_260_301

PLAN_SQL = """
WITH told AS (
    SELECT * FROM jsonb_to_recordset(%(visits)s::jsonb)
        AS told(id uuid, business_id uuid, kind text, form_code text, form_version int, department_id uuid,
                assignee_id uuid, due_on date, risk int, reason text, complaint_id uuid)),
planned AS (
    INSERT INTO inspection (municipality_id, id, business_id, kind, status, form_code, form_version, department_id,
        assignee_id, due_on, risk, reason, complaint_id, planned_at, planned_by, finding_count, is_in_field, version)
    SELECT %(municipality_id)s, id, business_id, kind, 'planned', form_code, form_version, department_id, assignee_id,
        due_on, risk, reason, complaint_id, %(at)s, %(planned_by)s, 0, true, 1
      FROM told
    ON CONFLICT (municipality_id, id) DO NOTHING
 RETURNING id, department_id, assignee_id),
pointers AS (
    INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
    SELECT %(municipality_id)s, scope, 'inspection', id
      FROM planned, unnest(ARRAY['team:' || department_id, 'user:' || assignee_id]) AS told(scope)
     WHERE scope IS NOT NULL
    ON CONFLICT DO NOTHING)
SELECT count(*)::int AS n FROM planned"""

# What a plan by hand is decided on.
BUSINESS_SQL = """
    SELECT b.id, b.status, b.risk, b.class_code, c.form_code, c.department_id
      FROM business b
      LEFT JOIN business_class c ON c.municipality_id = b.municipality_id AND c.code = b.class_code
     WHERE b.municipality_id = %s AND b.id = %s"""

LOCK_SQL = """
    SELECT i.id, i.status, i.version, i.business_id, i.department_id, i.assignee_id, i.due_on, i.is_in_field,
           i.complaint_id, i.form_code, i.form_version, i.submitted_by
      FROM inspection i
     WHERE i.municipality_id = %s AND i.id = %s FOR UPDATE"""

# Never seen comes first, then by risk, then by how long ago.
DUE_SQL = """
    SELECT b.id, b.risk, b.last_inspected_at, c.form_code, c.department_id
      FROM business b
      JOIN business_class c ON c.municipality_id = b.municipality_id AND c.code = b.class_code
     WHERE b.municipality_id = %(municipality_id)s AND b.status = 'active' AND c.is_active AND c.visits_per_year > 0
       AND (b.last_inspected_at IS NULL
            OR b.last_inspected_at + make_interval(days => 365 / c.visits_per_year) <= %(until)s)
       AND NOT EXISTS (
           SELECT FROM inspection i
            WHERE i.municipality_id = %(municipality_id)s AND i.business_id = b.id AND i.status = 'planned'
              AND i.kind = 'routine')
     ORDER BY b.risk DESC, b.last_inspected_at NULLS FIRST, b.id
     LIMIT %(limit)s"""

LEAVE_SQL = """
WITH gone AS (
    UPDATE inspection SET is_in_field = false
     WHERE municipality_id = %(municipality_id)s AND id IN (
           SELECT i.id FROM inspection i
            WHERE i.municipality_id = %(municipality_id)s AND i.is_in_field AND i.submitted_at < %(before)s
            ORDER BY i.id LIMIT %(limit)s)
 RETURNING id, department_id, assignee_id),
pointers AS (
    INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
    SELECT %(municipality_id)s, scope, 'inspection', id
      FROM gone, unnest(ARRAY['team:' || department_id, 'user:' || assignee_id]) AS told(scope)
     WHERE scope IS NOT NULL
    ON CONFLICT DO NOTHING)
SELECT count(*)::int AS n FROM gone"""


async def plan(
    session: AsyncSession, municipality_id: int, visits: Sequence[Mapping[str, Any]], at: datetime, by: UUID | None
) -> int:
    """Write planned visits and tell the phones of their departments and people; gives how many are new."""
    values = {
        "municipality_id": municipality_id,
        "visits": json.dumps(list(visits), default=str, ensure_ascii=False),
        "at": at,
        "planned_by": by,
    }
    row = await fetch_one(session, PLAN_SQL, values)
    return int(row["n"]) if row else 0


async def business(session: AsyncSession, municipality_id: int, business_id: UUID) -> Row | None:
    """A business with the rule of its class."""
    return await fetch_one(session, BUSINESS_SQL, (municipality_id, business_id))


async def complaint(session: AsyncSession, municipality_id: int, complaint_id: UUID) -> Row | None:
    """What a visit because of a complaint says of it."""
    return await fetch_one(
        session,
        "SELECT number, department_id, assignee_id FROM complaint WHERE municipality_id = %s AND id = %s",
        (municipality_id, complaint_id),
    )


async def lock(session: AsyncSession, municipality_id: int, inspection_id: UUID) -> Row | None:
    """Read and lock one visit."""
    return await fetch_one(session, LOCK_SQL, (municipality_id, inspection_id))


async def change(session: AsyncSession, municipality_id: int, inspection_id: UUID, columns: Mapping[str, Any]) -> int:
    """Change a locked visit; `columns` are names of our own, never from outside. Gives the new version."""
    sets = ", ".join(f"{column} = %({column})s" for column in columns)
    row = await fetch_one(
        session,
        f"""UPDATE inspection SET {sets}, version = version + 1
             WHERE municipality_id = %(m)s AND id = %(visit_id)s RETURNING version""",
        {**columns, "m": municipality_id, "visit_id": inspection_id},
    )
    if row is None:
        raise LookupError
    return int(row["version"])


async def end_warning(session: AsyncSession, municipality_id: int, recheck_id: UUID) -> None:
    """A re-check that is called off ends its warning."""
    await run(
        session,
        """UPDATE cure_warning SET status = 'cancelled'
            WHERE municipality_id = %s AND recheck_id = %s AND status = 'running'""",
        (municipality_id, recheck_id),
    )


async def be_alone(session: AsyncSession, municipality_id: int) -> None:
    """Let no other run plan routine visits of this municipality until commit."""
    await run(session, "SELECT pg_advisory_xact_lock(%s, %s)", (PLANNING_LOCK, municipality_id))


async def due_businesses(session: AsyncSession, municipality_id: int, until: datetime, limit: int) -> list[Row]:
    """Businesses whose next routine visit falls due before a moment and is not planned."""
    return await fetch_all(session, DUE_SQL, {"municipality_id": municipality_id, "until": until, "limit": limit})


async def planned_by_day(session: AsyncSession, municipality_id: int, first: date, last: date) -> list[Row]:
    """How many visits each department has planned on each day."""
    return await fetch_all(
        session,
        """SELECT department_id, due_on, count(*)::int AS n FROM inspection
            WHERE municipality_id = %s AND status = 'planned' AND due_on BETWEEN %s AND %s GROUP BY 1, 2""",
        (municipality_id, first, last),
    )


async def current_versions(session: AsyncSession, municipality_id: int) -> dict[str, int]:
    """The version of each form that new visits are made with."""
    rows = await fetch_all(
        session,
        """SELECT code, max(form_version) AS version FROM inspection_form
            WHERE municipality_id = %s AND is_current GROUP BY code""",
        (municipality_id,),
    )
    return {row["code"]: row["version"] for row in rows}


async def leave_field(session: AsyncSession, municipality_id: int, before: datetime, limit: int) -> int:
    """Take visits that were done before a moment from the phones; gives how many."""
    row = await fetch_one(session, LEAVE_SQL, {"municipality_id": municipality_id, "before": before, "limit": limit})
    return int(row["n"]) if row else 0
