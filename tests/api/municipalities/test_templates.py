"""What a new municipality of each kind starts with."""

import pytest
from pydantic import ValidationError

from api.municipalities.calendar import WorkingCalendar
from api.municipalities.errors import UnknownKind
from api.municipalities.schemas import AppearanceIn
from api.municipalities.templates import KINDS, TownTemplate, department_code, template

ALL_CODES = {code for kind in KINDS for code in (department.code for department in template(kind).departments)}
# The work that category seeds route to; every kind of municipality must have somebody for it.
WORK = {
    "service_desk", "technical_works", "cleaning", "parks_gardens", "enforcement", "licensing", "building_control",
    "urban_planning", "veterinary", "health", "social_support", "cemeteries", "water_sewerage", "transport",
    "financial_services", "disaster", "information_technology", "inspection_board", "climate_zero_waste", "fire",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_tree_with_one_root(kind):
    departments = template(kind).departments
    codes = {department.code for department in departments}
    assert [department.code for department in departments if department.parent is None] == ["presidency"]
    assert all(department.parent in codes for department in departments if department.parent)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_somebody_for_every_work(kind):
    codes = {department.code for department in template(kind).departments}
    assert WORK <= ALL_CODES
    for wanted in ALL_CODES:
        assert department_code(kind, wanted) in codes, wanted


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_begins_with_working_hours_and_an_acceptable_look(kind):
    start = template(kind)
    assert WorkingCalendar(start.working_hours, {})
    look = AppearanceIn(
        theme=start.appearance.theme,
        texts=start.texts_for("Deneme Belediyesi"),
        contact=start.appearance.contact,
        working_hours=start.working_hours,
    )
    assert set(look.texts["welcome"]) == {"tr", "en"}
    assert "Deneme Belediyesi" in look.texts["welcome"]["tr"]


@pytest.mark.parametrize("kind", KINDS)
def test_zabita_works_round_the_clock_where_there_is_one(kind):
    for department in template(kind).departments:
        if department.code in {"enforcement", "fire"}:
            assert department.is_round_the_clock, department


@pytest.mark.parametrize("kind", KINDS)
def test_complaints_are_on_and_all_kinds_know_the_same_modules(kind):
    assert template(kind).modules["complaints"] is True
    assert template(kind).modules.keys() == template("town").modules.keys()


def test_a_metropolitan_has_daire_baskanligi_and_others_have_mudurluk():
    metropolitan = {department.code: department.name for department in template("metropolitan").departments}
    district = {department.code: department.name for department in template("metropolitan_district").departments}
    assert metropolitan["technical_works"] == "Fen İşleri Dairesi Başkanlığı"
    assert metropolitan["building_control"] == "Yapı Kontrol Şube Müdürlüğü"
    assert district["technical_works"] == "Fen İşleri Müdürlüğü"


def test_water_is_the_towns_own_work_outside_the_metropolitan_provinces_only():
    assert department_code("district", "water_sewerage") == "water_sewerage"
    assert department_code("metropolitan_district", "water_sewerage") == "technical_works"


def test_a_work_that_no_kind_knows_has_nobody():
    with pytest.raises(KeyError):
        department_code("town", "space_travel")


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownKind):
        template("village")


@pytest.mark.parametrize(
    ("kind", "place", "name"),
    [
        ("metropolitan", "İstanbul", "İstanbul Büyükşehir Belediyesi"),
        ("metropolitan_district", "Kadıköy", "Kadıköy Belediyesi"),
        ("union", "Marmara", "Marmara Belediyeler Birliği"),
        ("union", "Akdeniz Belediyeler Birliği", "Akdeniz Belediyeler Birliği"),
    ],
)
def test_a_municipality_is_named_after_its_place(kind, place, name):
    assert template(kind).official_name(place) == name


@pytest.mark.parametrize(
    "damage",
    [
        {"departments": []},
        {"departments": [{"code": "a", "name": "A", "parent": "b", "grade": "team"}]},
        {"stands_in": {"fire": "nobody"}},
        {"working_hours": {"mon": ["17:30", "08:30"]}},
        {"modules": {"complaints": "perhaps"}},
        {"surprise": 1},
    ],
)
def test_a_damaged_template_is_refused_when_it_is_read(damage):
    whole = template("town").model_dump()
    with pytest.raises(ValidationError):
        TownTemplate.model_validate({**whole, **damage})
