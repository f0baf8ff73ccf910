"""Pull: snapshots by pages, the feed behind them, what left, and what nobody may see."""

import json

import pytest

from api.core.sql import run
from api.sync import pull as pulling
from mobile.wire.limits import LEAST_WANTED
from tests.api.sync.phones import Phone, Wire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(server):
    return await Wire.of(server)


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


def team_of(server, role="field_inspector"):
    return f"team:{server.town().staff[role].department_id}"


def page_of(message, sid):
    return next((page for page in message["pages"] if page["sid"] == sid), None)


def cursors_of(message, before=None):
    return {**(before or {}), **{page["sid"]: page["cursor"] for page in message["pages"]}}


def ids(page, part="rows"):
    return [entry[1] for entry in page[part]]


async def read_all(wire, **more):
    """Pull until every scope has been read to its end; gives the cursors."""
    cursors = {}
    for _ in range(100):
        message = await wire.pulled(cursors, **more)
        cursors = cursors_of(message, cursors)
        if len(message["pages"]) == len(message["scopes"]) and not any(page["more"] for page in message["pages"]):
            return message, cursors
    raise AssertionError("the end is never reached")


async def act(server, case, what, role="department_officer", **body):
    answer = await server.client.post(
        f"/v1/complaints/{case['id']}/{what}", json=body or None, headers=await server.staff(role)
    )
    assert answer.status_code == 200, answer.text


async def test_a_phone_is_told_its_scopes_by_how_much_they_are_wanted(server, wire):
    message = await wire.pulled()
    town = server.town()
    sids = [scope["sid"] for scope in message["scopes"]]
    assert sids[0] == f"user:{town.staff['field_inspector'].id}"
    teams = sids[1 : sids.index("ref")]
    assert team_of(server) in teams
    assert all(sid.startswith("team:") for sid in teams)
    assert set(sids[sids.index("ref") + 1 :]) == {f"area:{place}" for place in town.neighbourhoods}
    assert [scope["priority"] for scope in message["scopes"]] == [1, *[2] * len(teams), 3, 4, 4, 4, 4]


async def test_chosen_areas_take_the_place_of_all_and_another_role_has_another_team(server):
    wire = await Wire.of(server, "enforcement_officer")
    town = server.town()
    server.execute(
        "INSERT INTO field_area (municipality_id, staff_user_id, neighbourhood_id) VALUES (%s, %s, %s)",
        town.municipality_id, town.staff["enforcement_officer"].id, town.neighbourhoods[1],
    )  # fmt: skip
    sids = {scope["sid"] for scope in (await wire.pulled())["scopes"]}
    assert f"area:{town.neighbourhoods[1]}" in sids
    assert sum(sid.startswith("area:") for sid in sids) == 1
    assert team_of(server, "enforcement_officer") in sids
    assert team_of(server) not in sids


async def test_the_town_its_people_and_places_come_with_the_first_pull(server, wire):
    message, _ = await read_all(wire)
    rows = page_of(await wire.pulled(), "ref")["rows"]
    (town,) = [data for table, _, _, data in rows if table == "town"]
    assert town["slug"] == "kadikoy"
    assert {"FEN-01"} <= {category["code"] for category in town["categories"]}
    assert len(town["neighbourhoods"]) == 4
    people = {row_id: data for table, row_id, _, data in rows if table == "colleague"}
    mine = server.town().staff["field_inspector"]
    assert people[str(mine.id)]["department_ids"] == [str(mine.department_id)]
    assert message["device"]["horizon"] != "0"


async def test_a_change_comes_by_the_feed_once_and_what_ends_leaves(server, wire, case):
    message, cursors = await read_all(wire)
    await act(server, case, "notes", text="Malzeme istendi.")
    message = await wire.pulled(cursors)
    page = page_of(message, team_of(server))
    assert ids(page) == [case["id"]]
    assert page["rows"][0][3]["lines"][-1]["text"] == "Malzeme istendi."
    assert (page["start"], page["end"], page["more"]) == (False, False, False)
    cursors = cursors_of(message, cursors)
    assert all(not page["rows"] for page in (await wire.pulled(cursors))["pages"])
    await act(server, case, "reject", text="Özel mülk.", role="department_head")
    page = page_of(await wire.pulled(cursors), team_of(server))
    assert (page["rows"], ids(page, "leaves")) == ([], [case["id"]])


async def test_a_case_that_changes_hands_leaves_one_scope_and_comes_into_another(server, wire, case):
    other = await Wire.of(server, "department_officer")
    await act(server, case, "take", role="field_inspector")
    mine, theirs = (f"user:{server.town().staff[role].id}" for role in ("field_inspector", "department_officer"))
    (_, my_cursors), (_, their_cursors) = await read_all(wire), await read_all(other)
    await act(server, case, "assign", role="department_head",
              staff_user_id=str(server.town().staff["department_officer"].id))  # fmt: skip
    assert ids(page_of(await wire.pulled(my_cursors), mine), "leaves") == [case["id"]]
    assert ids(page_of(await other.pulled(their_cursors), theirs)) == [case["id"]]


async def test_what_is_not_committed_is_waited_for_and_no_horizon_passes_it(server, wire, case):
    _, cursors = await read_all(wire)
    async with server.database.transaction(server.town().municipality_id) as slow:
        await run(slow, "SELECT pg_current_xact_id()")
        await act(server, case, "notes", text="Sonra yazıldı, önce bitti.")
        during = await wire.pulled(cursors, waits=False)
        assert page_of(during, team_of(server))["rows"] == []
    after = await wire.pulled(cursors_of(during, cursors))
    assert ids(page_of(after, team_of(server))) == [case["id"]]
    assert int(after["device"]["horizon"]) > int(during["device"]["horizon"])


async def test_little_room_gives_many_pages_and_no_horizon_before_every_scope_has_one(server, wire):
    citizen = await server.citizen()
    filed = {(await server.filed(citizen, description="Uzun açıklama. " * 40))["id"] for _ in range(12)}
    seen, cursors, horizons = set(), {}, []
    for _ in range(60):
        message = await wire.pulled(cursors, want=LEAST_WANTED)
        cursors = cursors_of(message, cursors)
        told = page_of(message, team_of(server))
        seen |= set(ids(told)) if told else set()
        rows = [row for page in message["pages"] for row in page["rows"]]
        # A row that is larger than what is wanted comes alone.
        assert len(rows) <= 1 or len(json.dumps(rows, ensure_ascii=False, separators=(",", ":"))) <= LEAST_WANTED
        horizons.append(message["device"]["horizon"])
        assert (message["device"]["horizon"] == "0") == (len(message["pages"]) < len(message["scopes"]))
        if horizons[-1] != "0" and not any(page["more"] for page in message["pages"]):
            break
    assert filed <= seen
    assert "0" in horizons
    assert horizons[-1] != "0"


async def test_a_snapshot_that_is_broken_off_goes_on_where_it_was_and_what_changed_meanwhile_follows(
    server, wire, case
):
    team = team_of(server)
    cursors = {}
    while True:
        first = await wire.pulled(cursors, want=LEAST_WANTED)
        cursors = cursors_of(first, cursors)
        if page_of(first, team):
            break
    assert page_of(first, team)["start"]
    await act(server, case, "notes", text="Unterdessen")
    seen = {entry[1]: entry for entry in page_of(first, team)["rows"]}
    starts = ends = 0
    for _ in range(60):
        message = await wire.pulled(cursors, want=LEAST_WANTED)
        cursors = cursors_of(message, cursors)
        page = page_of(message, team)
        if page:
            seen |= {entry[1]: entry for entry in page["rows"]}
            starts, ends = starts + page["start"], ends + page["end"]
            if not page["more"]:
                break
    assert starts == 0
    assert ends <= 1
    assert seen[case["id"]][3]["lines"][-1]["text"] == "Unterdessen"


async def test_a_cursor_of_somebody_else_of_another_scope_or_made_up_counts_as_none(server, wire, case):
    _, cursors = await read_all(wire)
    other = await Wire.of(server, "department_officer")
    team, ref = team_of(server), "ref"
    await other.pulled()
    for wrong in ({team: cursors[team]}, {team: "f1.AAAAAAAAAAAA"}, {team: "'; --"}):
        assert page_of(await other.pulled(wrong), team)["start"], wrong
    assert page_of(await wire.pulled({**cursors, team: cursors[ref]}), team)["start"]
    assert not page_of(await wire.pulled(cursors), team)["start"]


async def test_no_scope_but_the_granted_ones_is_answered_whatever_is_asked(server, wire, case):
    elsewhere = team_of(server, "licence_officer")
    message = await wire.pulled({elsewhere: None, f"user:{server.town().staff['mayor'].id}": None}, check=[elsewhere])
    assert {page["sid"] for page in message["pages"]} <= {scope["sid"] for scope in message["scopes"]}
    assert elsewhere not in {scope["sid"] for scope in message["scopes"]}
    assert message["checks"] == []


async def test_a_phone_that_is_being_emptied_is_given_nothing_more(server, wire, case):
    await wire.pulled()
    server.execute(
        "UPDATE field_device SET state = 'drain' WHERE id = (SELECT device_id FROM sync_stream WHERE id = %s)",
        wire.device,
    )
    message = await wire.pulled()
    assert (message["scopes"], message["pages"], message["device"]["state"]) == ([], [], "drain")
    assert message["device"]["horizon"] == "0"


async def test_check_sums_are_those_that_phones_count(server, case):
    phone = await Phone.of(server)
    await act(server, case, "take", role="field_inspector")
    await phone.sync()
    wire = Wire(server, phone.headers)
    sids = [sid for (sid,) in phone.store.all("SELECT sid FROM scope")]
    message, cursors = await read_all(wire)
    message = await wire.pulled(cursors, check=sids)
    told = {check["sid"]: (check["count"], check["sum"]) for check in message["checks"]}
    assert told == phone.sums()
    assert sum(count for count, _ in told.values()) > 10


async def test_photos_that_are_awaited_are_told_to_the_phone_that_will_send_them(server, case):
    phone = await Phone.of(server)
    await phone.sync()
    photo = {"id": Wire(server, phone.headers).new_id(), "sha256": "12" * 32, "size": 5, "mime": "image/jpeg"}
    phone.engine.record("complaint.note", {"complaint_id": case["id"], "text": "Bak", "photos": [photo]})
    await phone.sync()
    assert phone.held()["photo", photo["id"]] == (1, {"state": "awaited", "sha256": "12" * 32})


async def test_a_pull_of_two_hundred_rows_is_four_statements(server, wire):
    citizen = await server.citizen()
    _, cursors = await read_all(wire)
    for _ in range(200):
        await server.filed(citizen)
    answer = await wire.pull(cursors)
    assert answer.status_code == 200
    message = await wire.pulled(cursors)
    assert len(page_of(message, team_of(server))["rows"]) == 200
    authentication = 2
    assert int(answer.headers["x-statements"]) == authentication + 4


async def test_no_pull_is_kept_from_a_scope_by_another_that_is_full(server, monkeypatch):
    """More news than one answer may hold: the most wanted come first, and everything comes."""
    monkeypatch.setattr(pulling, "LEAST_ROWS", 3)
    monkeypatch.setattr(pulling, "MOST_ROWS", 3)
    phone = await Phone.of(server)
    await phone.sync()
    citizen = await server.citizen()
    filed = [await server.filed(citizen) for _ in range(11)]
    for one in filed[:5]:
        await act(server, one, "take", role="field_inspector")
    assert await phone.sync() > 3
    assert {("complaint", one["id"]) for one in filed} <= set(phone.held())
