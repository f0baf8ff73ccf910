"""The keys that sign access tokens: one next, one current, the retired ones until their last token has expired.

A next key is published before it signs anything, so that no process meets a token of a key it has not read yet.
Private halves lie in the database sealed under the installation's master key.
"""

import base64
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock, crypto, keys
from api.core.db import Database
from api.core.sql import first_statement, run
from api.identity import queries
from api.identity.tokens import (
    ACCESS_LIFETIME,
    LEEWAY,
    Claims,
    Opened,
    current_claims,
    issue_access_token,
    key_id_of,
    open_access_token,
)

log = structlog.get_logger("belediye.identity")

FRESH_SECONDS = 60.0
MOST_OFTEN_SECONDS = 1.0
MOST_OPENED = 10_000
RETIREMENT = ACCESS_LIFETIME + LEEWAY + timedelta(seconds=FRESH_SECONDS)
NEXT, CURRENT, RETIRED = "next", "current", "retired"
_LOCK = 0x5169_6E67
_PURPOSE = "signing keys"


@dataclass(frozen=True)
class _Held:
    verifying: Mapping[str, Ed25519PublicKey]
    kid: str
    signing: Ed25519PrivateKey
    loaded: float
    # Tokens that these keys have signed, by their hash: the same phone sends the same one for ten minutes.
    opened: dict[bytes, Opened] = field(default_factory=dict)


_held: WeakKeyDictionary[Database, _Held] = WeakKeyDictionary()


async def sign(database: Database, claims: Claims) -> str:
    """Issue an access token with the current key."""
    held = await _keys(database, FRESH_SECONDS)
    return issue_access_token(held.kid, held.signing, claims)


async def verify(database: Database, token: str) -> Claims:
    """Verify an access token; reads the keys at most every 60 s, and for an unknown key id at most once a second.

    Raises:
        Unauthenticated: the token is not one of ours, or not valid now.
    """
    held = await _keys(database, FRESH_SECONDS)
    digest = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
    opened = held.opened.get(digest)
    if opened is None:
        if key_id_of(token) not in held.verifying:
            held = await _keys(database, MOST_OFTEN_SECONDS)
        opened = open_access_token(token, held.verifying)
        if len(held.opened) >= MOST_OPENED:
            held.opened.clear()
        held.opened[digest] = opened
    return current_claims(opened)


async def jwks(database: Database) -> dict[str, Any]:
    """Give the public keys as a JSON Web Key Set (RFC 7517, RFC 8037)."""
    held = await _keys(database, FRESH_SECONDS)
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": _base64url(key)}
            for kid, key in held.verifying.items()
        ]
    }


async def rotate_signing_key(database: Database, *, distrust_previous: bool = False) -> str:
    """Let the next key sign from now on and make a new next one; gives the key id that signs.

    Other processes follow within a minute. `distrust_previous` is for a stolen database and master key: every older
    key, also the prepared one, stops at once, and all access tokens with it.
    """
    async with database.transaction() as session:
        await first_statement(session, "SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if distrust_previous:
            await run(session, queries.DELETE_SIGNING_KEYS)
        else:
            await _retire_current(session)
        kid = await _complete(session)
    _held.pop(database, None)
    log.info("signing key rotated", kid=kid, distrusted=distrust_previous)
    return kid


async def clean_signing_keys(session: AsyncSession) -> int:
    """Delete the retired keys whose last token has expired; gives their number."""
    return await run(session, queries.DELETE_OLD_SIGNING_KEYS, {"now": clock.now()})


async def _retire_current(session: AsyncSession) -> None:
    now = clock.now()
    await run(session, queries.RETIRE_SIGNING_KEY, {"retires_at": now + RETIREMENT})
    await run(session, queries.PROMOTE_SIGNING_KEY)


async def _complete(session: AsyncSession) -> str:
    # Under the advisory lock: makes what is missing of one current and one next key.
    rows = await queries.signing_keys(session, clock.now())
    states = {row["state"]: row["kid"] for row in rows}
    for state in (CURRENT, NEXT):
        if state not in states:
            states[state] = await _make(session, state)
    return str(states[CURRENT])


async def _make(session: AsyncSession, state: str) -> str:
    private = Ed25519PrivateKey.generate()
    kid = crypto.new_key()[:12].hex()
    await run(
        session,
        queries.INSERT_SIGNING_KEY,
        {
            "kid": kid,
            "public_key": private.public_key().public_bytes_raw(),
            "private_sealed": crypto.wrap(keys.derived_key(_PURPOSE), private.private_bytes_raw(), kid.encode()),
            "state": state,
            "created_at": clock.now(),
        },
    )
    return kid


async def _keys(database: Database, fresh_seconds: float) -> _Held:
    held = _held.get(database)
    if held is None or time.monotonic() - held.loaded >= fresh_seconds:
        held = await _load(database)
        _held[database] = held
    return held


async def _load(database: Database) -> _Held:
    async with database.transaction() as session:
        await first_statement(session, "SELECT 1")
        rows = await queries.signing_keys(session, clock.now())
        if CURRENT not in {row["state"] for row in rows}:
            await run(session, "SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            await _complete(session)
            rows = await queries.signing_keys(session, clock.now())
    current = next(row for row in rows if row["state"] == CURRENT)
    raw = crypto.unwrap(keys.derived_key(_PURPOSE), bytes(current["private_sealed"]), current["kid"].encode())
    return _Held(
        verifying={row["kid"]: Ed25519PublicKey.from_public_bytes(bytes(row["public_key"])) for row in rows},
        kid=current["kid"],
        signing=Ed25519PrivateKey.from_private_bytes(raw),
        loaded=time.monotonic(),
    )


def _base64url(key: Ed25519PublicKey) -> str:
    return base64.urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()
