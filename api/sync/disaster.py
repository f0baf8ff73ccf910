"""A declared emergency: for so long phones may be read for more days without contact, by the office's signed word.

The word is a document that a phone can verify without a network (`mobile/sdk/lease.py`). It is signed with a key of its
own that is derived from the master key: it has to stay the same for as long as a phone may be away, and the keys of
access tokens change every quarter.
"""

import base64
import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, keys
from api.core.actor import Actor
from api.core.errors import Conflict, Invalid, NotFound
from api.core.ids import uuid7
from api.core.sql import Row
from api.sync import disaster_queries as queries
from api.sync.office_schemas import DisasterIn
from mobile.wire.codec import canonical

LONGEST = timedelta(days=90)
_PURPOSE = "disaster policy"
_KID_LENGTH = 16


class DisasterRunning(Conflict):
    """One emergency at a time: the running one is ended first."""

    code = "disaster_running"
    tr = "Yürürlükte bir afet düzeni var. Önce onu sonlandırın."
    en = "An emergency is already declared. End it first."


class DisasterDates(Invalid):
    """An emergency ends after today, and within 90 days."""

    code = "disaster_dates"
    tr = "Bitiş günü bugünden sonra ve en çok 90 gün içinde olmalı."
    en = "The last day must be after today and within 90 days."


async def declare_disaster(session: AsyncSession, actor: Actor, wanted: DisasterIn) -> UUID:
    """Declare an emergency from today; phones hear of it with their next contact.

    Raises:
        Forbidden: without `disaster.declare`. DisasterRunning: one is running. DisasterDates: the last day is none.
    """
    actor.demand("disaster.declare")
    today = clock.today()
    if not today < wanted.valid_to <= today + LONGEST:
        raise DisasterDates
    policy_id = uuid7()
    declared = await queries.declare(
        session,
        {
            "municipality_id": actor.municipality_id,
            "id": policy_id,
            "valid_from": today,
            "valid_to": wanted.valid_to,
            "days": wanted.days,
            "reason": wanted.reason,
            "declared_by": actor.id,
            "now": clock.now(),
        },
    )
    if not declared:
        raise DisasterRunning
    await audit.record(
        session, actor, "disaster.declare", "disaster_policy", policy_id, days=wanted.days, valid_to=wanted.valid_to
    )
    return policy_id


async def end_disaster(session: AsyncSession, actor: Actor, policy_id: UUID) -> None:
    """End a running emergency before its last day; phones hear of it with their next contact.

    Raises:
        Forbidden: without `disaster.declare`. NotFound: it does not run.
    """
    actor.demand("disaster.declare")
    if not await queries.end(session, actor.municipality_id, policy_id, clock.now(), clock.today()):
        raise NotFound
    await audit.record(session, actor, "disaster.end", "disaster_policy", policy_id)


async def list_disasters(session: AsyncSession, actor: Actor) -> list[Row]:
    """Give the declared emergencies, the newest first, with who declared them.

    Raises:
        Forbidden: without `disaster.declare`.
    """
    actor.demand("disaster.declare")
    return await queries.recent(session, actor.municipality_id, clock.today())


async def policy_for_phones(session: AsyncSession, municipality_id: int) -> dict[str, Any] | None:
    """Give the signed policy for the answer to a pull; None without one. One statement.

    One that was ended early is told until its last day, with the moment of its end: phones would go on with it.
    """
    row = await queries.newest(session, municipality_id, clock.today())
    if row is None:
        return None
    key = _policy_key()
    ends = row["ended_at"] or _midnight(row["valid_to"] + timedelta(days=1))
    document = {
        "municipality_id": municipality_id,
        "valid_from": _milliseconds(_midnight(row["valid_from"])),
        "valid_to": _milliseconds(ends),
        "days": row["days"],
        "kid": _kid(key),
    }
    return {"document": document, "signature": base64.b64encode(key.sign(canonical(document))).decode()}


def policy_keys() -> list[dict[str, str]]:
    """Give the public keys with which phones verify policies, as told at sign-in; raw, in base64."""
    key = _policy_key()
    return [{"kid": _kid(key), "public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode()}]


def _policy_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.derived_key(_PURPOSE))


def _kid(key: Ed25519PrivateKey) -> str:
    return hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()[:_KID_LENGTH]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.ISTANBUL).astimezone(UTC)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
