import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile.wire.dictionary import _KINDS
from mobile.wire.kinds import KINDS, upcast
from tests.forms.samples import JSON

BODIES = JSON | st.fixed_dictionaries(
    {"business_id": st.just("b")}, optional={"field": JSON | st.just("phone"), "value": JSON}
)


def test_every_kind_that_phones_write_has_a_version():
    assert set(_KINDS) == set(KINDS)
    assert set(KINDS.values()) == {1}


def test_a_patch_of_the_first_version_is_read_as_one_of_today():
    body = {"business_id": "b", "field": "phone", "value": "+905551112233"}
    expected = {"business_id": "b", "changes": {"phone": {"base": None, "value": "+905551112233"}}}
    assert upcast("business.patch", 0, body) == (1, expected)


@pytest.mark.parametrize(
    ("kind", "kv"), [("business.patch", 1), ("business.patch", 7), ("of.tomorrow", 3), ("task.create", 0)]
)
def test_what_is_of_today_or_unknown_stays_as_it_is(kind, kv):
    assert upcast(kind, kv, {"a": 1}) == (kv, {"a": 1})


@settings(deadline=None)
@given(st.sampled_from([*KINDS, "of.tomorrow"]), st.integers(-5, 5), BODIES)
def test_any_body_is_read_and_reading_twice_changes_nothing(kind, kv, body):
    before = json.dumps(body)
    now, read = upcast(kind, kv, body)
    assert upcast(kind, now, read) == (now, read) or body != body  # noqa: PLR0124 (NaN)
    assert json.dumps(body) == before
    assert now in (kv, KINDS.get(kind))
