"""Fixtures of the notices tests."""

import pytest

from api.core.db import Database
from tests.api.notices.outbox_setup import Outbox
from tests.factories.bare_town import OTHER_TOWN, TOWN, make_town


@pytest.fixture(scope="module")
async def towns_db(module_db):
    """A database with two bare municipalities, shared by the module's tests."""
    for municipality_id in (TOWN, OTHER_TOWN):
        await make_town(module_db, municipality_id)
    return module_db


@pytest.fixture
async def outbox(towns_db, sms_gateway):
    """An empty outbox before the real gateway and the provider's simulator; commits are real."""
    database = Database(towns_db.app, pool_size=6)
    empty = Outbox(towns_db, database, sms_gateway)
    empty.execute("DELETE FROM sms_message")
    empty.execute("DELETE FROM procrastinate_jobs")
    empty.forget_questions()
    yield empty
    await database.close()
