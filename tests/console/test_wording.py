"""Times in words, and the three clocks of a case."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.complaints.schemas import ComplaintOut
from api.complaints.workflow import OPEN, Status
from api.console.icons import icon_names
from api.console.language import catalogue
from api.console.views.case import EVENT_ICONS
from api.console.views.clocks import clocks
from api.console.views.wording import STATUS_TONES, Tone, age, due, duration, full_time, status

NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
t = catalogue("tr")
en = catalogue("en")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=59), "0 dk"),
        (timedelta(minutes=59, seconds=59), "59 dk"),
        (timedelta(minutes=60), "1 sa"),
        (timedelta(hours=47, minutes=59), "47 sa"),
        (timedelta(hours=48), "2 gün"),
        (timedelta(days=29, hours=23), "29 gün"),
        (-timedelta(minutes=1), "0 dk"),
    ],
)
def test_a_length_is_said_in_one_unit_rounded_down(length, said):
    assert duration(t, length) == said


def test_times_are_told_in_turkey_s_time():
    assert full_time(t, NOW) == "22 Kasım 2026 14:05"
    assert full_time(en, datetime(2026, 12, 31, 22, 0, tzinfo=UTC)) == "1 January 2027, 01:00"


def test_age_is_now_for_a_minute_and_for_clocks_that_run_ahead():
    assert age(t, NOW - timedelta(seconds=30), NOW).text == "şimdi"
    assert age(t, NOW + timedelta(minutes=5), NOW).text == "şimdi"
    assert age(t, NOW - timedelta(hours=3), NOW).text == "3 sa önce"


@pytest.mark.parametrize(
    ("ahead", "tone", "text"),
    [
        (timedelta(hours=25), Tone.CALM, "25 sa kaldı"),
        (timedelta(hours=23), Tone.SOON, "23 sa kaldı"),
        (timedelta(0), Tone.SOON, "0 dk kaldı"),
        (-timedelta(hours=2), Tone.LATE, "2 sa gecikti"),
    ],
)
def test_the_time_left_is_said_in_words_tone_and_icon(ahead, tone, text):
    said = due(t, NOW + ahead, NOW, is_open=True)
    assert (said.tone, said.text) == (tone, text)
    assert said.icon in icon_names()


def test_a_case_that_is_over_has_no_time_left():
    assert due(t, NOW, NOW, is_open=False) is None
    assert due(t, None, NOW, is_open=True) is None


def test_every_state_and_every_event_has_words_and_a_drawing():
    assert {status(t, state).text for state in Status} == {t(f"status.{state.value}") for state in Status}
    assert {icon for _, icon in STATUS_TONES.values()} <= icon_names()
    assert set(EVENT_ICONS.values()) <= icon_names()


def case(**changes) -> ComplaintOut:
    state = Status(changes.pop("status", "in_progress"))
    values = {
        **dict.fromkeys(ComplaintOut.model_fields),
        "id": uuid4(), "number": "2026-000001", "version": 1, "kind": "complaint", "status": state,
        "is_open": state in OPEN, "filed_at": NOW - timedelta(days=2), "timeline": [], "photos": [], "answers": [],
        "allowed_actions": [],
    }  # fmt: skip
    return ComplaintOut.model_construct(**{**values, **changes})


def test_a_case_without_terms_has_no_clocks():
    assert clocks(t, case(), NOW) == []


def test_clocks_show_what_is_met_what_is_late_and_what_runs():
    filed = NOW - timedelta(days=2)
    found = clocks(
        t,
        case(
            first_answer_due_at=filed + timedelta(hours=8),
            first_answered_at=filed + timedelta(hours=4),
            solution_due_at=NOW - timedelta(hours=3),
            legal_due_at=filed + timedelta(days=30),
        ),
        NOW,
    )
    assert [clock.tone for clock in found] == [Tone.DONE, Tone.LATE, Tone.CALM]
    assert [clock.text for clock in found] == ["4 sa içinde", "3 sa gecikti", "28 gün kaldı"]
    assert [clock.used for clock in found] == [50, 100, 6]


def test_a_solution_after_its_time_stays_late():
    filed = NOW - timedelta(days=2)
    solved = case(status="solved", solution_due_at=filed + timedelta(hours=10), solved_at=filed + timedelta(hours=30))
    (clock,) = clocks(t, solved, NOW + timedelta(days=400))
    assert (clock.tone, clock.text) == (Tone.LATE, "20 sa geç")


times = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))


@given(times, times, st.one_of(st.none(), times), st.sampled_from(list(Status)))
def test_a_clock_always_stands_between_empty_and_full(until, passed, solved, state):
    filed = NOW - passed
    shown = case(
        status=state,
        filed_at=filed,
        solution_due_at=filed + until,
        solved_at=filed + solved if solved is not None else None,
        legal_due_at=filed + timedelta(days=30),
    )
    for clock in clocks(t, shown, NOW):
        assert 0 <= clock.used <= 100
        assert clock.icon in icon_names()
        assert (clock.used == 100) or clock.tone is not Tone.LATE
