"""A municipality's configuration: loaded once for each version, never mixed with another town's or an undone one."""

from datetime import date

import pytest

from api.core.actor import Actor
from api.core.db import Database
from api.core.sql import StatementCount, statement_count
from api.municipalities import service
from api.municipalities.errors import MunicipalityNotFound
from api.municipalities.schemas import (
    AppearanceIn,
    DepartmentChange,
    DepartmentIn,
    LocalHolidayIn,
    NeighbourhoodChange,
    ServiceAreaIn,
)
from tests.factories.towns import SIDE, corner

pytestmark = pytest.mark.anyio

PERMISSIONS = ("department.edit", "routing.edit", "parameter.edit", "appearance.edit")


def administrator(town) -> Actor:
    return Actor("staff", town.municipality_id, grants=dict.fromkeys(PERMISSIONS))


async def read(database: Database, town, version: int | None = None):
    async with database.transaction(town.municipality_id) as session:
        known = version or await service.current_version(session, town.municipality_id)
        return await service.town_config(session, town.municipality_id, known)


def square(west: float, south: float, side: float) -> dict:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


async def test_a_version_is_loaded_once_and_then_costs_no_statement(database, kadikoy):
    first = await read(database, kadikoy)
    counter = StatementCount()
    async with database.transaction(kadikoy.municipality_id) as session:
        token = statement_count.set(counter)
        again = await service.town_config(session, kadikoy.municipality_id, first.config_version)
        statement_count.reset(token)
    assert again is first
    assert counter.value == 0


async def test_loading_takes_the_same_few_statements_for_any_town(database, kadikoy, akpinar):
    counts = []
    for town in (kadikoy, akpinar):
        counter = StatementCount()
        async with database.transaction(town.municipality_id) as session:
            token = statement_count.set(counter)
            await service.town_config(session, town.municipality_id, 1)
            statement_count.reset(token)
        counts.append(counter.value)
    assert counts[0] == counts[1] <= 8


async def test_an_edit_shows_at_once_to_everybody_who_reads_the_new_version(database, kadikoy):
    before = await read(database, kadikoy)
    works = kadikoy.departments["technical_works"]
    async with database.transaction(kadikoy.municipality_id) as session:
        await service.edit_department(
            session, administrator(kadikoy), works, DepartmentChange(name="Fen ve Yol İşleri")
        )
    after = await read(database, kadikoy)
    assert after.config_version == before.config_version + 1
    assert (before.department_name(works), after.department_name(works)) == (
        "Fen İşleri Müdürlüğü",
        "Fen ve Yol İşleri",
    )


async def test_an_edit_that_is_undone_leaves_nothing_in_the_cache(database, kadikoy):
    await read(database, kadikoy)
    works = kadikoy.departments["technical_works"]
    with pytest.raises(RuntimeError, match="undone"):  # noqa: PT012 (the transaction has to end by it)
        async with database.transaction(kadikoy.municipality_id) as session:
            await service.edit_department(session, administrator(kadikoy), works, DepartmentChange(name="Yanlış"))
            inside = await service.town_config(session, kadikoy.municipality_id, 2)
            assert inside.department_name(works) == "Yanlış"
            raise RuntimeError("undone")
    async with database.transaction(kadikoy.municipality_id) as session:
        # The next real edit gets the very version that was undone.
        await service.switch_module(session, administrator(kadikoy), "debts", is_on=True)
    after = await read(database, kadikoy, 2)
    assert after.department_name(works) == "Fen İşleri Müdürlüğü"
    assert after.is_on("debts")


async def test_a_town_never_shows_in_anothers_configuration(database, kadikoy, akpinar):
    one, other = await read(database, kadikoy), await read(database, akpinar)
    assert (one.name, other.name) == ("Kadıköy Belediyesi", "Akpınar Belediyesi")
    assert not set(one.departments) & set(other.departments)
    assert not set(one.neighbourhood_names) & set(other.neighbourhood_names)
    assert one.neighbourhood_at(*akpinar.place()) is None
    assert other.neighbourhood_at(*akpinar.place()) == akpinar.neighbourhoods[0]


async def test_the_configuration_of_another_town_cannot_be_read_from_inside_this_one(database, kadikoy, akpinar):
    async with database.transaction(kadikoy.municipality_id) as session:
        with pytest.raises(MunicipalityNotFound):
            await service.town_config(session, akpinar.municipality_id, 1)


async def test_the_same_town_and_version_in_another_database_is_another_town(database, kadikoy, module_db):
    async with database.transaction(kadikoy.municipality_id) as session:
        await service.switch_module(session, administrator(kadikoy), "debts", is_on=True)
    changed = await read(database, kadikoy, 2)
    elsewhere = Database(module_db.app, pool_size=1)
    try:
        async with elsewhere.transaction(kadikoy.municipality_id) as session:
            untouched = await service.town_config(session, kadikoy.municipality_id, 2)
    finally:
        await elsewhere.close()
    assert changed.is_on("debts")
    assert not untouched.is_on("debts")


async def test_a_late_reader_of_an_old_version_does_not_push_the_new_one_out(database, kadikoy):
    async with database.transaction(kadikoy.municipality_id) as session:
        await service.switch_module(session, administrator(kadikoy), "debts", is_on=True)
    new = await read(database, kadikoy, 2)
    await read(database, kadikoy, 1)
    assert await read(database, kadikoy, 2) is new


# -- what it answers ---------------------------------------------------------------------------------------------


async def test_a_subtree_holds_the_department_and_everything_below_it(database, kadikoy):
    config = await read(database, kadikoy)
    codes = {
        config.departments[item].code for item in config.department_subtree(kadikoy.departments["financial_services"])
    }
    assert codes == {"financial_services", "revenue", "collections", "accounting", "debt_enforcement"}
    assert config.department_subtree(kadikoy.departments["presidency"]) == set(config.departments)
    assert config.department_subtree(kadikoy.neighbourhoods[0]) == frozenset()


async def test_a_place_has_one_neighbourhood_and_a_place_outside_has_none(database, kadikoy):
    config = await read(database, kadikoy)
    for number in range(4):
        assert config.neighbourhood_at(*kadikoy.place(number)) == kadikoy.neighbourhoods[number]
    assert config.neighbourhood_at(*kadikoy.outside) is None
    assert config.neighbourhood_name(kadikoy.neighbourhoods[0]) == "Çınarlı"


async def test_a_place_just_beyond_the_edge_still_counts_up_to_the_tolerance(database, kadikoy):
    config = await read(database, kadikoy)
    west, south = corner(kadikoy.municipality_id)
    # One degree of longitude is about 84 km here.
    assert config.neighbourhood_at(west - 40 / 84_000, south + SIDE / 2) == kadikoy.neighbourhoods[0]
    assert config.neighbourhood_at(west - 70 / 84_000, south + SIDE / 2) is None


async def test_overlapping_service_areas_are_all_found(database, kadikoy):
    west, south = corner(kadikoy.municipality_id)
    ids = []
    async with database.transaction(kadikoy.municipality_id) as session:
        for name, side in (("Büyük", SIDE), ("Küçük", SIDE / 2)):
            area = ServiceAreaIn(name=name, purpose="team", outline=square(west, south, side))
            ids.append(await service.draw_service_area(session, administrator(kadikoy), area))
    config = await read(database, kadikoy)
    assert config.service_areas_at(west + SIDE / 4, south + SIDE / 4) == set(ids)
    assert config.service_areas_at(west + SIDE * 0.75, south + SIDE * 0.75) == {ids[0]}
    assert config.service_areas_at(*kadikoy.outside) == frozenset()


async def test_a_department_without_own_hours_works_with_the_town_hall(database, kadikoy):
    config = await read(database, kadikoy)
    hall = config.calendar()
    assert config.calendar(kadikoy.departments["cleaning"]).hours == hall.hours
    assert config.calendar(kadikoy.departments["enforcement"]).round_the_clock
    assert config.calendar(kadikoy.departments["cleaning"], round_the_clock=True).round_the_clock
    assert not hall.round_the_clock


async def test_a_department_with_own_hours_works_by_them(database, kadikoy):
    hours = {"sat": ["10:00", "14:00"]}
    async with database.transaction(kadikoy.municipality_id) as session:
        added = await service.add_department(
            session,
            administrator(kadikoy),
            DepartmentIn(
                code="weekend_market", name="Pazar", parent_id=kadikoy.departments["enforcement"], working_hours=hours
            ),
        )
    config = await read(database, kadikoy)
    assert config.calendar(added).hours == hours


async def test_national_and_local_holidays_are_both_free(database, kadikoy):
    day = date(2026, 11, 3)
    async with database.transaction(kadikoy.municipality_id) as session:
        await service.set_local_holiday(session, administrator(kadikoy), day, LocalHolidayIn(name="Kurtuluş günü"))
    calendar = (await read(database, kadikoy)).calendar()
    assert not calendar.is_working_day(day)
    assert not calendar.is_working_day(day.replace(month=10, day=29))


async def test_languages_are_those_in_which_every_text_is_written(database, kadikoy):
    config = await read(database, kadikoy)
    assert config.appearance.languages == ["tr", "en"]
    look = AppearanceIn(
        theme={"primary": "#0b4f8a", "accent": "#f2a900"},
        texts={"welcome": {"tr": "Hoş geldiniz", "en": "Welcome"}, "emergency": {"tr": "112'yi arayın"}},
        contact={"phone": "0216 123 45 67"},
        working_hours={"mon": ["09:00", "17:00"]},
    )
    async with database.transaction(kadikoy.municipality_id) as session:
        await service.edit_appearance(session, administrator(kadikoy), look)
    after = await read(database, kadikoy)
    assert after.appearance.languages == ["tr"]
    assert after.public()["contact"]["phone"] == "0216 123 45 67"


async def test_a_renamed_neighbourhood_keeps_its_id_and_outline(database, kadikoy):
    async with database.transaction(kadikoy.municipality_id) as session:
        await service.edit_neighbourhood(
            session, administrator(kadikoy), kadikoy.neighbourhoods[0], NeighbourhoodChange(name="Yeni Çınarlı")
        )
    config = await read(database, kadikoy)
    assert config.neighbourhood_at(*kadikoy.place(0)) == kadikoy.neighbourhoods[0]
    assert config.neighbourhood_name(kadikoy.neighbourhoods[0]) == "Yeni Çınarlı"


async def test_a_public_municipality_is_found_by_its_slug_while_it_is_served(database, real_db, kadikoy):
    async with database.transaction() as session:
        found = await service.public_municipality(session, "kadikoy")
        assert (found.id, found.name) == (kadikoy.municipality_id, "Kadıköy Belediyesi")
        with pytest.raises(MunicipalityNotFound):
            await service.public_municipality(session, "yok")
    platform = Database(real_db.platform, pool_size=1)
    async with platform.transaction() as session:
        found = await service.public_municipality(session, "kadikoy")
        found.is_active = False
    await platform.close()
    async with database.transaction() as session:
        with pytest.raises(MunicipalityNotFound):
            await service.public_municipality(session, "kadikoy")


async def test_departments_by_code_lead_stand_ins_to_who_does_the_work(database, akpinar):
    async with database.transaction(akpinar.municipality_id) as session:
        ids = await service.department_ids_by_code(session, akpinar.municipality_id)
    assert ids["parks_gardens"] == akpinar.departments["cleaning"]
    assert ids["enforcement"] == akpinar.departments["enforcement"]
