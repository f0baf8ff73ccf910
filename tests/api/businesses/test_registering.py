"""New businesses: taken once, found twice, merged by a person."""

import pytest

from api.core.ids import uuid7
from tests.api.businesses.conftest import pointed, registered, shop, shown

pytestmark = pytest.mark.anyio

VKN, TCKN = "4540536920", "17291716060"


async def post(server, body, role="licence_officer", slug="kadikoy"):
    return await server.client.post("/v1/businesses", json=body, headers=await server.staff(role, slug))


async def test_a_registered_business_is_read_with_its_neighbourhood_and_its_phones_are_told(server):
    business_id = await registered(server, "field_inspector", phone="0212 293 11 22", note="Arka kapı", neighbourhood=1)
    business = await shown(server, business_id)
    town = server.town()
    assert (business["title"], business["phone"], business["status"]) == ("Yıldız Kasap", "+902122931122", "active")
    assert business["neighbourhood_id"] == str(town.neighbourhoods[1])
    assert business["source"] == "field"
    assert pointed(server, business_id) == {f"area:{town.neighbourhoods[1]}"}


async def test_the_same_id_sent_again_registers_once_and_only_for_the_same_person(server):
    body = shop(server, title="İki Kez Büfe")
    first, again = await post(server, body), await post(server, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    other = await post(server, body, "department_head")
    assert (other.status_code, other.json()["code"]) == (409, "id_in_use")
    assert len(server.rows("SELECT 1 FROM business WHERE title = 'İki Kez Büfe'")) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"class_code": "olmayan"}, "business_class_unknown"),
        ({"tax_no": "4540536921"}, "invalid"),
        ({"tax_no": "17291716061"}, "invalid"),
        ({"phone": "12"}, "invalid"),
        ({"title": ""}, "invalid"),
        ({"title": "x" * 201}, "invalid"),
        ({"status": "closed"}, "invalid"),
    ],
)
async def test_what_is_wrong_is_refused_and_nothing_is_kept(server, changes, code):
    body = shop(server, **changes)
    answer = await post(server, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert server.rows("SELECT 1 FROM business WHERE id = %s", body["id"]) == []


async def test_a_place_outside_the_town_is_refused(server):
    lon, lat = server.town().outside
    answer = await post(server, shop(server, place={"lon": lon, "lat": lat}))
    assert (answer.status_code, answer.json()["code"]) == (422, "place_outside")


async def test_the_same_tax_number_is_noticed_wherever_it_is(server):
    first = await registered(server, title="Deniz Lokantası", tax_no=VKN, neighbourhood=2)
    body = shop(server, title="Bambaşka Tekstil", tax_no=VKN, neighbourhood=3)
    assert (await post(server, body)).json()["match_count"] == 1
    (match,) = (await shown(server, body["id"]))["matches"]
    assert (match["other_id"], match["reason"]) == (first, "tax_no")
    assert [line["other_id"] for line in (await shown(server, first))["matches"]] == [body["id"]]


async def test_a_like_title_is_noticed_within_forty_metres_and_nowhere_else(server):
    lon, lat = server.town().place(2)
    here = {"lon": lon + 0.003, "lat": lat}
    first = await registered(server, title="GÜLŞEN KUAFÖR", place=here)

    async def matches(title, east):
        answer = await post(server, shop(server, title=title, place={"lon": here["lon"] + east, "lat": lat}))
        return answer.json()["match_count"]

    # 0.0004° of longitude are about 33 m here, 0.0006° about 50 m.
    assert await matches("Gülşen Kuaför Salonu", 0.0004) == 1
    assert await matches("Aydın Eczanesi", 0.0004) == 0
    assert await matches("Gülşen Kuaför", -0.0006) == 0
    assert {match["reason"] for match in (await shown(server, first))["matches"]} == {"near_and_alike"}


async def test_merging_keeps_the_newer_one_as_an_alias_and_tells_both_areas(server):
    kept = await registered(server, title="Ege Fırın", tax_no="10000000146", neighbourhood=0)
    alias = await registered(server, "field_inspector", title="Ege Ekmek Fırını", tax_no="10000000146", neighbourhood=1)
    (match,) = (await shown(server, alias))["matches"]
    url, head = f"/v1/businesses/matches/{match['id']}/decision", await server.staff("department_head")
    inspector = await server.staff("field_inspector")
    assert (await server.client.post(url, json={"decision": "merged"}, headers=inspector)).status_code == 403
    assert (await server.client.post(url, json={"decision": "merged"}, headers=head)).status_code == 204
    assert (await server.client.post(url, json={"decision": "different"}, headers=head)).status_code == 409
    gone = await shown(server, alias)
    assert (gone["status"], gone["merged_into_id"], gone["title"]) == ("merged", kept, "Ege Ekmek Fırını")
    areas = {f"area:{area}" for area in server.town().neighbourhoods[:2]}
    assert pointed(server, alias) == pointed(server, kept) == areas
    patch = {"changes": {"note": {"base": None, "value": "geç geldi"}}}
    late = await server.client.patch(f"/v1/businesses/{alias}", json=patch, headers=inspector)
    assert (late.status_code, late.json()["code"], late.json()["merged_into_id"]) == (409, "business_merged", kept)


async def test_two_that_are_different_stay_two(server):
    first = await registered(server, title="Bir Büfe", tax_no="1234567890")
    second = await registered(server, title="Öteki Büfe", tax_no="1234567890", neighbourhood=1)
    (match,) = (await shown(server, second))["matches"]
    url = f"/v1/businesses/matches/{match['id']}/decision"
    decided = await server.client.post(
        url, json={"decision": "different"}, headers=await server.staff("licence_officer")
    )
    assert decided.status_code == 204
    assert [(await shown(server, one))["status"] for one in (first, second)] == ["active", "active"]


async def test_the_owner_is_sealed_masked_and_shown_in_clear_only_with_a_reason_that_is_kept(server):
    business_id = await registered(server, title="Sır Kuyumcu", owner="Ayşe Yılmaz", tax_no=TCKN, neighbourhood=3)
    stored = server.rows("SELECT owner, tax_no, tax_no_index FROM business WHERE id = %s", business_id)[0]
    assert all(b"Ay" not in bytes(value) and TCKN.encode() not in bytes(value) for value in stored.values())
    masked = (await shown(server, business_id, "field_inspector"))["owner"]
    assert masked == {"owner": "A*** Y***", "tax_no": "17*******60", "is_clear": False}
    url = f"/v1/businesses/{business_id}/owner"
    refused = await server.client.post(url, json={"reason": "merak"}, headers=await server.staff("field_inspector"))
    assert refused.status_code == 403
    officer = await server.staff("enforcement_officer")
    assert (await server.client.post(url, json={}, headers=officer)).status_code == 422
    clear = await server.client.post(url, json={"reason": "Tutanak için"}, headers=officer)
    assert clear.json() == {"owner": "Ayşe Yılmaz", "tax_no": TCKN, "is_clear": True}
    trail = server.rows(
        "SELECT content FROM audit_record WHERE action = 'business.read_owner' AND object_id = %s", business_id
    )
    assert len(trail) == 1
    assert "Tutanak için" in trail[0]["content"]


async def test_another_towns_people_find_nothing_of_it(server):
    body = shop(server)
    assert (await post(server, body)).status_code == 201
    stranger = await server.staff("department_head", "akpinar")
    for method, path, sent in (
        ("GET", "", None),
        ("PATCH", "", {"changes": {"note": {"value": "x"}}}),
        ("PUT", "/owner", {"owner": "X Y"}),
        ("POST", "/owner", {"reason": "x"}),
    ):
        answer = await server.client.request(method, f"/v1/businesses/{body['id']}{path}", json=sent, headers=stranger)
        assert answer.status_code == 404, (method, path)
    listed = await server.client.get("/v1/businesses", headers=stranger)
    assert body["id"] not in listed.text
    unknown = await server.client.get(f"/v1/businesses/{uuid7()}", headers=stranger)
    assert unknown.status_code == 404
