"""Epochs: one life of the server's history, told from the next, and nothing lost between them."""

import pytest

from api.core.db import Database
from api.core.ids import uuid7
from api.platform.restores import begin_new_epochs
from api.sync import service
from api.sync.cursors import Cursor, Seals
from tests.api.sync.phones import Phone, Wire
from tests.api.sync.test_pull import cursors_of, page_of, read_all, team_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(server):
    return await Wire.of(server)


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


def note(wire, case, text="Bakıldı."):
    return wire.mutation("complaint.note", {"complaint_id": case["id"], "text": text, "photos": []})


def epoch_of(server):
    (row,) = server.rows("SELECT * FROM sync_epoch WHERE municipality_id = %s", server.town().municipality_id)
    return row


async def test_the_first_phone_of_a_town_begins_its_epoch_once(server):
    first, other = [await Wire.of(server, role, "akpinar") for role in ("field_inspector", "department_officer")]
    told = await first.pulled()
    assert (await other.pulled())["epoch"] == told["epoch"]
    begun = server.rows(
        "SELECT object_id FROM audit_record WHERE action = 'sync.begin_epoch' AND municipality_id = %s",
        server.town("akpinar").municipality_id,
    )
    assert [row["object_id"] for row in begun] == [told["epoch"]]


async def test_a_push_of_another_epoch_is_refused_and_nothing_is_done(server, wire, case):
    await wire.pulled()
    refused = await wire.push(note(wire, case, "Eski"), epoch=str(uuid7()))
    assert (refused.status_code, refused.json()["code"]) == (409, "epoch_changed")
    assert refused.json()["server_epoch"] == str(epoch_of(server)["epoch"])
    assert server.rows("SELECT 1 FROM complaint_event WHERE text = 'Eski'") == []


async def test_a_pull_of_another_epoch_is_answered_with_the_rows_themselves(wire, case, server):
    _, cursors = await read_all(wire)
    page = page_of(await wire.pulled(cursors, epoch=str(uuid7())), team_of(server))
    assert page["start"]


async def test_another_cluster_or_timeline_is_another_epoch_by_itself(server, wire, case):
    message, cursors = await read_all(wire)
    server.execute("UPDATE sync_epoch SET cluster = '1/1'")
    refused = await wire.push(note(wire, case, "Geri dönülmüş"))
    assert (refused.status_code, refused.json()["code"]) == (409, "epoch_changed")
    begun = refused.json()["server_epoch"]
    assert begun != message["epoch"]
    # It stays: the next one is told the same, and a pull as well.
    assert (await wire.pulled(cursors))["epoch"] == begun
    server.execute("UPDATE sync_epoch SET cluster = '1/1'")
    assert (await wire.pulled(cursors))["epoch"] not in (begun, message["epoch"])


async def test_a_phone_that_is_ahead_of_the_database_shows_that_it_was_set_back(server, wire):
    message, cursors = await read_all(wire)
    row, staff = epoch_of(server), server.town().staff["field_inspector"]
    seals = Seals(row["municipality_id"], row["epoch"], staff.id)
    ahead = seals.write("ref", Cursor("feed", 1 << 50))
    told = await wire.pulled({**cursors, "ref": ahead})
    assert told["epoch"] != message["epoch"]
    assert page_of(told, "ref")["start"]
    assert (await wire.pulled(cursors_of(told)))["epoch"] == told["epoch"]


async def test_a_restore_by_hand_has_every_phone_send_what_it_holds_once_more_and_nothing_happens_twice(server, case):
    phone = await Phone.of(server)
    await phone.sync()
    phone.engine.record("complaint.note", {"complaint_id": case["id"], "text": "Yedekten önce", "photos": []})
    await phone.sync()
    phone.engine.record("complaint.note", {"complaint_id": case["id"], "text": "Yedekten sonra", "photos": []})
    await phone.sync()
    # What a backup of that hour does not know.
    (kept,) = phone.store.all("SELECT id FROM outbox WHERE body LIKE '%Yedekten sonra%'")
    server.execute("DELETE FROM sync_mutation WHERE id = %s", kept[0])
    server.execute("DELETE FROM complaint_event WHERE text = 'Yedekten sonra'")
    server.execute("UPDATE sync_stream SET last_seq = last_seq - 1")
    platform = Database(server.urls.platform, pool_size=1)
    assert await begin_new_epochs(platform) >= 1
    await platform.close()
    await phone.sync()
    for text in ("Yedekten önce", "Yedekten sonra"):
        assert len(server.rows("SELECT 1 FROM complaint_event WHERE text = %s", text)) == 1
    assert phone.store.get("epoch") == str(epoch_of(server)["epoch"])
    assert phone.engine.numbers()["waiting"] == 0


async def test_results_of_a_life_with_higher_numbers_do_not_keep_a_phone_waiting(server, wire, case):
    mutation = note(wire, case)
    await wire.pushed(mutation)
    server.execute("UPDATE sync_mutation SET xid = 1::bigint << 50 WHERE id = %s", mutation["id"])
    (result,) = (await wire.pushed(mutation))["results"]
    assert result["xid"] == "0"


async def test_beginning_an_epoch_twice_for_the_same_end_begins_one(server, wire):
    await wire.pulled()
    town, ended = server.town().municipality_id, epoch_of(server)["epoch"]
    begun = []
    for _ in range(2):
        async with server.database.transaction(town) as session:
            begun.append(await service.begin_epoch(session, town, ended=ended, reason="test"))
    assert begun == [True, False]
