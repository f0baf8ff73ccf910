"""Places and outlines that are none are refused in words, quickly, and change nothing."""

import json
import time

import pytest

from tests.architecture.access.digests import TRAIL, changed

pytestmark = pytest.mark.anyio

ROUTE = "POST /v1/municipality/service-areas"


def polygon(*points, **extra) -> dict:
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]], **extra}


SQUARE = ((29, 41), (29.01, 41), (29.01, 41.01), (29, 41.01), (29, 41))
OUTLINES = {
    "beyond all numbers": polygon((1e308, 1e308), (-1e308, 1e308), (1e308, -1e308), (1e308, 1e308)),
    "crosses itself": polygon((29, 41), (29.01, 41.01), (29.01, 41), (29, 41.01), (29, 41)),
    "outside türkiye": polygon((2, 48), (2.1, 48), (2.1, 48.1), (2, 48)),
    "latitude first": polygon(*((lat, lon) for lon, lat in SQUARE)),
    "metres of web mercator": polygon(*((lon * 111_319, lat * 111_319) for lon, lat in SQUARE)),
    "not closed": polygon(*SQUARE[:-1]),
    "two corners": polygon((29, 41), (29.01, 41), (29, 41)),
    "no area": polygon((29, 41), (29, 41), (29, 41), (29, 41)),
    "a point": {"type": "Point", "coordinates": [29, 41]},
    "a collection": {"type": "GeometryCollection", "geometries": [polygon(*SQUARE)]},
    "a feature": {"type": "Feature", "geometry": polygon(*SQUARE), "properties": {}},
    "numbers as texts": polygon(("29", "41"), ("29.01", "41"), ("29.01", "41.01"), ("29", "41")),
    "depth": {"type": "MultiPolygon", "coordinates": [[[[[[29, 41]]]]]]},
    "no coordinates": {"type": "Polygon"},
    "null": {"type": "Polygon", "coordinates": None},
    "nothing": {},
    "empty": {"type": "Polygon", "coordinates": []},
    "too many holes": {"type": "Polygon", "coordinates": [[list(point) for point in SQUARE]] * 1_500},
}


@pytest.mark.parametrize("name", OUTLINES)
async def test_an_outline_that_is_none_is_refused_at_once(asking, name):
    call, _ = await asking.call(ROUTE)
    before, started = asking.digests(), time.process_time()
    answer = await asking.with_body(ROUTE, {**call.json, "outline": OUTLINES[name]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"]
    assert time.process_time() - started < 0.5
    assert changed(before, asking.digests(), but=TRAIL) == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_numbers_that_are_none_are_no_place(asking, number):
    call, _ = await asking.call(ROUTE)
    text = json.dumps({**call.json, "outline": polygon(*SQUARE)}).replace("29.01", number)
    assert (await asking.raw(ROUTE, text.encode())).status_code == 422
    call, _ = await asking.call("POST /v1/complaints")
    text = json.dumps({**call.json, "place": {"lon": 77.7, "lat": 41}}).replace("77.7", number)
    assert (await asking.raw("POST /v1/complaints", text.encode())).status_code == 422


async def test_a_million_corners_are_not_even_read(asking):
    ring = b"[29.1,41.1]," * 1_000_000
    body = b'{"name": "x", "purpose": "team", "outline": {"type": "Polygon", "coordinates": [[' + ring + b"[29,41]]]}}"
    started = time.process_time()
    answer = await asking.raw(ROUTE, body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("place", [(181, 41), (29, 91), (2.35, 48.85), (41, 29), (0, 0), (-180, -90)])
async def test_a_report_from_elsewhere_is_not_taken(asking, place):
    call, _ = await asking.call("POST /v1/complaints")
    answer = await asking.with_body("POST /v1/complaints", {**call.json, "place": {"lon": place[0], "lat": place[1]}})
    assert answer.status_code == 422, answer.text


BOXES = (
    "29,41", "29,41,30", "a,b,c,d", "NaN,NaN,NaN,NaN", "29,41,30,42,43", "1e9,1,1,1", "181,41,182,42", "29,91,30,92",
    ".,.,.,.", "1.2.3,1,1,1", "-,-,-,-", "29,41,30,inf", " 29,41,30,42", "29;41;30;42", "9" * 119,
    "29,41,30,42)) OR 1=1 --",
)  # fmt: skip


@pytest.mark.parametrize("box", BOXES)
async def test_a_map_box_that_is_none_is_refused(asking, box):
    headers = asking.person("service_desk").headers
    answer = await asking.client.get("/v1/complaints", params={"bbox": box}, headers=headers)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("box", ["30,42,29,41", "29,41,29,41", "-180,-90,180,90", "29,89,30,90", "29,-90,30,-89"])
async def test_a_box_turned_round_empty_or_as_large_as_the_globe_is_answered(asking, box):
    headers = asking.person("service_desk").headers
    for path in ("/v1/complaints", "/v1/complaints/tiles/12/2377/1537.mvt"):
        answer = await asking.client.get(path, params={"bbox": box}, headers=headers)
        assert answer.status_code == 200, answer.text
