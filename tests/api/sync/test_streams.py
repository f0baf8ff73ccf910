"""Streams: one for each phone, whoever signs in on it."""

import pytest

from api.core.ids import uuid7
from tests.api.sync.phones import Wire
from tests.factories.people import bearer, staff_claims

pytestmark = pytest.mark.anyio


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


@pytest.fixture
async def wire(server):
    return await Wire.of(server)


def note(wire, case):
    return wire.mutation("complaint.note", {"complaint_id": case["id"], "text": "Bakıldı.", "photos": []})


def device_of(server, wire):
    (row,) = server.rows(
        """SELECT d.*, s.last_seq, s.fork_of FROM sync_stream s JOIN field_device d ON d.id = s.device_id
            WHERE s.id = %s""",
        wire.device,
    )
    return row


async def test_a_phone_is_written_down_at_its_first_contact_with_its_holder_and_app(server, wire, case):
    await wire.push(note(wire, case), app="0.2.0")
    row = device_of(server, wire)
    assert (row["id"], row["staff_user_id"]) == (wire.claims.device_id, server.town().staff["field_inspector"].id)
    assert (row["state"], row["app"], row["last_seq"]) == ("active", "0.2.0", 1)
    await wire.pull(app="0.3.0")
    assert device_of(server, wire)["app"] == "0.3.0"


async def test_a_new_stream_of_a_phone_names_the_one_it_follows(server, wire, case):
    await wire.pushed(note(wire, case))
    former, wire.device, wire.seq = wire.device, wire.new_id(), 0
    await wire.push(note(wire, case), fork_of=former)
    assert str(device_of(server, wire)["fork_of"]) == former


async def test_who_signs_in_again_goes_on_with_their_stream_and_a_phone_taken_back_stays_so(server, wire, case):
    await wire.pushed(note(wire, case))
    before = device_of(server, wire)["id"]
    server.execute("UPDATE field_device SET state = 'drain' WHERE id = %s", before)
    claims = await staff_claims(server.database, server.town(), "field_inspector")
    wire.headers = await bearer(server.database, claims)
    told = await wire.pushed(note(wire, case))
    assert told["expected_seq"] == 3
    assert told["results"][0]["code"] == "device_revoked"
    assert device_of(server, wire)["id"] == claims.device_id != before


@pytest.mark.parametrize("what", ["push", "pull"])
async def test_somebody_elses_stream_is_not_gone_on_with(server, wire, case, what):
    await wire.pushed(note(wire, case))
    other = await Wire.of(server, "department_officer")
    other.device = wire.device
    refused = await (other.push(note(other, case)) if what == "push" else other.pull())
    assert (refused.status_code, refused.json()["code"]) == (409, "device_forked")
    assert device_of(server, wire)["id"] == wire.claims.device_id


async def test_a_stream_of_another_town_is_unknown_here(server, wire, case):
    await wire.pushed(note(wire, case))
    away = await Wire.of(server, "field_inspector", "akpinar")
    away.device = wire.device
    assert (await away.pulled())["device"]["last_seq"] == 0
    assert (await wire.pulled())["device"]["last_seq"] == 1


async def test_a_stream_begins_with_one(wire, case):
    told = await wire.pushed({**note(wire, case), "seq": 2, "id": str(uuid7())})
    assert (told["stopped"], told["expected_seq"], told["results"]) == ("gap", 1, [])
