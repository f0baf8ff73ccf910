"""Cases as phones in the field see them: open ones, of the department and of the person in charge; no reporter."""

from collections.abc import Mapping
from typing import Any

from api.core import feed
from api.core.feed import FieldTable, Membership

TABLE = "complaint"

# The newest lines, oldest first; `by` is the staff user, for others only what they are. `happened_at` spares the
# months before the case was filed.
_LINES = """(SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', line.id, 'at', line.happened_at,
        'action', line.action, 'text', nullif(line.text, ''), 'is_public', line.is_public,
        'by', CASE line.actor_kind WHEN 'staff' THEN line.actor_id::text ELSE line.actor_kind END))
        ORDER BY line.happened_at, line.id)
      FROM (SELECT e.* FROM complaint_event e
             WHERE e.municipality_id = t.municipality_id AND e.complaint_id = t.id AND e.happened_at >= t.filed_at
             ORDER BY e.happened_at DESC, e.id DESC LIMIT 10) line)"""
_PHOTOS = """(SELECT jsonb_agg(jsonb_build_object('id', photo.id,
        'phase', CASE e.action WHEN 'file' THEN 'filed' WHEN 'close' THEN 'closing' ELSE 'during' END)
        ORDER BY e.happened_at, e.id, photo.place)
      FROM complaint_event e
     CROSS JOIN LATERAL jsonb_array_elements_text(e.details -> 'photo_ids') WITH ORDINALITY AS photo(id, place)
     WHERE e.municipality_id = t.municipality_id AND e.complaint_id = t.id AND e.happened_at >= t.filed_at)"""

FIELD_TABLES = (
    FieldTable(
        name=TABLE,
        source="complaint AS t",
        version="t.version",
        data=f"""jsonb_strip_nulls(jsonb_build_object('number', t.number, 'category_id', t.category_id,
            'status', t.status, 'description', t.description, 'address', nullif(t.address_text, ''),
            'lon', ST_X(t.geom), 'lat', ST_Y(t.geom), 'neighbourhood_id', t.neighbourhood_id, 'filed_at', t.filed_at,
            'solution_due_at', t.solution_due_at, 'is_emergency', t.is_emergency, 'assignee_id', t.assignee_id,
            'department_id', t.department_id, 'photos', {_PHOTOS}, 'lines', {_LINES}))""",
        scopes={
            "user": Membership("assignee_id", "t.is_open"),
            "team": Membership("department_id", "t.is_open"),
        },
    ),
)


def scopes_of(case: Mapping[str, Any]) -> list[str | None]:
    """Name the scopes of a case: while it is open, those of its department and of who has it."""
    return [feed.team(case["department_id"]), feed.user(case["assignee_id"])] if case["is_open"] else []
