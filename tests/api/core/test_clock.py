import asyncio
import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.core import clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_clock_is_aware_utc_and_runs() -> None:
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_the_day_turns_at_midnight_in_istanbul() -> None:
    with clock.frozen(datetime(2026, 3, 1, 20, 59, 59, tzinfo=UTC)) as stopped:
        assert clock.today() == date(2026, 3, 1)
        stopped.advance(seconds=1)
        assert clock.today() == date(2026, 3, 2)


def test_a_frozen_clock_stands_still_and_moves_only_when_told() -> None:
    with clock.frozen(NOON) as stopped:
        assert clock.now() == NOON == clock.now()
        assert stopped.advance(hours=1, minutes=30) == NOON + timedelta(minutes=90) == clock.now()
        stopped.set(NOON - timedelta(days=400))
        assert clock.now() == NOON - timedelta(days=400)
    assert clock.now() > NOON


def test_freezing_without_a_time_keeps_the_present() -> None:
    before = clock.now()
    with clock.frozen():
        assert before <= clock.now()
        assert clock.now() == clock.now()


def test_blocks_nest_and_restore_even_after_an_error() -> None:
    with clock.frozen(NOON) as stopped:
        stopped.advance(hours=2)
        with pytest.raises(RuntimeError), clock.frozen(NOON + timedelta(days=9)):
            raise RuntimeError
        assert clock.now() == NOON + timedelta(hours=2)
    assert clock.now() > NOON + timedelta(hours=2)


def test_threads_and_tasks_started_earlier_see_the_frozen_clock() -> None:
    seen: list[datetime] = []
    go, started = threading.Event(), threading.Event()

    def look() -> None:
        started.set()
        go.wait(5)
        seen.append(clock.now())

    async def look_from_a_task() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        started.wait(5)
        waiting = asyncio.Event()

        async def later() -> None:
            await waiting.wait()
            seen.append(clock.now())

        task = asyncio.create_task(later())
        await asyncio.sleep(0)
        with clock.frozen(NOON):
            waiting.set()
            go.set()
            await task
            seen.append(await asyncio.to_thread(clock.now))
            await asyncio.to_thread(thread.join)

    asyncio.run(look_from_a_task())
    assert seen == [NOON, NOON, NOON]


@pytest.mark.parametrize("move", [lambda c: c.advance(seconds=1), lambda c: c.set(NOON)])
def test_a_running_clock_cannot_be_moved(move) -> None:
    with pytest.raises(clock.ClockError) as refusal:
        move(clock.Clock())
    assert refusal.value.code == "clock_not_frozen"


def test_a_time_without_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 (the case under test)
    with pytest.raises(clock.ClockError) as refusal, clock.frozen(naive):
        pass
    assert refusal.value.code == "naive_time"


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 (strategy bounds are naive)
def test_a_frozen_time_is_told_unchanged_from_any_zone(naive: datetime) -> None:
    at = naive.replace(tzinfo=clock.ISTANBUL)
    with clock.frozen(at):
        assert clock.now() == at.astimezone(UTC)
        assert clock.today() == at.date()


def test_another_process_is_shifted_by_its_environment() -> None:
    code = "from api.core import clock; print(clock.now().timestamp(), clock.offset().total_seconds())"
    environment = {**os.environ, clock.OFFSET_VARIABLE: "86400.5"}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    shifted, offset = map(float, told.stdout.split())
    assert offset == 86_400.5
    assert 86_400 - 60 < shifted - clock.now().timestamp() < 86_401


@pytest.mark.parametrize("value", ["yarın", "1e400", "nan", "inf"])
def test_an_unreadable_offset_is_refused(value: str) -> None:
    with pytest.raises(clock.ClockError) as refusal:
        clock.offset_from(value)
    assert refusal.value.code == "bad_clock_offset"


def test_no_offset_is_the_default() -> None:
    assert clock.offset_from(None) == clock.offset_from("") == timedelta(0)
