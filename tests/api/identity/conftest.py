"""Fixtures of the identity tests: one clone of the template for each module, with its application."""

from collections.abc import AsyncIterator

import pytest

from api.core import keys
from api.core.db import Database
from tests.api.identity import harness
from tests.factories.template import AKPINAR, KADIKOY
from tests.factories.towns import read_town


@pytest.fixture(scope="module")
def town(module_db):
    return read_town(module_db, KADIKOY)


@pytest.fixture(scope="module")
def other_town(module_db):
    return read_town(module_db, AKPINAR)


@pytest.fixture
async def pool(module_db) -> AsyncIterator[Database]:
    keys.forget()
    database = Database(module_db.app, pool_size=6)
    yield database
    await database.close()


@pytest.fixture
def app(pool, module_db):
    return harness.build(pool, module_db)


@pytest.fixture
def phone(app, module_db, town):
    return harness.Phone(app, module_db, town)


@pytest.fixture
def desk(app, town):
    """Makes signed-out staff by role; a user signs in once in each authenticator step."""
    return lambda role: harness.Desk(app, town, town.staff[role].username)
