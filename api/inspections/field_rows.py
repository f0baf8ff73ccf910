"""How visits look on phones (`api.core.feed`); SQL of our own over the alias `t`."""

from api.core.feed import FieldTable, Membership

# Of a planned re-check: what its warning asked to be cured. Of a done visit: what it left open.
OPEN_FINDINGS = """(
    SELECT jsonb_agg(jsonb_build_object('id', f.id, 'item_code', f.item_code, 'text', f.text, 'severity', f.severity,
                     'deadline_on', f.deadline_on) ORDER BY f.id)
      FROM finding f
     WHERE f.municipality_id = t.municipality_id AND f.status = 'open'
       -- One value to look up: a condition on either visit would read every open finding for each row.
       AND f.inspection_id = CASE t.status WHEN 'planned' THEN t.previous_id ELSE t.id END
       AND (t.status <> 'planned' OR coalesce(f.deadline_on, '-infinity') < t.due_on))"""

DATA = f"""jsonb_strip_nulls(jsonb_build_object(
    'business_id', t.business_id, 'kind', t.kind, 'status', t.status, 'form_id', t.form_code,
    'form_version', t.form_version, 'department_id', t.department_id, 'assignee_id', t.assignee_id, 'due_on', t.due_on,
    'risk', t.risk, 'reason', nullif(t.reason, ''), 'complaint_id', t.complaint_id, 'previous_id', t.previous_id,
    'number', t.number, 'outcome', t.outcome, 'finding_count', t.finding_count, 'started_at', t.started_at,
    'ended_at', t.ended_at, 'submitted_at', t.submitted_at, 'answers', t.answers, 'open_findings', {OPEN_FINDINGS}))"""

INSPECTION = FieldTable(
    name="inspection",
    source="inspection AS t",
    version="t.version",
    data=DATA,
    scopes={
        "user": Membership("assignee_id", "t.is_in_field"),
        "team": Membership("department_id", "t.is_in_field"),
    },
)
FIELD_TABLES = (INSPECTION,)
