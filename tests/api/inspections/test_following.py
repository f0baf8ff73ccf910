"""Terms, re-checks and risk as rules over dates, for every date and every mixture of answers."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.core.ids import uuid7
from api.inspections.following import Following, look_back, recheck_day, risk_after, warn
from api.municipalities.calendar import WEEKDAYS, WorkingCalendar
from mobile.wire.visit import Found, Rechecked, outcome_of

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
HOURS = {day: ["08:30", "17:30"] for day in WEEKDAYS[:5]}


def calendar(holidays=()):
    return WorkingCalendar(HOURS, dict.fromkeys(holidays, "full"))


@given(DAYS, st.sets(DAYS, max_size=30))
def test_a_recheck_falls_on_a_working_day_after_the_term_even_when_it_ends_on_a_holiday(deadline, holidays):
    days = calendar(holidays)
    recheck = recheck_day(deadline, days)
    assert days.is_working_day(recheck)
    ends = deadline if days.is_working_day(deadline) else days.next_working_day(deadline)
    assert recheck > ends
    assert not any(days.is_working_day(ends + timedelta(days=ahead)) for ahead in range(1, (recheck - ends).days))


@given(st.integers(0, 100), st.none() | st.integers(0, 100), st.booleans())
def test_risk_stays_between_0_and_100_moves_halfway_and_never_falls_for_a_broken_warning(risk, score, is_broken):
    after = risk_after(risk, score, is_broken=is_broken)
    assert 0 <= after <= 100
    kept = risk_after(risk, score, is_broken=False)
    assert after == min(100, kept + 15) if is_broken else after == kept
    if score is None:
        assert kept == risk
    else:
        assert min(risk, 100 - score) <= kept <= max(risk, 100 - score)


@given(st.lists(DAYS, max_size=12))
def test_each_different_term_has_one_warning_and_one_recheck(deadlines):
    following, inspection_id = Following(), uuid7()
    warn(following, inspection_id, deadlines, calendar())
    assert [one.deadline_on for one in following.warnings] == sorted(set(deadlines))
    assert following.rechecks == following.warnings
    assert len({one.id for one in following.warnings}) == len(following.warnings)
    assert all(one.due_on > one.deadline_on for one in following.warnings)


RESULTS = st.sampled_from(["cured", "not_cured", "more_time", None])


@given(st.lists(RESULTS, min_size=1, max_size=6), DAYS)
def test_what_becomes_of_a_warning_is_the_worst_of_what_was_seen(results, visited_on):
    deadline, longer = visited_on - timedelta(days=1), visited_on + timedelta(days=20)
    open_before = [
        {"id": str(uuid7()), "item_code": f"m{at}", "deadline_on": deadline.isoformat()} for at in range(len(results))
    ]
    told = {
        f"m{at}": Rechecked(f"m{at}", "", deadline, result, longer if result == "more_time" else None, "", ())
        for at, result in enumerate(results)
    }
    following, previous_id = Following(), uuid7()
    warning = {"id": str(uuid7()), "deadline_on": deadline.isoformat()}
    look_back(following, open_before, warning, told, visited_on=visited_on, previous_id=previous_id,
              calendar=calendar())  # fmt: skip
    if "not_cured" in results:
        assert following.warning_status == "broken"
    elif None in results:
        assert following.warning_status == "running"
        again = next(one for one in following.rechecks if one.id == following.next_recheck_id)
        assert again.due_on > visited_on
    else:
        assert following.warning_status == ("cancelled" if "more_time" in results else "kept")
    cured = {one["id"] for one in following.settled if one["status"] == "cured"}
    assert cured == {row["id"] for row, result in zip(open_before, results, strict=True) if result == "cured"}
    assert [one.deadline_on for one in following.warnings] == ([longer] if "more_time" in results else [])


FINDINGS = st.builds(
    Found,
    code=st.just("m"),
    text=st.just(""),
    note=st.just(""),
    severity=st.sampled_from(["minor", "major", "critical"]),
    law=st.just(""),
    days=st.none() | st.integers(0, 60),
    photos=st.just(()),
    is_cured_at_once=st.booleans(),
)


@given(st.lists(FINDINGS, max_size=8), DAYS, st.none() | st.integers(1, 30))
def test_the_outcome_says_the_worst_that_is_left_open(found, visited_on, default_days):
    deadlines = [one.deadline(visited_on, default_days) for one in found]
    outcome = outcome_of(found, deadlines, (), nobody_there=False)
    left = [deadline for one, deadline in zip(found, deadlines, strict=True) if not one.is_cured_at_once]
    assert outcome == ("failed" if None in left else "warned" if left else "passed")
    assert all(deadline is None or deadline > visited_on for deadline in deadlines)
    assert outcome_of(found, deadlines, (), nobody_there=True) == "nobody_there"


@given(st.integers(1, 60), DAYS)
def test_nobody_lends_a_critical_finding_the_towns_usual_term(default_days, visited_on):
    critical = Found("m", "", "", "critical", "", None, (), is_cured_at_once=False)
    major = Found("m", "", "", "major", "", None, (), is_cured_at_once=False)
    assert critical.deadline(visited_on, default_days) is None
    assert major.deadline(visited_on, default_days) == visited_on + timedelta(days=default_days)
