"""The map without its widget: where places fall, what is drawn for many points, what packages hold."""

import random
from math import floor

import pytest

from geo.map_package.mbtiles import write_mbtiles
from mobile.kit.map.camera import Camera, lonlat_of, unit_of
from mobile.kit.map.packages import Packages
from mobile.kit.map.point_index import MapPoint, PointIndex

WORLD = (0.0, 0.0, 1.0, 1.0)
CAMERA = Camera(0.5, 0.5, 14.0, 412, 700).at(32.85, 39.93)


def scattered(count, seed=3):
    chance = random.Random(seed)
    return [MapPoint(str(at), chance.gauss(32.85, 0.03), chance.gauss(39.93, 0.02)) for at in range(count)]


def test_the_place_under_a_finger_stays_there_while_the_map_grows():
    before = CAMERA.unit(100, 650)
    for zoom in (9.3, 14.5, 18.0):
        assert CAMERA.zoomed(zoom, 100, 650).screen(*before) == pytest.approx((100, 650), abs=1e-6)


def test_north_is_up_and_a_finger_takes_the_map_with_it():
    x, y = CAMERA.screen(*unit_of(32.85, 39.94))
    assert (x, y) == (pytest.approx(206), pytest.approx(350 + 152, rel=0.01))
    moved = CAMERA.moved(30, -20)
    assert moved.screen(*unit_of(32.85, 39.94)) == pytest.approx((x + 30, y - 20))


def test_degrees_come_back_from_shares():
    assert lonlat_of(*unit_of(27.14, 38.42)) == pytest.approx((27.14, 38.42), abs=1e-9)


def test_zoom_keeps_its_limits():
    assert CAMERA.zoomed(99, 0, 0).zoom == 19.5
    assert CAMERA.zoomed(-1, 0, 0).zoom == 4.0


def test_all_places_are_seen_when_they_are_to_be():
    places = [unit_of(32.7, 39.8), unit_of(33.0, 40.1), unit_of(32.9, 39.95)]
    fitted = CAMERA.fitted(places, 48)
    for place in places:
        x, y = fitted.screen(*place)
        assert 47.9 <= x <= 412 - 47.9
        assert 47.9 <= y <= 700 - 47.9


def test_a_kilometre_is_as_long_as_it_is():
    west, east = unit_of(32.85, 39.93), unit_of(32.85 + 1 / 85.44, 39.93)  # a degree is 85.44 km there
    assert CAMERA.pixels_of(1000) == pytest.approx((east[0] - west[0]) * CAMERA.scale, rel=0.01)


@pytest.mark.parametrize("zoom", [4, 9.9, 13, 15.5, 19.5])
def test_no_point_is_lost_or_counted_twice_in_clusters(zoom):
    index = PointIndex(scattered(700))
    marks = index.marks(zoom, WORLD)
    assert sum(mark.count for mark in marks) == 700
    named = [key for mark in marks for key in (index.members(zoom, mark) if mark.count > 1 else [mark.key])]
    assert sorted(named, key=int) == [str(at) for at in range(700)]


def test_marks_of_a_zoom_stand_in_cells_of_their_own():
    cells = [(floor(mark.u * 2**15), floor(mark.v * 2**15)) for mark in PointIndex(scattered(700)).marks(13.4, WORLD)]
    assert len(cells) == len(set(cells)) > 20


def test_only_what_is_in_sight_is_drawn():
    index = PointIndex(scattered(700))
    box = CAMERA.box()
    seen = index.marks(16.0, box)
    assert 0 < len(seen) < len(index.marks(16.0, WORLD))
    inside = [mark for mark in index.marks(16.0, WORLD) if box[0] <= mark.u <= box[2] and box[1] <= mark.v <= box[3]]
    assert {mark.key for mark in inside} <= {mark.key for mark in seen}


def test_single_points_stay_single_without_clusters():
    assert len(PointIndex(scattered(300), clusters=False).marks(5, WORLD)) == 300


def test_a_cluster_of_one_kind_has_its_colour_and_a_mixed_one_has_none():
    same = PointIndex([MapPoint("a", 30, 40, "danger"), MapPoint("b", 30, 40, "danger")])
    mixed = PointIndex([MapPoint("a", 30, 40, "danger"), MapPoint("b", 30, 40, "info")])
    assert [mark.kind for mark in same.marks(10, WORLD)] == ["danger"]
    assert [mark.kind for mark in mixed.marks(10, WORLD)] == [""]


@pytest.fixture
def two_packages(tmp_path):
    write_mbtiles(
        tmp_path / "a.mbtiles", [(10, 5, 6, b"a10"), (11, 10, 12, b"a11")], {"minzoom": "10", "maxzoom": "11"}
    )
    write_mbtiles(tmp_path / "b.mbtiles", [(12, 21, 25, b"b12")], {})
    packages = Packages([tmp_path / "a.mbtiles", tmp_path / "b.mbtiles"])
    yield packages
    packages.close()


def test_several_packages_are_one_map(two_packages):
    assert (two_packages.least_zoom, two_packages.most_zoom) == (10, 12)
    assert two_packages.nearest((11, 10, 12)) == ((11, 10, 12), b"a11")
    assert two_packages.nearest((12, 21, 25)) == ((12, 21, 25), b"b12")


def test_where_a_tile_is_missing_the_one_above_is_taken(two_packages):
    assert two_packages.nearest((14, 83, 99)) == ((11, 10, 12), b"a11")
    assert two_packages.nearest((11, 11, 13)) == ((10, 5, 6), b"a10")
    assert two_packages.nearest((11, 500, 12)) is None


def test_a_damaged_or_missing_package_counts_as_empty(tmp_path):
    (tmp_path / "broken.mbtiles").write_bytes(b"no database at all")
    packages = Packages([tmp_path / "broken.mbtiles", tmp_path / "gone.mbtiles"])
    assert packages.is_empty
    assert packages.nearest((3, 1, 1)) is None
    assert not (tmp_path / "gone.mbtiles").exists()
