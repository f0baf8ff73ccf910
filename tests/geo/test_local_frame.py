import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.local_frame import LocalFrame


@settings(deadline=None)
@given(st.floats(26, 45), st.floats(36, 42), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_metres_lead_back_to_the_same_degrees(lon, lat, east, north):
    frame = LocalFrame(lon, lat)
    place = np.array([[lon + east, lat + north]])
    assert frame.to_degrees(frame.to_metres(place)) == pytest.approx(place, abs=1e-12)


def test_a_degree_is_as_long_as_on_the_ellipsoid():
    # WGS 84 at 41° N.
    assert LocalFrame(29, 41).metres_per_degree == pytest.approx([84_137, 111_053], abs=5)
    assert LocalFrame(29, 0).metres_per_degree == pytest.approx([111_320, 110_574], abs=1)


def test_a_shape_keeps_its_form_and_gets_metres():
    square = shapely.box(29.0, 41.0, 29.01, 41.01)
    frame = LocalFrame.around(square)
    flat = frame.shape_to_metres(square)
    assert flat.area == pytest.approx(841.3 * 1110.5, rel=1e-3)
    assert flat.centroid.distance(shapely.Point(0, 0)) < 1e-6
    assert frame.shape_to_degrees(flat).equals_exact(square, 1e-12)
