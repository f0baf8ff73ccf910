import math
import uuid

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area_routing import Area, AreaIndex

WEST = shapely.box(29.0, 41.0, 29.1, 41.1)
EAST = shapely.box(29.1, 41.0, 29.2, 41.1)
ALL = shapely.box(28.0, 40.0, 30.0, 42.0)

# Quarter squares whose corners and sides fall on the drawn places again and again.
on_grid = st.integers(0, 8).map(lambda step: step / 8)


@st.composite
def overlapping_areas(draw):
    boxes = draw(
        st.lists(
            st.tuples(on_grid, on_grid, st.integers(1, 4), st.integers(1, 4), st.integers(0, 2)),
            min_size=1,
            max_size=8,
        )
    )
    return [
        Area(f"a{number}", shapely.box(29 + x, 41 + y, 29 + x + width / 8, 41 + y + height / 8), position)
        for number, (x, y, width, height, position) in enumerate(boxes)
    ]


@pytest.mark.parametrize(("west_first", "expected"), [(True, "west"), (False, "east")])
def test_a_shared_border_belongs_to_the_area_with_the_smaller_position(west_first, expected):
    index = AreaIndex([Area("west", WEST, 0 if west_first else 1), Area("east", EAST, 1 if west_first else 0)])
    assert index.find(29.1, 41.05) == expected
    assert index.find(29.05, 41.05) == "west"
    assert index.find(29.15, 41.05) == "east"


def test_at_equal_positions_the_smaller_id_takes_a_shared_border():
    low, high = uuid.UUID(int=1), uuid.UUID(int=2)
    assert AreaIndex([Area(high, WEST), Area(low, EAST)]).find(29.1, 41.05) == low


def test_an_area_inside_another_is_found_when_its_position_is_smaller():
    index = AreaIndex([Area("all", ALL, 1), Area("west", WEST, 0)])
    assert index.find(29.05, 41.05) == "west"
    assert index.find(29.5, 41.5) == "all"


@pytest.mark.parametrize("place", [(28.99, 41.05), (29.05, 41.11), (math.nan, 41.05), (29.05, math.inf)])
def test_outside_of_all_areas_there_is_none(place):
    index = AreaIndex([Area("west", WEST)])
    assert index.find(*place) is None
    assert index.find_many([place[0]], [place[1]]) == [None]


def test_a_hole_belongs_to_nobody_but_its_border_does():
    index = AreaIndex([Area("ring", ALL.difference(WEST))])
    assert index.find(29.05, 41.05) is None
    assert index.find(29.0, 41.05) == "ring"


@settings(deadline=None)
@given(overlapping_areas(), st.lists(st.tuples(on_grid, on_grid), min_size=1, max_size=20), st.randoms())
def test_every_place_has_one_answer_whatever_the_order_of_the_areas(areas, steps, chance):
    shuffled = areas.copy()
    chance.shuffle(shuffled)
    lons, lats = [29 + x for x, _ in steps], [41 + y for _, y in steps]
    expected = []
    for lon, lat in zip(lons, lats, strict=True):
        touching = [area for area in areas if area.polygon.intersects(shapely.Point(lon, lat))]
        expected.append(min(((area.position, area.id) for area in touching), default=(0, None))[1])
    for index in (AreaIndex(areas), AreaIndex(shuffled)):
        assert [index.find(lon, lat) for lon, lat in zip(lons, lats, strict=True)] == expected
        assert index.find_many(lons, lats) == expected


def test_many_places_at_once_get_the_same_answers_as_one_by_one():
    rng = np.random.default_rng(1)
    areas = []
    for row in range(40):
        middle = (29 + row % 8 * 0.02, 41 + row // 8 * 0.02)
        angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
        rim = 0.0105 * (1 + 0.02 * rng.random(300))[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        areas.append(Area(row, shapely.Polygon(middle + rim), row))
    index = AreaIndex(areas)
    lons, lats = rng.uniform(28.97, 29.17, 5_000), rng.uniform(40.97, 41.11, 5_000)
    one_by_one = [index.find(lon, lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)]
    assert index.find_many(lons, lats) == one_by_one
    assert {type(answer) for answer in one_by_one} == {int, type(None)}


def test_many_places_keep_their_order_round_places_that_are_no_numbers():
    index = AreaIndex([Area("west", WEST), Area("east", EAST)])
    assert index.find_many([29.15, math.nan, 29.05], [41.05, 41.05, 41.05]) == ["east", None, "west"]
    assert index.find_many([], []) == []


@pytest.mark.parametrize(("lons", "lats"), [([29.0], [41.0, 41.1]), (29.0, 41.0), ([[29.0]], [[41.0]])])
def test_longitudes_and_latitudes_of_different_length_are_refused(lons, lats):
    with pytest.raises(ValueError, match="one length"):
        AreaIndex([Area("west", WEST)]).find_many(lons, lats)


def test_without_areas_every_place_has_none():
    index = AreaIndex([])
    assert index.find(29, 41) is None
    assert index.find_many([29.0], [41.0]) == [None]
    assert index.nearest(29, 41) is None


def test_the_nearest_area_is_measured_in_metres_and_not_in_degrees():
    # 0.010° to the east are 841 m here, 0.009° to the north 1,000 m.
    north = shapely.box(29.0, 41.009, 29.02, 41.02)
    east = shapely.box(29.010, 40.98, 29.03, 41.0)
    nearest = AreaIndex([Area("north", north, 0), Area("east", east, 1)]).nearest(29.0, 41.0)
    assert nearest.id == "east"
    assert nearest.metres == pytest.approx(841, abs=2)


def test_inside_an_area_the_nearest_is_the_one_that_find_gives():
    nearest = AreaIndex([Area("west", WEST, 1), Area("east", EAST, 0)]).nearest(29.1, 41.05)
    assert (nearest.id, nearest.metres) == ("east", 0.0)


def test_of_two_areas_equally_near_the_smaller_position_is_nearest():
    left, right = shapely.box(29.0, 41.0, 29.01, 41.01), shapely.box(29.02, 41.0, 29.03, 41.01)
    assert AreaIndex([Area("left", left, 1), Area("right", right, 0)]).nearest(29.015, 41.005).id == "right"


def test_nothing_is_nearest_to_a_place_that_is_no_number():
    assert AreaIndex([Area("west", WEST)]).nearest(math.nan, 41) is None


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(29, 41),
        shapely.Polygon(),
        shapely.Polygon([(29, 41), (30, 42), (30, 41), (29, 42)]),
        shapely.LineString([(29, 41), (30, 42)]),
    ],
)
def test_an_area_without_a_sound_polygon_is_refused(shape):
    with pytest.raises(ValueError, match="'wrong' needs a valid"):
        AreaIndex([Area("wrong", shape)])


def test_two_areas_with_one_id_are_refused():
    with pytest.raises(ValueError, match="twice"):
        AreaIndex([Area("same", WEST), Area("same", EAST)])
