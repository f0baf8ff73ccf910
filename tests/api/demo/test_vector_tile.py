import mapbox_vector_tile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo.vector_tile import TilePoint, read_points

PROPERTIES = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8),
    st.one_of(st.text(max_size=12), st.integers(0, 1 << 40), st.integers(-(1 << 40), -1), st.booleans()),
    max_size=4,
)
POINTS = st.lists(
    st.tuples(st.sampled_from(["clusters", "reports"]), st.integers(-128, 4224), st.integers(-128, 4224), PROPERTIES),
    max_size=20,
)


@settings(max_examples=80, deadline=None)
@given(POINTS)
def test_points_are_read_as_they_were_written(points):
    layers = [
        {
            "name": name,
            "features": [
                {"geometry": f"POINT({x} {y})", "properties": properties}
                for layer, x, y, properties in points
                if layer == name
            ],
        }
        for name in ("clusters", "reports")
    ]
    tile = mapbox_vector_tile.encode(layers, default_options={"y_coord_down": True})
    expected = [
        TilePoint(name, x, y, properties)
        for name in ("clusters", "reports")
        for layer, x, y, properties in points
        if layer == name
    ]
    assert read_points(tile) == expected


@pytest.mark.parametrize("tile", [b"\xff", b"\x1b\x00", b"\x1a\x05\x12\x03\x12\x01\x00"])
def test_what_is_no_tile_is_refused(tile):
    with pytest.raises((ValueError, IndexError, KeyError)):
        read_points(tile)


def test_an_empty_tile_has_no_points():
    assert read_points(b"") == []
