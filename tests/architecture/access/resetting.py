"""Puts the marked things back as they were planted, so that every call of the matrix meets the same world."""

from collections.abc import Mapping
from typing import Any

from tests.architecture.access.calls import Attempt
from tests.architecture.access.world import SIGNER, Place, Things, secret_mark

# The state in which a case must be for the act; every other act meets it in its department's list.
_STATUS = {"replies": "waiting", "rating": "solved", "reopen": "solved"}

_STATEMENTS = (
    "DELETE FROM rate_count",
    # The one phone that was revoked before stays so.
    "UPDATE device SET revoked_at = NULL, revoked_reason = NULL WHERE revoked_reason <> 'test'",
    "UPDATE sync_mutation SET resolved_at = NULL WHERE resolved_at IS NOT NULL",
    "UPDATE field_device SET state = 'active' WHERE state <> 'active'",
    "UPDATE field_task SET status = 'open' WHERE status <> 'open'",
    "UPDATE business_match SET decided_at = NULL WHERE decided_at IS NOT NULL",
    "UPDATE business_change SET reviewed_at = NULL WHERE state = 'suggested' AND reviewed_at IS NOT NULL",
)
_HOLIDAY = """
    INSERT INTO local_holiday (municipality_id, day, name, half_day) VALUES (%s, %s, %s, false)
    ON CONFLICT DO NOTHING"""
_OF_PART = (
    """UPDATE complaint SET status = %(status)s, is_open = %(is_open)s, department_id = %(department_id)s,
              assignee_id = NULL, reopen_until = '2099-12-31'
        WHERE municipality_id = %(mine)s AND id = %(case_id)s
          AND (status, department_id, reopen_until, assignee_id)
              IS DISTINCT FROM (%(status)s, %(department_id)s, '2099-12-31', NULL::uuid)""",
    """UPDATE inbox_message SET read_at = NULL
        WHERE municipality_id = %(mine)s AND id = %(message_id)s AND read_at IS NOT NULL""",
    """UPDATE role_assignment SET valid_to = NULL
        WHERE municipality_id = %(mine)s AND id = %(assignment_id)s AND valid_to IS NOT NULL""",
    """INSERT INTO substitution (municipality_id, id, absent_id, substitute_id, valid_from, valid_to, reason)
       SELECT %(mine)s, %(substitution_id)s, %(staff_id)s, id, '2099-01-01', '2099-01-02', %(mark)s
         FROM staff_user WHERE municipality_id = %(mine)s AND username = 'finance' ON CONFLICT DO NOTHING""",
)


def reset(at: Attempt, route: str) -> None:
    """Undo what earlier calls of any route have changed; one round trip."""
    status = _STATUS.get(route.rsplit("/", 1)[-1], "routed")
    with at.world.admin.pipeline():
        for statement in _STATEMENTS:
            at.world.admin.execute(statement)
        for place in at.world.towns.values():
            at.world.admin.execute(_HOLIDAY, (place.municipality_id, place.holiday, secret_mark(place.slug)))
            for part, things in place.parts.items():
                values = _values(place, part, things, status)
                for statement in _OF_PART:
                    at.world.admin.execute(statement, values)
        if route == "POST /v1/auth/staff":
            at.world.admin.execute("UPDATE staff_user SET totp_last_step = 0 WHERE username = %s", (SIGNER,))
        if route == "POST /v1/me/password":
            at.world.admin.execute("UPDATE staff_user SET password_hash = %s", (at.world.password_hash,))


def _values(place: Place, part: str, things: Things, status: str) -> Mapping[str, Any]:
    return {
        "mine": place.municipality_id,
        "mark": secret_mark(place.slug, part),
        "status": status,
        "is_open": status != "solved",
        **{name: getattr(things, name) for name in Things.__dataclass_fields__},
    }
