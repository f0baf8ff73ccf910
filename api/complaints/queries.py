"""The SQL of complaints: the hot verbs are one statement each; values are always parameters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.audit import AUDIT_HEAD_CTE, AUDIT_INSERT
from api.core.feed import POINT_SQL
from api.core.jobs import DEFER_CALL
from api.core.sql import Row, driver_connection, fetch_all, fetch_one

CATEGORIES_SQL = """
    SELECT id, code, parent_id, name, keywords, icon, department_id, is_emergency, emergency_phone,
           first_answer_hours, solution_hours, questions, photo_required, place_required, anonymous_allowed,
           closing_photo_required, reopen_days, authority, external_name, external_contact, is_public, is_active,
           position
      FROM complaint_category WHERE municipality_id = %s ORDER BY position, code"""

RULES_SQL = """
    SELECT category_id, service_area_id, neighbourhood_id, authority, department_id
      FROM routing_rule WHERE municipality_id = %s AND is_active ORDER BY position, id"""

# Everything that filing does, in one statement: number, case, timeline, map, photos, feed of phones, audit link, job.
# The number counter is locked before the audit head (api.core.audit asks for that order).
FILE_SQL = f"""
WITH counter AS (
    INSERT INTO number_counter (municipality_id, series, year, last)
    VALUES (%(municipality_id)s, 'complaint', %(year)s, 1)
    ON CONFLICT (municipality_id, series, year) DO UPDATE SET last = number_counter.last + 1
 RETURNING last),
filed AS (
    INSERT INTO complaint (municipality_id, id, number, kind, category_id, department_id, neighbourhood_id, authority,
        status, is_open, is_emergency, channel, description, search_text, answers, address_text, geom, geom_3857,
        citizen_id, filed_by, filed_at, first_answer_due_at, solution_due_at, legal_due_at, reopen_count, version)
    SELECT %(municipality_id)s, %(id)s,
        %(year)s::text || '-' || lpad(counter.last::text, greatest(6, length(counter.last::text)), '0'), %(kind)s,
        %(category_id)s, %(department_id)s, %(neighbourhood_id)s, %(authority)s, %(status)s, %(is_open)s,
        %(is_emergency)s, %(channel)s, %(description)s, %(search_text)s, %(answers)s::jsonb, %(address_text)s,
        ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326),
        ST_SetSRID(ST_MakePoint(%(x)s::float8, %(y)s::float8), 3857), %(citizen_id)s, %(filed_by)s, %(filed_at)s,
        %(first_answer_due_at)s, %(solution_due_at)s, %(legal_due_at)s, 0, 1
      FROM counter
 RETURNING number),
event AS (
    INSERT INTO complaint_event (municipality_id, id, happened_at, complaint_id, action, to_status, is_public,
        actor_kind, actor_id, text, details)
    VALUES (%(municipality_id)s, %(event_id)s, %(filed_at)s, %(id)s, 'file', %(status)s, true, %(actor_kind)s,
        %(actor_id)s, '', %(event_details)s::jsonb)),
cells AS (
    INSERT INTO complaint_map_cell (municipality_id, level, cell, total, open, sum_x, sum_y)
    SELECT %(municipality_id)s, place.level, place.cell, 1, %(is_open)s::int, %(x)s::float8, %(y)s::float8
      FROM unnest(%(levels)s::int[], %(cells)s::bigint[]) AS place(level, cell)
    ON CONFLICT (municipality_id, level, cell) DO UPDATE SET
        total = complaint_map_cell.total + 1, open = complaint_map_cell.open + excluded.open,
        sum_x = complaint_map_cell.sum_x + excluded.sum_x, sum_y = complaint_map_cell.sum_y + excluded.sum_y),
photos AS (
    UPDATE stored_file SET attached_kind = 'complaint', attached_id = %(id)s
     WHERE municipality_id = %(municipality_id)s AND id = ANY(%(photo_ids)s::uuid[])
       AND uploaded_by = %(uploader_id)s AND attached_id IS NULL
 RETURNING id),
pointed AS ({POINT_SQL}),
{AUDIT_HEAD_CTE.replace("WHERE municipality_id", "WHERE EXISTS (SELECT FROM filed) AND municipality_id")},
audited AS ({AUDIT_INSERT} RETURNING 1),
job AS (SELECT {
    DEFER_CALL.format(name="%(job_name)s", lock="%(job_lock)s::text", args="%(job_args)s::jsonb", at="NULL")
})
SELECT filed.number, (SELECT count(*) FROM photos) AS photo_count, (SELECT count(*) FROM audited) AS audited,
       (SELECT count(*) FROM job) AS jobs
  FROM filed"""

# One row of the case with everything a verb decides on; locked until commit.
LOCK_SQL = """
    SELECT c.id, c.number, c.status, c.version, c.is_open, c.department_id, c.assignee_id, c.citizen_id,
           c.category_id, c.first_answered_at, c.legal_due_at, c.legal_answered_at, c.reopen_until, c.reopen_count,
           c.is_emergency, c.authority, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
      FROM complaint c
     WHERE c.municipality_id = %(municipality_id)s AND c.id = %(id)s
       FOR UPDATE"""

# An act on a case: new state, timeline, map counts where the case opens or closes, photos, feed of phones.
ACT_SQL = f"""
WITH changed AS (
    UPDATE complaint SET {{sets}}, version = version + 1
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s
 RETURNING version),
event AS (
    INSERT INTO complaint_event (municipality_id, id, happened_at, complaint_id, action, from_status, to_status,
        is_public, actor_kind, actor_id, text, details)
    VALUES (%(municipality_id)s, %(event_id)s, %(at)s, %(id)s, %(action)s, %(from_status)s, %(to_status)s,
        %(is_public)s, %(actor_kind)s, %(actor_id)s, %(text)s, %(details)s::jsonb)),
cells AS (
    UPDATE complaint_map_cell SET open = open + %(open_delta)s
      FROM unnest(%(levels)s::int[], %(cells)s::bigint[]) AS place(level, cell)
     WHERE complaint_map_cell.municipality_id = %(municipality_id)s AND complaint_map_cell.level = place.level
       AND complaint_map_cell.cell = place.cell),
photos AS (
    UPDATE stored_file SET attached_kind = 'complaint', attached_id = %(id)s
     WHERE municipality_id = %(municipality_id)s AND id = ANY(%(photo_ids)s::uuid[])
       AND uploaded_by = %(uploader_id)s AND attached_id IS NULL
 RETURNING id),
pointed AS ({POINT_SQL})
SELECT (SELECT version FROM changed) AS version, (SELECT count(*) FROM photos) AS photo_count"""

LIST_COLUMNS = """
    c.id, c.number, c.kind, c.status, c.is_open, c.is_emergency, c.category_id, c.department_id, c.neighbourhood_id,
    c.filed_at, c.solution_due_at, c.legal_due_at, left(c.description, 140) AS description_start,
    ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.rating,
    coalesce(c.is_open AND c.solution_due_at < %(now)s, false) AS is_late"""

# Page first, then the joins: a page of 100 costs the same at any depth.
LIST_SQL = """
WITH page AS (
    SELECT {columns}, c.assignee_id
      FROM complaint c
     WHERE {conditions}
     ORDER BY c.filed_at DESC, c.id DESC
     LIMIT %(limit)s)
SELECT page.*, s.full_name AS assignee_name,
       (SELECT count(*) FROM stored_file f WHERE f.municipality_id = %(municipality_id)s
           AND f.attached_kind = 'complaint' AND f.attached_id = page.id)::int AS photo_count
  FROM page
  LEFT JOIN staff_user s ON s.municipality_id = %(municipality_id)s AND s.id = page.assignee_id
 ORDER BY page.filed_at DESC, page.id DESC"""

CASE_SQL = """
    SELECT c.id, c.number, c.version, c.kind, c.status, c.is_open, c.is_emergency, c.authority, c.channel,
           c.category_id, c.department_id, c.neighbourhood_id, c.assignee_id, s.full_name AS assignee_name,
           c.description, c.answers, c.address_text, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.filed_at,
           c.first_answer_due_at, c.first_answered_at, c.solution_due_at, c.solved_at, c.legal_due_at,
           c.legal_answered_at, c.reopen_until, c.reopen_count, c.rating, c.rating_comment, c.citizen_id,
           p.phone AS reporter_phone, p.name AS reporter_name
      FROM complaint c
      LEFT JOIN staff_user s ON s.municipality_id = c.municipality_id AND s.id = c.assignee_id
      LEFT JOIN citizen p ON p.municipality_id = c.municipality_id AND p.id = c.citizen_id
     WHERE c.municipality_id = %(municipality_id)s AND c.id = %(id)s"""

TIMELINE_SQL = """
    SELECT e.id, e.action, e.from_status, e.to_status, e.is_public, e.actor_kind, e.text, e.details, e.happened_at,
           s.full_name AS actor_name
      FROM complaint_event e
      LEFT JOIN staff_user s ON s.municipality_id = e.municipality_id AND s.id = e.actor_id AND e.actor_kind = 'staff'
     WHERE e.municipality_id = %(municipality_id)s AND e.complaint_id = %(id)s
       AND e.happened_at >= %(filed_at)s AND (e.is_public OR %(internal)s)
     ORDER BY e.happened_at, e.id LIMIT 500"""

PHOTOS_SQL = """
    SELECT id, width, height, uploaded_at FROM stored_file
     WHERE municipality_id = %(municipality_id)s AND attached_kind = 'complaint' AND attached_id = %(id)s
     ORDER BY uploaded_at, id LIMIT 100"""


async def categories(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Every category of the municipality."""
    return await fetch_all(session, CATEGORIES_SQL, (municipality_id,))


async def rules(session: AsyncSession, municipality_id: int) -> list[Row]:
    """The active routing rules in their order."""
    return await fetch_all(session, RULES_SQL, (municipality_id,))


async def insert_complaint(session: AsyncSession, values: Mapping[str, Any]) -> Row | None:
    """File one report with all that follows from it; one statement."""
    return await fetch_one(session, FILE_SQL, values)


async def lock(session: AsyncSession, municipality_id: int, complaint_id: UUID) -> Row | None:
    """Read and lock one case."""
    return await fetch_one(session, LOCK_SQL, {"municipality_id": municipality_id, "id": complaint_id})


async def act(session: AsyncSession, changes: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
    """Change a locked case and write its timeline; `changes` are column names of our own, never from outside."""
    sets = ", ".join(f"{column} = %(set_{column})s" for column in changes)
    parameters = {**values, **{f"set_{column}": value for column, value in changes.items()}}
    row = await fetch_one(session, ACT_SQL.format(sets=sets), parameters)
    if row is None:
        raise LookupError
    return row


async def page(session: AsyncSession, conditions: Sequence[str], values: Mapping[str, Any]) -> list[Row]:
    """One page of a list, newest first; one statement."""
    sql = LIST_SQL.format(columns=LIST_COLUMNS, conditions=" AND ".join(conditions))
    return await fetch_all(session, sql, values)


async def case(session: AsyncSession, municipality_id: int, complaint_id: UUID) -> Row | None:
    """One case with the sealed reporter."""
    return await fetch_one(session, CASE_SQL, {"municipality_id": municipality_id, "id": complaint_id})


async def timeline(
    session: AsyncSession, municipality_id: int, complaint_id: UUID, *, filed_at: datetime, internal: bool
) -> list[Row]:
    """The case's lines in their order; internal ones only for staff. `filed_at` spares the months before it."""
    values = {"municipality_id": municipality_id, "id": complaint_id, "internal": internal, "filed_at": filed_at}
    return await fetch_all(session, TIMELINE_SQL, values)


async def photos(session: AsyncSession, municipality_id: int, complaint_id: UUID) -> list[Row]:
    """Photos attached to the case."""
    return await fetch_all(session, PHOTOS_SQL, {"municipality_id": municipality_id, "id": complaint_id})


async def event_for_notice(
    session: AsyncSession, municipality_id: int, event_id: UUID, happened_at: datetime
) -> Row | None:
    """What the reporter is to be told: event, case, sealed phone, language."""
    return await fetch_one(
        session,
        """SELECT e.action, e.text, e.happened_at, c.id AS complaint_id, c.number, c.category_id, c.status,
                  c.citizen_id, c.authority, e.details, p.phone, p.language, m.config_version
             FROM complaint_event e
             JOIN complaint c ON c.municipality_id = e.municipality_id AND c.id = e.complaint_id
             JOIN citizen p ON p.municipality_id = c.municipality_id AND p.id = c.citizen_id
             JOIN municipality m ON m.id = c.municipality_id
            WHERE e.municipality_id = %s AND e.id = %s AND e.happened_at = %s""",
        (municipality_id, event_id, happened_at),
    )


async def filed_before(session: AsyncSession, municipality_id: int, complaint_id: UUID) -> Row | None:
    """A case as it was answered when it was filed, and who sent it."""
    return await fetch_one(
        session,
        """SELECT c.id, c.number, c.status, c.category_id, c.department_id, c.neighbourhood_id, c.description,
                  c.first_answer_due_at, c.solution_due_at, c.filed_at, e.details,
                  coalesce(c.filed_by, c.citizen_id) AS filed_by_actor
             FROM complaint c
             LEFT JOIN complaint_event e ON e.municipality_id = c.municipality_id AND e.complaint_id = c.id
                   AND e.action = 'file' AND e.happened_at = c.filed_at
            WHERE c.municipality_id = %s AND c.id = %s""",
        (municipality_id, complaint_id),
    )


INSERT_CATEGORY_SQL = """
    INSERT INTO complaint_category (municipality_id, id, code, parent_id, name, keywords, icon, department_id,
        is_emergency, emergency_phone, first_answer_hours, solution_hours, questions, photo_required, place_required,
        anonymous_allowed, closing_photo_required, reopen_days, duplicate_radius_m, duplicate_days, authority,
        external_name, external_contact, is_public, position, is_active)
    VALUES (%(municipality_id)s, %(id)s, %(code)s, %(parent_id)s, %(name)s::jsonb, %(keywords)s, %(icon)s,
        %(department_id)s, %(is_emergency)s, %(emergency_phone)s, %(first_answer_hours)s, %(solution_hours)s,
        %(questions)s::jsonb, false, %(place_required)s, %(anonymous_allowed)s, %(closing_photo_required)s, 7, 50, 14,
        %(authority)s, %(external_name)s, %(external_contact)s, %(is_public)s, %(position)s, true)"""


async def insert_categories(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the categories of a new municipality, groups first."""
    connection = await driver_connection(session)
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT_CATEGORY_SQL, rows)


async def department_ids(session: AsyncSession, municipality_id: int) -> dict[str, UUID]:
    """Departments of the municipality by code."""
    rows = await fetch_all(session, "SELECT code, id FROM department WHERE municipality_id = %s", (municipality_id,))
    return {row["code"]: row["id"] for row in rows}
