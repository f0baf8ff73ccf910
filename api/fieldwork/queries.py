"""The SQL of field work; values are always parameters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

# What the task hangs on is looked up in the same statement: a parent of another town is no parent.
INSERT_TASK_SQL = """
    INSERT INTO field_task (municipality_id, id, title, text, department_id, assignee_id, complaint_id, inspection_id,
                            business_id, due_on, status, created_by, created_at, done_text, version)
    VALUES (%(municipality_id)s, %(id)s, %(title)s, %(text)s, %(department_id)s, %(assignee_id)s, %(complaint_id)s,
            %(inspection_id)s, %(business_id)s, %(due_on)s, 'open', %(created_by)s, %(at)s, '', 1)
    ON CONFLICT (municipality_id, id) DO NOTHING"""

PARENTS_SQL = """
    SELECT (SELECT row_to_json(c) FROM (SELECT department_id, assignee_id FROM complaint
             WHERE municipality_id = %(municipality_id)s AND id = %(complaint_id)s) AS c) AS complaint,
           EXISTS (SELECT 1 FROM inspection
             WHERE municipality_id = %(municipality_id)s AND id = %(inspection_id)s) AS has_inspection,
           EXISTS (SELECT 1 FROM business
             WHERE municipality_id = %(municipality_id)s AND id = %(business_id)s) AS has_business"""

LOCK_TASK_SQL = "SELECT t.* FROM field_task t WHERE t.municipality_id = %s AND t.id = %s FOR UPDATE"

FINISH_TASK_SQL = """
WITH finished AS (
    UPDATE field_task SET status = 'done', done_by = %(actor_id)s, done_at = %(at)s, done_text = %(text)s,
                          version = version + 1
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s
 RETURNING version),
photos AS (
    UPDATE stored_file SET attached_kind = 'task', attached_id = %(id)s
     WHERE municipality_id = %(municipality_id)s AND id = ANY(%(photo_ids)s::uuid[])
       AND uploaded_by = %(actor_id)s AND attached_id IS NULL
 RETURNING id)
SELECT (SELECT version FROM finished) AS version, (SELECT count(*) FROM photos) AS photo_count"""

TASK_COLUMNS = """
    t.id, t.version, t.title, t.text, t.department_id, t.assignee_id, t.complaint_id, t.inspection_id, t.business_id,
    t.due_on, t.status, t.created_by, t.created_at, t.done_by, t.done_at, t.done_text"""

# Page first, then names and photos: a page of 100 costs the same at any depth.
LIST_TASKS_SQL = """
WITH page AS (
    SELECT {columns} FROM field_task t WHERE {conditions} ORDER BY t.id DESC LIMIT %(limit)s)
SELECT page.*, a.full_name AS assignee_name, c.full_name AS created_by_name, d.full_name AS done_by_name,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'state', f.state) ORDER BY f.uploaded_at, f.id), '[]')
          FROM stored_file f WHERE f.municipality_id = %(municipality_id)s AND f.attached_kind = 'task'
           AND f.attached_id = page.id) AS photos
  FROM page
  LEFT JOIN staff_user a ON a.municipality_id = %(municipality_id)s AND a.id = page.assignee_id
  LEFT JOIN staff_user c ON c.municipality_id = %(municipality_id)s AND c.id = page.created_by
  LEFT JOIN staff_user d ON d.municipality_id = %(municipality_id)s AND d.id = page.done_by
 ORDER BY page.id DESC"""

TASK_PHOTO_SQL = """
    SELECT t.department_id, t.assignee_id, t.complaint_id FROM stored_file f
      JOIN field_task t ON t.municipality_id = f.municipality_id AND t.id = f.attached_id
     WHERE f.municipality_id = %s AND f.id = %s AND f.attached_kind = 'task' AND f.attached_id = %s"""

INSERT_MESSAGE_SQL = """
    INSERT INTO team_message (municipality_id, id, department_id, author_id, text, sent_at, is_in_field)
    VALUES (%(municipality_id)s, %(id)s, %(department_id)s, %(author_id)s, %(text)s, %(at)s, true)
    ON CONFLICT (municipality_id, id) DO NOTHING"""

LIST_MESSAGES_SQL = """
    SELECT m.id, m.department_id, m.author_id, m.text, m.sent_at, s.full_name AS author_name
      FROM team_message m
      JOIN staff_user s ON s.municipality_id = m.municipality_id AND s.id = m.author_id
     WHERE {conditions}
     ORDER BY m.sent_at DESC, m.id DESC LIMIT %(limit)s"""

# Each message leaves the phones of its team with a pointer; a bounded number at a time keeps transactions short.
RETIRE_MESSAGES_SQL = """
WITH old AS (
    SELECT id FROM team_message
     WHERE municipality_id = %(municipality_id)s AND is_in_field AND sent_at < %(before)s
     ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED),
retired AS (
    UPDATE team_message m SET is_in_field = false FROM old
     WHERE m.municipality_id = %(municipality_id)s AND m.id = old.id
 RETURNING m.id, m.department_id),
told AS (
    INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
    SELECT %(municipality_id)s, 'team:' || department_id, 'message', id FROM retired
    ON CONFLICT DO NOTHING)
SELECT count(*)::int AS n FROM retired"""

INSERT_VISIT_SQL = """
    INSERT INTO site_visit (municipality_id, id, staff_user_id, complaint_id, started_at, ended_at, geom, accuracy_m)
    VALUES (%(municipality_id)s, %(id)s, %(staff_user_id)s, %(complaint_id)s, %(started_at)s, %(ended_at)s,
            ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326), %(accuracy_m)s)
    ON CONFLICT (municipality_id, id) DO NOTHING"""

VISITS_SQL = """
    SELECT v.id, s.full_name AS staff_name, v.started_at, v.ended_at FROM site_visit v
      JOIN staff_user s ON s.municipality_id = v.municipality_id AND s.id = v.staff_user_id
     WHERE v.municipality_id = %s AND v.complaint_id = %s ORDER BY v.started_at DESC LIMIT 100"""

AREAS_SQL = """
    SELECT neighbourhood_id FROM field_area WHERE municipality_id = %s AND staff_user_id = %s
     ORDER BY neighbourhood_id"""

SET_AREAS_SQL = """
WITH dropped AS (
    DELETE FROM field_area WHERE municipality_id = %(municipality_id)s AND staff_user_id = %(staff_user_id)s
       AND NOT neighbourhood_id = ANY(%(neighbourhood_ids)s::uuid[]))
INSERT INTO field_area (municipality_id, staff_user_id, neighbourhood_id)
SELECT %(municipality_id)s, %(staff_user_id)s, chosen FROM unnest(%(neighbourhood_ids)s::uuid[]) AS chosen
ON CONFLICT DO NOTHING"""

STAFF_SQL = "SELECT department_id, full_name FROM staff_user WHERE municipality_id = %s AND id = %s AND is_active"


async def parents(session: AsyncSession, values: Mapping[str, Any]) -> Row:
    """What a task would hang on: the case with its department and person, and whether the others are there."""
    row = await fetch_one(session, PARENTS_SQL, values)
    if row is None:
        raise LookupError
    return row


async def insert_task(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Write a new task; False if its id is taken."""
    return await run(session, INSERT_TASK_SQL, values) == 1


async def lock_task(session: AsyncSession, municipality_id: int, task_id: UUID) -> Row | None:
    """Read and lock one task."""
    return await fetch_one(session, LOCK_TASK_SQL, (municipality_id, task_id))


async def tasks(session: AsyncSession, conditions: Sequence[str], values: Mapping[str, Any]) -> list[Row]:
    """One page of tasks, newest first; one statement."""
    sql = LIST_TASKS_SQL.format(columns=TASK_COLUMNS, conditions=" AND ".join(conditions))
    return await fetch_all(session, sql, values)


async def messages(session: AsyncSession, conditions: Sequence[str], values: Mapping[str, Any]) -> list[Row]:
    """One page of a team's messages, newest first; one statement."""
    return await fetch_all(session, LIST_MESSAGES_SQL.format(conditions=" AND ".join(conditions)), values)


async def retire_messages(session: AsyncSession, municipality_id: int, before: datetime, limit: int) -> int:
    """Take messages of before a moment out of the field, at most so many; gives their number."""
    row = await fetch_one(
        session, RETIRE_MESSAGES_SQL, {"municipality_id": municipality_id, "before": before, "limit": limit}
    )
    return int(row["n"]) if row else 0
