"""Fixtures of the notices tests."""

import pytest

from api.core.db import Database
from tests.api.notices.outbox_setup import Outbox
from tests.factories.bare_town import make_town


@pytest.fixture
async def outbox(real_db, sms_gateway):
    """An empty outbox before the real gateway and the provider's simulator."""
    await make_town(real_db)
    database = Database(real_db.app, pool_size=6)
    yield Outbox(real_db, database, sms_gateway)
    await database.close()
