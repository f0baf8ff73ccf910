"""The SQL of stored files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

INSERT_SQL = """
    INSERT INTO stored_file (municipality_id, id, kind, uploaded_by, uploaded_at, sha256, size, width, height, evidence,
                             state, has_preview)
    VALUES (%(municipality_id)s, %(id)s, 'photo', %(uploaded_by)s, %(uploaded_at)s, %(sha256)s, %(size)s, %(width)s,
            %(height)s, %(evidence)s, 'stored', false)"""

STORED_SQL = """
    UPDATE stored_file SET state = 'stored', size = %(size)s, width = %(width)s, height = %(height)s,
                           evidence = %(evidence)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""

# The scope in which it was hears that it leaves.
UNFOLLOW_SQL = """
    WITH old AS (
        SELECT id, followed_by FROM stored_file
         WHERE municipality_id = %(municipality_id)s AND followed_by IS NOT NULL AND state = 'stored'
           AND uploaded_at < %(before)s ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED),
    released AS (
        UPDATE stored_file f SET followed_by = NULL FROM old
         WHERE f.municipality_id = %(municipality_id)s AND f.id = old.id RETURNING f.id, old.followed_by),
    pointed AS (
        INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
        SELECT %(municipality_id)s, 'user:' || followed_by, 'photo', id FROM released ON CONFLICT DO NOTHING)
    SELECT count(*) AS number FROM released"""


async def insert_photo(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Write the row of a stored photo."""
    await run(session, INSERT_SQL, values)


async def photo(session: AsyncSession, municipality_id: int, photo_id: UUID) -> Row | None:
    """Give what is known of a photo."""
    return await fetch_one(
        session,
        """SELECT uploaded_by, sha256, state, has_preview FROM stored_file WHERE municipality_id = %s AND id = %s""",
        (municipality_id, photo_id),
    )


async def awaited(session: AsyncSession, municipality_id: int, photo_ids: list[UUID]) -> list[Row]:
    """Give those of the photos that are still on their way."""
    return await fetch_all(
        session,
        """SELECT id, has_preview FROM stored_file
            WHERE municipality_id = %s AND id = ANY(%s) AND state = 'awaited'""",
        (municipality_id, photo_ids),
    )


async def lock_awaited(session: AsyncSession, municipality_id: int, photo_id: UUID) -> Row | None:
    """Take hold of a photo that is still awaited; None when it has come."""
    return await fetch_one(
        session,
        """SELECT evidence, followed_by FROM stored_file
            WHERE municipality_id = %s AND id = %s AND state = 'awaited' FOR UPDATE""",
        (municipality_id, photo_id),
    )


async def mark_stored(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Write down that the original of a promised photo is here."""
    await run(session, STORED_SQL, values)


async def mark_previewed(session: AsyncSession, municipality_id: int, photo_id: UUID) -> None:
    """Write down that a small picture of a promised photo is here."""
    await run(
        session,
        """UPDATE stored_file SET has_preview = true
            WHERE municipality_id = %s AND id = %s AND state = 'awaited'""",
        (municipality_id, photo_id),
    )


async def unfollow(session: AsyncSession, municipality_id: int, before: datetime, limit: int) -> int:
    """Take stored photos that were promised before a time off their senders' phones; gives their number."""
    row = await fetch_one(session, UNFOLLOW_SQL, {"municipality_id": municipality_id, "before": before, "limit": limit})
    return int(row["number"]) if row else 0


async def delete_unattached(session: AsyncSession, municipality_id: int, before: datetime) -> list[Row]:
    """Delete rows of photos that were uploaded and never used; gives their ids."""
    return await fetch_all(
        session,
        """DELETE FROM stored_file WHERE municipality_id = %s AND attached_id IS NULL AND uploaded_at < %s
           RETURNING id""",
        (municipality_id, before),
    )
