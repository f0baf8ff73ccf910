"""Sends what lies in the SMS outbox: take and commit, call the provider, write down the answer.

No transaction is open while the provider is called. A worker killed between the two commits leaves its messages
`sending`; they become `unknown`, and nobody sends an unknown message again before the provider was asked
(`api.notices.asking`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock, keys
from api.core.crypto import DecryptError, Keyring
from api.core.jobs import JobContext
from api.core.metrics import SMS_SENT
from api.core.sql import Row
from api.notices import outbox, workflow
from api.notices.gateway import Accepted, OutgoingSms, Rejected, SendResult, SmsGateway
from api.notices.outbox import Outcome
from api.notices.workflow import SmsStatus

log = structlog.get_logger("belediye.notices")


@dataclass(frozen=True)
class Taken:
    """A message taken for one try, opened."""

    id: UUID
    created_at: datetime
    purpose: str
    tries: int
    expires_at: datetime
    to: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class BatchSent:
    """How one batch went; `is_held` if the provider took nothing for now, `again_at` when a login code is due again."""

    taken: int
    is_held: bool = False
    again_at: datetime | None = None


@dataclass(frozen=True)
class RunSent:
    """How one run over several batches ended."""

    is_more_waiting: bool
    again_at: datetime | None


def gateway_of(context: JobContext) -> SmsGateway:
    """Give the SMS provider of this installation."""
    return cast("SmsGateway", context.outside["sms"])


async def send_due(
    context: JobContext,
    *,
    login_codes_only: bool = False,
    batches: int = workflow.BATCHES_A_RUN,
    limit: int = workflow.BATCH,
) -> RunSent:
    """Send what is due, batch by batch, so many at most; a provider that takes nothing for now ends the run."""
    again_at: datetime | None = None
    for _ in range(batches):
        batch = await send_batch(context, login_codes_only=login_codes_only, limit=limit)
        again_at = min((at for at in (again_at, batch.again_at) if at), default=None)
        if batch.taken < limit or batch.is_held:
            return RunSent(is_more_waiting=False, again_at=again_at)
    return RunSent(is_more_waiting=True, again_at=again_at)


async def send_batch(context: JobContext, *, login_codes_only: bool = False, limit: int = workflow.BATCH) -> BatchSent:
    """Send one batch of what is due, login codes first; gives how it went (`taken` is 0 when nothing was due)."""
    async with context.transaction() as session:
        messages = await _take(session, context.municipality_id, login_codes_only=login_codes_only, limit=limit)
    if not messages:
        return BatchSent(0)
    results = await gateway_of(context).send([OutgoingSms(sms.id, sms.to, sms.text) for sms in messages])
    now = clock.now()
    outcomes = [outcome(sms, result, now) for sms, result in zip(messages, results, strict=True)]
    async with context.transaction() as session:
        await outbox.record(session, context.municipality_id, outcomes)
    for each in outcomes:
        SMS_SENT.labels(each.status.value).inc()
    _tell(outcomes)
    codes = {sms.id for sms in messages if sms.purpose == workflow.LOGIN_CODE}
    again = [each.next_at for each in outcomes if each.status == SmsStatus.QUEUED and each.id in codes]
    return BatchSent(
        taken=len(messages),
        is_held=all(each.status == SmsStatus.QUEUED for each in outcomes),
        again_at=min(again, default=None),
    )


async def release_left_behind(context: JobContext) -> None:
    """Make `unknown` what a killed worker left `sending`, and `expired` what nobody needs any more."""
    now = clock.now()
    async with context.transaction() as session:
        unknown = await outbox.leave_unknown(session, context.municipality_id, now, now + workflow.FIRST_QUESTION)
        expired = await outbox.expire_queued(session, context.municipality_id, now)
    SMS_SENT.labels(SmsStatus.UNKNOWN.value).inc(unknown)
    SMS_SENT.labels(SmsStatus.EXPIRED.value).inc(expired)
    if unknown:
        log.warning("sms left by a killed worker", count=unknown)


def outcome(sms: Taken, result: SendResult, now: datetime) -> Outcome:
    """Turn the provider's answer about one try into the message's next state."""
    said = Outcome(sms.id, sms.created_at, sms.tries, SmsStatus.SUBMITTED, now)
    if isinstance(result, Accepted):
        return replace(said, next_at=now + workflow.FIRST_QUESTION, provider_id=result.provider_id)
    if not isinstance(result, Rejected):
        return replace(said, status=SmsStatus.UNKNOWN, next_at=now + workflow.FIRST_QUESTION, error="no_answer")
    if not result.retryable:
        return replace(said, status=SmsStatus.REJECTED, error=result.code, finished_at=now)
    again_at = now + workflow.pause_after_refusal(sms.purpose, sms.tries)
    if again_at >= sms.expires_at:
        return replace(said, status=SmsStatus.EXPIRED, error=result.code, finished_at=now)
    return replace(said, status=SmsStatus.QUEUED, next_at=again_at, error=result.code)


async def _take(session: AsyncSession, municipality_id: int, *, login_codes_only: bool, limit: int) -> list[Taken]:
    now = clock.now()
    ring = await keys.keyring(session, municipality_id)
    await outbox.expire_queued(session, municipality_id, now)
    rows = await outbox.take_to_send(
        session, municipality_id, now, lease=workflow.CLAIM_LEASE, limit=limit, login_codes_only=login_codes_only
    )
    opened, unreadable = [], []
    for row in rows:
        try:
            opened.append(_open(ring, row))
        except DecryptError:
            unreadable.append(
                Outcome(row["id"], row["created_at"], row["tries"], SmsStatus.DEAD, now, None, "unreadable", now)
            )
    if unreadable:
        await outbox.record(session, municipality_id, unreadable)
        log.error("sms cannot be opened with the municipality's keys", count=len(unreadable))
    return opened


def _open(ring: Keyring, row: Row) -> Taken:
    return Taken(
        id=row["id"],
        created_at=row["created_at"],
        purpose=row["purpose"],
        tries=row["tries"],
        expires_at=row["expires_at"],
        to=ring.decrypt("sms_message", "phone", row["id"], row["phone"]),
        text=ring.decrypt("sms_message", "body", row["id"], row["body"] or b""),
    )


def _tell(outcomes: Sequence[Outcome]) -> None:
    counts: dict[str, int] = {}
    for each in outcomes:
        name = f"{each.status.value}:{each.error}" if each.error else each.status.value
        counts[name] = counts.get(name, 0) + 1
    log.info("sms batch", **counts)
