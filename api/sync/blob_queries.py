"""The SQL of uploads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

UPLOAD_COLUMNS = "id, staff_user_id, photo_id, variant, sha256, size, received, created_at, expires_at, completed_at"
BEGIN_SQL = f"""
    INSERT INTO blob_upload (municipality_id, id, staff_user_id, photo_id, variant, sha256, size, received, created_at,
                             expires_at)
    VALUES (%(municipality_id)s, %(id)s, %(staff_user_id)s, %(photo_id)s, %(variant)s, %(sha256)s, %(size)s, 0,
            %(now)s, %(expires_at)s)
    ON CONFLICT ON CONSTRAINT uq_blob_upload_file DO UPDATE SET expires_at = excluded.expires_at
    RETURNING {UPLOAD_COLUMNS}"""
# A person's unfinished uploads, and whether this very file is one of them: it costs nothing to go on with it.
OPEN_SQL = """
    SELECT count(*)::int AS number, coalesce(sum(size), 0)::bigint AS bytes,
           coalesce(bool_or(photo_id = %(photo_id)s AND variant = %(variant)s AND sha256 = %(sha256)s), false)
               AS is_known
      FROM blob_upload
     WHERE municipality_id = %(municipality_id)s AND staff_user_id = %(staff_user_id)s AND completed_at IS NULL
       AND expires_at > %(now)s"""
READ_SQL = f"""
    SELECT {UPLOAD_COLUMNS} FROM blob_upload
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s AND staff_user_id = %(staff_user_id)s
       AND expires_at > %(now)s"""
DUE_SQL = "SELECT DISTINCT municipality_id FROM blob_upload WHERE expires_at <= %(now)s"


async def device_state(session: AsyncSession, municipality_id: int, device_id: UUID | None) -> str | None:
    """Say whether a phone works, drains or is wiped; None for one that has not been heard of."""
    row = await fetch_one(
        session, "SELECT state FROM field_device WHERE municipality_id = %s AND id = %s", (municipality_id, device_id)
    )
    return row["state"] if row else None


async def open_uploads(session: AsyncSession, values: Mapping[str, Any]) -> Row:
    """Count a person's unfinished uploads."""
    return await fetch_one(session, OPEN_SQL, values) or {"number": 0, "bytes": 0, "is_known": False}


async def begin(session: AsyncSession, values: Mapping[str, Any]) -> Row:
    """Begin an upload, or give the one that was begun for the same file."""
    row = await fetch_one(session, BEGIN_SQL, values)
    if row is None:
        raise LookupError("an upload that was written is not there")
    return row


async def read(
    session: AsyncSession, municipality_id: int, staff_user_id: UUID, upload_id: UUID, now: datetime
) -> Row | None:
    """Give an upload of a person."""
    return await fetch_one(session, READ_SQL, _named(municipality_id, staff_user_id, upload_id, now))


async def hold(
    session: AsyncSession, municipality_id: int, staff_user_id: UUID, upload_id: UUID, now: datetime
) -> Row | None:
    """Give an upload of a person, locked; raises LockNotAvailable where another request holds it."""
    return await fetch_one(
        session, f"{READ_SQL} FOR UPDATE NOWAIT", _named(municipality_id, staff_user_id, upload_id, now)
    )


async def advance(
    session: AsyncSession, municipality_id: int, upload_id: UUID, received: int, expires_at: datetime
) -> None:
    """Write down how many bytes are safe."""
    await run(
        session,
        "UPDATE blob_upload SET received = %s, expires_at = %s WHERE municipality_id = %s AND id = %s",
        (received, expires_at, municipality_id, upload_id),
    )


async def begin_anew(session: AsyncSession, municipality_id: int, upload_id: UUID) -> None:
    """Take an upload's bytes for lost."""
    await run(
        session,
        """UPDATE blob_upload SET received = 0, completed_at = NULL, outcome = NULL
            WHERE municipality_id = %s AND id = %s""",
        (municipality_id, upload_id),
    )


async def complete(session: AsyncSession, municipality_id: int, upload_id: UUID, now: datetime) -> bool:
    """Write down that an upload is whole; False when it was already, or is gone."""
    changed = await run(
        session,
        """UPDATE blob_upload SET received = size, completed_at = %s
            WHERE municipality_id = %s AND id = %s AND completed_at IS NULL""",
        (now, municipality_id, upload_id),
    )
    return changed == 1


async def delete(session: AsyncSession, municipality_id: int, upload_id: UUID) -> None:
    """Forget an upload that is not whole."""
    await run(
        session,
        "DELETE FROM blob_upload WHERE municipality_id = %s AND id = %s AND completed_at IS NULL",
        (municipality_id, upload_id),
    )


async def delete_expired(session: AsyncSession, municipality_id: int, now: datetime) -> list[UUID]:
    """Forget the uploads whose time is over; gives their ids."""
    rows = await fetch_all(
        session,
        "DELETE FROM blob_upload WHERE municipality_id = %s AND expires_at <= %s RETURNING id",
        (municipality_id, now),
    )
    return [row["id"] for row in rows]


def _named(municipality_id: int, staff_user_id: UUID, upload_id: UUID, now: datetime) -> dict[str, Any]:
    return {"municipality_id": municipality_id, "staff_user_id": staff_user_id, "id": upload_id, "now": now}
