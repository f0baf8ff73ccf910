"""The map under fingers."""

import pytest

from tests.kit.robot import HEIGHT, WIDTH  # isort: skip (before anything of Kivy)
from mobile.kit.map.camera import unit_of
from mobile.kit.map.controls import MapControls
from mobile.kit.map.point_index import MapPoint
from mobile.kit.map.shapes import Area
from mobile.kit.map.view import MapView
from tests.kit.gallery_map import BORDER, LAT, LON, package_file, points

MIDDLE = (WIDTH / 2, HEIGHT / 2)


@pytest.fixture
def shown(robot):
    """A map that tells what it is told, with a small package."""
    views = []

    def show(*map_points, zoom=14.0):
        view = MapView(LON, LAT, zoom)
        view.told = []
        view.bind(
            on_point=lambda _view, key: view.told.append(("point", key)),
            on_cluster=lambda _view, keys: view.told.append(("cluster", sorted(keys))),
            on_ground=lambda _view, lon, lat: view.told.append(("ground", round(lon, 3), round(lat, 3))),
            on_hold=lambda _view, lon, lat: view.told.append(("hold", round(lon, 3), round(lat, 3))),
        )
        views.append(view)
        person = robot(view)
        view.set_packages([package_file(first=13, last=14, reach=0.012)])
        view.set_points(map_points)
        person.until(lambda: view.is_settled)
        return person, view

    yield show
    for view in views:
        view.close()


def test_the_map_follows_the_finger(shown):
    person, view = shown()
    under = view.camera.unit(*MIDDLE)
    person.drag(MIDDLE, (MIDDLE[0] + 90, MIDDLE[1] - 60), steps=30)
    assert view.camera.screen(*under) == pytest.approx((MIDDLE[0] + 90, MIDDLE[1] - 60), abs=1)


def test_a_thrown_map_slides_on_and_comes_to_rest(shown):
    person, view = shown()
    rests = []
    view.bind(on_rest=rests.append)
    under = view.camera.unit(*MIDDLE)
    person.drag(MIDDLE, (MIDDLE[0], MIDDLE[1] + 150), steps=5, throws=True)
    _, y = view.camera.screen(*under)
    assert y > MIDDLE[1] + 200
    assert len(rests) == 1
    person.advance(0.5)
    assert view.camera.screen(*under)[1] == y


def test_two_fingers_enlarge_around_their_middle(shown):
    person, view = shown()
    place = (130.0, 500.0)
    under = view.camera.unit(*place)
    person.pinch(place, before=80, after=320)
    assert view.camera.zoom == pytest.approx(16, abs=0.02)
    assert view.camera.screen(*under) == pytest.approx(place, abs=3)


def test_a_double_tap_and_the_buttons_enlarge(shown):
    person, view = shown()
    MapControls(view)
    person.frames(2)
    person.double_tap(MIDDLE)
    person.tap("map.in")
    assert view.camera.zoom == pytest.approx(16)
    person.tap("map.out")
    assert view.camera.zoom == pytest.approx(15)


def test_a_tap_chooses_the_nearest_point_and_elsewhere_the_ground(shown):
    person, view = shown(MapPoint("near", LON, LAT), MapPoint("far", LON + 0.01, LAT))
    person.tap((MIDDLE[0] + 12, MIDDLE[1] - 9))
    person.tap((MIDDLE[0] + 90, MIDDLE[1] + 130))
    assert view.told[0] == ("point", "near")
    assert view.told[1][0] == "ground"
    lon, lat = view.told[1][1:]
    assert unit_of(lon, lat) == pytest.approx(view.camera.unit(MIDDLE[0] + 90, MIDDLE[1] + 130), abs=1e-5)


def test_a_long_press_tells_its_place_and_is_no_tap(shown):
    person, view = shown()
    person.hold(MIDDLE)
    assert view.told == [("hold", LON, LAT)]


def test_a_cluster_opens_and_one_that_cannot_be_opened_tells_its_points(shown):
    person, view = shown(MapPoint("a", LON, LAT), MapPoint("b", LON, LAT), MapPoint("c", LON + 0.002, LAT))
    view.look_at(LON, LAT, 12)
    person.frames(3)
    person.tap(MIDDLE)
    assert view.camera.zoom == pytest.approx(14)
    assert view.told == []
    view.look_at(LON, LAT, 18)
    person.frames(3)
    person.tap(MIDDLE)
    assert view.told == [("cluster", ["a", "b"])]


def test_five_thousand_points_are_a_few_marks(shown):
    person, view = shown(*points(5000))
    assert len(view.points.index) == 5000
    assert 20 < len(view.points._shown) < 250
    assert max(mark.count for mark in view.points._shown) > 5
    view.enlarge(4)
    person.advance(0.5)
    assert any(mark.count == 1 for mark in view.points._shown)


def test_the_points_asked_for_last_are_shown(shown):
    person, view = shown()
    view.set_points(points(3000))
    view.set_points([MapPoint("last", LON, LAT)])
    person.until(lambda: view.is_settled)
    assert [point.key for point in view.points.index.points] == ["last"]


def colour_at(person, x, y):
    from PIL import Image  # noqa: PLC0415

    with Image.open(person.shot("map")) as picture:
        return picture.convert("RGB").getpixel((round(x), round(HEIGHT - y)))


def test_the_ground_is_drawn_also_deeper_than_the_package_goes(shown):
    person, view = shown()
    assert view.tiles.packages.most_zoom == 14
    ground = {(246, 244, 239), (255, 255, 255), (231, 225, 214), (207, 229, 194), (251, 227, 166)}
    for zoom in (14.0, 17.4):
        view.look_at(LON, LAT, zoom)
        person.until(lambda: view.is_settled)
        seen = colour_at(person, MIDDLE[0] + 31, MIDDLE[1] + 17)
        assert min(sum(abs(a - b) for a, b in zip(seen, colour, strict=True)) for colour in ground) < 24


def test_position_and_chosen_point_are_drawn(shown):
    person, view = shown(MapPoint("a", LON + 0.004, LAT, "danger"))
    view.set_areas([Area([BORDER])])
    view.set_position(LON, LAT, 30)
    view.chosen = "a"
    person.frames(3)
    red, green, blue = colour_at(person, *MIDDLE)
    assert blue > 120 > red
    x, y = view.camera.screen(*unit_of(LON + 0.004, LAT))
    red, green, blue = colour_at(person, x, y)
    assert red > 120 > green


def test_the_view_can_be_kept(shown):
    _person, view = shown()
    view.look_at(LON + 0.01, LAT, 15.5)
    kept = view.view()
    view.look_at(LON, LAT, 9)
    view.set_view(kept)
    assert view.view() == pytest.approx(kept)


def test_all_places_can_be_seen_at_once_whatever_the_size(shown):
    person, view = shown()
    view.look_at_all(BORDER, margin=40)
    person.frames(2)
    for place in BORDER:
        x, y = view.camera.screen(*unit_of(*place))
        assert 39 <= x <= WIDTH - 39
        assert 39 <= y <= HEIGHT - 39
