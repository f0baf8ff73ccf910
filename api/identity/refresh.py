"""Refresh tokens: 256 random bits, one use, a child for each use; a second use ends the device's whole family.

An answer may be lost on the way: for ten seconds the same token gives the same child again, as long as that child
has not been used itself. A field phone may have lost its network together with the answer: for it that holds for days.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, crypto, keys
from api.core.actor import Actor
from api.core.db import Database
from api.core.errors import Unauthenticated
from api.core.ids import uuid7
from api.core.sql import Row, fetch_one, run
from api.identity import queries, signing_keys
from api.identity.schemas import TokensOut
from api.identity.tokens import ACCESS_LIFETIME, Audience, Claims
from api.notices import service as notices

log = structlog.get_logger("belediye.identity")

GRACE = timedelta(seconds=10)
# How long an unused device stays signed in. A field phone is handed on more easily than one's own.
TOKEN_LIFETIME = {"citizen_app": timedelta(days=90), "portal": timedelta(days=7), "field_app": timedelta(days=14)}
DEVICE_LIFETIME = {"citizen_app": timedelta(days=400), "portal": timedelta(days=30), "field_app": timedelta(days=180)}
# Whoever copied a used token gets no more than the child that the phone gets as well, and the second use of that tells.
FIELD_GRACE = TOKEN_LIFETIME["field_app"]
REUSED = "refresh_reused"
_NOTICE_TITLE = "Bir cihazınızın oturumu kapatıldı"
_NOTICE_BODY = (
    "Bir cihazınızın oturum anahtarı ikinci kez kullanılmak istendi; güvenliğiniz için o cihazın oturumunu kapattık. "
    "Yeniden giriş yapabilirsiniz."
)


async def first_refresh_token(session: AsyncSession, municipality_id: int, device_id: UUID, device_kind: str) -> str:
    """Begin the family of a device that has just signed in; gives the token's text, which is stored nowhere."""
    return (await _insert(session, municipality_id, device_id, device_kind, clock.now()))[1]


async def tokens_for(
    database: Database, claims: Claims, refresh_token: str, *, is_new_account: bool = False
) -> TokensOut:
    """Give a device its pair of tokens; call it after the transaction that made the refresh token has committed."""
    return TokensOut(
        access_token=await signing_keys.sign(database, claims),
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        refresh_token=refresh_token,
        device_id=claims.device_id,
        is_new_account=is_new_account,
    )


async def refresh(database: Database, token: str) -> TokensOut:
    """Exchange a refresh token for a new pair.

    Raises:
        Unauthenticated: unknown, expired or used before; a used one has also ended its device (that is kept).
    """
    municipality_id = _municipality_of(token)
    async with database.transaction(municipality_id) as session:
        outcome = await _exchange(session, municipality_id, token)
    if outcome is None:
        raise Unauthenticated
    claims, child = outcome
    return await tokens_for(database, claims, child)


async def _exchange(session: AsyncSession, municipality_id: int, token: str) -> tuple[Claims, str] | None:
    found = {"municipality_id": municipality_id, "token_hash": crypto.hash_token(token)}
    device = await fetch_one(session, queries.LOCK_FAMILY, found)
    held = await fetch_one(session, queries.REFRESH, found) if device else None
    now = clock.now()
    if device is None or held is None or device["revoked_at"] or device["device_expires_at"] <= now:
        return None
    if held["expires_at"] <= now or not await _holder_stands(session, municipality_id, device):
        return None
    audience: Audience = "citizen" if device["holder_kind"] == "citizen" else "staff"
    claims = Claims(audience, device["holder_id"], municipality_id, device["device_id"])
    if held["used_at"] is None:
        return claims, await _child(session, claims, device["kind"], held["id"], now)
    ring = await keys.keyring(session, municipality_id)
    grace = FIELD_GRACE if device["kind"] == "field_app" else GRACE
    if held["child_sealed"] and held["child_used_at"] is None and now - held["used_at"] <= grace:
        return claims, ring.decrypt("refresh_token", "child_sealed", held["id"], held["child_sealed"])
    await _end_family(session, claims, device)
    return None


async def _child(session: AsyncSession, claims: Claims, kind: str, parent_id: UUID, now: datetime) -> str:
    ring = await keys.keyring(session, claims.municipality_id)
    child_id, child = await _insert(session, claims.municipality_id, claims.device_id, kind, now)
    place = {"municipality_id": claims.municipality_id, "now": now}
    sealed = ring.encrypt("refresh_token", "child_sealed", parent_id, child)
    await run(
        session,
        queries.MARK_REFRESH_USED,
        {**place, "id": parent_id, "child_id": child_id, "child_sealed": sealed},
    )
    await run(session, queries.TOUCH_DEVICE, {**place, "device_id": claims.device_id})
    return child


async def _insert(
    session: AsyncSession, municipality_id: int, device_id: UUID, kind: str, now: datetime
) -> tuple[UUID, str]:
    token_id, token = uuid7(), f"{municipality_id}.{secrets.token_urlsafe(32)}"
    await run(
        session,
        queries.INSERT_REFRESH,
        {
            "municipality_id": municipality_id,
            "id": token_id,
            "device_id": device_id,
            "token_hash": crypto.hash_token(token),
            "now": now,
            "expires_at": now + TOKEN_LIFETIME[kind],
        },
    )
    return token_id, token


async def _holder_stands(session: AsyncSession, municipality_id: int, device: Row) -> bool:
    row = await fetch_one(
        session,
        queries.HOLDER_STANDS,
        {
            "municipality_id": municipality_id,
            "holder_id": device["holder_id"],
            "holder_kind": device["holder_kind"],
        },
    )
    return bool(row and row["stands"])


async def _end_family(session: AsyncSession, claims: Claims, device: Row) -> None:
    await run(
        session,
        queries.REVOKE_DEVICES,
        {
            "municipality_id": claims.municipality_id,
            "holder_kind": device["holder_kind"],
            "holder_id": claims.holder_id,
            "device_id": claims.device_id,
            "kept_id": None,
            "now": clock.now(),
            "reason": REUSED,
        },
    )
    if claims.audience == "citizen":
        await notices.put_in_inbox(
            session,
            claims.municipality_id,
            claims.holder_id,
            kind="security",
            title=_NOTICE_TITLE,
            body=_NOTICE_BODY,
        )
    holder = Actor(
        kind="citizen" if claims.audience == "citizen" else "staff",
        municipality_id=claims.municipality_id,
        id=claims.holder_id,
        device_id=claims.device_id,
        channel=device["kind"],
    )
    await audit.record(session, holder, "device.revoke", "device", claims.device_id, reason=REUSED)
    log.warning("refresh token reused", municipality_id=claims.municipality_id, device_id=str(claims.device_id))


def _municipality_of(token: str) -> int:
    number, _, secret = token.partition(".")
    if not (number.isascii() and number.isdigit() and secret) or not 0 < int(number) < 1 << 31:
        raise Unauthenticated
    return int(number)
