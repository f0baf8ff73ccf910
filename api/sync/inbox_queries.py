"""The SQL of the office's inbox: commands without effect, and what is to be decided in the register of businesses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run
from api.sync.tables import TABLES

_OPEN = """
      FROM sync_mutation m
      LEFT JOIN staff_user s ON s.municipality_id = m.municipality_id AND s.id = m.staff_user_id
     WHERE m.municipality_id = %(municipality_id)s AND m.state <> 'ok' AND m.resolved_at IS NULL
       AND (%(departments)s::uuid[] IS NULL OR m.department_id = ANY(%(departments)s))"""
_SHOWN = """SELECT m.id, m.stream_id, m.kind, m.kv, m.state, m.code, m.staff_user_id,
           coalesce(s.full_name, '') AS staff_name, m.department_id, m.authored, m.received_at, m.target_kind,
           m.target_id, m.base, m.body"""
LIST_SQL = f"""
    {_SHOWN}
    {_OPEN}
       AND (%(after_at)s::timestamptz IS NULL OR (m.received_at, m.id) > (%(after_at)s, %(after_id)s::uuid))
     ORDER BY m.received_at, m.id LIMIT %(limit)s"""
COUNT_SQL = f"SELECT count(*)::int AS number {_OPEN}"
HOLD_SQL = f"""
    {_SHOWN}
    {_OPEN}
       AND m.id = %(id)s FOR UPDATE OF m"""
RESOLVE_SQL = """
    UPDATE sync_mutation SET resolved_at = %(now)s, resolved_by = %(resolved_by)s, resolution = %(resolution)s,
                             resolution_note = %(note)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""
ESCALATE_SQL = """
    UPDATE sync_mutation SET escalated_at = %(now)s
     WHERE municipality_id = %(municipality_id)s AND state <> 'ok' AND resolved_at IS NULL AND escalated_at IS NULL
       AND received_at <= %(before)s
 RETURNING id, department_id"""
CHANGES_SQL = """
    SELECT c.id, c.business_id, b.title, b.address_text AS address, c.field, c.old, c.new, c.base, c.state,
           c.changed_at, coalesce(s.full_name, '') AS staff_name
      FROM business_change c
      JOIN business b ON b.municipality_id = c.municipality_id AND b.id = c.business_id
      LEFT JOIN staff_user s ON s.municipality_id = c.municipality_id AND s.id = c.changed_by
     WHERE c.municipality_id = %(municipality_id)s AND c.state IN ('suggested', 'overwrote')
       AND c.reviewed_at IS NULL AND b.status <> 'merged'
     ORDER BY c.changed_at, c.id LIMIT %(limit)s"""
MATCHES_SQL = """
    SELECT m.id, m.business_id, n.title, n.address_text AS address, m.other_id, o.title AS other_title,
           o.address_text AS other_address, m.reason, m.found_at
      FROM business_match m
      JOIN business n ON n.municipality_id = m.municipality_id AND n.id = m.business_id
      JOIN business o ON o.municipality_id = m.municipality_id AND o.id = m.other_id
     WHERE m.municipality_id = %(municipality_id)s AND m.decided_at IS NULL
       AND n.status <> 'merged' AND o.status <> 'merged'
     ORDER BY m.found_at, m.id LIMIT %(limit)s"""


async def conflicts(session: AsyncSession, values: Mapping[str, Any]) -> list[Row]:
    """Give what waits for a decision, the oldest first."""
    return await fetch_all(session, LIST_SQL, values)


async def count(session: AsyncSession, values: Mapping[str, Any]) -> int:
    """Count it."""
    row = await fetch_one(session, COUNT_SQL, values)
    return int(row["number"]) if row else 0


async def hold(session: AsyncSession, values: Mapping[str, Any]) -> Row | None:
    """Give one that waits, locked."""
    return await fetch_one(session, HOLD_SQL, values)


async def resolve(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Write a decision down."""
    await run(session, RESOLVE_SQL, values)


async def escalate(session: AsyncSession, municipality_id: int, before: datetime, now: datetime) -> list[Row]:
    """Mark what has waited too long, once; gives its ids and departments."""
    return await fetch_all(session, ESCALATE_SQL, {"municipality_id": municipality_id, "before": before, "now": now})


async def device_of_stream(session: AsyncSession, municipality_id: int, stream_id: UUID) -> Row | None:
    """Give the phone that a stream is of, and whose it is."""
    return await fetch_one(
        session,
        """SELECT d.id, d.staff_user_id, d.state, u.full_name AS staff_name
             FROM sync_stream s
             JOIN field_device d ON d.municipality_id = s.municipality_id AND d.id = s.device_id
             JOIN staff_user u ON u.municipality_id = d.municipality_id AND u.id = d.staff_user_id
            WHERE s.municipality_id = %s AND s.id = %s""",
        (municipality_id, stream_id),
    )


async def records(
    session: AsyncSession, municipality_id: int, table_name: str, ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Give records as phones know them, as they stand now; those that are not there are left out."""
    table = TABLES[table_name]
    rows = await fetch_all(
        session,
        f"""SELECT t.id, {table.data} AS data FROM {table.source}
             WHERE t.municipality_id = %(municipality_id)s AND t.id = ANY(%(ids)s)""",
        {"municipality_id": municipality_id, "ids": list(ids)},
    )
    return {row["id"]: row["data"] for row in rows}


async def business_changes(session: AsyncSession, municipality_id: int, limit: int) -> list[Row]:
    """Give the values from the field on which the register's keepers have to decide."""
    return await fetch_all(session, CHANGES_SQL, {"municipality_id": municipality_id, "limit": limit})


async def business_matches(session: AsyncSession, municipality_id: int, limit: int) -> list[Row]:
    """Give the pairs of records that look like one business."""
    return await fetch_all(session, MATCHES_SQL, {"municipality_id": municipality_id, "limit": limit})
