"""Changes of a record: what the field brings late, what the office decides, and that nothing vanishes."""

import pytest

from api.businesses import service
from api.businesses.schemas import BusinessPatchIn
from api.core import clock
from api.core.ids import uuid7
from tests.api.businesses.conftest import patched, pointed, registered, shop, shown, staff_actor

pytestmark = pytest.mark.anyio

OFFICE, FIELD = "licence_officer", "field_inspector"


def lines(business):
    return [(line["field"], line["state"], line["old"], line["new"]) for line in business["changes"]]


async def review(server, change_id, accept, role=OFFICE):
    url = f"/v1/businesses/changes/{change_id}/review"
    return await server.client.post(url, json={"accept": accept}, headers=await server.staff(role))


async def test_what_is_seen_on_the_spot_applies_and_tells_the_phones(server):
    business_id = await registered(server, note="eski")
    assert await patched(server, business_id, FIELD, note=("eski", "yeni"), phone=(None, "0532 111 22 33")) == {
        "note": "applied",
        "phone": "applied",
    }
    business = await shown(server, business_id)
    assert (business["note"], business["phone"], business["version"]) == ("yeni", "+905321112233", 2)
    assert set(lines(business)) == {("note", "applied", "eski", "yeni"), ("phone", "applied", None, "+905321112233")}
    assert pointed(server, business_id) == {f"area:{server.town().neighbourhoods[0]}"}


async def test_a_late_value_of_the_field_wins_over_the_offices_newer_one_which_is_kept_and_flagged(server):
    business_id = await registered(server, opening_hours="09-18")
    await patched(server, business_id, OFFICE, opening_hours=("09-18", "09-19"))
    told = await patched(server, business_id, FIELD, opening_hours=("09-18", "10-22"))
    assert told == {"opening_hours": "overwrote"}
    business = await shown(server, business_id)
    assert business["opening_hours"] == "10-22"
    flagged = next(line for line in business["changes"] if line["is_open"])
    assert (flagged["old"], flagged["new"], flagged["base"]) == ("09-19", "10-22", "09-18")
    # The office takes its own value back: with a line of its own.
    assert (await review(server, flagged["id"], accept=False)).status_code == 204
    assert (await shown(server, business_id))["opening_hours"] == "09-19"
    assert (await review(server, flagged["id"], accept=True)).status_code == 409


async def test_equal_values_are_no_conflict_and_leave_no_line(server):
    business_id = await registered(server, phone="0532 111 22 33")
    assert await patched(server, business_id, FIELD, phone=("0212 293 11 22", "+90 532 111 22 33")) == {"phone": "same"}
    business = await shown(server, business_id)
    assert (business["version"], business["changes"]) == (1, [])


async def test_the_offices_fields_are_only_proposed_from_the_field_and_once(server):
    business_id = await registered(server, title="Eski Ad")
    for _ in range(2):
        assert await patched(server, business_id, FIELD, title=("Eski Ad", "Yeni Ad")) == {"title": "suggested"}
    business = await shown(server, business_id)
    assert (business["title"], business["version"]) == ("Eski Ad", 1)
    (proposal,) = business["changes"]
    assert (await review(server, proposal["id"], accept=True, role=FIELD)).status_code == 403
    assert (await review(server, proposal["id"], accept=True)).status_code == 204
    after = await shown(server, business_id)
    assert (after["title"], after["version"]) == ("Yeni Ad", 2)
    assert ("title", "applied", "Eski Ad", "Yeni Ad") in lines(after)
    assert not any(line["is_open"] for line in after["changes"])


async def test_a_refused_proposal_changes_nothing_and_stays_in_the_history(server):
    business_id = await registered(server, title="Kalan Ad")
    await patched(server, business_id, FIELD, title=("Kalan Ad", "Giden Ad"))
    (proposal,) = (await shown(server, business_id))["changes"]
    assert (await review(server, proposal["id"], accept=False)).status_code == 204
    after = await shown(server, business_id)
    assert after["title"] == "Kalan Ad"
    assert [(line["new"], line["decision"]) for line in after["changes"]] == [("Giden Ad", "refused")]


async def test_the_office_on_its_phone_only_proposes_with_an_old_base_and_changes_with_a_fresh_one(server):
    business_id = await registered(server, licence_no="R-1")
    assert await patched(server, business_id, OFFICE, licence_no=("R-0", "R-2")) == {"licence_no": "suggested"}
    assert await patched(server, business_id, OFFICE, licence_no=("R-1", "R-3")) == {"licence_no": "applied"}
    assert (await shown(server, business_id))["licence_no"] == "R-3"


async def test_the_office_at_its_desk_changes_whatever_was_seen_and_who_only_inspects_proposes_there_too(server):
    business_id, mine = await registered(server, address_text="Eski Sokak"), server.town().municipality_id
    patch = BusinessPatchIn(business_id=business_id, changes={"address_text": {"base": "Ara", "value": "Yeni Sokak"}})
    keeper = staff_actor(server, OFFICE, **{"sync_conflict.resolve": None})
    async with server.database.transaction(mine) as session:
        proposed = await service.patch_business(session, staff_actor(server, FIELD), patch)
        changed = await service.patch_business(session, keeper, patch)
    assert (proposed.outcomes, changed.outcomes) == ({"address_text": "suggested"}, {"address_text": "applied"})


async def test_a_place_that_moves_takes_the_business_to_another_neighbourhood_and_tells_both(server):
    business_id = await registered(server)
    lon, lat = server.town().place(3)
    here = shop(server)["place"]
    assert await patched(server, business_id, OFFICE, place=(here, {"lon": lon, "lat": lat})) == {"place": "applied"}
    business = await shown(server, business_id)
    assert business["neighbourhood_id"] == str(server.town().neighbourhoods[3])
    assert pointed(server, business_id) == {f"area:{server.town().neighbourhoods[index]}" for index in (0, 3)}


async def test_a_page_that_is_not_fresh_any_more_changes_nothing(server):
    business_id = await registered(server, note="a")
    await patched(server, business_id, OFFICE, note=("a", "b"))
    answer = await server.client.patch(
        f"/v1/businesses/{business_id}",
        json={"changes": {"note": {"base": "a", "value": "c"}}},
        headers={**await server.staff(OFFICE), "If-Match": '"1"'},
    )
    assert (answer.status_code, (await shown(server, business_id))["note"]) == (412, "b")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "12"),
        ("title", ""),
        ("title", None),
        ("place", {"lon": 200, "lat": 0}),
        ("place", {"lon": 0, "lat": 0}),
        ("class_code", "olmayan"),
        ("status", "merged"),
        ("floor_area_m2", -1),
        ("note", "x" * 2001),
        ("note", "a\x00b"),
    ],
)
async def test_a_value_that_cannot_be_is_refused_with_all_others_of_the_same_patch(server, field, value):
    business_id = await registered(server, note="önce")
    changes = {"activity": {"base": "Kasap", "value": "Manav"}, field: {"base": None, "value": value}}
    answer = await server.client.patch(
        f"/v1/businesses/{business_id}", json={"changes": changes}, headers=await server.staff(OFFICE)
    )
    assert answer.status_code == 422
    assert (await shown(server, business_id))["activity"] == "Kasap"


@pytest.mark.parametrize("base", ["a\x00b", ["x"], {"lon": "a"}, 10**400, "x" * 5_000, True])
async def test_a_base_that_makes_no_sense_is_kept_and_the_value_flagged(server, base):
    business_id = await registered(server, phone="0532 111 22 33")
    assert await patched(server, business_id, FIELD, phone=(base, "0533 444 55 66")) == {"phone": "overwrote"}
    (line,) = (await shown(server, business_id))["changes"]
    assert (line["old"], line["new"], line["is_open"]) == ("+905321112233", "+905334445566", True)


async def test_the_history_says_that_an_owner_was_changed_but_not_to_whom(server):
    business_id = await registered(server, owner="İlk Sahip")
    url = f"/v1/businesses/{business_id}/owner"
    body = {"owner": "Son Sahip", "tax_no": "4540536920"}
    assert (await server.client.put(url, json=body, headers=await server.staff(FIELD))).status_code == 403
    assert (await server.client.put(url, json=body, headers=await server.staff(OFFICE))).status_code == 204
    business = await shown(server, business_id)
    assert set(lines(business)) == {("owner", "applied", None, None), ("tax_no", "applied", None, None)}
    assert business["owner"]["owner"] == "S*** S***"
    kept = server.rows("SELECT old::text, new::text FROM business_change WHERE business_id = %s", business_id)
    assert all("Sahip" not in f"{row}" and "4540" not in f"{row}" for row in kept)
    assert sum(row["old"] is not None for row in kept) == 1


async def test_a_phones_mutation_stands_in_the_history_and_the_last_inspection_in_the_record(server):
    business_id, mutation_id, at = await registered(server), uuid7(), clock.now()
    mine = server.town().municipality_id
    patch = BusinessPatchIn(business_id=business_id, changes={"note": {"base": None, "value": "not"}})
    async with server.database.transaction(mine) as session:
        told = await service.patch_business(session, staff_actor(server, FIELD, "field_app"), patch, mutation_id)
        await service.record_inspected(session, mine, patch.business_id, at)
        await service.record_inspected(session, mine, patch.business_id, at.replace(year=2020))
    assert told.outcomes == {"note": "applied"}
    rows = server.rows("SELECT mutation_id FROM business_change WHERE business_id = %s", business_id)
    assert [row["mutation_id"] for row in rows] == [mutation_id]
    row = server.rows("SELECT last_inspected_at, version FROM business WHERE id = %s", business_id)[0]
    assert (row["last_inspected_at"], row["version"]) == (at, 4)
