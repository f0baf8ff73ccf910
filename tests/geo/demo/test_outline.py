import json

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.demo.outline import outline_from_file, synthetic_outline
from geo.errors import GeoError
from geo.local_frame import LocalFrame


@settings(max_examples=40, deadline=None)
@given(st.floats(27, 44), st.floats(36.5, 41.5), st.floats(0.2, 3_000), st.integers(0, 10_000))
def test_a_made_up_outline_is_sound_and_has_the_wanted_area(lon, lat, area_km2, seed):
    outline = synthetic_outline(lon, lat, area_km2, seed)
    assert outline.is_valid
    assert outline.contains(shapely.Point(lon, lat))
    assert LocalFrame(lon, lat).shape_to_metres(outline).area == pytest.approx(area_km2 * 1e6, rel=1e-6)


def test_the_rim_of_an_outline_is_irregular():
    outline = synthetic_outline(33, 39, 20, seed=1)
    assert 0.5 < outline.area / outline.convex_hull.area < 0.98


def test_one_seed_gives_one_outline_and_another_seed_another():
    assert synthetic_outline(33, 39, 20, 1).wkb == synthetic_outline(33, 39, 20, 1).wkb
    assert synthetic_outline(33, 39, 20, 1).wkb != synthetic_outline(33, 39, 20, 2).wkb


@pytest.mark.parametrize("area_km2", [0, -1, float("nan")])
def test_an_outline_without_area_is_refused(area_km2):
    with pytest.raises(ValueError, match="area_km2"):
        synthetic_outline(33, 39, area_km2, 1)


@pytest.fixture
def collection(tmp_path):
    def feature(name, coordinates):
        geometry = {"type": "Polygon", "coordinates": [coordinates]}
        return {"type": "Feature", "properties": {"name": name} if name else None, "geometry": geometry}

    square = [[29, 41], [29.1, 41], [29.1, 41.1], [29, 41.1], [29, 41]]
    features = [
        feature(None, square),
        feature("Çınarlı", square),
        feature("Bozuk", [[lat, lon] for lon, lat in square]),
    ]
    path = tmp_path / "outlines.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_an_outline_is_found_by_its_name(collection):
    assert outline_from_file(collection, "Çınarlı").equals(shapely.box(29, 41, 29.1, 41.1))


def test_an_unknown_name_has_no_outline(collection):
    with pytest.raises(LookupError, match="Olmayan"):
        outline_from_file(collection, "Olmayan")


def test_an_outline_that_cannot_be_accepted_says_why(collection):
    with pytest.raises(GeoError, match="swapped_coordinates"):
        outline_from_file(collection, "Bozuk")


def test_real_districts_can_be_read(districts):
    assert LocalFrame.around(kadikoy := outline_from_file(districts, "Kadıköy")).shape_to_metres(
        kadikoy
    ).area == pytest.approx(25.1e6, rel=0.01)
    assert len(outline_from_file(districts, "Adalar").geoms) == 9
