"""SQL of the inbox and of putting an SMS into the outbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

INSERT_SMS = """INSERT INTO sms_message (municipality_id, id, created_at, purpose, phone, body, status, tries, next_at,
                          expires_at)
    VALUES (%(municipality_id)s, %(id)s, %(now)s, %(purpose)s, %(phone)s, %(body)s, 'queued', 0, %(now)s,
            %(expires_at)s)"""
INSERT_INBOX = """INSERT INTO inbox_message (municipality_id, id, created_at, citizen_id, kind, title, body, link_kind,
                            link_id)
    VALUES (%(municipality_id)s, %(id)s, %(at)s, %(citizen_id)s, %(kind)s, %(title)s, %(body)s, %(link_kind)s,
            %(link_id)s)
    ON CONFLICT DO NOTHING"""


async def insert_sms(session: AsyncSession, **values: Any) -> None:
    """Put one sealed message into the outbox."""
    await run(session, INSERT_SMS, values)


async def insert_inbox_message(session: AsyncSession, **values: Any) -> bool:
    """Put one message into a citizen's inbox; False if it lies there already."""
    return await run(session, INSERT_INBOX, values) == 1


async def inbox_page(
    session: AsyncSession, municipality_id: int, citizen_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Read a citizen's messages, newest first, after the given sort values."""
    at, message_id = after or (None, None)
    return await fetch_all(
        session,
        f"""SELECT id, kind, title, body, link_kind, link_id, created_at, read_at FROM inbox_message
             WHERE municipality_id = %(municipality_id)s AND citizen_id = %(citizen_id)s
                   {"AND (created_at, id) < (%(at)s, %(id)s)" if after else ""}
             ORDER BY created_at DESC, id DESC LIMIT %(limit)s""",
        {"municipality_id": municipality_id, "citizen_id": citizen_id, "at": at, "id": message_id, "limit": limit},
    )


async def inbox_message(session: AsyncSession, municipality_id: int, citizen_id: UUID, message_id: UUID) -> Row | None:
    """Read one of the citizen's messages and lock it."""
    return await fetch_one(
        session,
        """SELECT id, kind, title, body, link_kind, link_id, created_at, read_at FROM inbox_message
            WHERE municipality_id = %s AND citizen_id = %s AND id = %s FOR UPDATE""",
        (municipality_id, citizen_id, message_id),
    )


async def set_read(session: AsyncSession, municipality_id: int, message: Row) -> None:
    """Write down when a message was first opened."""
    await run(
        session,
        "UPDATE inbox_message SET read_at = %s WHERE municipality_id = %s AND id = %s AND created_at = %s",
        (message["read_at"], municipality_id, message["id"], message["created_at"]),
    )
