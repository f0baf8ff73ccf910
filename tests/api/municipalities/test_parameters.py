"""Rates, limits and periods: own before national, always by the day of the event, within what the law leaves."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.municipalities.errors import ParameterMissing
from api.municipalities.parameters import ParameterRow, ParameterTable
from api.municipalities.templates import national_seed

JANUARY, JULY, NEXT_YEAR = date(2026, 1, 1), date(2026, 7, 1), date(2027, 1, 1)


def row(value, valid_from=JANUARY, valid_to=None, *, is_own=False, choice="free") -> ParameterRow:
    return ParameterRow("limit", valid_from, valid_to, Decimal(value), "day", "m.1", True, is_own, choice)


def test_the_value_of_the_day_of_the_event_counts_and_not_the_newest():
    table = ParameterTable([row(10, JANUARY), row(20, JULY), row(30, NEXT_YEAR)])
    assert table.value("limit", date(2026, 6, 30)) == 10
    assert table.value("limit", JULY) == 20
    assert table.value("limit", date(2026, 12, 31)) == 20


def test_a_value_ends_before_its_last_date():
    table = ParameterTable([row(10, JANUARY, JULY)])
    assert table.value("limit", date(2026, 6, 30)) == 10
    with pytest.raises(ParameterMissing) as refusal:
        table.value("limit", JULY)
    assert refusal.value.details == {"parameter": "limit", "on": "2026-07-01"}


def test_an_own_value_comes_before_the_national_one_while_it_holds():
    table = ParameterTable([row(10), row(7, JULY, NEXT_YEAR, is_own=True)])
    assert table.value("limit", JANUARY) == 10
    assert table.value("limit", JULY) == 7
    assert table.value("limit", NEXT_YEAR) == 10


def test_a_newer_national_value_does_not_replace_an_own_one():
    table = ParameterTable([row(10), row(20, JULY), row(7, is_own=True)])
    assert table.value("limit", NEXT_YEAR) == 7


@pytest.mark.parametrize(
    ("choice", "own", "counts"),
    [("free", 99, True), ("lower", 10, True), ("lower", 9, True), ("lower", 11, False), ("higher", 11, True),
     ("higher", 9, False), ("none", 9, False), ("none", 10, True)],
)  # fmt: skip
def test_an_own_value_counts_only_as_far_as_the_law_leaves_room(choice, own, counts):
    table = ParameterTable([row(10, choice=choice), row(own, is_own=True)])
    assert table.value("limit", JULY) == (own if counts else 10)


def test_an_own_value_does_not_outlive_a_stricter_law():
    table = ParameterTable([row(30, choice="lower"), row(20, is_own=True), row(15, JULY, choice="lower")])
    assert table.value("limit", JANUARY) == 20
    assert table.value("limit", JULY) == 15


def test_an_unknown_code_is_told_as_missing():
    with pytest.raises(ParameterMissing):
        ParameterTable([]).row("limit", JANUARY)


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.lists(st.tuples(days, st.integers(0, 9)), min_size=1, max_size=8, unique_by=lambda pair: pair[0]), days)
def test_the_latest_value_that_has_begun_holds(values, on):
    table = ParameterTable([row(value, begin) for begin, value in values])
    begun = [pair for pair in values if pair[0] <= on]
    found = table.find("limit", on)
    assert (found.value if found else None) == (max(begin_value for begin_value in begun)[1] if begun else None)


# -- the seed of the country -------------------------------------------------------------------------------------


def seed_table() -> ParameterTable:
    rows = [
        ParameterRow(
            item["code"],
            date.fromisoformat(item["valid_from"]),
            date.fromisoformat(item["valid_to"]) if item["valid_to"] else None,
            Decimal(item["value"]),
            item["unit"],
            item["legal_reference"],
            item["is_verified"],
            False,
            item["municipal_choice"],
        )
        for item in national_seed("parameters")
    ]
    return ParameterTable(rows)


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [
        ("petition_answer_days", 30, "day"),
        ("information_request_days", 15, "working_day"),
        ("information_request_extended_days", 30, "working_day"),
        ("privacy_request_days", 30, "day"),
        ("data_breach_notice_hours", 72, "hour"),
    ],
)
def test_the_legal_periods_are_in_the_seed(code, value, unit):
    found = seed_table().row(code, JANUARY)
    assert (found.value, found.unit) == (value, unit)
    assert "sayılı Kanun" in found.legal_reference


def test_every_seed_value_names_its_law_and_says_whether_it_was_verified():
    for item in national_seed("parameters"):
        assert item["legal_reference"], item
        assert isinstance(item["is_verified"], bool), item
        assert item["municipal_choice"] in {"none", "lower", "higher", "free"}, item


def test_a_revaluation_rate_holds_in_its_own_year_only():
    table = seed_table()
    assert table.value("revaluation_rate_percent", date(2025, 12, 31)) == Decimal("43.93")
    assert table.value("revaluation_rate_percent", JANUARY) == Decimal("25.49")
    with pytest.raises(ParameterMissing):
        table.value("revaluation_rate_percent", NEXT_YEAR)
