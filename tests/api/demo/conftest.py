"""A test town with the demonstration's staff, and pretend cases drawn and loaded into it once for each module."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.core import keys
from api.core.db import Database
from api.demo.load import draw, load
from api.demo.setting import read_setting
from api.demo.staff import employ
from tests.factories.template import KADIKOY
from tests.factories.towns import MASTER_KEY, read_town

# A Wednesday afternoon, inside everybody's working hours.
UNTIL = datetime(2026, 3, 18, 11, 20, tzinfo=UTC)
SEED = (5, 1)


@pytest.fixture(scope="module")
def town(module_db):
    return read_town(module_db, KADIKOY)


async def _read(urls, town):
    keys.install_master_key(MASTER_KEY)
    keys.forget()
    database = Database(urls.platform, pool_size=1)
    try:
        async with database.transaction(town.municipality_id) as session:
            await employ(session, town.municipality_id, town.kind, town.departments)
        async with database.transaction(town.municipality_id) as session:
            ring = await keys.keyring(session, town.municipality_id)
            return await read_setting(session, town.municipality_id), ring
    finally:
        await database.close()


@pytest.fixture(scope="module")
def setting_and_ring(module_db, town):
    return asyncio.run(_read(module_db, town))


@pytest.fixture(scope="module")
def setting(setting_and_ring):
    return setting_and_ring[0]


@pytest.fixture(scope="module")
def drawn(setting):
    """A year's work of a small town: enough for shares to be close to what they should be."""
    return draw(setting, 20_000, UNTIL, SEED)


@pytest.fixture(scope="module")
def loaded(module_db, setting_and_ring):
    """300 cases in the database; gives what was drawn."""
    setting, ring = setting_and_ring
    few = draw(setting, 300, UNTIL, SEED)
    load(module_db.owner, few, ring, {}, lambda _: None)
    return few


def staffless(setting, role):
    """The same town without the people of a role."""
    return replace(setting, workers=tuple(worker for worker in setting.workers if worker.role != role))
