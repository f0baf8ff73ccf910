"""The SQL of bundles: they are uploads whose outcome is kept."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

LIST_SQL = """
    SELECT b.id, coalesce(s.full_name, '') AS brought_by, b.size, b.completed_at AS received_at, b.outcome
      FROM blob_upload b
      LEFT JOIN staff_user s ON s.municipality_id = b.municipality_id AND s.id = b.staff_user_id
     WHERE b.municipality_id = %s AND b.variant = 'bundle' AND b.completed_at IS NOT NULL
     ORDER BY b.completed_at DESC, b.id LIMIT %s"""


async def bundles(session: AsyncSession, municipality_id: int, limit: int) -> list[Row]:
    """Give the bundles that were brought, the newest first."""
    return await fetch_all(session, LIST_SQL, (municipality_id, limit))


async def bundle(session: AsyncSession, municipality_id: int, upload_id: UUID) -> Row | None:
    """Give one bundle that is whole."""
    return await fetch_one(
        session,
        """SELECT id, outcome FROM blob_upload
            WHERE municipality_id = %s AND id = %s AND variant = 'bundle' AND completed_at IS NOT NULL""",
        (municipality_id, upload_id),
    )


async def keep_outcome(
    session: AsyncSession, municipality_id: int, upload_id: UUID, outcome: Mapping[str, Any] | None
) -> None:
    """Write down how far an import is."""
    await run(
        session,
        "UPDATE blob_upload SET outcome = %s::jsonb WHERE municipality_id = %s AND id = %s",
        (None if outcome is None else json.dumps(outcome), municipality_id, upload_id),
    )
