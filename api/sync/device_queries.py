"""The SQL of phones as the office sees them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

# A session that has ended cannot be heard of any more, whatever was asked of the phone.
_DEVICES = """
    SELECT f.id, f.staff_user_id, s.full_name AS name, s.title, s.department_id, d.label, f.app,
           CASE WHEN d.revoked_at IS NOT NULL OR d.expires_at <= %(now)s THEN 'gone' ELSE f.state END AS state,
           f.first_contact_at, f.last_contact_at, f.waiting, f.waiting_photos, f.revoked_at
      FROM field_device f
      JOIN device d ON d.municipality_id = f.municipality_id AND d.id = f.id
      JOIN staff_user s ON s.municipality_id = f.municipality_id AND s.id = f.staff_user_id
     WHERE f.municipality_id = %(municipality_id)s
       AND (%(departments)s::uuid[] IS NULL OR s.department_id = ANY(%(departments)s))"""
LIST_SQL = f"""{_DEVICES}
       AND (f.last_contact_at > %(since)s OR d.revoked_at IS NULL)
     ORDER BY f.last_contact_at DESC, f.id LIMIT %(limit)s"""
ONE_SQL = f"{_DEVICES} AND f.id = %(id)s"


async def devices(session: AsyncSession, values: Mapping[str, Any]) -> list[Row]:
    """Give the phones, the last heard of first."""
    return await fetch_all(session, LIST_SQL, values)


async def device(session: AsyncSession, values: Mapping[str, Any]) -> Row | None:
    """Give one phone, where it is within reach; locked."""
    return await fetch_one(session, f"{ONE_SQL} FOR UPDATE OF f", values)


async def revoke(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Write down what a phone is to do at its next contact."""
    await run(
        session,
        """UPDATE field_device SET state = %(how)s, revoked_by = %(revoked_by)s, revoked_at = %(now)s
            WHERE municipality_id = %(municipality_id)s AND id = %(id)s""",
        values,
    )


async def staff_person(session: AsyncSession, municipality_id: int, staff_user_id: UUID | None) -> Row | None:
    """Give a person as records name them."""
    return await fetch_one(
        session,
        """SELECT id, full_name AS name, title, registry_no, department_id FROM staff_user
            WHERE municipality_id = %s AND id = %s""",
        (municipality_id, staff_user_id),
    )


def reach(scope: frozenset[UUID] | None) -> Sequence[UUID] | None:
    """Give departments as a parameter; None for all."""
    return None if scope is None else sorted(scope)
