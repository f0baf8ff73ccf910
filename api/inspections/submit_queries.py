"""The SQL of a submitted visit: one statement that reads everything it decides on, one that writes everything."""

from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.audit import AUDIT_HEAD_CTE, AUDIT_INSERT
from api.core.sql import Numbered, Row, fetch_one, fetch_one_numbered

LOOK_SQL = """
WITH held AS (
    SELECT i.* FROM inspection i WHERE i.municipality_id = %(municipality_id)s AND i.id = %(id)s FOR UPDATE),
known AS (
    SELECT coalesce((SELECT held.business_id FROM held), %(business_id)s) AS business_id,
           coalesce((SELECT held.previous_id FROM held), %(previous_id)s) AS previous_id),
business AS (
    SELECT b.id, b.merged_into_id, b.class_code, b.risk, b.status, c.department_id
      FROM known
      JOIN business b ON b.municipality_id = %(municipality_id)s AND b.id = known.business_id
      LEFT JOIN business_class c ON c.municipality_id = %(municipality_id)s AND c.code = b.class_code),
previous AS (
    SELECT p.id, p.assignee_id, p.department_id, p.is_in_field
      FROM known JOIN inspection p ON p.municipality_id = %(municipality_id)s AND p.id = known.previous_id)
SELECT (SELECT to_jsonb(held) - 'geom' FROM held) AS held,
       (SELECT to_jsonb(business) FROM business) AS business,
       (SELECT to_jsonb(previous) FROM previous) AS previous,
       (SELECT jsonb_agg(jsonb_build_object('id', f.id, 'item_code', f.item_code, 'deadline_on', f.deadline_on,
                                            'text', f.text, 'law', f.law) ORDER BY f.id)
          FROM previous JOIN finding f ON f.municipality_id = %(municipality_id)s AND f.inspection_id = previous.id
         WHERE f.status = 'open'
           AND coalesce(f.deadline_on, '-infinity') < coalesce((SELECT held.due_on FROM held), 'infinity')
       ) AS open_before,
       (SELECT jsonb_build_object('id', w.id, 'deadline_on', w.deadline_on)
          FROM previous JOIN cure_warning w
            ON w.municipality_id = %(municipality_id)s AND w.recheck_id = %(id)s AND w.status = 'running'
         LIMIT 1) AS warning,
       (SELECT b.id FROM number_block b
         WHERE b.municipality_id = %(municipality_id)s AND b.series = %(number_series)s AND b.year = %(number_year)s
           AND b.first <= %(number_value)s AND b.last >= %(number_value)s AND b.returned_at IS NULL
           AND (b.device_id = %(device_id)s OR b.staff_user_id = %(actor_id)s)) AS block_id,
       EXISTS (SELECT FROM inspection i WHERE i.municipality_id = %(municipality_id)s AND i.number = %(number)s
                  AND i.id <> %(id)s) AS is_number_used,
       EXISTS (SELECT FROM complaint c WHERE c.municipality_id = %(municipality_id)s AND c.id = %(complaint_id)s)
           AS is_complaint_known,
       (SELECT max(f.form_version) FROM inspection_form f
         WHERE f.municipality_id = %(municipality_id)s AND f.code = %(recheck_form)s AND f.is_current)
           AS recheck_version"""

COLUMNS = """municipality_id, id, business_id, kind, status, form_code, form_version, department_id, assignee_id,
        due_on, risk, reason, complaint_id, previous_id, planned_at, planned_by"""

SUBMIT_SQL = f"""
WITH visit AS (
    INSERT INTO inspection ({COLUMNS}, number, answers, missing, outcome, finding_count, started_at, ended_at,
        submitted_at, submitted_by, device_id, signature_id, authored, geom, accuracy_m, is_in_field, version)
    VALUES (%(municipality_id)s, %(id)s, %(business_id)s, %(kind)s, 'submitted', %(form_code)s, %(form_version)s,
        %(department_id)s, %(assignee_id)s, NULL, %(risk)s, '', %(complaint_id)s, %(previous_id)s, %(at)s, %(actor_id)s,
        %(number)s, %(answers)s::jsonb, %(missing)s::jsonb, %(outcome)s, %(finding_count)s, %(started_at)s,
        %(ended_at)s, %(at)s, %(actor_id)s, %(device_id)s, %(signature_id)s,
        %(authored)s::jsonb,
        ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326), %(accuracy_m)s, true, 1)
    ON CONFLICT (municipality_id, id) DO UPDATE SET
        status = 'submitted', form_code = excluded.form_code, form_version = excluded.form_version,
        assignee_id = excluded.assignee_id, number = excluded.number, answers = excluded.answers,
        missing = excluded.missing, outcome = excluded.outcome, finding_count = excluded.finding_count,
        started_at = excluded.started_at, ended_at = excluded.ended_at, submitted_at = excluded.submitted_at,
        submitted_by = excluded.submitted_by, device_id = excluded.device_id,
        signature_id = excluded.signature_id, authored = excluded.authored,
        geom = excluded.geom, accuracy_m = excluded.accuracy_m, is_in_field = true, version = inspection.version + 1
     WHERE inspection.status = 'planned'
 RETURNING version),
rechecks AS (
    INSERT INTO inspection ({COLUMNS}, finding_count, is_in_field, version)
    SELECT %(municipality_id)s, told.id, %(business_id)s, 'recheck', 'planned', told.form_code, told.form_version,
        %(department_id)s, %(assignee_id)s, told.due_on, %(risk)s, told.reason, %(complaint_id)s, told.previous_id,
        %(at)s, NULL, 0, true, 1
      FROM jsonb_to_recordset(%(rechecks)s::jsonb)
           AS told(id uuid, form_code text, form_version int, due_on date, reason text, previous_id uuid)),
found AS (
    INSERT INTO finding (municipality_id, id, inspection_id, business_id, item_code, text, severity, law, photo_ids,
        deadline_on, status)
    SELECT %(municipality_id)s, told.id, %(id)s, %(business_id)s, told.item_code, told.text, told.severity, told.law,
        told.photo_ids, told.deadline_on, told.status
      FROM jsonb_to_recordset(%(findings)s::jsonb)
           AS told(id uuid, item_code text, text text, severity text, law text, photo_ids jsonb, deadline_on date,
                   status text)),
warnings AS (
    INSERT INTO cure_warning (municipality_id, id, inspection_id, business_id, deadline_on, recheck_id, status,
        given_at)
    SELECT %(municipality_id)s, told.id, told.inspection_id, %(business_id)s, told.deadline_on, told.recheck_id,
        'running', %(at)s
      FROM jsonb_to_recordset(%(warnings)s::jsonb)
           AS told(id uuid, inspection_id uuid, deadline_on date, recheck_id uuid)),
settled AS (
    UPDATE finding SET status = told.status, deadline_on = told.deadline_on,
           cured_by_id = CASE told.status WHEN 'cured' THEN %(id)s END
      FROM jsonb_to_recordset(%(settled)s::jsonb) AS told(id uuid, status text, deadline_on date)
     WHERE finding.municipality_id = %(municipality_id)s AND finding.id = told.id),
warning AS (
    UPDATE cure_warning SET status = %(warning_status)s, recheck_id = coalesce(%(next_recheck_id)s, recheck_id)
     WHERE municipality_id = %(municipality_id)s AND id = %(warning_id)s),
previous AS (
    UPDATE inspection SET version = version + 1
     WHERE municipality_id = %(municipality_id)s AND id = %(changed_previous_id)s),
block AS (
    UPDATE number_block SET next = greatest(next, %(number_value)s + 1)
     WHERE municipality_id = %(municipality_id)s AND id = %(block_id)s),
photos AS (
    UPDATE stored_file SET attached_kind = 'inspection', attached_id = %(id)s
     WHERE municipality_id = %(municipality_id)s AND id = ANY(%(photo_ids)s::uuid[]) AND uploaded_by = %(actor_id)s
       AND (attached_id IS NULL OR attached_kind = 'sync_mutation')
 RETURNING id),
pointers AS (
    INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
    SELECT DISTINCT %(municipality_id)s, told.scope, 'inspection', told.row_id
      FROM unnest(%(told_scopes)s::text[], %(told_rows)s::uuid[]) AS told(scope, row_id)
    ON CONFLICT DO NOTHING),
{AUDIT_HEAD_CTE.replace("WHERE municipality_id", "WHERE EXISTS (SELECT FROM visit) AND municipality_id")},
audited AS ({AUDIT_INSERT} RETURNING 1)
SELECT visit.version, (SELECT count(*) FROM photos) AS photo_count, (SELECT count(*) FROM audited) AS audited
  FROM visit"""

_SUBMIT = Numbered(SUBMIT_SQL)


async def look(session: AsyncSession, values: Mapping[str, Any]) -> Row:
    """Lock the visit, if it is planned, and read what its submission is decided on."""
    row = await fetch_one(session, LOOK_SQL, values)
    if row is None:
        raise LookupError
    return row


async def submit(session: AsyncSession, values: Mapping[str, Any]) -> Row | None:
    """Write a visit with all that follows from it; None if it is planned no more."""
    return await fetch_one_numbered(session, _SUBMIT, values)
