"""The prepared database of field work: one town with 50,000 businesses and 10,000 visits on its officers' phones."""

import asyncio

import psycopg

from api.core import clock, keys
from api.core.db import Database
from api.demo.businesses import load_businesses
from api.demo.inspections import load_inspections
from api.demo.setting import read_setting
from api.demo.towns import KADIKOY
from tests.bench import data
from tests.bench.data import MUNICIPALITY_ID, SEED, Told
from tests.bench.places import Urls
from tests.factories.towns import MASTER_KEY

ROLE = "enforcement_officer"
REPORTS = 2_000


def field_town(businesses: int, visits: int, tell: Told) -> str:
    """Give the name of the database; the newest visits are those that phones hold."""
    return data.prepared(f"field_{businesses}_{visits}", lambda urls: _fill(urls, businesses, visits, tell), tell)


def _fill(urls: Urls, businesses: int, visits: int, tell: Told) -> None:
    data.fill_town(urls, KADIKOY, REPORTS, tell)
    tell(f"{businesses:,} işyeri ve {visits:,} denetim çiziliyor")
    asyncio.run(_load(urls, businesses))
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        connection.execute(
            """UPDATE inspection SET is_in_field = id = ANY(ARRAY(
                   SELECT id FROM inspection ORDER BY status = 'planned' DESC, submitted_at DESC LIMIT %s))""",
            (visits,),
        )
        # Also those that have closed or lie just outside: phones hold that many.
        connection.execute(
            """UPDATE business SET status = 'active', neighbourhood_id = coalesce(neighbourhood_id,
                   (SELECT id FROM neighbourhood WHERE municipality_id = %s ORDER BY id LIMIT 1))""",
            (MUNICIPALITY_ID,),
        )
        connection.execute("VACUUM ANALYZE")


async def _load(urls: Urls, businesses: int) -> None:
    keys.install_master_key(MASTER_KEY)
    platform = Database(urls.platform, pool_size=2, statement_timeout_ms=60_000)
    try:
        async with platform.transaction(MUNICIPALITY_ID) as session:
            setting = await read_setting(session, MUNICIPALITY_ID)
            ring = await keys.keyring(session, MUNICIPALITY_ID)
    finally:
        await platform.close()
    load_businesses(urls.owner, setting, ring, businesses, clock.now(), SEED)
    load_inspections(urls.owner, setting, clock.now(), SEED)
