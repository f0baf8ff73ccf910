"""The people who run the installation: they see municipalities, never a municipality's records."""

from dataclasses import dataclass

import psycopg

from api.core import clock, keys
from api.core.crypto import Keyring
from api.core.db import Database
from api.core.ids import uuid7
from api.core.sql import run
from api.core.text import fold, line
from api.identity.passwords import hash_password, one_time_password
from api.identity.totp import new_secret
from api.platform.errors import OperatorExists

# Operators belong to no municipality; their secrets are sealed under a key of the installation.
_INSTALLATION = 0


@dataclass(frozen=True, slots=True)
class NewOperator:
    """What is told once to the new operator and stored nowhere in clear."""

    username: str
    one_time_password: str
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


def _keyring() -> Keyring:
    return Keyring(_INSTALLATION, 1, {1: keys.derived_key("platform operators")}, keys.derived_key("platform index"))
