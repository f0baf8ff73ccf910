import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.mercator import (
    HALF_WORLD_M,
    MAX_LATITUDE,
    MAX_ZOOM,
    cell_of,
    tile_at_m,
    tile_bbox,
    tile_bounds_m,
    to_lonlat,
    to_metres,
)

lons = st.floats(-180, 180)
lats = st.floats(-MAX_LATITUDE, MAX_LATITUDE)
zooms = st.integers(0, 24)


@st.composite
def tiles(draw, max_zoom=24):
    z = draw(st.integers(0, max_zoom))
    last = (1 << z) - 1
    return z, draw(st.integers(0, last)), draw(st.integers(0, last))


@settings(deadline=None)
@given(lons, lats)
def test_metres_lead_back_to_the_same_degrees(lon, lat):
    assert to_lonlat(*to_metres(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)


def test_the_worked_example_of_epsg_guidance_note_7_2_comes_out():
    lon, lat = -(100 + 20 / 60), 24 + 22 / 60 + 54.433 / 3600
    assert to_metres(lon, lat) == pytest.approx((-11_169_055.58, 2_800_000.00), abs=0.01)


def test_the_edges_of_the_square_world_are_where_they_should_be():
    assert to_metres(-180, 0) == pytest.approx((-HALF_WORLD_M, 0))
    assert to_metres(0, 90) == to_metres(0, MAX_LATITUDE)


def test_zoom_zero_is_the_whole_square_world():
    whole_world = tile_bounds_m(0, 0, 0)
    assert whole_world == (-HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M)
    assert pytest.approx(85.0511287798) == MAX_LATITUDE


@settings(deadline=None)
@given(lons, lats, zooms)
def test_a_place_lies_in_the_tile_that_is_said_to_hold_it(lon, lat, z):
    x_m, y_m = to_metres(lon, lat)
    min_x, min_y, max_x, max_y = tile_bounds_m(z, *cell_of(lon, lat, z))
    assert min_x - 1e-6 <= x_m <= max_x + 1e-6
    assert min_y - 1e-6 <= y_m <= max_y + 1e-6


@settings(deadline=None)
@given(tiles())
def test_the_middle_of_a_tile_belongs_to_that_tile(tile):
    z, x, y = tile
    min_x, min_y, max_x, max_y = tile_bounds_m(z, x, y)
    assert tile_at_m((min_x + max_x) / 2, (min_y + max_y) / 2, z) == (x, y)
    box = tile_bbox(z, x, y)
    assert cell_of((box.west + box.east) / 2, (box.south + box.north) / 2, z) == (x, y)


@settings(deadline=None)
@given(tiles(max_zoom=23))
def test_four_tiles_fill_their_parent_and_share_its_sides(tile):
    z, x, y = tile
    north_west = tile_bounds_m(z + 1, 2 * x, 2 * y)
    south_east = tile_bounds_m(z + 1, 2 * x + 1, 2 * y + 1)
    assert tile_bounds_m(z, x, y) == (north_west[0], south_east[1], south_east[2], north_west[3])
    assert north_west[2] == south_east[0]
    assert north_west[1] == south_east[3]


@settings(deadline=None)
@given(lons, lats, st.integers(0, 23))
def test_cells_of_a_place_are_nested(lon, lat, level):
    gx, gy = cell_of(lon, lat, level + 1)
    assert cell_of(lon, lat, level) == (gx >> 1, gy >> 1)


def test_the_corners_of_the_world_fall_into_its_outermost_tiles():
    last = (1 << 18) - 1
    assert cell_of(180, -90, 18) == (last, last)
    assert cell_of(-180, 90, 18) == (0, 0)


@pytest.mark.parametrize("tile", [(-1, 0, 0), (MAX_ZOOM + 1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (3, 0, -1)])
def test_a_tile_that_does_not_exist_is_refused(tile):
    with pytest.raises(ValueError, match=r"(zoom|tile x|tile y) must be an integer from 0 to"):
        tile_bounds_m(*tile)


@pytest.mark.parametrize("tile", [(3.0, 0, 0), (3, 1.5, 0), (3, 0, "1"), (True, 0, 0), (None, 0, 0)])
def test_a_tile_address_that_is_no_integer_is_refused(tile):
    with pytest.raises(ValueError, match="must be an integer"):
        tile_bounds_m(*tile)


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 0), (0, math.nan), (181, 0), (0, 91), (math.inf, 0)])
def test_a_place_off_the_globe_has_no_metres(lon, lat):
    with pytest.raises(ValueError, match="not a place on the globe"):
        to_metres(lon, lat)


@pytest.mark.parametrize(("x", "y"), [(math.nan, 0), (0, 3e7), (-math.inf, 0)])
def test_metres_outside_the_square_world_have_no_degrees(x, y):
    with pytest.raises(ValueError, match="not in the Web Mercator world"):
        to_lonlat(x, y)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([math.nan, math.inf, -math.inf]))
def test_a_tile_is_only_found_for_finite_metres(value):
    with pytest.raises(ValueError, match="not finite"):
        tile_at_m(value, 0, 3)
