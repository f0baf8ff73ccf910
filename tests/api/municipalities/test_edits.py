"""The verbs that change a municipality: each needs its permission, grows the version and leaves one audit row."""

import asyncio
import json
from datetime import date
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest

from api.core import audit
from api.core.actor import Actor
from api.core.errors import Forbidden
from api.core.sql import fetch_all
from api.municipalities import service
from api.municipalities.errors import (
    BadPeriod,
    DepartmentCircle,
    DepartmentCodeTaken,
    DepartmentInUse,
    DepartmentNotFound,
    HolidayNotFound,
    NeighbourhoodNotFound,
    ParameterNotOurs,
    ServiceAreaNotFound,
    UnknownModule,
    UnknownParameter,
)
from api.municipalities.schemas import (
    AppearanceIn,
    DepartmentChange,
    DepartmentIn,
    LocalHolidayIn,
    NeighbourhoodChange,
    ParameterIn,
    ServiceAreaChange,
    ServiceAreaIn,
)
from geo.errors import GeoError

pytestmark = pytest.mark.anyio

PERMISSIONS = ("department.edit", "routing.edit", "parameter.edit", "appearance.edit")
OUTLINE = {"type": "Polygon", "coordinates": [[[29, 41], [29.01, 41], [29.01, 41.01], [29, 41.01], [29, 41]]]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[29, 41], [29.01, 41.01], [29.01, 41], [29, 41.01], [29, 41]]]}
LOOK = AppearanceIn(
    theme={"primary": "#0b4f8a", "accent": "#f2a900"},
    texts={"welcome": {"tr": "Hoş geldiniz"}},
    contact={},
    working_hours={"mon": ["09:00", "17:00"]},
)
DECISION = "Meclis kararı 2026/12"


def administrator(town, *permissions: str) -> Actor:
    return Actor("staff", town.municipality_id, id=uuid4(), grants=dict.fromkeys(permissions or PERMISSIONS))


async def add_department(session, actor, town):
    new = DepartmentIn(code="quay_team", name="Sahil Ekibi", parent_id=town.departments["presidency"], grade="team")
    await service.add_department(session, actor, new)


async def edit_department(session, actor, town):
    await service.edit_department(
        session, actor, town.departments["cleaning"], DepartmentChange(phone="0216 111 22 33")
    )


async def draw_service_area(session, actor, town):
    await service.draw_service_area(session, actor, ServiceAreaIn(name="1. Bölge", purpose="team", outline=OUTLINE))


async def edit_neighbourhood(session, actor, town):
    change = NeighbourhoodChange(outline=OUTLINE, source="belediye")
    await service.edit_neighbourhood(session, actor, town.neighbourhoods[0], change)


async def set_parameter(session, actor, town):
    new = ParameterIn(value=20, valid_from=date(2026, 1, 1), legal_reference=DECISION)
    await service.set_parameter(session, actor, "petition_answer_days", new)


async def switch_module(session, actor, town):
    await service.switch_module(session, actor, "licences", is_on=True)


async def edit_appearance(session, actor, town):
    await service.edit_appearance(session, actor, LOOK)


async def set_local_holiday(session, actor, town):
    await service.set_local_holiday(session, actor, date(2026, 9, 9), LocalHolidayIn(name="Kurtuluş günü"))


VERBS = [
    (add_department, "department.edit"),
    (edit_department, "department.edit"),
    (draw_service_area, "routing.edit"),
    (edit_neighbourhood, "routing.edit"),
    (set_parameter, "parameter.edit"),
    (switch_module, "parameter.edit"),
    (set_local_holiday, "parameter.edit"),
    (edit_appearance, "appearance.edit"),
]


@pytest.mark.parametrize(("verb", "permission"), VERBS)
async def test_an_edit_grows_the_version_and_leaves_one_audit_row_of_its_permission(session, town, verb, permission):
    actor, before = administrator(town), await service.current_version(session, town.municipality_id)
    await verb(session, actor, town)
    assert await service.current_version(session, town.municipality_id) == before + 1
    rows = await fetch_all(session, "SELECT action FROM audit_record WHERE actor_id = %s", (actor.id,))
    assert rows == [{"action": permission}]
    assert [fault async for fault in audit.verify_chain(session, town.municipality_id)] == []


@pytest.mark.parametrize(("verb", "permission"), VERBS)
async def test_an_edit_without_its_permission_changes_nothing(session, town, verb, permission):
    others = [other for other in PERMISSIONS if other != permission]
    before = await service.current_version(session, town.municipality_id)
    with pytest.raises(Forbidden):
        await verb(session, administrator(town, *others), town)
    assert await service.current_version(session, town.municipality_id) == before


async def test_edits_never_touch_another_town(database, real_db, kadikoy, akpinar):
    tables = ("department", "neighbourhood", "service_area", "parameter", "module", "appearance", "local_holiday")

    def rows_of(town) -> list:
        with psycopg.connect(real_db.admin) as connection:
            return [
                connection.execute(
                    f"SELECT t::text FROM {table} t WHERE municipality_id = %s ORDER BY 1", (town.municipality_id,)
                ).fetchall()
                for table in (*tables, "audit_record")
            ]

    others_before, own_before = rows_of(akpinar), rows_of(kadikoy)
    async with database.transaction(kadikoy.municipality_id) as session:
        for verb, _ in VERBS:
            await verb(session, administrator(kadikoy), kadikoy)
    assert rows_of(akpinar) == others_before
    # Every table did change in the town itself.
    assert all(after != before for before, after in zip(own_before, rows_of(kadikoy), strict=True))


# -- departments -------------------------------------------------------------------------------------------------


async def test_a_department_of_another_town_cannot_be_edited_or_named_as_superior(session, town, other_town):
    actor = administrator(town)
    foreign = other_town.departments["enforcement"]
    with pytest.raises(DepartmentNotFound):
        await service.edit_department(session, actor, foreign, DepartmentChange(name="Ele geçirildi"))
    new = DepartmentIn(code="spy", name="Casus", parent_id=foreign)
    with pytest.raises(DepartmentNotFound):
        await service.add_department(session, actor, new)


async def test_a_code_is_given_once(session, town):
    new = DepartmentIn(code="cleaning", name="İkinci", parent_id=town.departments["presidency"])
    with pytest.raises(DepartmentCodeTaken):
        await service.add_department(session, administrator(town), new)


async def test_a_department_cannot_be_put_under_itself_or_its_own_subordinate(session, town):
    actor, finance = administrator(town), town.departments["financial_services"]
    for below in (finance, town.departments["revenue"]):
        with pytest.raises(DepartmentCircle):
            await service.edit_department(session, actor, finance, DepartmentChange(parent_id=below))


async def test_two_moves_at_once_cannot_close_a_circle(database, kadikoy):
    cleaning, parks = kadikoy.departments["cleaning"], kadikoy.departments["parks_gardens"]

    async def move(department, below):
        async with database.transaction(kadikoy.municipality_id) as session:
            change = DepartmentChange(parent_id=below)
            await service.edit_department(session, administrator(kadikoy), department, change)

    results = await asyncio.gather(move(cleaning, parks), move(parks, cleaning), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["DepartmentCircle", "NoneType"]


async def test_the_root_stays_the_root(session, town):
    with pytest.raises(DepartmentNotFound):
        await service.edit_department(
            session,
            administrator(town),
            town.departments["presidency"],
            DepartmentChange(parent_id=town.departments["cleaning"]),
        )


async def test_a_department_with_open_subordinates_cannot_be_closed(session, town):
    actor, works, roads = administrator(town), town.departments["technical_works"], town.departments["roads"]
    with pytest.raises(DepartmentInUse):
        await service.edit_department(session, actor, works, DepartmentChange(is_active=False))
    await service.edit_department(session, actor, roads, DepartmentChange(is_active=False))
    await service.edit_department(session, actor, works, DepartmentChange(is_active=False))
    ids = await service.department_ids_by_code(session, town.municipality_id)
    assert "technical_works" not in ids


async def test_own_hours_can_be_given_and_taken_back_and_other_fields_stay(session, town):
    actor, cleaning = administrator(town), town.departments["cleaning"]
    change = DepartmentChange(working_hours={"sun": ["06:00", "09:00"]}, phone="0216 111 22 33")
    await service.edit_department(session, actor, cleaning, change)
    await service.edit_department(session, actor, cleaning, DepartmentChange(working_hours=None))
    rows = await fetch_all(session, "SELECT name, working_hours, phone FROM department WHERE id = %s", (cleaning,))
    assert rows == [{"name": "Temizlik İşleri Müdürlüğü", "working_hours": None, "phone": "0216 111 22 33"}]


async def test_the_trail_keeps_what_a_department_was_called_before(session, town):
    await service.edit_department(
        session, administrator(town), town.departments["cleaning"], DepartmentChange(name="Temizlik")
    )
    rows = await fetch_all(session, "SELECT content FROM audit_record")
    assert json.loads(rows[0]["content"])["details"] == {"name": ["Temizlik İşleri Müdürlüğü", "Temizlik"]}


# -- areas -------------------------------------------------------------------------------------------------------


async def test_a_service_area_can_be_switched_off(session, town):
    actor = administrator(town)
    new = ServiceAreaIn(name="1. Bölge", purpose="authority", outline=OUTLINE)
    area_id = await service.draw_service_area(session, actor, new)
    await service.edit_service_area(session, actor, area_id, ServiceAreaChange(is_active=False))
    config = await service.town_config(session, town.municipality_id, 3)
    listed = await service.list_service_areas(session, actor)
    assert config.service_areas == {}
    assert config.service_areas_at(29.005, 41.005) == frozenset()
    assert [(area.name, area.is_active) for area in listed] == [("1. Bölge", False)]
    assert listed[0].outline["type"] == "MultiPolygon"


async def test_an_outline_that_crosses_itself_is_refused(session, town):
    new = ServiceAreaIn(name="1. Bölge", purpose="team", outline=BOW_TIE)
    with pytest.raises(GeoError) as refusal:
        await service.draw_service_area(session, administrator(town), new)
    assert refusal.value.code == "self_intersection"


async def test_areas_of_another_town_cannot_be_edited(database, kadikoy, akpinar):
    actor = administrator(kadikoy)
    async with database.transaction(akpinar.municipality_id) as session:
        new = ServiceAreaIn(name="1. Bölge", purpose="team", outline=OUTLINE)
        area_id = await service.draw_service_area(session, administrator(akpinar), new)
    async with database.transaction(kadikoy.municipality_id) as session:
        with pytest.raises(ServiceAreaNotFound):
            await service.edit_service_area(session, actor, area_id, ServiceAreaChange(name="Bizim"))
        with pytest.raises(NeighbourhoodNotFound):
            await service.edit_neighbourhood(
                session, actor, akpinar.neighbourhoods[0], NeighbourhoodChange(name="Bizim")
            )


# -- parameters --------------------------------------------------------------------------------------------------


def own(value, begin=date(2026, 1, 1), end=None) -> ParameterIn:
    return ParameterIn(value=value, valid_from=begin, valid_to=end, legal_reference=DECISION)


async def test_an_own_value_holds_from_its_day_on_and_only_in_this_town(database, kadikoy, akpinar):
    code = "petition_answer_days"
    async with database.transaction(kadikoy.municipality_id) as session:
        await service.set_parameter(session, administrator(kadikoy), code, own(20))
        before = await service.parameter_value(session, kadikoy.municipality_id, code, date(2025, 12, 31))
        after = await service.parameter(session, kadikoy.municipality_id, code, date(2026, 1, 1))
    async with database.transaction(akpinar.municipality_id) as session:
        elsewhere = await service.parameter_value(session, akpinar.municipality_id, code, date(2026, 1, 1))
    assert (before, after.value, elsewhere) == (30, 20, 30)
    assert (after.is_own, after.unit, after.legal_reference) == (True, "day", DECISION)


@pytest.mark.parametrize(
    ("code", "value"),
    [("petition_answer_days", 31), ("misdemeanour_appeal_days", 10), ("data_destruction_record_years", 2)],
)
async def test_what_the_law_forbids_is_refused(session, town, code, value):
    with pytest.raises(ParameterNotOurs):
        await service.set_parameter(session, administrator(town), code, own(value))


async def test_only_parameters_of_the_countrys_list_can_be_set(session, town):
    with pytest.raises(UnknownParameter):
        await service.set_parameter(session, administrator(town), "beer_price", own(1))


async def test_a_value_that_ends_before_it_begins_is_refused(session, town):
    wrong = own(20, date(2026, 2, 1), date(2026, 2, 1))
    with pytest.raises(BadPeriod):
        await service.set_parameter(session, administrator(town), "petition_answer_days", wrong)


async def test_a_value_set_again_for_the_same_day_is_corrected_and_the_trail_keeps_both(session, town):
    for value in (20, 25):
        await service.set_parameter(session, administrator(town), "petition_answer_days", own(value))
    found = await service.parameter_value(session, town.municipality_id, "petition_answer_days", date(2026, 5, 1))
    rows = await fetch_all(session, "SELECT content FROM audit_record ORDER BY sequence")
    details = json.loads(rows[1]["content"])["details"]
    assert found == 25
    assert (Decimal(details["before"]), Decimal(details["after"])) == (20, 25)


async def test_the_list_of_parameters_says_what_holds_on_the_asked_day(session, town):
    listed = await service.list_parameters(session, administrator(town), date(2024, 6, 1))
    by_code = {row.code: row for row in listed}
    assert by_code["revaluation_rate_percent"].value == Decimal("58.46")
    assert by_code["petition_answer_days"].municipal_choice == "lower"


# -- modules and holidays ----------------------------------------------------------------------------------------


async def test_a_module_that_the_platform_has_not_cannot_be_switched(session, town):
    with pytest.raises(UnknownModule):
        await service.switch_module(session, administrator(town), "time_travel", is_on=True)


async def test_a_local_holiday_can_be_taken_back_and_a_national_one_cannot(session, town):
    actor, day = administrator(town), date(2026, 9, 9)
    await service.set_local_holiday(session, actor, day, LocalHolidayIn(name="Kurtuluş günü", half_day=True))
    own_days = [row for row in await service.list_holidays(session, actor, 2026) if row.is_own]
    await service.remove_local_holiday(session, actor, day)
    with pytest.raises(HolidayNotFound):
        await service.remove_local_holiday(session, actor, day)
    with pytest.raises(HolidayNotFound):
        await service.remove_local_holiday(session, actor, date(2026, 10, 29))
    left = [row for row in await service.list_holidays(session, actor, 2026) if row.is_own]
    assert [(row.day, row.half_day) for row in own_days] == [(day, True)]
    assert left == []
