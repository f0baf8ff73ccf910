"""Lists and the map: what a reader may see, the same at any depth, and new reports at once."""

from datetime import date, timedelta

import mapbox_vector_tile
import psycopg
import pytest

from api.core import clock
from geo.mercator import cell_of

pytestmark = pytest.mark.anyio

PHONE = "+905321112233"
ZOOMS = (6, 9, 11, 12, 14, 15, 17, 19)


async def listed(server, headers, **query):
    answer = await server.client.get("/v1/complaints", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def tile(server, headers, zoom, place, **query):
    x, y = cell_of(*place, zoom)
    answer = await server.client.get(f"/v1/complaints/tiles/{zoom}/{x}/{y}.mvt", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return mapbox_vector_tile.decode(answer.content) if answer.content else {}


def total(decoded):
    clusters = sum(item["properties"]["point_count"] for item in decoded.get("clusters", {}).get("features", []))
    return clusters + len(decoded.get("reports", {}).get("features", []))


async def test_paging_gives_every_case_once_newest_first_with_the_same_statements_on_every_page(server):
    citizen, desk = await server.citizen(PHONE), await server.staff("service_desk")
    filed = [(await server.filed(citizen))["id"] for _ in range(7)]
    seen, cursor, statements = [], None, set()
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = await server.client.get("/v1/complaints", params=params, headers=desk)
        statements.add(answer.headers["x-statements"])
        page = answer.json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    ids = [item["id"] for item in seen]
    assert len(ids) == len(set(ids))
    assert set(filed) <= set(ids)
    assert [item["filed_at"] for item in seen] == sorted((item["filed_at"] for item in seen), reverse=True)
    assert statements == {"3"}


async def test_a_cursor_of_another_list_filter_or_reader_is_refused(server):
    citizen, desk = await server.citizen(PHONE), await server.staff("service_desk")
    for _ in range(3):
        await server.filed(citizen)
    cursor = (await listed(server, desk, limit=1))["next_cursor"]
    manager, foreign = await server.staff("manager"), await server.staff("service_desk", "akpinar")
    for headers, query in (
        (desk, {"limit": 1, "status_group": "open"}),
        (manager, {"limit": 1}),
        (foreign, {"limit": 1}),
        (citizen, {"limit": 1}),
    ):
        answer = await server.client.get("/v1/complaints", params={**query, "cursor": cursor}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")
    changed = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    answer = await server.client.get("/v1/complaints", params={"limit": 1, "cursor": changed}, headers=desk)
    assert answer.json()["code"] == "bad_cursor"


async def test_a_citizen_lists_only_their_own_and_staff_only_their_departments(server):
    mine, other = await server.citizen(PHONE), await server.citizen("+905334445566")
    road = await server.filed(mine)
    rubbish = await server.filed(other, code="TEM-01")
    mine_seen = {item["id"] for item in (await listed(server, mine))["items"]}
    assert road["id"] in mine_seen
    assert rubbish["id"] not in mine_seen
    officer_seen = {item["id"] for item in (await listed(server, await server.staff("department_officer")))["items"]}
    assert road["id"] in officer_seen
    assert rubbish["id"] not in officer_seen
    assert not (await listed(server, await server.staff("manager", "akpinar")))["items"]


async def test_filters_give_exactly_what_they_say(server):
    citizen, desk = await server.citizen(PHONE), await server.staff("service_desk")
    town = server.town()
    tree = await server.filed(
        citizen, code="PRK-01", neighbourhood=3, description="IŞIKLI sokakta ağaç devrilmek üzere"
    )
    category = await server.category("PRK-01")
    lon, lat = town.place(3)
    today = clock.today()
    hits = [
        {"category_id": category["id"]},
        {"neighbourhood_id": str(town.neighbourhoods[3])},
        {"text": "ışıklı sokak"},
        {"text": "AĞAÇ DEVRİLMEK"},
        {"text": tree["number"]},
        {"bbox": f"{lon - 0.002},{lat - 0.002},{lon + 0.002},{lat + 0.002}"},
        {"status_group": "open", "status": "routed", "category_id": category["id"]},
        {"filed_from": str(today), "filed_to": str(today), "category_id": category["id"]},
    ]
    for query in hits:
        assert tree["id"] in {item["id"] for item in (await listed(server, desk, **query))["items"]}, query
    misses = [
        {"text": "ağaç%devrilmek"},
        {"text": "köprü"},
        {"bbox": "26,36,27,37"},
        {"status_group": "solved"},
        {"status_group": "late"},
        {"filed_to": str(today - timedelta(days=1))},
        {"filed_from": str(date(2031, 1, 1))},
        {"assignee_id": str(town.staff["mayor"].id)},
    ]
    for query in misses:
        assert tree["id"] not in {item["id"] for item in (await listed(server, desk, **query))["items"]}, query


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0}, {"limit": 101}, {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "500,0,501,1"},
        {"status": "gone"}, {"status_group": "x"}, {"sort": "id"}, {"category_id": "1 OR 1=1"}, {"filed_from": "dün"},
        {"bbox": "--1,2,3,4"}, {"bbox": "1.2.3,2,3,4"},
    ],
)  # fmt: skip
async def test_a_filter_that_is_none_is_refused(server, query):
    answer = await server.client.get("/v1/complaints", params=query, headers=await server.staff("service_desk"))
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("zoom", ZOOMS)
async def test_a_new_report_is_on_the_map_at_once_at_every_zoom_and_leaves_the_open_ones_when_withdrawn(server, zoom):
    citizen, desk, place = await server.citizen(PHONE), await server.staff("service_desk"), server.town().place(1)
    before = total(await tile(server, desk, zoom, place))
    before_open = sum_open(await tile(server, desk, zoom, place, status_group="open"))
    filed = await server.filed(citizen, neighbourhood=1)
    assert total(await tile(server, desk, zoom, place)) == before + 1
    assert sum_open(await tile(server, desk, zoom, place, status_group="open")) == before_open + 1
    await server.client.post(f"/v1/complaints/{filed['id']}/withdraw", headers=citizen)
    assert total(await tile(server, desk, zoom, place)) == before + 1
    assert sum_open(await tile(server, desk, zoom, place, status_group="open")) == before_open


def sum_open(decoded):
    clusters = sum(item["properties"]["open_count"] for item in decoded.get("clusters", {}).get("features", []))
    return clusters + sum(item["properties"]["is_open"] for item in decoded.get("reports", {}).get("features", []))


async def test_a_filtered_tile_counts_what_the_list_counts(server):
    citizen, desk, place = await server.citizen(PHONE), await server.staff("service_desk"), server.town().place(2)
    for _ in range(3):
        await server.filed(citizen, code="ZAB-01", neighbourhood=2)
    query = {"category_id": (await server.category("ZAB-01"))["id"]}
    count = len((await listed(server, desk, limit=100, **query))["items"])
    for zoom in (9, 12, 14, 16):
        assert total(await tile(server, desk, zoom, place, **query)) == count, zoom


async def test_tiles_show_an_officer_only_the_own_department_and_another_town_nothing(server):
    citizen, place = await server.citizen(PHONE), server.town().place(0)
    await server.filed(citizen, code="TEM-01")
    officer, desk = await server.staff("department_officer"), await server.staff("service_desk")
    foreign = await server.staff("service_desk", "akpinar")
    for zoom in (9, 13, 16):
        own = len((await listed(server, officer, limit=100))["items"])
        assert total(await tile(server, officer, zoom, place)) <= own
        assert total(await tile(server, officer, zoom, place)) < total(await tile(server, desk, zoom, place))
        assert total(await tile(server, foreign, zoom, place)) == 0


async def test_the_pyramid_always_equals_a_recount(server):
    citizen = await server.citizen(PHONE)
    for neighbourhood in range(4):
        await server.filed(citizen, neighbourhood=neighbourhood)
    counts = "SELECT count(*) AS n, count(*) FILTER (WHERE is_open) AS open FROM complaint WHERE geom IS NOT NULL"
    real = server.rows(counts)[0]
    for level in server.rows("SELECT level, sum(total) AS n, sum(open) AS open FROM complaint_map_cell GROUP BY 1"):
        assert (level["n"], level["open"]) == (real["n"], real["open"]), level


async def test_an_unchanged_tile_is_not_sent_again(server):
    desk, (x, y) = await server.staff("service_desk"), cell_of(*server.town().place(0), 12)
    url = f"/v1/complaints/tiles/12/{x}/{y}.mvt"
    first = await server.client.get(url, headers=desk)
    again = await server.client.get(url, headers={**desk, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in first.headers["cache-control"]


@pytest.mark.parametrize("address", ["0/0/1", "3/8/0", "21/0/0", "5/-1/0", "5/a/0", "30/1/1"])
async def test_a_tile_that_does_not_exist_is_refused(server, address):
    answer = await server.client.get(f"/v1/complaints/tiles/{address}.mvt", headers=await server.staff("service_desk"))
    assert answer.status_code in (404, 422)


async def test_an_etag_spares_a_case_that_did_not_change(server):
    citizen = await server.citizen(PHONE)
    url = f"/v1/complaints/{(await server.filed(citizen))['id']}"
    first = await server.client.get(url, headers=citizen)
    same = await server.client.get(url, headers={**citizen, "If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


async def test_the_map_index_is_used_under_the_row_policy(server):
    citizen = await server.citizen(PHONE)
    await server.filed(citizen)
    sql = """SET LOCAL enable_seqscan = off; SELECT set_config('app.municipality_id', '1', true);
             EXPLAIN SELECT id FROM complaint WHERE municipality_id = 1
                AND geom_3857 && ST_TileEnvelope(12, 2377, 1535)"""
    with psycopg.connect(server.urls.app) as connection:
        for statement in sql.split(";"):
            cursor = connection.execute(statement)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "ix_complaint_geom_3857" in plan
    assert "geom_3857 &&" in plan.split("Index Cond")[1].split("\n")[0]
