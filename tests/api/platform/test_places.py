"""A place is found by name in the official list, or refused with what is missing."""

import pytest

from api.core.db import Database
from api.platform.errors import BadSlug, PlaceAmbiguous, PlaceUnknown, ReferenceEmpty, WrongKind
from api.platform.places import checked_slug, find_place, slug_of

pytestmark = pytest.mark.anyio


async def find(listed, *arguments):
    async with listed.transaction() as session:
        return await find_place(session, *arguments)


async def test_a_district_is_found_with_its_official_neighbourhoods_however_it_is_written(listed):
    for name in ("Kadıköy", "KADIKÖY", " kadikoy "):
        place = await find(listed, "district", name)
        assert (place.name, place.slug, place.district_id) == ("Kadıköy", "kadikoy", 1421)
        assert [seed.name for seed in place.neighbourhoods] == ["Caferağa", "Osmanağa", "Suadiye"]
        assert place.area_km2 == 25


async def test_the_kind_of_a_district_follows_from_its_province(listed):
    assert (await find(listed, "district", "Kadıköy")).kind == "metropolitan_district"
    assert (await find(listed, "metropolitan_district", "Akpınar")).kind == "district"


async def test_namesakes_need_their_province_and_carry_it_in_their_short_name(listed):
    with pytest.raises(PlaceAmbiguous) as refusal:
        await find(listed, "district", "Edremit")
    assert refusal.value.details["provinces"] == ["Balıkesir", "Van"]
    place = await find(listed, "district", "Edremit", "Van")
    assert (place.slug, place.province_id) == ("edremit-van", 65)


async def test_a_metropolitan_municipality_is_made_of_its_districts(listed):
    place = await find(listed, "metropolitan", "İstanbul")
    assert {seed.name for seed in place.neighbourhoods} == {"Kadıköy", "Adalar"}
    assert place.area_km2 == 36
    assert not place.has_streets


async def test_a_province_municipality_serves_its_central_district(listed):
    place = await find(listed, "province", "Kırşehir")
    assert (place.slug, place.district_id) == ("kirsehir", 1488)
    assert [seed.name for seed in place.neighbourhoods] == ["Ahievran", "Bağbaşı", "Kayabaşı"]


@pytest.mark.parametrize(("kind", "name"), [("province", "İstanbul"), ("metropolitan", "Kırşehir")])
async def test_metropolitan_and_province_are_not_mixed_up(listed, kind, name):
    with pytest.raises(WrongKind):
        await find(listed, kind, name)


async def test_a_town_is_on_no_list_and_its_neighbourhoods_have_no_official_number(listed):
    place = await find(listed, "town", "Köşektaş", "Kırşehir")
    assert place.slug == "kosektas-kirsehir"
    assert all(seed.id < 0 for seed in place.neighbourhoods)
    assert place.district_id is None


@pytest.mark.parametrize(
    ("kind", "name", "province"),
    [("district", "Yok", None), ("district", "Kadıköy", "Van"), ("town", "X", None), ("union", "X", "Yok")],
)
async def test_a_place_that_is_not_on_the_list_is_refused(listed, kind, name, province):
    with pytest.raises(PlaceUnknown):
        await find(listed, kind, name, province)


async def test_without_the_official_list_the_operator_is_told_to_load_it(real_db):
    pool = Database(real_db.platform, pool_size=1)
    with pytest.raises(ReferenceEmpty) as refusal:
        await find(pool, "district", "Kadıköy")
    await pool.close()
    assert "belediye reference load" in refusal.value.tr


async def test_districts_of_a_province_are_drawn_at_different_places(listed):
    one, other = await find(listed, "district", "Kadıköy"), await find(listed, "district", "Adalar")
    assert one.center != other.center


@pytest.mark.parametrize(
    ("parts", "slug"),
    [
        (("Kadıköy",), "kadikoy"),
        (("Şile",), "sile"),
        (("19 Mayıs", "Samsun"), "19-mayis-samsun"),
        (("Ağrı  İli!",), "agri-ili"),
    ],
)
def test_a_short_name_has_plain_letters_only(parts, slug):
    assert slug_of(*parts) == slug


@pytest.mark.parametrize(
    "slug", ["", "ab", "Kadikoy", "kadıköy", "-kadikoy", "kadikoy-", "kadi koy", "a" * 64, "1kadikoy"]
)
def test_a_short_name_that_cannot_stand_in_an_address_is_refused(slug):
    with pytest.raises(BadSlug):
        checked_slug(slug)
