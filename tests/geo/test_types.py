import math

import pytest

from geo.types import TURKIYE, BBox, Point


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 41), (29, math.nan), (math.inf, 41), (180.1, 41), (29, -90.1)])
def test_a_point_off_the_globe_is_refused(lon, lat):
    with pytest.raises(ValueError, match="must lie between"):
        Point(lon, lat)


@pytest.mark.parametrize("sides", [(30, 40, 29, 41), (29, 41, 30, 40)])
def test_a_box_with_swapped_sides_is_refused(sides):
    with pytest.raises(ValueError, match="swapped"):
        BBox(*sides)


def test_a_box_holds_its_edges_and_nothing_beyond():
    assert TURKIYE.holds(25.5, 35.5)
    assert TURKIYE.holds(45.0, 42.5)
    assert not TURKIYE.holds(45.000001, 40)
    assert not TURKIYE.holds(math.nan, 40)
