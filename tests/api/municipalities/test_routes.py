"""The HTTP face: what anybody may read, who may change what, and that answers are not sent twice."""

from datetime import date

import mapbox_vector_tile
import pytest

from geo.mercator import cell_of
from tests.factories.towns import SIDE, corner

pytestmark = pytest.mark.anyio

LOOK = {
    "theme": {"primary": "#0b4f8a", "accent": "#f2a900"},
    "texts": {"welcome": {"tr": "Merhaba", "en": "Hello"}},
    "contact": {"phone": "0216 123 45 67", "website": "https://www.kadikoy.example"},
    "working_hours": {"mon": ["09:00", "17:00"]},
}


async def get(server, path: str, **headers):
    return await server.client.get(f"/v1{path}", headers=headers)


# -- what anybody may read ---------------------------------------------------------------------------------------


async def test_municipalities_are_listed_by_name_without_signing_in(server):
    answer = await get(server, "/public/municipalities")
    assert answer.status_code == 200
    assert [row["slug"] for row in answer.json()] == ["akpinar", "kadikoy"]
    assert answer.json()[0]["distance_km"] is None


async def test_the_municipality_that_holds_a_place_comes_first(server):
    for slug in ("akpinar", "kadikoy"):
        lon, lat = server.town(slug).place(3)
        rows = (await get(server, f"/public/municipalities?lon={lon}&lat={lat}")).json()
        assert (rows[0]["slug"], rows[0]["holds_place"]) == (slug, True)
        assert [row["holds_place"] for row in rows[1:]] == [False]
        assert rows[0]["distance_km"] < rows[1]["distance_km"]


async def test_a_place_outside_all_gives_the_nearest(server):
    lon, lat = server.town("kadikoy").outside
    rows = (await get(server, f"/public/municipalities?lon={lon}&lat={lat}")).json()
    assert [row["holds_place"] for row in rows] == [False, False]
    assert rows[0]["slug"] == "kadikoy"


@pytest.mark.parametrize("query", ["lon=29", "lat=41", "lon=29&lat=91", "lon=nan&lat=41", "lon=a&lat=b"])
async def test_half_a_place_or_none_at_all_is_refused(server, query):
    assert (await get(server, f"/public/municipalities?{query}")).status_code == 422


async def test_the_configuration_tells_an_app_how_to_look_and_speak(server):
    town = (await get(server, "/public/akpinar/config")).json()
    assert (town["name"], town["kind"]) == ("Akpınar Belediyesi", "town")
    assert town["languages"] == ["tr", "en"]
    assert town["modules"] == ["complaints", "notices", "reports"]
    assert "Akpınar Belediyesi" in town["texts"]["welcome"]["tr"]
    assert town["theme"]["primary"].startswith("#")


async def test_an_unknown_municipality_is_not_found_in_the_readers_language(server):
    answer = await server.client.get("/v1/public/yok/config", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.json()["code"] == "municipality_not_found"
    assert answer.json()["title"] == "No such municipality."


@pytest.mark.parametrize("path", ["config", "neighbourhoods", "tiles/base/{tile}.mvt"])
async def test_an_unchanged_answer_is_not_sent_again_until_the_town_changes(server, path):
    town = server.town()
    x, y = cell_of(*town.place(), 14)
    path = f"/public/kadikoy/{path.format(tile=f'14/{x}/{y}')}"
    first = await get(server, path)
    again = await get(server, path, **{"If-None-Match": first.headers["etag"]})
    assert first.status_code == 200
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "public" in first.headers["cache-control"]
    administrator = await server.staff("municipal_administrator")
    edited = await server.client.put("/v1/municipality/modules/debts", json={"is_on": True}, headers=administrator)
    assert edited.status_code == 204
    changed = await get(server, path, **{"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_neighbourhoods_are_geojson(server):
    answer = await get(server, "/public/akpinar/neighbourhoods")
    assert answer.headers["content-type"] == "application/geo+json"
    assert len(answer.json()["features"]) == 4


async def test_a_tile_is_a_vector_tile_of_this_town_only(server):
    x, y = cell_of(*server.town().place(), 14)
    answer = await get(server, f"/public/kadikoy/tiles/base/14/{x}/{y}.mvt")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "street" in mapbox_vector_tile.decode(answer.content)
    elsewhere = await get(server, f"/public/akpinar/tiles/base/14/{x}/{y}.mvt")
    assert (elsewhere.status_code, elsewhere.content) == (200, b"")


@pytest.mark.parametrize(("tile", "status"), [("3/8/0", 404), ("21/0/0", 422), ("3/a/0", 422), ("3/-1/0", 422)])
async def test_a_tile_that_does_not_exist_is_refused(server, tile, status):
    assert (await get(server, f"/public/kadikoy/tiles/base/{tile}.mvt")).status_code == status


async def test_public_answers_take_few_statements(server):
    await get(server, "/public/kadikoy/config")
    assert int((await get(server, "/public/kadikoy/config")).headers["x-statements"]) <= 2
    x, y = cell_of(*server.town().place(), 14)
    assert int((await get(server, f"/public/kadikoy/tiles/base/14/{x}/{y}.mvt")).headers["x-statements"]) <= 3


# -- staff -------------------------------------------------------------------------------------------------------

READS = ("departments", "service-areas", "parameters", "modules", "appearance", "holidays?year=2026")


@pytest.mark.parametrize("path", READS)
async def test_configuration_is_read_by_staff_only(server, path):
    field = await server.staff("field_inspector")
    assert (await server.client.get(f"/v1/municipality/{path}", headers=field)).status_code == 200
    assert (await server.client.get(f"/v1/municipality/{path}")).status_code == 401
    citizen = await server.citizen()
    assert (await server.client.get(f"/v1/municipality/{path}", headers=citizen)).status_code == 403


async def edits(server) -> list[tuple[str, str, dict | None]]:
    town = server.town()
    west, south = corner(town.municipality_id)
    ring = [[west, south], [west + SIDE, south], [west + SIDE, south + SIDE], [west, south]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    unit = {"code": "shore", "name": "Sahil Ekibi", "parent_id": str(town.departments["cleaning"]), "grade": "team"}
    limit = {"value": "20", "valid_from": "2026-01-01", "legal_reference": "Meclis kararı 2026/12"}
    return [
        ("POST", "departments", unit),
        ("PATCH", f"departments/{town.departments['cleaning']}", {"name": "Temizlik Müdürlüğü"}),
        ("POST", "service-areas", {"name": "1. Bölge", "purpose": "team", "outline": outline}),
        ("PATCH", f"neighbourhoods/{town.neighbourhoods[0]}", {"population": 1234}),
        ("PUT", "parameters/petition_answer_days", limit),
        ("PUT", "modules/licences", {"is_on": True}),
        ("PUT", "appearance", LOOK),
        ("PUT", "holidays/2026-09-09", {"name": "Kurtuluş günü"}),
        ("DELETE", "holidays/2026-09-09", None),
    ]


async def test_the_administrator_may_change_everything(server):
    administrator = await server.staff("municipal_administrator")
    for method, path, body in await edits(server):
        answer = await server.client.request(method, f"/v1/municipality/{path}", json=body, headers=administrator)
        assert answer.status_code in {201, 204}, (path, answer.text)
    departments = (await server.client.get("/v1/municipality/departments", headers=administrator)).json()
    assert "Temizlik Müdürlüğü" in {row["name"] for row in departments}
    config = (await get(server, "/public/kadikoy/config")).json()
    assert config["texts"]["welcome"] == {"tr": "Merhaba", "en": "Hello"}
    assert config["contact"]["phone"] == "0216 123 45 67"


@pytest.mark.parametrize("role", ["mayor", "manager", "department_head", "service_desk", "auditor"])
async def test_nobody_else_may_change_the_municipality(server, role):
    headers = await server.staff(role)
    for method, path, body in await edits(server):
        answer = await server.client.request(method, f"/v1/municipality/{path}", json=body, headers=headers)
        assert answer.status_code == 403, (path, answer.text)


async def test_another_towns_administrator_finds_none_of_our_things(server):
    administrator = await server.staff("municipal_administrator", "akpinar")
    town = server.town("kadikoy")
    for path, body in (
        (f"departments/{town.departments['roads']}", {"name": "Bizim"}),
        (f"neighbourhoods/{town.neighbourhoods[1]}", {"name": "Bizim"}),
    ):
        answer = await server.client.patch(f"/v1/municipality/{path}", json=body, headers=administrator)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"theme": {"primary": "#ffee00", "accent": "#000000"}},
        {"theme": {"primary": "mavi", "accent": "#000000"}},
        {"texts": {"welcome": {"en": "Hello"}}},
        {"texts": {"Welcome!": {"tr": "Merhaba"}}},
        {"contact": {"website": "javascript:alert(1)"}},
        {"contact": {"email": "belediye"}},
        {"working_hours": {"mon": ["17:00", "09:00"]}},
        {"working_hours": {}},
        {"surprise": 1},
    ],
)
async def test_a_look_that_nobody_could_read_or_trust_is_refused(server, change):
    administrator = await server.staff("municipal_administrator")
    answer = await server.client.put("/v1/municipality/appearance", json={**LOOK, **change}, headers=administrator)
    assert answer.status_code == 422, answer.text


async def test_parameters_are_told_with_their_law(server):
    field = await server.staff("field_inspector")
    answer = await server.client.get("/v1/municipality/parameters", params={"on": str(date(2024, 5, 1))}, headers=field)
    by_code = {row["code"]: row for row in answer.json()}
    assert by_code["revaluation_rate_percent"]["value"] == "58.460000"
    assert "3071" in by_code["petition_answer_days"]["legal_reference"]


async def test_an_outline_that_cannot_be_is_refused_with_its_reason(server):
    administrator = await server.staff("municipal_administrator")
    swapped = {"type": "Polygon", "coordinates": [[[41, 29], [41.01, 29], [41.01, 29.01], [41, 29]]]}
    body = {"name": "1. Bölge", "purpose": "team", "outline": swapped}
    answer = await server.client.post("/v1/municipality/service-areas", json=body, headers=administrator)
    assert (answer.status_code, answer.json()["code"]) == (422, "swapped_coordinates")
