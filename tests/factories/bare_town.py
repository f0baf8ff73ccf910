"""The least that a municipality needs: its row, its keys, its audit chain; and a citizen in it."""

import base64

import psycopg

from api.core import audit, clock, keys
from api.core.db import Database
from api.core.ids import uuid7
from api.core.sql import run
from tests.factories.towns import MASTER_KEY

MASTER_KEY_TEXT = base64.b64encode(MASTER_KEY).decode()
TOWN, OTHER_TOWN = 34001, 6001


async def make_town(urls, municipality_id=TOWN):
    """Make one municipality with keys and chain in a database of `DatabaseUrls`; gives its id."""
    keys.install_master_key(MASTER_KEY)
    keys.forget(municipality_id)  # another clone's town of the same number may have left its keys in this process
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        connection.execute(
            """INSERT INTO municipality (id, slug, name, kind, province_code, center_lon, center_lat, is_active,
                                         config_version, created_at)
               VALUES (%s, %s, %s, 'district', 34, 29, 41, true, 1, now())""",
            (municipality_id, f"belde-{municipality_id}", f"Belde {municipality_id}"),
        )
    database = Database(urls.app, pool_size=1)
    async with database.transaction(municipality_id) as session:
        await keys.make_keys(session, municipality_id)
        await audit.begin_chain(session, municipality_id)
    await database.close()
    return municipality_id


async def make_citizen(database, municipality_id, phone="+905321112233"):
    """Make a citizen of the municipality; gives the id."""
    citizen_id = uuid7()
    async with database.transaction(municipality_id) as session:
        ring = await keys.keyring(session, municipality_id)
        await run(
            session,
            """INSERT INTO citizen (municipality_id, id, phone, phone_index, language, is_blocked, created_at)
               VALUES (%(municipality_id)s, %(id)s, %(phone)s, %(phone_index)s, 'tr', false, %(now)s)""",
            {
                "municipality_id": municipality_id,
                "id": citizen_id,
                "phone": ring.encrypt("citizen", "phone", citizen_id, phone),
                "phone_index": ring.blind_index("phone", phone),
                "now": clock.now(),
            },
        )
    return citizen_id
