"""How tasks and team messages look on phones."""

from api.core.feed import FieldTable, Membership

FIELD_TABLES = (
    FieldTable(
        name="task",
        source="field_task AS t",
        version="t.version",
        data="""jsonb_strip_nulls(jsonb_build_object(
            'title', t.title, 'text', nullif(t.text, ''), 'department_id', t.department_id,
            'assignee_id', t.assignee_id, 'complaint_id', t.complaint_id, 'inspection_id', t.inspection_id,
            'business_id', t.business_id, 'due_on', t.due_on, 'status', t.status, 'created_by', t.created_by,
            'created_at', t.created_at))""",
        scopes={
            "user": Membership("assignee_id", "t.status = 'open'"),
            "team": Membership("department_id", "t.status = 'open'"),
        },
    ),
    FieldTable(
        name="message",
        source="team_message AS t",
        version="1",  # never changes
        data="""jsonb_build_object(
            'department_id', t.department_id, 'author_id', t.author_id, 'text', t.text, 'sent_at', t.sent_at)""",
        scopes={"team": Membership("department_id", "t.is_in_field")},
    ),
)
