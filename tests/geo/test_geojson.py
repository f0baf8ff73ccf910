import json
import math
import time
from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.geojson import MAX_RINGS, MAX_VERTICES, _overlaps, parse_point, parse_polygon, to_geojson
from geo.types import Point

SQUARE = [[29.0, 41.0], [29.1, 41.0], [29.1, 41.1], [29.0, 41.1], [29.0, 41.0]]
HOLE = [[29.02, 41.02], [29.04, 41.02], [29.04, 41.04], [29.02, 41.02]]

anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


def point(*position):
    return {"type": "Point", "coordinates": list(position)}


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def multipolygon(*parts):
    return {"type": "MultiPolygon", "coordinates": list(parts)}


def circle(vertices):
    ring = [
        [29 + 0.1 * math.cos(2 * math.pi * i / (vertices - 1)), 41 + 0.1 * math.sin(2 * math.pi * i / (vertices - 1))]
        for i in range(vertices - 1)
    ]
    return [*ring, ring[0]]


def slanted_comb(teeth):
    ring = []
    for tooth in range(teeth):
        x = 30 + tooth * 1e-4
        ring += [[x, 40.0], [x + 5, 41.0], [x + 5.00005, 41.0], [x + 0.00005, 39.999999]]
    return [*ring, [x, 39.9], [30, 39.9], [30, 40.0]]


@settings(deadline=None)
@given(st.floats(25.5, 45), st.floats(35.5, 42.5))
def test_a_point_in_turkiye_is_read_and_written_unchanged(lon, lat):
    assert parse_point(point(lon, lat)) == Point(lon, lat)
    assert parse_point(json.loads(json.dumps(to_geojson(Point(lon, lat))))) == Point(lon, lat)


def test_an_altitude_is_dropped():
    assert parse_point(point(29, 41, 120.5)) == Point(29, 41)
    flat = parse_polygon(polygon([[*position, 7.5] for position in SQUARE]))
    assert not flat.has_z


@settings(deadline=None)
@given(st.floats(36, 42), st.floats(26, 35.4))
def test_latitude_before_longitude_is_told_apart_from_a_place_abroad(lat, lon):
    with pytest.raises(GeoError) as refusal:
        parse_point(point(lat, lon))
    assert refusal.value.code == "swapped_coordinates"


def test_a_polygon_with_latitude_first_is_told_apart_too():
    with pytest.raises(GeoError) as refusal:
        parse_polygon(polygon([[lat, lon] for lon, lat in SQUARE]))
    assert refusal.value.code == "swapped_coordinates"


@pytest.mark.parametrize(
    ("obj", "code"),
    [
        (None, "wrong_type"),
        ([], "wrong_type"),
        ("Point", "wrong_type"),
        ({}, "wrong_type"),
        ({"type": ["Point"], "coordinates": [29, 41]}, "wrong_type"),
        ({"type": "Feature", "geometry": point(29, 41)}, "wrong_type"),
        (polygon(SQUARE), "wrong_type"),
        ({"type": "Point"}, "bad_coordinates"),
        ({"type": "Point", "coordinates": {"lon": 29}}, "bad_coordinates"),
        (point(), "bad_coordinates"),
        (point(29), "bad_coordinates"),
        (point(29, 41, 1, 2), "bad_coordinates"),
        (point("29", "41"), "bad_coordinates"),
        (point(True, 41), "bad_coordinates"),
        (point(29, 41, "high"), "bad_coordinates"),
        (point(math.nan, 41), "not_finite"),
        (point(29, -math.inf), "not_finite"),
        (point(29, 41, math.nan), "not_finite"),
        (point(1e308, 41), "outside_turkiye"),
        (point(29, 10**400), "outside_turkiye"),
        (point(2.35, 48.85), "outside_turkiye"),
    ],
)
def test_what_is_no_point_in_turkiye_is_refused_with_a_code(obj, code):
    with pytest.raises(GeoError) as refusal:
        parse_point(obj)
    assert refusal.value.code == code
    assert refusal.value.message_tr


def answer_of(parse, obj):
    try:
        return parse(obj)
    except GeoError as refusal:
        return refusal.code


@settings(deadline=None)
@given(anything)
def test_no_point_in_the_world_of_json_breaks_the_parser(obj):
    answer = answer_of(parse_point, {"type": "Point", "coordinates": obj})
    refusals = {"bad_coordinates", "not_finite", "outside_turkiye", "swapped_coordinates"}
    assert isinstance(answer, Point) or answer in refusals


@settings(deadline=None)
@given(anything, st.sampled_from(["Polygon", "MultiPolygon"]))
def test_no_polygon_in_the_world_of_json_breaks_the_parser(obj, kind):
    answer = answer_of(parse_polygon, {"type": kind, "coordinates": obj})
    assert isinstance(answer, str) or answer.is_valid


def test_polygon_and_multipolygon_both_become_a_multipolygon():
    one = parse_polygon(polygon(SQUARE, HOLE))
    two = parse_polygon(multipolygon([SQUARE], [[[lon + 1, lat] for lon, lat in SQUARE]]))
    assert one.geom_type == two.geom_type == "MultiPolygon"
    assert len(one.geoms[0].interiors) == 1
    assert len(two.geoms) == 2


def test_outer_rings_run_to_the_left_whatever_was_sent():
    area = parse_polygon(polygon(SQUARE[::-1], HOLE))
    assert area.geoms[0].exterior.is_ccw
    assert not area.geoms[0].interiors[0].is_ccw


def test_an_area_is_written_as_it_is_read():
    area = parse_polygon(polygon(SQUARE, HOLE))
    assert parse_polygon(json.loads(json.dumps(to_geojson(area)))).equals_exact(area)


@pytest.mark.parametrize(
    ("obj", "code"),
    [
        (point(29, 41), "wrong_type"),
        (polygon(), "bad_coordinates"),
        (multipolygon(), "bad_coordinates"),
        (multipolygon([]), "bad_coordinates"),
        (multipolygon([SQUARE], []), "bad_coordinates"),
        (polygon("abcd"), "bad_coordinates"),
        (polygon(29, 41), "bad_coordinates"),
        (polygon(SQUARE[0]), "ring_too_short"),
        (polygon([[29, 41], [29, 42], "x", [29, 41]]), "bad_coordinates"),
        (polygon(SQUARE[:3]), "ring_too_short"),
        (polygon(SQUARE, []), "ring_too_short"),
        (polygon(SQUARE[:4]), "ring_not_closed"),
        (polygon([[29, 41], [29.1, 41.1], [29.1, 41], [29, 41.1], [29, 41]]), "self_intersection"),
        (polygon([[29, 41]] * 4), "self_intersection"),
        (polygon(HOLE, SQUARE), "self_intersection"),
        (multipolygon([SQUARE], [SQUARE]), "self_intersection"),
        (polygon([[29, 41], [29.1, math.nan], [29.1, 41.1], [29, 41]]), "not_finite"),
        (polygon([[29, 41], [1e308, 41], [29.1, 41.1], [29, 41]]), "outside_turkiye"),
        (polygon([[29, 41], [29, 43], [29.1, 41.1], [29, 41]]), "outside_turkiye"),
        (polygon(slanted_comb(4_000)), "too_intricate"),
        (multipolygon(*([HOLE] for _ in range(MAX_RINGS + 1))), "too_many_parts"),
    ],
)
def test_what_is_no_sound_area_in_turkiye_is_refused_with_a_code(obj, code):
    with pytest.raises(GeoError) as refusal:
        parse_polygon(obj)
    assert refusal.value.code == code


def test_the_greatest_allowed_number_of_vertices_is_accepted_and_one_more_is_not():
    assert shapely.get_num_coordinates(parse_polygon(polygon(circle(MAX_VERTICES)))) == MAX_VERTICES
    with pytest.raises(GeoError) as refusal:
        parse_polygon(polygon(circle(MAX_VERTICES + 1)))
    assert refusal.value.code == "too_many_vertices"


@pytest.mark.parametrize(
    "huge",
    [
        polygon([[29 + i * 1e-7, 41] for i in range(1_000_000)]),
        polygon(*([[29, 41]] * 4 for _ in range(250_000))),
        multipolygon(*([SQUARE] for _ in range(200_000))),
        multipolygon(*([] for _ in range(1_000_000))),
    ],
    ids=["one ring", "many rings", "many parts", "empty parts"],
)
def test_a_million_vertices_are_refused_before_any_shape_is_built(huge):
    start = time.process_time()
    with pytest.raises(GeoError):
        parse_polygon(huge)
    assert time.process_time() - start < 0.2


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=12))
def test_sides_that_touch_count_as_overlapping(sides):
    spans = [(low, low + length) for low, length in sides]
    expected = sum(one[0] <= other[1] and other[0] <= one[1] for one, other in combinations(spans, 2))
    low, high = np.array(spans, dtype=float).reshape(-1, 2).T
    assert _overlaps(low, high) == expected


def test_the_worst_accepted_tangle_is_checked_within_a_second():
    start = time.process_time()
    assert parse_polygon(polygon(slanted_comb(490))).is_valid
    assert time.process_time() - start < 1.0
