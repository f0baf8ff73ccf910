"""The office's signed word that phones may be read longer, as the phone itself verifies it."""

import base64
import sqlite3
from datetime import datetime, timedelta

import pytest

from api.core import clock
from api.core.actor import Actor
from api.core.errors import Forbidden
from api.sync import disaster
from api.sync.office_schemas import DisasterIn
from mobile.sdk.lease import DAY_MS, Lease
from mobile.sdk.store import Store

pytestmark = pytest.mark.anyio


@pytest.fixture
def mayor(server):
    town = server.town()
    return Actor(
        "staff", town.municipality_id, town.staff["municipal_administrator"].id, grants={"disaster.declare": None}
    )


@pytest.fixture(autouse=True)
def _no_disaster(server):
    server.execute("DELETE FROM disaster_policy")


async def declared(server, actor, days=45, until=20):
    wanted = DisasterIn(reason="Kuvvetli yer sarsıntısı", valid_to=clock.today() + timedelta(days=until), days=days)
    async with server.database.transaction(actor.municipality_id) as session:
        return await disaster.declare_disaster(session, actor, wanted)


async def told(server, slug="kadikoy"):
    municipality_id = server.town(slug).municipality_id
    async with server.database.transaction(municipality_id) as session:
        return await disaster.policy_for_phones(session, municipality_id)


def _wall():
    # A second later than now: an answer takes its time.
    return int(clock.now().timestamp() * 1000) + 1_000


def a_phone(server, slug="kadikoy"):
    """A lease that was given the municipality's keys at sign-in, with a clock that stands still."""
    lease = Lease(Store.create(sqlite3.connect(":memory:", isolation_level=None)), _wall, lambda: ("boot", 0))
    keys = {key["kid"]: base64.b64decode(key["public_key"]) for key in disaster.policy_keys()}
    lease.pin_keys(server.town(slug).municipality_id, keys)
    return lease


def heard(lease, policy):
    with lease._store.transaction():
        lease.heard(_wall(), policy)
    return lease.left_ms() // DAY_MS


async def test_a_phone_verifies_the_policy_and_may_be_read_longer(server, mayor):
    assert await told(server) is None
    await declared(server, mayor, days=45)
    policy, lease = await told(server), a_phone(server)
    assert heard(lease, None) == 14
    assert heard(lease, policy) == 45
    assert policy["document"]["days"] == 45
    last_day = datetime.fromtimestamp(policy["document"]["valid_to"] / 1000 - 1, clock.ISTANBUL).date()
    assert last_day == clock.today() + timedelta(days=20)


async def test_a_changed_policy_or_one_of_another_town_counts_for_nothing(server, mayor):
    await declared(server, mayor, days=45)
    policy = await told(server)
    forged = {**policy, "document": {**policy["document"], "valid_to": policy["document"]["valid_to"] + DAY_MS}}
    assert heard(a_phone(server), forged) == 14
    assert heard(a_phone(server, "akpinar"), policy) == 14
    assert await told(server, "akpinar") is None


async def test_an_emergency_that_is_over_early_is_over_on_phones_too(server, mayor):
    policy_id = await declared(server, mayor)
    lease = a_phone(server)
    assert heard(lease, await told(server)) == 45
    async with server.database.transaction(mayor.municipality_id) as session:
        await disaster.end_disaster(session, mayor, policy_id)
    assert heard(lease, await told(server)) == 14


async def test_there_is_one_emergency_at_a_time_and_it_has_an_end(server, mayor):
    for until in (0, 91):
        with pytest.raises(disaster.DisasterDates):
            await declared(server, mayor, until=until)
    policy_id = await declared(server, mayor)
    with pytest.raises(disaster.DisasterRunning):
        await declared(server, mayor)
    async with server.database.transaction(mayor.municipality_id) as session:
        await disaster.end_disaster(session, mayor, policy_id)
    await declared(server, mayor)
    trail = server.rows("SELECT action FROM audit_record WHERE object_kind = 'disaster_policy' ORDER BY sequence")
    assert [row["action"] for row in trail][-3:] == ["disaster.declare", "disaster.end", "disaster.declare"]


async def test_only_who_may_declares(server, mayor):
    nobody = Actor("staff", mayor.municipality_id, mayor.id)
    with pytest.raises(Forbidden):
        await declared(server, nobody)
