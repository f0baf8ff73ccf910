import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grid import LEVELS, MAX_SPLIT, cell_centre, cell_level, cells_in_tile, cells_of
from geo.grid_bulk import cell_numbers
from geo.mercator import cell_of

lons = st.floats(-180, 180)
lats = st.floats(-90, 90)


@pytest.mark.parametrize(
    ("zoom", "level"),
    [
        (0, 8),
        (1, 8),
        (2, 8),
        (3, 8),
        (4, 8),
        (5, 10),
        (6, 10),
        (7, 12),
        (8, 12),
        (9, 14),
        (10, 14),
        (11, 16),
        (12, 16),
        (13, 18),
        (14, 18),
        (15, None),
        (22, None),
    ],
)
def test_each_zoom_is_served_by_the_finest_level_that_keeps_a_tile_small(zoom, level):
    assert cell_level(zoom) == level


@settings(deadline=None)
@given(st.integers(3, 14))
def test_a_tile_never_holds_more_than_32_by_32_cells(zoom):
    assert 0 <= cell_level(zoom) - zoom <= MAX_SPLIT


@pytest.mark.parametrize("zoom", [-1, 31, 3.0, None])
def test_a_zoom_that_does_not_exist_has_no_level(zoom):
    with pytest.raises(ValueError, match="zoom must be an integer"):
        cell_level(zoom)


@settings(deadline=None)
@given(lons, lats)
def test_a_place_has_one_cell_on_every_level_and_each_is_the_tile_that_holds_it(lon, lat):
    assert cells_of(lon, lat) == tuple((level, *cell_of(lon, lat, level)) for level in LEVELS)


@settings(deadline=None)
@given(lons, lats, st.integers(0, 14))
def test_the_tile_of_a_place_lists_the_cell_of_that_place(lon, lat, zoom):
    cells = cells_in_tile(zoom, *cell_of(lon, lat, zoom))
    gx, gy = next((gx, gy) for level, gx, gy in cells_of(lon, lat) if level == cells.level)
    assert cells.min_gx <= gx <= cells.max_gx
    assert cells.min_gy <= gy <= cells.max_gy


@settings(deadline=None)
@given(st.integers(4, 14), st.data())
def test_every_cell_belongs_to_exactly_one_tile_of_a_zoom(zoom, data):
    x = data.draw(st.integers(0, (1 << zoom) - 2))
    y = data.draw(st.integers(0, (1 << zoom) - 1))
    here, east = cells_in_tile(zoom, x, y), cells_in_tile(zoom, x + 1, y)
    assert here.max_gx + 1 == east.min_gx
    assert len(list(here)) == len(set(here)) == len(here)


def test_a_tile_of_raw_points_has_no_cells():
    assert cells_in_tile(15, 0, 0) is None


def test_a_tile_that_does_not_exist_has_no_cells():
    with pytest.raises(ValueError, match="tile x"):
        cells_in_tile(4, 16, 0)


@settings(deadline=None)
@given(st.sampled_from(LEVELS), st.data())
def test_the_centre_of_a_cell_lies_in_that_cell(level, data):
    gx, gy = data.draw(st.integers(0, (1 << level) - 1)), data.draw(st.integers(0, (1 << level) - 1))
    centre = cell_centre(level, gx, gy)
    assert cell_of(centre.lon, centre.lat, level) == (gx, gy)


def test_cells_of_many_places_are_the_cells_of_each():
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(25.5, 45, 2_000), rng.uniform(35.5, 42.5, 2_000)
    for level in LEVELS:
        each = [cell_of(*place, level) for place in zip(lon.tolist(), lat.tolist(), strict=True)]
        assert cell_numbers(lon, lat, level).tolist() == [list(cell) for cell in each]


@pytest.mark.parametrize(("lons", "lats"), [([29, np.nan], [41, 41]), ([29], [91]), ([29, 30], [41]), (29, 41)])
def test_cells_of_many_places_refuse_what_is_no_place(lons, lats):
    with pytest.raises(ValueError, match=r"not on the globe|one length"):
        cell_numbers(lons, lats, 18)


def test_phones_can_count_tiles_and_cells_without_numpy_and_shapely():
    root = Path(__file__).parents[2]
    code = "import sys, geo.grid, geo.mercator; sys.exit(bool({'numpy', 'shapely'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
