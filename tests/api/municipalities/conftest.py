"""Towns of the template database: `kadikoy` on a clone of the test's own, `town` on the module's clone."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import keys
from api.core.db import Database
from api.core.tenancy import enter_municipality
from tests.factories.template import AKPINAR, KADIKOY
from tests.factories.towns import MASTER_KEY, read_town


@pytest.fixture(autouse=True)
def master_key():
    keys.install_master_key(MASTER_KEY)


@pytest.fixture
def kadikoy(real_db):
    return read_town(real_db, KADIKOY)


@pytest.fixture
def akpinar(real_db):
    return read_town(real_db, AKPINAR)


@pytest.fixture
def town(module_db):
    return read_town(module_db, KADIKOY)


@pytest.fixture
def other_town(module_db):
    return read_town(module_db, AKPINAR)


@pytest.fixture
async def session(module_db, town) -> AsyncIterator[AsyncSession]:
    """A transaction of the app role inside `town`, rolled back at the end."""
    pool = Database(module_db.app, pool_size=1)
    async with AsyncSession(pool.engine, expire_on_commit=False, autoflush=False) as opened:
        await enter_municipality(opened, town.municipality_id)
        yield opened
        await opened.rollback()
    await pool.close()
