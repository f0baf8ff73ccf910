"""Photos that have to wait with a record of another kind before they come to the one that they show."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import run


async def free_photos(session: AsyncSession, municipality_id: int, kind: str, record_id: UUID) -> None:
    """Detach the photos of a record, so that a verb that names them can attach them to another one.

    Who calls has them attached again in the same transaction.
    """
    await run(
        session,
        """UPDATE stored_file SET attached_kind = NULL, attached_id = NULL
            WHERE municipality_id = %s AND attached_kind = %s AND attached_id = %s""",
        (municipality_id, kind, record_id),
    )
