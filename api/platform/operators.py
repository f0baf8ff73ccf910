"""The people who run the installation: they see municipalities, never a municipality's records.

They work at the server, with `belediye`: no address of the network leads to what crosses municipalities. Their name and
authenticator say who did it, and the municipality reads it in its own audit trail.
"""

from dataclasses import dataclass
from uuid import UUID

import psycopg

from api.core import audit, clock, keys, rate_limits
from api.core.actor import Actor
from api.core.crypto import Keyring
from api.core.db import Database
from api.core.ids import uuid7
from api.core.sql import fetch_one, run
from api.core.text import fold, line
from api.identity.passwords import hash_password, one_time_password, verify_password
from api.identity.service import BadCredentials
from api.identity.totp import accepted_step, new_secret
from api.platform.errors import OperatorExists, TenantUnknown

# Operators belong to no municipality; their secrets are sealed under a key of the installation.
_INSTALLATION = 0
SIGN_IN_LIMIT = "10/15 minute"


@dataclass(frozen=True, slots=True)
class NewOperator:
    """What is told once to the new operator and stored nowhere in clear."""

    username: str
    password: str
    totp_secret: str


async def create_operator(database_platform: Database, username: str, full_name: str) -> NewOperator:
    """Make a platform operator with a password and an authenticator secret, both told once.

    Raises:
        OperatorExists: the user name is taken.
        TextRefused: a name is empty or too long.
    """
    name, password, secret, operator_id = fold(line(username, 80)), one_time_password(), new_secret(), uuid7()
    sealed = _keyring().encrypt("platform_operator", "totp_secret", operator_id, secret)
    stored = await hash_password(password)
    try:
        async with database_platform.transaction() as session:
            await run(
                session,
                """INSERT INTO platform_operator (id, username, full_name, password_hash, totp_secret, is_active,
                                                  created_at)
                   VALUES (%s, %s, %s, %s, %s, true, %s)""",
                (operator_id, name, line(full_name), stored, sealed, clock.now()),
            )
    except psycopg.errors.UniqueViolation:
        raise OperatorExists(username=name) from None
    return NewOperator(name, password, secret)


async def sign_in_operator(database_platform: Database, username: str, password: str, code: str) -> UUID:
    """Find out who is at the server; gives the operator's id. A code opens once.

    Raises:
        BadCredentials: anything but the one right combination.
        TooManyRequests: ten tries in a quarter of an hour for this name.
    """
    name = fold(username.strip())
    await rate_limits.hit(database_platform, SIGN_IN_LIMIT, "operator sign-in", name)
    async with database_platform.transaction() as session:
        row = await fetch_one(
            session,
            """SELECT id, password_hash, totp_secret, totp_last_step FROM platform_operator
                WHERE username = %s AND is_active""",
            (name,),
        )
    fits, _ = await verify_password(password, row["password_hash"] if row else None)
    if row is None or not fits:
        raise BadCredentials
    secret = _keyring().decrypt("platform_operator", "totp_secret", row["id"], row["totp_secret"])
    step = accepted_step(secret, code, clock.now(), row["totp_last_step"])
    async with database_platform.transaction() as session:
        is_first = step is not None and await run(
            session,
            """UPDATE platform_operator SET totp_last_step = %(step)s
                WHERE id = %(id)s AND coalesce(totp_last_step, 0) < %(step)s""",
            {"id": row["id"], "step": step},
        )
    if not is_first:
        raise BadCredentials
    return UUID(str(row["id"]))


async def set_served(database_platform: Database, operator_id: UUID, slug: str, *, is_served: bool) -> str:
    """Close a municipality to everybody, or open it again; nothing of it is deleted. Gives its name.

    Its people are out with their next request. The act stands in the municipality's own audit trail.

    Raises:
        TenantUnknown: there is no municipality of this short name.
    """
    async with database_platform.transaction() as session:
        row = await fetch_one(
            session,
            "UPDATE municipality SET is_active = %s WHERE slug = %s RETURNING id, name",
            (is_served, slug.strip().lower()),
        )
        if row is None:
            raise TenantUnknown
        operator = Actor(kind="operator", municipality_id=row["id"], id=operator_id, channel="server")
        act = "municipality.resume" if is_served else "municipality.suspend"
        await audit.record(session, operator, act, "municipality", str(row["id"]))
        return str(row["name"])


def _keyring() -> Keyring:
    return Keyring(_INSTALLATION, 1, {1: keys.derived_key("platform operators")}, keys.derived_key("platform index"))
