import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.core.pagination import BadCursor, Page, Scope, decode_cursor, encode_cursor, query_scope

KEY = bytes(range(32))
SCOPE = query_scope(34, "complaints.list", {"state": ["NEW", "ROUTED"], "q": "çukur"})
VALUES = (datetime(2026, 11, 22, 9, 30, tzinfo=UTC), UUID(int=7), "Çelik", 3, None, date(2026, 1, 1), Decimal("1.50"))

cursor_values = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
    st.integers(),
    st.uuids(),
    st.dates(),
    st.none(),
    st.datetimes(timezones=st.just(UTC)),
    st.decimals(allow_nan=False, allow_infinity=False),
)


@given(st.lists(cursor_values, max_size=5).map(tuple))
def test_a_cursor_gives_back_the_values_with_their_types(values) -> None:
    cursor = encode_cursor(KEY, SCOPE, values)
    opened = decode_cursor(KEY, SCOPE, cursor)
    assert opened == values
    assert [type(value) for value in opened] == [type(value) for value in values]


def test_one_place_in_a_list_has_one_cursor_and_it_fits_a_url() -> None:
    cursor = encode_cursor(KEY, SCOPE, VALUES)
    assert cursor == encode_cursor(KEY, SCOPE, VALUES)
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_cursor_does_not_show_its_values() -> None:
    cursor = encode_cursor(KEY, SCOPE, ("Ayşe Yılmaz",))
    assert "Ayşe".encode() not in base64.urlsafe_b64decode(cursor + "==")


@given(st.integers(min_value=0), st.sampled_from("Aa0_-=. \nğ"))
def test_every_changed_character_is_refused(position: int, character: str) -> None:
    cursor = encode_cursor(KEY, SCOPE, VALUES)
    at = position % len(cursor)
    changed = cursor[:at] + character + cursor[at + 1 :]
    if changed != cursor:
        with pytest.raises(BadCursor) as refusal:
            decode_cursor(KEY, SCOPE, changed)
        assert refusal.value.code == "bad_cursor"


@pytest.mark.parametrize("tail", ["=", "==", "\n", " ", "A"])
def test_a_cursor_has_one_spelling(tail: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(KEY, SCOPE, encode_cursor(KEY, SCOPE, VALUES) + tail)


@pytest.mark.parametrize(
    "scope",
    [
        SCOPE._replace(municipality_id=35),
        SCOPE._replace(municipality_id=None),
        query_scope(34, "complaints.list", {"state": ["NEW"], "q": "çukur"}),
        query_scope(34, "complaints.list", {"state": ["NEW", "ROUTED"], "q": "çukur", "citizen": 5}),
        query_scope(34, "inspections.list", {"state": ["NEW", "ROUTED"], "q": "çukur"}),
    ],
)
def test_a_cursor_of_another_municipality_list_or_filter_is_refused(scope: Scope) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(KEY, scope, encode_cursor(KEY, SCOPE, VALUES))


def test_a_cursor_sealed_with_another_key_is_refused() -> None:
    with pytest.raises(BadCursor):
        decode_cursor(KEY[::-1], SCOPE, encode_cursor(KEY, SCOPE, VALUES))


@given(st.one_of(st.text(max_size=200), st.text(alphabet="AQgw_-", max_size=200)))
def test_any_other_text_is_refused_in_one_way(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(KEY, SCOPE, cursor)


def test_an_endless_cursor_is_refused() -> None:
    with pytest.raises(BadCursor):
        decode_cursor(KEY, SCOPE, "A" * 10_000_000)


def test_a_fingerprint_ignores_the_order_of_filters_and_tells_types_apart() -> None:
    assert query_scope(1, "a", {"x": 1, "y": {"b", "a"}}) == query_scope(1, "a", {"y": {"a", "b"}, "x": 1})
    assert query_scope(1, "a", {"x": 1}) != query_scope(1, "a", {"x": "1"})
    assert query_scope(1, "a", {"x": None}) != query_scope(1, "a", {})


@pytest.mark.parametrize("value", [True, 1.5, b"x", datetime(2026, 1, 1)])  # noqa: DTZ001 (the case under test)
def test_values_that_would_not_come_back_equal_are_refused(value) -> None:
    with pytest.raises(TypeError):
        encode_cursor(KEY, SCOPE, (value,))


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        encode_cursor(b"short", SCOPE, ())


def test_a_page_carries_typed_items_and_an_optional_cursor() -> None:
    assert Page[int](items=[1, 2]).model_dump() == {"items": [1, 2], "next_cursor": None}
    with pytest.raises(ValidationError):
        Page[int](items=["x"])
