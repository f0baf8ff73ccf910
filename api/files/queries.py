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


async def insert_photo(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Write the row of a stored photo."""
    await run(session, INSERT_SQL, values)


async def exists(session: AsyncSession, municipality_id: int, photo_id: UUID) -> bool:
    """Whether the municipality has the photo."""
    row = await fetch_one(
        session, "SELECT 1 FROM stored_file WHERE municipality_id = %s AND id = %s", (municipality_id, photo_id)
    )
    return row is not None


async def delete_unattached(session: AsyncSession, municipality_id: int, before: datetime) -> list[Row]:
    """Delete rows of photos that were uploaded and never used; gives their ids."""
    return await fetch_all(
        session,
        """DELETE FROM stored_file WHERE municipality_id = %s AND attached_id IS NULL AND uploaded_at < %s
           RETURNING id""",
        (municipality_id, before),
    )
