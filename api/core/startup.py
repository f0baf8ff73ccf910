"""What must hold before the server answers: safe settings, a walled database role, the LEAKPROOF marks."""

import base64
from datetime import timedelta
from typing import Protocol

from pydantic import SecretStr
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.db import Database
from api.core.sql import fetch_all, fetch_one

MASTER_KEY_BYTES = 32
# Beyond it, codes and tokens that one machine writes would be late or early on the other.
MOST_SKEW = timedelta(minutes=1)


class StartRefused(RuntimeError):
    """The server will not start; the text says why and what to do."""


class StartSettings(Protocol):
    """What the settings check looks at."""

    master_key: SecretStr
    public_url: str
    netgsm_base_url: str

    @property
    def is_production(self) -> bool:
        """Whether the strict checks apply."""


def master_key_bytes(master_key: SecretStr) -> bytes:
    """Give the installation's master key.

    Raises:
        StartRefused: it is not 32 bytes in base64, or is no random key.
    """
    try:
        key = base64.b64decode(master_key.get_secret_value(), validate=True)
    except ValueError:  # also that of letters beyond ASCII
        key = b""
    if len(key) != MASTER_KEY_BYTES or len(set(key)) < MASTER_KEY_BYTES // 4:
        raise StartRefused("BELEDIYE_MASTER_KEY must be 32 random bytes in base64; make one with `belediye keys new`")
    return key


def check_settings(settings: StartSettings) -> None:
    """Refuse settings that are not safe.

    Raises:
        StartRefused: a weak or default secret; in production also a simulator, plain http or a loopback address.
    """
    master_key_bytes(settings.master_key)
    if settings.is_production:
        if clock.offset():
            raise StartRefused(f"{clock.OFFSET_VARIABLE} shifts the clock; deadlines and tokens would be wrong")
        for name in ("public_url", "netgsm_base_url"):
            url = str(getattr(settings, name))
            if not url.startswith("https://") or any(host in url for host in ("127.0.0.1", "localhost", "[::1]")):
                raise StartRefused(f"BELEDIYE_{name.upper()} must be a public https address in production")


async def missing_leakproof(session: AsyncSession) -> list[str]:
    """Give the bounding-box functions that lost their LEAKPROOF mark (a logical restore does that)."""
    rows = await fetch_all(
        session,
        """SELECT oid::regprocedure::text AS name FROM pg_proc
            WHERE NOT proleakproof AND pronargs = 2
              AND (proname = 'textlike'
                   OR proname IN ('geometry_overlaps', 'geometry_within', 'geometry_contains')
                      AND proargtypes[0] = 'geometry'::regtype)""",
    )
    return [row["name"] for row in rows]


async def check_database(database: Database) -> None:
    """Refuse a role that sees through the walls, a database whose map index is switched off, and clocks that differ.

    Raises:
        StartRefused: superuser, BYPASSRLS or owner role; a lost LEAKPROOF mark; more than a minute between this
            machine's clock (without the shift of a demonstration) and the database's.
    """
    async with database.transaction() as session:
        role = await fetch_one(
            session,
            """SELECT rolsuper OR rolbypassrls AS sees_all, rolname,
                      EXISTS (SELECT FROM pg_class
                               WHERE relname = 'complaint' AND relowner = pg_roles.oid) AS is_owner
                 FROM pg_roles WHERE rolname = current_user""",
        )
        if role is None or role["sees_all"] or role["is_owner"]:
            raise StartRefused("BELEDIYE_DATABASE_URL must use the role belediye_app, which cannot pass row policies")
        lost = await missing_leakproof(session)
        told = await fetch_one(session, "SELECT clock_timestamp() AS at")
    if told is None or abs(clock.now() - clock.offset() - told["at"]) > MOST_SKEW:
        raise StartRefused("this machine's clock and the database's differ; switch time synchronisation on on both")
    if lost:
        raise StartRefused(f"LEAKPROOF marks are missing ({', '.join(lost)}); run `belediye db prepare` as superuser")
