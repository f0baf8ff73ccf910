"""The register's list and map: filters, pages, and nothing left out."""

import mapbox_vector_tile
import pytest

from geo.mercator import cell_of
from tests.api.businesses.conftest import patched, registered

pytestmark = pytest.mark.anyio

SLUG = "akpinar"


@pytest.fixture(scope="module")
async def street(server):
    """Seven businesses of the small town, in two neighbourhoods."""
    ids = {}
    for number, (title, code, place) in enumerate(
        (
            ("Çınar Kasap", "sanitary", 0), ("Ipek Tekstil", "non_sanitary_3", 0), ("Işık Büfe", "sanitary", 0),
            ("İnci Kahvehane", "public_leisure", 1), ("Şafak Fırın", "sanitary", 1), ("100% Doğal", "sanitary", 1),
            ("Zeytin Lokanta", "public_leisure", 0),
        )
    ):  # fmt: skip
        lon, lat = server.town(SLUG).place(place)
        here = {"lon": lon + number * 0.0003, "lat": lat}
        ids[title] = await registered(
            server, slug=SLUG, title=title, class_code=code, place=here, activity="", licence_no=f"R-{number}"
        )
    return ids


async def titles(server, **query):
    headers = await server.staff("field_inspector", SLUG)
    answer = await server.client.get("/v1/businesses", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_pages_give_every_business_once_by_title_with_the_same_statements(server, street):
    headers = await server.staff("field_inspector", SLUG)
    seen, cursor, statements = [], None, set()
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = await server.client.get("/v1/businesses", params=params, headers=headers)
        page = answer.json()
        statements.add(answer.headers["x-statements"])
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert sorted(seen) == sorted(street.values())
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "ışık"}, {"Işık Büfe"}),
        ({"text": "IPEK"}, {"Ipek Tekstil"}),
        ({"text": "inci"}, {"İnci Kahvehane"}),
        ({"text": "safak"}, {"Şafak Fırın"}),
        ({"text": "0%"}, {"100% Doğal"}),
        ({"text": "R-6"}, {"Zeytin Lokanta"}),
        ({"text": "yok böyle"}, set()),
        ({"class_code": "public_leisure"}, {"İnci Kahvehane", "Zeytin Lokanta"}),
        ({"status": "closed"}, set()),
        ({"to_review": True}, set()),
    ],
)
async def test_a_filter_finds_what_it_says(server, street, query, found):
    assert set(await titles(server, **query)) == found


async def test_neighbourhood_and_box_narrow_the_list(server, street):
    town = server.town(SLUG)
    second = await titles(server, neighbourhood_id=str(town.neighbourhoods[1]))
    assert set(second) == {"İnci Kahvehane", "Şafak Fırın", "100% Doğal"}
    lon, lat = town.place(0)
    assert await titles(server, bbox=f"{lon - 0.0001},{lat - 0.0001},{lon + 0.0001},{lat + 0.0001}") == ["Çınar Kasap"]
    headers = await server.staff("field_inspector", SLUG)
    wrong = await server.client.get("/v1/businesses", params={"bbox": "500,0,1,1"}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_bbox")


async def test_a_proposal_puts_its_business_on_the_list_of_what_is_to_be_reviewed(server):
    business_id = await registered(server, title="Öneri Bekleyen")
    await patched(server, business_id, "field_inspector", title=("Öneri Bekleyen", "Önerilen"))
    headers = await server.staff("licence_officer")
    answer = await server.client.get("/v1/businesses", params={"to_review": True}, headers=headers)
    assert [(item["title"], item["open_changes"]) for item in answer.json()["items"]] == [("Öneri Bekleyen", 1)]


@pytest.mark.parametrize("zoom", [8, 12, 15, 18])
async def test_the_map_shows_every_business_at_every_zoom(server, street, zoom):
    headers, cells = await server.staff("field_inspector", SLUG), set()
    for place in (0, 1):
        lon, lat = server.town(SLUG).place(place)
        cells |= {cell_of(lon + number * 0.0003, lat, zoom) for number in range(7)}
    shown = 0
    for x, y in cells:
        answer = await server.client.get(f"/v1/businesses/tiles/{zoom}/{x}/{y}.mvt", headers=headers)
        assert answer.status_code == 200
        decoded = mapbox_vector_tile.decode(answer.content) if answer.content else {}
        clusters = decoded.get("clusters", {}).get("features", [])
        points = [
            item for item in decoded.get("businesses", {}).get("features", [])
            if all(0 <= value < 4096 for value in item["geometry"]["coordinates"])
        ]  # fmt: skip
        inside = [
            item for item in clusters if all(0 <= value < 4096 for value in item["geometry"]["coordinates"])
        ]  # fmt: skip
        shown += sum(item["properties"]["point_count"] for item in inside) + len(points)
    assert shown == len(street)


async def test_the_map_follows_the_filter_and_is_not_sent_twice(server, street):
    headers = await server.staff("field_inspector", SLUG)
    x, y = cell_of(*server.town(SLUG).place(1), 17)
    url = f"/v1/businesses/tiles/17/{x}/{y}.mvt"
    answer = await server.client.get(url, params={"class_code": "non_sanitary_2"}, headers=headers)
    assert answer.content == b""
    first = await server.client.get(url, headers=headers)
    again = await server.client.get(url, headers={**headers, "If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert (await server.client.get("/v1/businesses/tiles/3/9/9.mvt", headers=headers)).status_code == 404


async def test_citizens_and_people_without_the_permission_see_no_register(server):
    for headers in (await server.citizen(), await server.staff("cashier")):
        for path in ("", "/classes", "/tiles/10/1/1.mvt"):
            assert (await server.client.get(f"/v1/businesses{path}", headers=headers)).status_code == 403
