"""What every phone knows besides its work, old pointers that go, and the policy of a disaster."""

import json
from datetime import timedelta

import pytest

from api.core import clock, jobs
from api.core.db import Database
from api.core.jobs import JobContext
from api.core.sql import fetch_all
from api.platform import schedule
from api.sync import jobs as sync_jobs
from api.sync.jobs import collect_pointers, refresh_reference
from tests.api.sync.phones import Phone, Wire
from tests.api.sync.test_pull import page_of, read_all, team_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def context(server):
    return JobContext(server.town().municipality_id, server.database, {})


def named(phone, table):
    return {row_id: (version, data) for (name, row_id), (version, data) in phone.held().items() if name == table}


async def test_what_the_office_edits_comes_to_phones_and_what_did_not_change_does_not(server, context):
    phone = await Phone.of(server)
    await refresh_reference(context)
    await phone.sync()
    before = named(phone, "colleague")
    staff = server.town().staff["auditor"].id
    server.execute("UPDATE staff_user SET full_name = 'Yeni Soyadı' WHERE id = %s", staff)
    pointers = "SELECT count(*) AS n FROM sync_pointer WHERE scope = 'ref' AND municipality_id = %s"
    (count,) = server.rows(pointers, context.municipality_id)
    await refresh_reference(context)
    await refresh_reference(context)
    assert server.rows(pointers, context.municipality_id)[0]["n"] == count["n"] + 1
    await phone.sync()
    after = named(phone, "colleague")
    assert after[str(staff)] == (before[str(staff)][0] + 1, {**before[str(staff)][1], "name": "Yeni Soyadı"})
    assert {key: value for key, value in after.items() if key != str(staff)} == {
        key: value for key, value in before.items() if key != str(staff)
    }


async def test_phones_draw_each_neighbourhood_from_a_row_of_its_own(server, context):
    phone = await Phone.of(server)
    await phone.sync()
    before = named(phone, "area")
    assert set(before) == {str(area) for area in server.town().neighbourhoods}
    for _, area in before.values():
        assert area["name"]
        assert all(ring[0] == ring[-1] for ring in area["rings"])
        assert 4 <= sum(map(len, area["rings"])) <= 60
    town_before = named(phone, "town")
    assert "outline" not in json.dumps(town_before)
    moved = str(server.town().neighbourhoods[0])
    move = "UPDATE neighbourhood SET geom = ST_Translate(geom, %s, 0) WHERE id = %s"
    server.execute(move, 0.01, moved)
    await refresh_reference(context)
    # The other tests of this town report from where it was.
    server.execute(move, -0.01, moved)
    await phone.sync()
    after = named(phone, "area")
    (west, north), (east, same) = before[moved][1]["rings"][0][0], after[moved][1]["rings"][0][0]
    assert (round(east - west, 5), round(same - north, 5)) == (0.01, 0)
    assert named(phone, "town") == town_before


async def test_phones_know_the_towns_term_for_what_nobody_gave_one(server):
    phone = await Phone.of(server)
    await phone.sync()
    ((_, town),) = named(phone, "town").values()
    assert town["cure_days"] == 15


async def test_who_leaves_the_municipality_leaves_the_phones(server, context):
    phone = await Phone.of(server)
    await phone.sync()
    staff = server.town().staff["cashier"].id
    assert str(staff) in named(phone, "colleague")
    server.execute("UPDATE staff_user SET is_active = false WHERE id = %s", staff)
    await refresh_reference(context)
    await phone.sync()
    assert str(staff) not in named(phone, "colleague")


async def test_the_town_is_refreshed_at_once_when_its_set_up_changed_and_only_where_phones_are(server, context):
    await (await Phone.of(server)).sync()
    await refresh_reference(context)
    due = jobs.registered["sync.refresh_reference"].due_sql
    assert due == sync_jobs.DUE_SQL
    # A minute that is not this town's turn.
    now = clock.now().replace(minute=(context.municipality_id + 1) % 5)

    async def due_towns():
        async with server.database.transaction(context.municipality_id) as session:
            return [row["municipality_id"] for row in await fetch_all(session, due, {"now": now})]

    assert await due_towns() == []
    server.execute("UPDATE municipality SET config_version = config_version + 1")
    assert await due_towns() == [context.municipality_id]
    await refresh_reference(context)
    assert await due_towns() == []
    now += timedelta(minutes=4)
    assert await due_towns() == [context.municipality_id]


async def test_the_schedule_collects_old_pointers_every_night(server):
    assert "sync.collect_pointers" in schedule.EVERY_NIGHT_IN_EVERY_TOWN
    platform = Database(server.urls.platform, pool_size=1)
    async with platform.transaction() as session:
        assert await schedule.start_where_due(session, "sync.collect_pointers", schedule.EVERY_TOWN) >= 2
    await platform.close()


async def test_old_pointers_go_and_whoever_stood_before_them_begins_anew(server, context):
    wire, late = await Wire.of(server), await Wire.of(server)
    citizen = await server.citizen()
    _, old = await read_all(late)
    await server.filed(citizen)
    server.execute("UPDATE sync_pointer SET at = now() - interval '61 days'")
    kept = await server.filed(citizen)
    _, new = await read_all(wire)
    await collect_pointers(context)
    left = server.rows("SELECT row_id FROM sync_pointer WHERE municipality_id = %s", context.municipality_id)
    assert [str(row["row_id"]) for row in left] == [kept["id"]]
    assert page_of(await late.pulled(old), team_of(server))["start"]
    assert not page_of(await wire.pulled(new), team_of(server))["start"]
    await collect_pointers(context)
    assert len(server.rows("SELECT 1 FROM sync_pointer WHERE municipality_id = %s", context.municipality_id)) == 1


async def test_a_quiet_scope_does_not_fall_behind_the_floor(server, context):
    """A cursor in the older half of what is kept is moved on though nothing happened."""
    wire = await Wire.of(server)
    _, cursors = await read_all(wire)
    sid = f"area:{server.town().neighbourhoods[0]}"
    stands_at = int(cursors[sid].partition(".")[0][1:], 16)
    assert page_of(await wire.pulled(cursors), sid)["cursor"] == cursors[sid]
    for _ in range(5):
        server.execute("SELECT pg_current_xact_id()")
    server.execute(
        "UPDATE sync_epoch SET floor_xid = %s WHERE municipality_id = %s", stands_at, context.municipality_id
    )
    page = page_of(await wire.pulled(cursors), sid)
    assert (page["start"], page["rows"], page["more"]) == (False, [], False)
    assert page["cursor"] != cursors[sid]


async def test_under_a_disaster_policy_every_pull_holds_it_signed_and_otherwise_none(server):
    wire = await Wire.of(server)
    assert "disaster" not in await wire.pulled()
    town = server.town()
    server.execute(
        """INSERT INTO disaster_policy (municipality_id, id, valid_from, valid_to, days, reason, declared_by,
                                        declared_at)
           VALUES (%s, gen_random_uuid(), current_date, current_date + 10, 45, 'Deprem', %s, now())""",
        town.municipality_id, town.staff["municipal_administrator"].id,
    )  # fmt: skip
    told = (await wire.pulled())["disaster"]
    assert told["document"]["municipality_id"] == town.municipality_id
    assert told["document"]["days"] == 45
    assert told["signature"]
