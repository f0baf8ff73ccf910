"""Who asks in the benchmark: people of the prepared towns with devices and fresh access tokens."""

from datetime import timedelta

import psycopg

from api.core import clock, keys
from api.core.db import Database
from api.core.ids import uuid7
from api.identity import signing_keys
from api.identity.tokens import Claims
from tests.bench.places import Urls
from tests.factories.towns import MASTER_KEY


async def staff(urls: Urls, role: str, municipality_id: int = 1) -> tuple[Claims, str]:
    """Give a member of staff who holds the role everywhere or in one department, with a token for ten minutes."""
    return await _signed_in(
        urls,
        "staff",
        municipality_id,
        """SELECT s.id FROM staff_user s
             JOIN role_assignment r ON r.municipality_id = s.municipality_id AND r.staff_user_id = s.id
            WHERE s.municipality_id = %s AND r.role = %s ORDER BY s.username LIMIT 1""",
        role,
    )


async def citizen(urls: Urls, municipality_id: int = 1) -> tuple[Claims, str]:
    """Give a citizen who has filed before, with a token for ten minutes."""
    return await _signed_in(
        urls, "citizen", municipality_id, "SELECT id FROM citizen WHERE municipality_id = %s ORDER BY id LIMIT 1"
    )


async def _signed_in(urls: Urls, kind: str, municipality_id: int, who: str, *values: str) -> tuple[Claims, str]:
    device_id, now = uuid7(), clock.now()
    with psycopg.connect(urls.admin) as connection:
        row = connection.execute(who, (municipality_id, *values)).fetchone()
        assert row is not None, f"no {kind} {values} in municipality {municipality_id}"
        connection.execute(
            """INSERT INTO device (municipality_id, id, holder_kind, holder_id, kind, label, created_at, last_seen_at,
                                   expires_at)
               VALUES (%s, %s, %s, %s, %s, '', %s, %s, %s)""",
            (municipality_id, device_id, kind, row[0], "citizen_app" if kind == "citizen" else "field_app",
             now, now, now + timedelta(days=1)),
        )  # fmt: skip
    keys.install_master_key(MASTER_KEY)
    claims = Claims("citizen" if kind == "citizen" else "staff", row[0], municipality_id, device_id)
    database = Database(urls.app, pool_size=1)
    try:
        return claims, await signing_keys.sign(database, claims)
    finally:
        await database.close()
