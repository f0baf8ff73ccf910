"""Working time: weekly hours, holidays and half days in Turkey's local time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.core.clock import ISTANBUL
from api.municipalities.calendar import CalendarError, WorkingCalendar

DAY = ["08:30", "12:00", "13:00", "17:30"]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY)
OFFICE = WorkingCalendar(WEEK, {date(2026, 10, 28): "half", date(2026, 10, 29): "full"})


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 in Turkey; 2 November 2026 is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=ISTANBUL)


# -- rules by example --------------------------------------------------------------------------------------------


def test_hours_run_on_within_a_day_and_pause_at_noon():
    assert OFFICE.add_working_hours(at(2, 9), 2) == at(2, 11)
    assert OFFICE.add_working_hours(at(2, 11), 2) == at(2, 14)


def test_hours_left_at_closing_go_on_at_the_next_opening():
    assert OFFICE.add_working_hours(at(2, 16, 30), 2) == at(3, 9, 30)


def test_the_weekend_does_not_count():
    assert OFFICE.add_working_hours(at(6, 17), 1) == at(9, 9)


def test_a_holiday_does_not_count_and_a_half_day_counts_until_one_o_clock():
    # Wednesday 28 October is free from 13:00, Thursday the 29th wholly.
    assert OFFICE.add_working_hours(at(28, 11, 30, month=10), 1) == at(30, 9, month=10)
    assert OFFICE.is_working(at(28, 11, month=10))
    assert not OFFICE.is_working(at(28, 14, month=10))
    assert not OFFICE.is_working(at(29, 10, month=10))


def test_a_half_day_cuts_a_day_without_a_pause_at_one_o_clock():
    calendar = WorkingCalendar({"mon": ["08:00", "18:00"]}, {date(2026, 11, 2): "half"})
    assert calendar.add_working_hours(at(2, 8), 5) == at(2, 13)
    assert calendar.add_working_hours(at(2, 8), 6) == at(9, 9)


def test_no_hours_give_the_start_or_the_next_opening():
    assert OFFICE.add_working_hours(at(2, 9), 0) == at(2, 9)
    assert OFFICE.add_working_hours(at(1, 20), 0) == at(2, 8, 30)


def test_a_period_that_fills_the_day_ends_at_closing_and_not_next_morning():
    assert OFFICE.add_working_hours(at(2, 8, 30), 8) == at(2, 17, 30)


def test_a_round_the_clock_department_works_nights_weekends_and_holidays():
    calendar = WorkingCalendar(WEEK, {date(2026, 10, 29): "full"}, round_the_clock=True)
    assert calendar.add_working_hours(at(29, 1, month=10), 30) == at(30, 7, month=10)
    assert calendar.is_working(at(1, 3))
    assert calendar.next_working_day(date(2026, 11, 1)) == date(2026, 11, 1)


def test_answers_are_utc_and_any_time_zone_may_ask():
    asked_in_utc = OFFICE.add_working_hours(at(2, 9).astimezone(UTC), 1)
    assert asked_in_utc.tzinfo is UTC
    assert asked_in_utc == at(2, 10)


def test_a_day_may_close_at_midnight():
    calendar = WorkingCalendar({"mon": ["20:00", "24:00"]}, {})
    assert calendar.add_working_hours(at(2, 23), 1) == at(3, 0)
    assert calendar.add_working_hours(at(3, 0), 0) == at(3, 0)
    assert calendar.is_working(at(2, 23, 59))


def test_hours_are_counted_right_where_the_clock_was_once_changed():
    # In Turkey clocks went forward at 03:00 on 27 March 2016 for the last time.
    calendar = WorkingCalendar({"sun": ["00:00", "24:00"]}, {})
    start = datetime(2016, 3, 27, 0, 0, tzinfo=ISTANBUL)
    assert calendar.add_working_hours(start, 10).astimezone(ISTANBUL).hour == 11


# -- working days ------------------------------------------------------------------------------------------------


def test_a_legal_period_that_ends_on_a_free_day_ends_on_the_next_working_day():
    assert OFFICE.next_working_day(date(2026, 10, 29)) == date(2026, 10, 30)
    assert OFFICE.next_working_day(date(2026, 10, 31)) == date(2026, 11, 2)
    assert OFFICE.next_working_day(date(2026, 11, 3)) == date(2026, 11, 3)


def test_the_first_day_does_not_count_and_a_half_day_counts_whole():
    assert OFFICE.add_working_days(date(2026, 10, 27), 1) == date(2026, 10, 28)
    assert OFFICE.add_working_days(date(2026, 10, 27), 2) == date(2026, 10, 30)
    assert OFFICE.add_working_days(date(2026, 10, 27), 15) == date(2026, 11, 18)
    assert OFFICE.add_working_days(date(2026, 11, 1), 0) == date(2026, 11, 2)


# -- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hours",
    [
        {"mon": ["08:30"]},
        {"mon": ["17:30", "08:30"]},
        {"mon": ["08:30", "12:00", "11:00", "17:30"]},
        {"mon": ["8", "17:30"]},
        {"mon": ["08:30:15", "17:30"]},
        {"mon": ["08:30", "25:00"]},
        {"pzt": ["08:30", "17:30"]},
        {},
        {"mon": []},
    ],
)
def test_hours_that_make_no_calendar_are_refused(hours):
    with pytest.raises(CalendarError) as refusal:
        WorkingCalendar(hours, {})
    assert refusal.value.code == "bad_working_hours"


def test_a_round_the_clock_department_needs_no_hours():
    assert WorkingCalendar({}, {}, round_the_clock=True).is_working(at(1, 3))


@pytest.mark.parametrize("hours", [-1, 100_001])
def test_a_negative_or_absurd_period_is_refused(hours):
    with pytest.raises(CalendarError):
        OFFICE.add_working_hours(at(2, 9), hours)


def test_a_start_without_time_zone_is_refused():
    with pytest.raises(CalendarError):
        OFFICE.add_working_hours(datetime(2026, 11, 2, 9), 1)  # noqa: DTZ001 (what is refused)


def test_a_negative_number_of_days_is_refused():
    with pytest.raises(CalendarError):
        OFFICE.add_working_days(date(2026, 11, 2), -1)


# -- laws --------------------------------------------------------------------------------------------------------

minutes = st.integers(0, 24 * 60)
times = st.lists(minutes, max_size=6, unique=True).map(lambda found: sorted(found[: len(found) // 2 * 2]))


@st.composite
def calendars(draw) -> WorkingCalendar:
    week = {}
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        week[day] = ["24:00" if m == 1440 else f"{m // 60:02}:{m % 60:02}" for m in draw(times)]
    if not any(week.values()):
        week["wed"] = ["08:30", "17:30"]
    days = st.dates(date(2026, 1, 1), date(2026, 3, 31))
    holidays = draw(st.dictionaries(days, st.sampled_from(["full", "half"]), max_size=20))
    return WorkingCalendar(week, holidays, draw(st.sampled_from([False, False, False, True])))


moments = st.integers(0, 80 * 24 * 60).map(
    lambda minute: datetime(2026, 1, 1, tzinfo=ISTANBUL).astimezone(UTC) + timedelta(minutes=minute)
)
periods = st.integers(0, 60)


@given(calendars(), moments, periods, periods)
def test_two_periods_one_after_the_other_end_where_their_sum_does(calendar, start, first, second):
    in_steps = calendar.add_working_hours(calendar.add_working_hours(start, first), second)
    assert in_steps == calendar.add_working_hours(start, first + second)


@given(calendars(), moments, moments, periods, periods)
def test_starting_later_or_working_longer_never_ends_earlier(calendar, one, other, few, more):
    earlier, later = sorted((one, other))
    less, much = sorted((few, more))
    assert calendar.add_working_hours(earlier, less) <= calendar.add_working_hours(later, less)
    assert calendar.add_working_hours(earlier, less) <= calendar.add_working_hours(earlier, much)


@given(calendars(), moments, periods)
def test_a_period_never_ends_outside_working_time(calendar, start, hours):
    end = calendar.add_working_hours(start, hours)
    assert end >= start + timedelta(hours=hours)
    # Working time or its closing moment.
    assert calendar.is_working(end) or calendar.is_working(end - timedelta(minutes=1))


@settings(max_examples=30)
@given(calendars(), moments, st.integers(1, 6))
def test_exactly_the_asked_hours_of_working_time_pass(calendar, start, hours):
    end = calendar.add_working_hours(start, hours)
    if end - start > timedelta(days=8):
        return
    worked = sum(
        calendar.is_working(start + timedelta(minutes=minute))
        for minute in range(int((end - start) / timedelta(minutes=1)))
    )
    assert worked == hours * 60


@given(calendars(), st.dates(date(2026, 1, 1), date(2026, 3, 31)), st.integers(1, 40), st.integers(1, 40))
def test_working_days_add_up_and_are_working_days(calendar, day, first, second):
    between = calendar.add_working_days(day, first)
    assert calendar.is_working_day(between)
    assert calendar.add_working_days(between, second) == calendar.add_working_days(day, first + second)
