"""The seed of public and religious holidays (Law 2429)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from api.municipalities.templates import national_seed

HOLIDAYS = {date.fromisoformat(item["day"]): item for item in national_seed("holidays")}
YEARS = range(2024, 2029)


@pytest.mark.parametrize("year", YEARS)
def test_every_year_has_the_days_of_the_law(year):
    for month, day in ((1, 1), (4, 23), (5, 1), (5, 19), (7, 15), (8, 30), (10, 29)):
        assert HOLIDAYS[date(year, month, day)]["half_day"] is False
    assert HOLIDAYS[date(year, 10, 28)]["half_day"] is True


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(("feast", "days"), [("Ramazan Bayramı", 3), ("Kurban Bayramı", 4)])
def test_a_feast_is_a_half_day_and_then_its_days_in_a_row(year, feast, days):
    found = sorted(day for day, item in HOLIDAYS.items() if day.year == year and feast in item["name"])
    assert len(found) == days + 1
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(found))
    assert [HOLIDAYS[day]["half_day"] for day in found] == [True, *[False] * days]


@pytest.mark.parametrize("feast", ["Ramazan Bayramı 1. gün", "Kurban Bayramı 1. gün"])
def test_a_feast_comes_eleven_days_earlier_each_year_as_the_lunar_year_is_shorter(feast):
    firsts = sorted(day for day, item in HOLIDAYS.items() if feast in item["name"])
    for earlier, later in pairwise(firsts):
        assert 353 <= (later - earlier).days <= 356


def test_the_feast_of_sacrifice_begins_about_seventy_days_after_the_end_of_ramadan():
    for year in YEARS:
        ramadan, sacrifice = (
            next(
                day for day, item in HOLIDAYS.items() if day.year == year and f"{feast} Bayramı 1. gün" in item["name"]
            )
            for feast in ("Ramazan", "Kurban")
        )
        assert 66 <= (sacrifice - ramadan).days <= 70


def test_the_announced_dates_of_2026_are_right():
    assert "Ramazan Bayramı 1. gün" in HOLIDAYS[date(2026, 3, 20)]["name"]
    assert "Kurban Bayramı 1. gün" in HOLIDAYS[date(2026, 5, 27)]["name"]


def test_dates_that_were_computed_ahead_say_so():
    for day, item in HOLIDAYS.items():
        is_computed = item["name"].endswith(("arifesi", "gün")) and "Bayramı" in item["name"] and day.year > 2026
        if is_computed and day.month != 10 and "," not in item["name"]:
            assert item["is_verified"] is False, day
            assert "hesaplandı" in item["legal_reference"], day
        if day.year <= 2026:
            assert item["is_verified"] is True, day


def test_every_day_names_its_article():
    assert all("2429" in item["legal_reference"] for item in HOLIDAYS.values())
