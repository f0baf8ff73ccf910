"""SQL of the inbox and of putting an SMS into the outbox."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.ids import NotUuid7, uuid7_time
from api.core.sql import Row, fetch_all, fetch_one, run

BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
RECENT: Final = timedelta(days=100)
AHEAD: Final = timedelta(days=1)
LAST_ID: Final = UUID(int=2**128 - 1)
INBOX_COLUMNS: Final = "id, kind, title, body, link_kind, link_id, created_at, read_at"

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
    """Read a citizen's messages, newest first, after the given sort values.

    First the last hundred days, then the rest if the page is not full: most readers need only a few month partitions.
    """
    newest, message_id = after or (clock.now() + AHEAD, LAST_ID)
    turn = newest - RECENT
    rows = await _inbox_between(session, municipality_id, citizen_id, (newest, message_id), turn, limit)
    if len(rows) < limit:
        rows += await _inbox_between(
            session, municipality_id, citizen_id, (turn, LAST_ID), BEGINNING, limit - len(rows)
        )
    return rows


async def _inbox_between(
    session: AsyncSession,
    municipality_id: int,
    citizen_id: UUID,
    before: tuple[datetime, UUID],
    since: datetime,
    limit: int,
) -> list[Row]:
    return await fetch_all(
        session,
        f"""SELECT {INBOX_COLUMNS} FROM inbox_message
             WHERE municipality_id = %(municipality_id)s AND citizen_id = %(citizen_id)s
               AND created_at > %(since)s AND created_at <= %(newest)s AND (created_at, id) < (%(newest)s, %(id)s)
             ORDER BY created_at DESC, id DESC LIMIT %(limit)s""",
        {
            "municipality_id": municipality_id,
            "citizen_id": citizen_id,
            "newest": before[0],
            "id": before[1],
            "since": since,
            "limit": limit,
        },
    )


async def inbox_message(session: AsyncSession, municipality_id: int, citizen_id: UUID, message_id: UUID) -> Row | None:
    """Read one of the citizen's messages and lock it; looks first in the month that its id names."""
    near = await _inbox_message_between(session, municipality_id, citizen_id, message_id, *_made_about(message_id))
    if near is not None:
        return near
    return await _inbox_message_between(
        session, municipality_id, citizen_id, message_id, BEGINNING, clock.now() + AHEAD
    )


async def _inbox_message_between(
    session: AsyncSession, municipality_id: int, citizen_id: UUID, message_id: UUID, since: datetime, until: datetime
) -> Row | None:
    return await fetch_one(
        session,
        f"""SELECT {INBOX_COLUMNS} FROM inbox_message
             WHERE municipality_id = %s AND citizen_id = %s AND id = %s AND created_at BETWEEN %s AND %s FOR UPDATE""",
        (municipality_id, citizen_id, message_id, since, until),
    )


def _made_about(message_id: UUID) -> tuple[datetime, datetime]:
    try:
        made_at = uuid7_time(message_id)
    except NotUuid7:
        return BEGINNING, BEGINNING
    return made_at - AHEAD, made_at + AHEAD


async def set_read(session: AsyncSession, municipality_id: int, message: Row) -> None:
    """Write down when a message was first opened."""
    await run(
        session,
        "UPDATE inbox_message SET read_at = %s WHERE municipality_id = %s AND id = %s AND created_at = %s",
        (message["read_at"], municipality_id, message["id"], message["created_at"]),
    )
