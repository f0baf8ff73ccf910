"""The circuit breaker's rules, on a clock the test moves."""

from hypothesis import given
from hypothesis import strategies as st

from api.notices.breaker import CircuitBreaker


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def make_breaker():
    clock = Clock()
    return CircuitBreaker(failures=3, window_seconds=60, cool_down_seconds=15, monotonic=clock), clock


def fail(breaker, times):
    for _ in range(times):
        attempt = breaker.attempt()
        assert attempt is not None
        attempt.failed()


def test_it_opens_after_three_failures_in_a_row():
    breaker, _ = make_breaker()
    fail(breaker, 2)
    assert not breaker.is_open
    fail(breaker, 1)
    assert breaker.is_open
    assert breaker.attempt() is None


def test_a_success_between_failures_keeps_it_closed():
    breaker, _ = make_breaker()
    fail(breaker, 2)
    breaker.attempt().succeeded()
    fail(breaker, 2)
    assert not breaker.is_open


def test_failures_far_apart_do_not_open_it():
    breaker, clock = make_breaker()
    for _ in range(10):
        fail(breaker, 1)
        clock.now += 31
    assert not breaker.is_open


def test_one_call_counts_as_one_failure_however_often_it_is_reported():
    breaker, _ = make_breaker()
    attempt = breaker.attempt()
    for _ in range(5):
        attempt.failed()
    assert not breaker.is_open


def test_after_the_cool_down_exactly_one_probe_may_go():
    breaker, clock = make_breaker()
    fail(breaker, 3)
    clock.now = 15
    assert breaker.attempt() is not None
    assert breaker.attempt() is None


def test_a_good_probe_closes_and_a_bad_one_keeps_it_open_for_another_cool_down():
    breaker, clock = make_breaker()
    fail(breaker, 3)
    clock.now = 15
    breaker.attempt().failed()
    clock.now = 29
    assert breaker.attempt() is None
    clock.now = 30
    breaker.attempt().succeeded()
    assert not breaker.is_open
    assert breaker.attempt() is not None


def test_a_probe_that_never_reports_does_not_close_the_door_for_ever():
    breaker, clock = make_breaker()
    fail(breaker, 3)
    clock.now = 15
    assert breaker.attempt() is not None
    clock.now = 30
    assert breaker.attempt() is not None


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 20)), max_size=60))
def test_an_open_breaker_lets_at_most_one_call_through_per_cool_down(steps):
    breaker, clock = make_breaker()
    opened_or_probed_at = None
    for succeeds, pause in steps:
        clock.now += pause
        was_open = breaker.is_open
        attempt = breaker.attempt()
        if was_open and attempt is not None:
            assert clock.now - opened_or_probed_at >= 15
        if attempt is None:
            assert was_open
            continue
        if succeeds:
            attempt.succeeded()
            assert not breaker.is_open
        else:
            attempt.failed()
            if breaker.is_open:
                opened_or_probed_at = clock.now
