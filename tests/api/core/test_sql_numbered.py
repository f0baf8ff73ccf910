"""A numbered statement says what the named one said."""

import pytest

from api.core.sql import Numbered, StatementCount, fetch_one, fetch_one_numbered, statement_count

pytestmark = pytest.mark.anyio

SQL = "SELECT %(b)s::int + 10 * %(a)s::int + 100 * %(b)s::int AS sum, '7%%' AS share, %(c)s::text IS NULL AS is_null"


async def test_names_become_numbers_in_the_order_in_which_they_come():
    assert Numbered(SQL).names == ("b", "a", "c")
    assert (
        Numbered(SQL).text
        == "SELECT $1::int + 10 * $2::int + 100 * $1::int AS sum, '7%' AS share, $3::text IS NULL AS is_null"
    )


async def test_both_give_the_same_and_count_once(session):
    values = {"a": 2, "b": 3, "c": None, "not asked for": 1}
    named = await fetch_one(session, SQL, values)
    counted = StatementCount()
    token = statement_count.set(counted)
    try:
        row = await fetch_one_numbered(session, Numbered(SQL), values)
    finally:
        statement_count.reset(token)
    assert row == named == {"sum": 323, "share": "7%", "is_null": True}
    assert counted.value == 1


async def test_a_value_that_is_missing_is_told(session):
    with pytest.raises(KeyError):
        await fetch_one_numbered(session, Numbered(SQL), {"a": 1})
