"""Access tokens: JWT signed with Ed25519, ten minutes, with every claim required and every surprise refused.

Nothing of a token is believed before its signature holds under one of the installation's own keys: a header may name
only the algorithm, the type and the key id, so `jku`, `x5u`, `jwk`, `b64` and `crit` never reach a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple, cast, get_args
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.core import clock
from api.core.errors import Unauthenticated

Audience = Literal["citizen", "staff", "platform"]

ISSUER = "belediye"
ALGORITHM = "EdDSA"
TYPE = "at+jwt"
ACCESS_LIFETIME = timedelta(minutes=10)
LEEWAY = timedelta(seconds=30)
LONGEST_TOKEN = 2_048
_HEADER_NAMES = {"alg", "typ", "kid"}
_CLAIMS = ("iss", "aud", "sub", "mun", "dev", "iat", "nbf", "exp", "jti")

# Times are compared below, with the one clock of the product.
_jwt = jwt.PyJWT(
    options={
        "require": list(_CLAIMS),
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
        "verify_aud": False,
        "enforce_minimum_key_length": True,
    }
)


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a valid token speaks for; whether that device and person still stand is asked of the database."""

    audience: Audience
    holder_id: UUID
    municipality_id: int
    device_id: UUID


def issue_access_token(kid: str, key: Ed25519PrivateKey, claims: Claims) -> str:
    """Sign an access token that holds for ten minutes from now."""
    now = clock.now()
    payload = {
        "iss": ISSUER,
        "aud": claims.audience,
        "sub": str(claims.holder_id),
        "mun": claims.municipality_id,
        "dev": str(claims.device_id),
        "iat": now,
        "nbf": now,
        "exp": now + ACCESS_LIFETIME,
        "jti": uuid4().hex,
    }
    return _jwt.encode(payload, key, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": kid})


def key_id_of(token: str) -> str:
    """Read which key a token claims to be signed with; nothing is verified yet.

    Raises:
        Unauthenticated: it is no token of ours by its form.
    """
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise Unauthenticated
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise Unauthenticated from None
    kid = header.get("kid")
    if set(header) != _HEADER_NAMES or header["alg"] != ALGORITHM or header["typ"] != TYPE or not isinstance(kid, str):
        raise Unauthenticated
    return kid


class Opened(NamedTuple):
    """A token whose signature and form hold; whether it is its time has to be asked at every use."""

    claims: Claims
    issued: datetime
    begins: datetime
    ends: datetime


def verify_access_token(token: str, keys: Mapping[str, Ed25519PublicKey]) -> Claims:
    """Verify signature, issuer, times and form of a token against our own keys by key id.

    Raises:
        Unauthenticated: any of it does not hold; which one is not said.
    """
    return current_claims(open_access_token(token, keys))


def open_access_token(token: str, keys: Mapping[str, Ed25519PublicKey]) -> Opened:
    """Verify signature, issuer and form of a token against our own keys by key id; its times are only read.

    Raises:
        Unauthenticated: any of it does not hold; which one is not said.
    """
    key = keys.get(key_id_of(token))
    if key is None:
        raise Unauthenticated
    try:
        payload = _jwt.decode(token, key, algorithms=[ALGORITHM], issuer=ISSUER)
    except jwt.PyJWTError:
        raise Unauthenticated from None
    try:
        return Opened(_claims(payload), *(_time(payload[name]) for name in ("iat", "nbf", "exp")))
    except (ValueError, TypeError, AttributeError):
        raise Unauthenticated from None


def current_claims(opened: Opened) -> Claims:
    """Give the claims of a token whose time is now.

    Raises:
        Unauthenticated: it is expired, not valid yet, or lives longer than we issue them.
    """
    now = clock.now()
    _, issued, begins, ends = opened
    if issued > now + LEEWAY or begins > now + LEEWAY or ends <= now - LEEWAY or ends - issued > ACCESS_LIFETIME:
        raise Unauthenticated
    return opened.claims


def _claims(payload: dict[str, Any]) -> Claims:
    audience, municipality_id = payload["aud"], payload["mun"]
    if not isinstance(audience, str) or audience not in get_args(Audience):
        raise ValueError("aud")
    if type(municipality_id) is not int or municipality_id <= 0:
        raise ValueError("mun")
    return Claims(cast("Audience", audience), UUID(payload["sub"]), municipality_id, UUID(payload["dev"]))


def _time(value: Any) -> datetime:
    if type(value) is not int:
        raise Unauthenticated
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise Unauthenticated from None
