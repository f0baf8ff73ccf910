"""What other domains ask for when they tell a person something: an SMS, or a message in the citizen's inbox."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, jobs, keys
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.pagination import Page, Scope, decode_cursor, encode_cursor, query_scope
from api.core.phones import parse_mobile
from api.notices import queries, workflow
from api.notices.gateway import SmsGateway, SmsGatewayError
from api.notices.schemas import InboxMessageOut

LARGEST_PAGE = 100
CURSOR_PURPOSE = "cursors"

__all__ = ["SmsGatewayError", "mark_read", "provider_balance", "put_in_inbox", "queue_sms", "read_inbox"]


async def queue_sms(
    session: AsyncSession,
    municipality_id: int,
    *,
    purpose: str,
    to: str,
    body: str,
    expires_at: datetime | None = None,
) -> UUID:
    """Put an SMS into the outbox; it is sent if and only if the running transaction commits. Gives its id.

    Number and text are sealed and bound to their row. `login_code` goes before everything else.

    Args:
        session: a transaction inside the municipality.
        municipality_id: whose SMS account pays.
        purpose: `login_code`, or the domain that writes (`complaint`).
        to: a Turkish mobile number, best as E.164.
        body: the text as the person reads it.
        expires_at: when it is no longer worth sending; without it a login code after 3 minutes, others after a day.

    Raises:
        NumberRefused: `to` is no Turkish mobile number.
    """
    message_id, now, ring = uuid7(), clock.now(), await keys.keyring(session, municipality_id)
    await queries.insert_sms(
        session,
        municipality_id=municipality_id,
        id=message_id,
        now=now,
        purpose=purpose,
        phone=ring.encrypt("sms_message", "phone", message_id, parse_mobile(to)),
        body=ring.encrypt("sms_message", "body", message_id, body),
        expires_at=expires_at or now + workflow.validity(purpose),
    )
    is_code = purpose == workflow.LOGIN_CODE
    await jobs.enqueue(session, "notices.send_sms", municipality_id, urgent=is_code, login_codes_only=is_code)
    return message_id


async def put_in_inbox(
    session: AsyncSession,
    municipality_id: int,
    citizen_id: UUID,
    *,
    kind: str,
    title: str,
    body: str,
    link_kind: str | None = None,
    link_id: UUID | None = None,
    message_id: UUID | None = None,
    at: datetime | None = None,
) -> bool:
    """Leave a message in a citizen's inbox, linked to the record it is about.

    A job that may run twice names the message: `message_id` and `at` of what happened. Gives False where that message
    already lies there; nothing is changed then.
    """
    return await queries.insert_inbox_message(
        session,
        municipality_id=municipality_id,
        id=message_id or uuid7(),
        at=at or clock.now(),
        citizen_id=citizen_id,
        kind=kind,
        title=title,
        body=body,
        link_kind=link_kind,
        link_id=link_id,
    )


async def read_inbox(
    session: AsyncSession, actor: Actor, cursor: str | None = None, limit: int = 20
) -> Page[InboxMessageOut]:
    """Give one page of the citizen's own messages, newest first.

    Raises:
        Forbidden: the actor is no citizen who may read an inbox.
        BadCursor: the cursor belongs to another list or was changed.
    """
    citizen_id = _citizen(actor)
    size = min(max(limit, 1), LARGEST_PAGE)
    key, scope = keys.derived_key(CURSOR_PURPOSE), _inbox_scope(actor)
    after = cast("tuple[datetime, UUID]", decode_cursor(key, scope, cursor)) if cursor else None
    rows = await queries.inbox_page(session, actor.municipality_id, citizen_id, after, size + 1)
    shown = rows[:size]
    more = encode_cursor(key, scope, (shown[-1]["created_at"], shown[-1]["id"])) if len(rows) > size else None
    return Page(items=[InboxMessageOut(**row) for row in shown], next_cursor=more)


async def mark_read(session: AsyncSession, actor: Actor, message_id: UUID) -> InboxMessageOut:
    """Write down that the citizen has opened a message; only the first time counts.

    Raises:
        Forbidden: the actor is no citizen who may read an inbox.
        NotFound: there is no such message in this citizen's inbox.
    """
    citizen_id = _citizen(actor)
    message = await queries.inbox_message(session, actor.municipality_id, citizen_id, message_id)
    if message is None:
        raise NotFound
    if message["read_at"] is None:
        message["read_at"] = clock.now()
        await queries.set_read(session, actor.municipality_id, message)
        await audit.record(session, actor, "inbox.read", "inbox_message", message_id)
    return InboxMessageOut(**message)


def _citizen(actor: Actor) -> UUID:
    actor.demand("inbox.read")
    if actor.kind != "citizen" or actor.id is None:
        actor.refuse("inbox.read")
    return actor.id


def _inbox_scope(actor: Actor) -> Scope:
    return query_scope(actor.municipality_id, "inbox", {"citizen": actor.id})


async def provider_balance(gateway: SmsGateway) -> int:
    """Give how many SMS parts are left at the provider.

    Raises:
        SmsGatewayError: the provider gave no usable answer.
    """
    return (await gateway.balance()).parts
