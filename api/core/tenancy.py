"""The wall between municipalities: the one place that names the current one to PostgreSQL.

The row policies compare `municipality_id` with the transaction-local setting `app.municipality_id`. It is set with
`set_config(..., true)` and never with a session-level SET: behind a pooler that would leak to the next client.
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import first_statement


async def enter_municipality(session: AsyncSession, municipality_id: int) -> None:
    """Bind the session's running transaction to one municipality; ends with the transaction.

    Raises:
        ValueError: the id is not a positive integer.
    """
    if not isinstance(municipality_id, int) or municipality_id <= 0:
        raise ValueError("municipality_id must be a positive integer")
    await first_statement(session, "SELECT set_config('app.municipality_id', %s, true)", (str(municipality_id),))
    session.info["municipality_id"] = municipality_id


async def release(session: AsyncSession) -> None:
    """Give the connection back while slow work outside the database is done; nothing may have been written before.

    Afterwards `enter_municipality` begins a new transaction.
    """
    await session.rollback()
