"""The prepared databases: one town with very many reports, and a small town alone and among 1,399 others.

The reports are the demonstration's own, drawn with a fixed seed; a database is made once and kept.
"""

import asyncio
import os
from collections.abc import Callable

import psycopg

from api.cli.database import migrate, prepare
from api.core import clock, keys
from api.core.db import Database
from api.demo.load import draw, load
from api.demo.setting import read_setting
from api.demo.towns import KADIKOY, SAFRANBOLU, DemoTown, found_town
from api.platform.reference import load_official_list
from tests.bench import places
from tests.bench.copies import add_towns
from tests.bench.places import Urls
from tests.factories.towns import MASTER_KEY

SEED = (20_260, 7)
MUNICIPALITY_ID = 1
REFERENCE = places.CHECKOUT / ".local" / "reference"
Told = Callable[[str], None]


def large_town(size: int, tell: Told) -> str:
    """Give the name of a database whose only town has `size` reports."""
    return prepared(f"large_{size}", lambda urls: fill_town(urls, KADIKOY, size, tell), tell)


def small_town_alone(reports: int, tell: Told) -> str:
    """Give the name of a database whose only town has a few hundred reports."""
    return prepared(f"alone_{reports}", lambda urls: fill_town(urls, SAFRANBOLU, reports, tell), tell)


def small_town_among(towns: int, reports: int, tell: Told) -> str:
    """Give the name of a database in which the same small town is one of many of its size."""
    alone = small_town_alone(reports, tell)
    return prepared(f"among_{towns}_{reports}", lambda urls: add_towns(urls, MUNICIPALITY_ID, towns), tell, alone)


def prepared(kind: str, fill: Callable[[Urls], None], tell: Told, source: str | None = None) -> str:
    """Give the name of a database of a kind, made with `fill` (on a copy of `source`) where it is not there yet."""
    name = f"bench_{kind}_{places.fingerprint()}"
    if name in places.databases():
        return name
    for stale in places.databases():
        if stale.startswith(f"bench_{kind}_"):
            places.drop(stale)
    tell(f"{name} hazırlanıyor (bir kez)")
    making = f"bench_making_{os.getpid()}"
    if source is None:
        prepare(Urls("postgres").admin, making)
        migrate(Urls(making).owner)
    else:
        places.copy(source, making)
    try:
        fill(Urls(making))
        places.rename(making, name)
    except BaseException:
        places.drop(making)
        raise
    return name


def fill_town(urls: Urls, town: DemoTown, reports: int, tell: Told) -> None:
    """Found a town with so many reports."""
    asyncio.run(_found_and_load(urls, town, reports, tell))


async def _found_and_load(urls: Urls, town: DemoTown, reports: int, tell: Told) -> None:
    keys.install_master_key(MASTER_KEY)
    platform = Database(urls.platform, pool_size=2, statement_timeout_ms=60_000)
    try:
        await load_official_list(platform, REFERENCE)
        municipality_id = await found_town(platform, town, None, lambda: None)
        async with platform.transaction(municipality_id) as session:
            keys.forget(municipality_id)
            ring = await keys.keyring(session, municipality_id)
            setting = await read_setting(session, municipality_id)
    finally:
        await platform.close()
    tell(f"{reports:,} bildirim çiziliyor")
    drawn = draw(setting, reports, clock.now(), SEED)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        tell(f"{done:,} / {reports:,} bildirim yüklendi")

    load(urls.owner, drawn, ring, {}, advance)
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        # Nobody shall tidy up while others are measured.
        connection.execute("VACUUM ANALYZE")
