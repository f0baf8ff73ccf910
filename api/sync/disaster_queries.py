"""The SQL of declared emergencies."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

DECLARE_SQL = """
    INSERT INTO disaster_policy (municipality_id, id, valid_from, valid_to, days, reason, declared_by, declared_at)
    SELECT %(municipality_id)s, %(id)s, %(valid_from)s, %(valid_to)s, %(days)s, %(reason)s, %(declared_by)s, %(now)s
     WHERE NOT EXISTS (
           SELECT FROM disaster_policy
            WHERE municipality_id = %(municipality_id)s AND ended_at IS NULL AND valid_to >= %(valid_from)s)"""
RECENT_SQL = """
    SELECT p.id, p.valid_from, p.valid_to, p.days, p.reason, p.declared_at, p.ended_at, s.full_name AS declared_by,
           p.ended_at IS NULL AND p.valid_to >= %(today)s AS is_running
      FROM disaster_policy p
      LEFT JOIN staff_user s ON s.municipality_id = p.municipality_id AND s.id = p.declared_by
     WHERE p.municipality_id = %(municipality_id)s
     ORDER BY p.declared_at DESC, p.id DESC LIMIT 20"""


async def declare(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Write a policy down; False when one is running. One after another in each municipality."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended('disaster', %(municipality_id)s))"
    await run(session, lock, values)
    return await run(session, DECLARE_SQL, values) == 1


async def end(session: AsyncSession, municipality_id: int, policy_id: UUID, now: datetime, today: date) -> bool:
    """End a running policy; False when it does not run."""
    ended = await run(
        session,
        """UPDATE disaster_policy SET ended_at = %s
            WHERE municipality_id = %s AND id = %s AND ended_at IS NULL AND valid_to >= %s""",
        (now, municipality_id, policy_id, today),
    )
    return ended == 1


async def recent(session: AsyncSession, municipality_id: int, today: date) -> list[Row]:
    """Give the newest policies."""
    return await fetch_all(session, RECENT_SQL, {"municipality_id": municipality_id, "today": today})


async def newest(session: AsyncSession, municipality_id: int, today: date) -> Row | None:
    """Give the newest policy whose last day, as it was declared, is not over."""
    return await fetch_one(
        session,
        """SELECT valid_from, valid_to, days, ended_at FROM disaster_policy
            WHERE municipality_id = %s AND valid_to >= %s ORDER BY declared_at DESC, id DESC LIMIT 1""",
        (municipality_id, today),
    )
