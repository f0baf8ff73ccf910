"""The three-way rule for each field, over everything that office and field can do."""

import json

from hypothesis import given
from hypothesis import strategies as st

from api.businesses import fields

VALUES = st.sampled_from([None, "a", "b", "c"])
OBSERVED = st.sampled_from(sorted(fields.OBSERVED))
OFFICES = st.sampled_from(sorted(fields.FIELDS - fields.OBSERVED))
ANY = st.sampled_from(sorted(fields.FIELDS))


def settle(field, now, base, value, *, by_office=False):
    """What the record holds afterwards, and the line that the history gets (None for none)."""
    state = fields.outcome(field, now, base, value, by_office=by_office)
    if state == "same":
        return now, None
    return (now if state == "suggested" else value), (state, now, value)


@given(ANY, VALUES, VALUES, VALUES, st.booleans())
def test_no_value_vanishes_without_a_line_of_the_history(field, now, base, value, by_office):
    after, line = settle(field, now, base, value, by_office=by_office)
    if after != now:
        assert line is not None
        assert line[1] == now
    if value not in (after, base):
        assert line is not None
        assert line[2] == value


@given(ANY, VALUES, VALUES, st.booleans())
def test_equal_values_are_no_conflict_whatever_was_seen(field, now, base, by_office):
    assert settle(field, now, base, now, by_office=by_office) == (now, None)


@given(ANY, VALUES, VALUES, st.booleans())
def test_who_changed_nothing_changes_nothing(field, now, seen, by_office):
    assert settle(field, now, seen, seen, by_office=by_office) == (now, None)


@given(ANY, VALUES, VALUES, VALUES, st.booleans())
def test_the_same_change_twice_leaves_what_it_left_once(field, now, base, value, by_office):
    once, first = settle(field, now, base, value, by_office=by_office)
    twice, second = settle(field, once, base, value, by_office=by_office)
    assert twice == once
    # A proposal is made again word for word, and the register keeps it once; everything else is no change any more.
    assert second is None or second == first == ("suggested", now, value)


@given(OBSERVED, VALUES, VALUES, VALUES)
def test_what_was_seen_on_the_spot_wins_and_a_newer_value_of_the_office_is_flagged(field, now, base, value):
    after, line = settle(field, now, base, value)
    if value in (now, base):
        assert after == now
    else:
        assert after == value
        assert line == ("applied" if base == now else "overwrote", now, value)


@given(OFFICES, VALUES, VALUES, VALUES)
def test_what_is_the_offices_only_the_office_changes(field, now, base, value):
    assert settle(field, now, base, value)[0] == now
    after, _ = settle(field, now, base, value, by_office=True)
    assert after == (now if value in (now, base) else value)


@given(st.floats(29, 30), st.floats(40, 41))
def test_a_place_that_was_only_written_and_read_is_the_same_place(lon, lat):
    told = fields.checked("place", {"lon": lon, "lat": lat, "accuracy_m": 8})
    assert told == fields.place_value(lon, lat) == fields.seen("place", {"lon": round(lon, 6), "lat": round(lat, 6)})


@given(ANY, st.none() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2) | st.booleans())
def test_a_base_of_any_kind_is_compared_and_can_be_kept(field, base):
    seen = fields.seen(field, base)
    assert len(json.dumps(seen)) < 2_500
    assert "\\u0000" not in json.dumps(seen)
