"""The SQL of lists and of the single visit; values are always parameters."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one

COLUMNS = """
    i.id, i.version, i.kind, i.status, i.outcome, i.number, i.business_id, i.form_code AS form_id, i.form_version,
    i.department_id, i.assignee_id, i.due_on, i.risk, i.reason, i.finding_count, i.planned_at, i.submitted_at,
    coalesce(i.status = 'planned' AND i.due_on < %(today)s, false) AS is_late,
    ST_X(coalesce(i.geom, b.geom)) AS lon, ST_Y(coalesce(i.geom, b.geom)) AS lat"""

# Page first, then the joins: a page of 100 costs the same at any depth.
LIST_SQL = """
WITH page AS (
    SELECT i.*, {order} AS sort_key
      FROM inspection i
     WHERE {conditions}
     ORDER BY {order} {direction}, i.id {direction}
     LIMIT %(limit)s)
SELECT {columns}, i.sort_key, b.title AS business_title, b.address_text, b.neighbourhood_id,
       s.full_name AS assignee_name, f.document -> 'title' AS form_titles
  FROM page i
  LEFT JOIN business b ON b.municipality_id = %(municipality_id)s AND b.id = i.business_id
  LEFT JOIN staff_user s ON s.municipality_id = %(municipality_id)s AND s.id = i.assignee_id
  LEFT JOIN inspection_form f ON f.municipality_id = %(municipality_id)s AND f.code = i.form_code
        AND f.form_version = i.form_version
 ORDER BY i.sort_key {direction}, i.id {direction}"""

ONE_SQL = f"""
    SELECT {COLUMNS}, i.complaint_id, c.number AS complaint_number, i.previous_id, i.started_at, i.ended_at,
           i.accuracy_m, i.answers, i.missing, i.device_id, i.authored, i.submitted_by AS submitted_by_id,
           i.signature_id, i.submitted_by IS NOT NULL AS is_signed, b.title AS business_title, b.address_text,
           b.neighbourhood_id, b.activity, b.licence_no, ST_X(i.geom) AS own_lon, ST_Y(i.geom) AS own_lat,
           s.full_name AS assignee_name, p.full_name AS planned_by, o.full_name AS officer_name,
           o.title AS officer_title, o.registry_no AS officer_registry_no
      FROM inspection i
      LEFT JOIN business b ON b.municipality_id = i.municipality_id AND b.id = i.business_id
      LEFT JOIN complaint c ON c.municipality_id = i.municipality_id AND c.id = i.complaint_id
      LEFT JOIN staff_user s ON s.municipality_id = i.municipality_id AND s.id = i.assignee_id
      LEFT JOIN staff_user p ON p.municipality_id = i.municipality_id AND p.id = i.planned_by
      LEFT JOIN staff_user o ON o.municipality_id = i.municipality_id AND o.id = i.submitted_by
     WHERE i.municipality_id = %(municipality_id)s AND i.id = %(id)s"""

# What hangs on a visit, in one statement. An earlier visit's findings stand beside those of its re-check.
PARTS_SQL = """
SELECT (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.id) FROM (
            SELECT f.id, f.inspection_id, f.item_code, f.text, f.severity, f.law, f.deadline_on, f.status, f.photo_ids,
                   f.cured_by_id
              FROM finding f
             WHERE f.municipality_id = %(municipality_id)s AND f.inspection_id = ANY(%(ids)s::uuid[])
             ORDER BY f.id LIMIT 1000) f) AS findings,
       (SELECT jsonb_agg(to_jsonb(w) ORDER BY w.deadline_on, w.id) FROM (
            SELECT w.id, w.deadline_on, w.status, w.recheck_id FROM cure_warning w
             WHERE w.municipality_id = %(municipality_id)s AND w.inspection_id = %(id)s
             ORDER BY w.deadline_on, w.id LIMIT 100) w) AS warnings,
       (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.at, a.id) FROM (
            SELECT a.id, a.text, a.photo_ids, a.amended_at AS at, s.full_name AS by FROM inspection_amendment a
              LEFT JOIN staff_user s ON s.municipality_id = a.municipality_id AND s.id = a.amended_by
             WHERE a.municipality_id = %(municipality_id)s AND a.inspection_id = %(id)s
             ORDER BY a.amended_at, a.id LIMIT 200) a) AS amendments,
       (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.id) FROM (
            SELECT f.id, f.state, encode(f.sha256, 'hex') AS sha256 FROM stored_file f
             WHERE f.municipality_id = %(municipality_id)s AND f.attached_kind = 'inspection'
               AND f.attached_id = %(id)s
             ORDER BY f.id LIMIT 300) f) AS photos"""

# Everything that happened to a business but to its owner, whom few may see, in one statement; each part is bounded by
# its own index.
TIMELINE_SQL = """
WITH visits AS (
    SELECT i.* FROM inspection i
     WHERE i.municipality_id = %(municipality_id)s AND i.business_id = %(id)s
       AND (%(scope)s::uuid[] IS NULL OR i.department_id = ANY(%(scope)s) OR i.assignee_id = %(reader)s)
     ORDER BY i.planned_at DESC, i.id DESC LIMIT %(limit)s)
SELECT * FROM (
    SELECT coalesce(v.submitted_at, v.planned_at) AS at,
           CASE v.status WHEN 'submitted' THEN 'visit' ELSE v.status END AS kind, v.id, v.kind AS text, v.outcome,
           v.number, v.finding_count, v.reason AS detail, v.due_on
      FROM visits v
    UNION ALL
    SELECT w.given_at, 'warning', w.inspection_id, w.status, NULL, NULL, 0, NULL, w.deadline_on
      FROM cure_warning w WHERE w.municipality_id = %(municipality_id)s AND w.business_id = %(id)s
    UNION ALL
    SELECT h.changed_at, 'change', h.id, h.field, NULL, NULL, 0, h.new #>> '{}', NULL
      FROM business_change h
     WHERE h.municipality_id = %(municipality_id)s AND h.business_id = %(id)s AND h.state <> 'suggested'
       AND h.field NOT IN ('owner', 'tax_no')
    UNION ALL
    SELECT c.filed_at, 'complaint', c.id, c.status, NULL, c.number, 0, NULL, NULL
      FROM (SELECT DISTINCT v.complaint_id FROM visits v WHERE v.complaint_id IS NOT NULL) told
      JOIN complaint c ON c.municipality_id = %(municipality_id)s AND c.id = told.complaint_id
     WHERE %(may_read_complaints)s) AS line
 ORDER BY line.at DESC, line.id DESC LIMIT %(limit)s"""

INSPECTORS_SQL = """
    SELECT DISTINCT s.id, s.full_name, s.title, r.department_id
      FROM staff_user s
      JOIN role_assignment r ON r.municipality_id = s.municipality_id AND r.staff_user_id = s.id
     WHERE s.municipality_id = %(municipality_id)s AND s.is_active AND r.role = ANY(%(roles)s)
       AND r.valid_from <= %(today)s AND (r.valid_to IS NULL OR r.valid_to >= %(today)s)
     ORDER BY s.full_name, s.id LIMIT 500"""


async def page(
    session: AsyncSession, conditions: Sequence[str], order: str, direction: str, values: Mapping[str, Any]
) -> list[Row]:
    """One page of visits; `order` and `direction` are words of our own."""
    sql = LIST_SQL.format(columns=COLUMNS, conditions=" AND ".join(conditions), order=order, direction=direction)
    return await fetch_all(session, sql, values)


async def one(session: AsyncSession, values: Mapping[str, Any]) -> Row | None:
    """One visit with the people and the business of it."""
    return await fetch_one(session, ONE_SQL, values)


async def parts(session: AsyncSession, municipality_id: int, inspection_id: UUID, previous_id: UUID | None) -> Row:
    """Findings (also those of the earlier visit), warnings, corrections and photos of a visit, each a list."""
    ids = [one for one in (inspection_id, previous_id) if one is not None]
    row = await fetch_one(session, PARTS_SQL, {"municipality_id": municipality_id, "id": inspection_id, "ids": ids})
    return {name: told or [] for name, told in (row or {}).items()}


async def timeline(session: AsyncSession, values: Mapping[str, Any]) -> list[Row]:
    """What happened to a business, newest first."""
    return await fetch_all(session, TIMELINE_SQL, values)


async def people(session: AsyncSession, values: Mapping[str, Any]) -> list[Row]:
    """People who hold one of the roles today, with the department it is for."""
    return await fetch_all(session, INSPECTORS_SQL, values)
