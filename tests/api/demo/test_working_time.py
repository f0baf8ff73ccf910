from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo.working_time import WorkingTime
from api.municipalities.calendar import WEEKDAYS, WorkingCalendar

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
BEGIN = datetime(2025, 2, 1, tzinfo=UTC)
WEEK = dict.fromkeys(WEEKDAYS[:5], ("08:30", "12:00", "13:00", "17:30"))
HOURS = st.sampled_from(
    [
        WEEK,
        {**WEEK, "sat": ("09:00", "13:00")},
        {"mon": ("00:00", "24:00"), "thu": ("13:30", "23:15")},
        {"wed": ("10:00", "15:00")},
    ]
)
HOLIDAYS = st.dictionaries(st.dates(FIRST, LAST), st.sampled_from(["full", "half"]), max_size=40)


def ms(moment):
    return round(moment.timestamp() * 1000)


@settings(max_examples=150, deadline=None)
@given(
    HOURS,
    HOLIDAYS,
    st.booleans(),
    st.lists(st.integers(0, 200 * 86_400_000), min_size=1, max_size=20),
    st.sampled_from([0, 1, 4, 8, 9, 24, 72, 168]),
)
def test_many_deadlines_at_once_are_those_of_the_calendar(hours, holidays, always, starts, length):
    calendar = WorkingCalendar(hours, holidays, always)
    ruler = WorkingTime.of(calendar, FIRST, LAST)
    at = np.array([ms(BEGIN) + start for start in starts])
    expected = [calendar.add_working_hours(BEGIN + timedelta(milliseconds=start), length) for start in starts]
    assert ruler.add_hours(at, length).tolist() == [ms(moment) for moment in expected]


@settings(max_examples=60, deadline=None)
@given(HOURS, st.integers(0, 200 * 86_400_000), st.integers(1, 300 * 3_600_000))
def test_what_was_added_has_passed(hours, start, length):
    ruler = WorkingTime.of(WorkingCalendar(hours, {}), FIRST, LAST)
    at = np.array([ms(BEGIN) + start])
    end = ruler.add(at, np.array([length]))
    assert (ruler.elapsed(end) - ruler.elapsed(at)).tolist() == [length]
    assert end[0] > at[0]


@pytest.mark.parametrize("edge", ["08:30", "12:00", "13:00", "17:30", "00:00", "23:59"])
def test_the_edges_of_the_day_are_those_of_the_calendar(edge):
    calendar = WorkingCalendar(WEEK, {})
    ruler = WorkingTime.of(calendar, FIRST, LAST)
    for day in range(7):
        at = datetime.fromisoformat(f"2025-03-{10 + day}T{edge}:00+03:00")
        for hours in (0, 1, 8):
            expected = calendar.add_working_hours(at, hours)
            assert ruler.add_hours(np.array([ms(at)]), hours).tolist() == [ms(expected)]
