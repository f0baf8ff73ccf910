"""The map of the day: the areas of the person, and what is drawn upon them."""

from field_app.rows import Area
from field_app.screens.field_map.vm import chosen_of, kind_of
from mobile.device.ports import Refused
from tests.field_app.world import HERE, put_rows, uid

AREA, ELSEWHERE = uid(800), uid(801)


def square(lon: float, lat: float, side: float = 0.01) -> list[list[float]]:
    return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]


def with_areas(unlocked) -> None:
    """Two neighbourhoods, of which one is the person's."""
    rows = {
        ("area", AREA): {"name": "Caferağa", "rings": [square(*HERE)]},
        ("area", ELSEWHERE): {"name": "Fikirtepe", "rings": [square(29.2, 41.1)]},
    }
    put_rows(unlocked, rows, version=2)
    store = unlocked.engine.store
    with store.transaction():
        store.run("INSERT INTO scope VALUES (?, 'Caferağa', 4, 'c', 1, 1)", (f"area:{AREA}",))


def test_the_desk_gives_the_areas_of_the_person_and_no_others(unlocked):
    assert unlocked.desk.areas() == []
    with_areas(unlocked)
    (area,) = unlocked.desk.areas()
    assert (area.id, area.name) == (AREA, "Caferağa")
    assert area.rings[0][0] == area.rings[0][-1] == HERE


def test_a_ring_that_leaves_the_globe_is_left_out():
    area = Area.read("a", {"name": "Moda", "rings": [square(*HERE), [[29.0, 91.0]], [["29", 41]], "ring", []]})
    assert [ring[0] for ring in area.rings] == [HERE]


def test_the_map_draws_the_outline_of_the_persons_areas(app):
    running = app()
    with_areas(running.app.field.open)
    running.tap("nav.map")
    running.until(lambda: running.find("map").is_settled)
    drawn = running.find("map").areas._areas
    assert len(drawn) == 1
    assert len(drawn[0][2][0]) == 5


def test_the_way_to_a_case_and_to_a_business_is_the_phones_own_navigation(app):
    running = app()
    asked = running.app.field.device.navigation.asked
    running.app.navigator.go("complaint", id=uid(101))
    running.frames(5)
    running.tap("way")
    case = running.app.field.open.desk.complaint(uid(101))
    running.app.navigator.go("business", id=uid(200))
    running.frames(5)
    running.tap("way")
    assert asked == [(*case.place, f"{case.address}, Caferağa"), (*HERE, "Güneş Fırını")]


def test_a_phone_without_navigation_says_so(app, monkeypatch):
    running = app()

    def refuse(*_):
        raise Refused("missing")

    monkeypatch.setattr(running.app.field.device.navigation, "lead_to", refuse)
    running.app.navigator.go("complaint", id=uid(101))
    running.frames(5)
    running.tap("way")
    assert "Bu cihazda yol tarifi uygulaması yok" in running.texts()


def test_a_filter_lets_through_what_its_name_says_and_emergencies_are_for_today(unlocked):
    works, day = unlocked.desk.work("due", HERE), unlocked.desk.today()
    assert chosen_of(works, "all", day) == works
    late = chosen_of(works, "late", day)
    assert late
    assert all(work.due_on < day for work in late)
    today = chosen_of(works, "today", day)
    assert uid(104) in {work.id for work in today}
    assert all(work.is_emergency or work.due_on == day for work in today)
    assert {kind_of(work, day) for work in late} == {"danger"}


def test_the_map_shows_what_the_filter_lets_through_and_keeps_it_for_the_next_day(app):
    running = app()
    running.tap("nav.map")
    running.until(lambda: running.find("map").is_settled)
    shown = running.find("map").points
    assert len(shown.index) == 15
    running.tap("filter.late")
    running.until(lambda: running.find("map").is_settled)
    late = len(chosen_of(running.app.field.open.desk.work("due", HERE), "late", running.app.field.open.desk.today()))
    assert len(shown.index) == late
    assert running.find("filter.late").text == f"Geciken {late}"
    running.tap("nav.today")
    running.frames(5)
    running.tap("nav.map")
    running.frames(5)
    assert running.find("filter").value == "late"


def test_the_legend_names_every_colour_of_the_points(app):
    running = app()
    running.tap("nav.map")
    running.frames(5)
    words = [widget.text for widget in running.find("legend").walk(restrict=True) if getattr(widget, "text", "")]
    assert words == ["Başvuru", "Denetim", "Görev", "Geciken, acil"]
