"""A job exists if and only if its change does; failed ones are set aside, lost ones run again."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.jobs import Job
from psycopg.rows import dict_row

from api import worker
from api.core import clock, jobs
from api.core.db import Database
from api.core.jobs import GrowingPause
from api.core.sql import fetch_one, run
from api.platform.schedule import EVERY_TOWN, start_where_due
from api.platform.upkeep import put_back_lost, remove_ended
from tests.factories.bare_town import OTHER_TOWN, TOWN, make_town

pytestmark = pytest.mark.anyio


@pytest.fixture
async def platform(real_db):
    pool = Database(real_db.platform, pool_size=2)
    yield pool
    await pool.close()


@pytest.fixture
async def town(real_db):
    return await make_town(real_db)


def stored(urls):
    with psycopg.connect(urls.admin, row_factory=dict_row) as connection:
        return connection.execute("SELECT * FROM procrastinate_jobs ORDER BY id").fetchall()


async def test_a_committed_change_has_its_job(town, database, real_db):
    async with database.transaction(town) as session:
        await jobs.enqueue(session, "notices.send_sms", town, lock="one", login_codes_only=False)
    (job,) = stored(real_db)
    assert (job["task_name"], job["status"], job["queue_name"], job["lock"]) == (
        "notices.send_sms", "todo", "default", "one",
    )  # fmt: skip
    assert job["args"] == {"municipality_id": town, "login_codes_only": False}


async def test_a_rolled_back_change_has_no_job(town, database, real_db):
    async def change_and_fail():
        async with database.transaction(town) as session:
            await jobs.enqueue(session, "notices.send_sms", town)
            raise LookupError

    with pytest.raises(LookupError):
        await change_and_fail()
    assert stored(real_db) == []


async def test_an_urgent_job_has_a_lane_of_its_own(town, database, real_db):
    async with database.transaction(town) as session:
        await jobs.enqueue(session, "notices.send_sms", town, urgent=True)
    (job,) = stored(real_db)
    assert (job["queue_name"], job["priority"]) == ("urgent", 10)


async def test_a_delayed_job_waits_for_its_time(town, database, real_db):
    at = clock.now() + timedelta(hours=2)
    async with database.transaction(town) as session:
        await jobs.enqueue(session, "notices.send_sms", town, at=at)
    assert stored(real_db)[0]["scheduled_at"] == at


async def test_the_call_for_hot_verbs_puts_the_same_job(town, database, real_db):
    call = jobs.DEFER_CALL.format(
        name="%(job_name)s", lock="%(job_lock)s::text", args="%(job_args)s::jsonb", at="%(job_at)s::timestamptz"
    )
    async with database.transaction(town) as session:
        await run(session, f"SELECT {call}", jobs.job_parameters("notices.send_sms", town, login_codes_only=True))
        await jobs.enqueue(session, "notices.send_sms", town, login_codes_only=True)
    hot, plain = ({key: row[key] for key in row if key != "id"} for row in stored(real_db))
    assert hot == plain


@given(attempts=st.integers(0, 30), limit=st.integers(1, 20))
def test_a_job_is_tried_again_with_growing_pauses_until_it_is_set_aside(attempts, limit):
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempts)
    decision = GrowingPause(limit).get_retry_decision(exception=ValueError(), job=job)
    if attempts + 1 >= limit:
        assert decision is None
    else:
        assert decision is not None
        longest = min(3 ** (attempts + 1), 3600)
        seconds = (decision.retry_at - clock.now()).total_seconds()
        assert longest // 2 - 2 <= seconds <= longest


@pytest.mark.parametrize("attempts", [0, 7, 100])
def test_a_job_cut_off_by_the_end_of_the_worker_runs_again_at_once(attempts):
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempts)
    decision = GrowingPause(8).get_retry_decision(exception=asyncio.CancelledError(), job=job)
    assert decision is not None
    assert (decision.retry_at - clock.now()).total_seconds() < 2


def test_every_domains_jobs_and_the_platforms_are_known_to_the_worker():
    worker.import_jobs()
    assert jobs.registered.keys() >= {
        "notices.send_sms", "notices.retry_due", "notices.poll_reports", "notices.resolve_unknown",
        "complaints.notify_reporter", "platform.start_due_jobs", "platform.recover_lost_jobs",
    }  # fmt: skip
    assert jobs.registered.keys() <= jobs.app.tasks.keys()


def test_jobs_that_the_schedule_starts_exist():
    worker.import_jobs()
    from api.platform import schedule  # noqa: PLC0415 (after the jobs)

    for name in (*schedule.EVERY_NIGHT_IN_EVERY_TOWN, *schedule.EVERY_NIGHT_ONCE, *schedule.EVERY_QUARTER_ONCE):
        assert name in jobs.registered, name


async def take(urls, *, heartbeat_ago, started_ago, attempts=0, name="notices.send_sms"):
    """Let a worker of that heartbeat have taken a job that long ago; gives the job's id."""
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        (worker_id,) = connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s) RETURNING id", (heartbeat_ago,)
        ).fetchone()
        (job_id,) = connection.execute(
            """INSERT INTO procrastinate_jobs (queue_name, task_name, args, attempts)
               VALUES ('default', %s, '{}', %s) RETURNING id""",
            (name, attempts),
        ).fetchone()
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", (worker_id, job_id)
        )
        connection.execute(
            "UPDATE procrastinate_events SET at = now() - %s WHERE job_id = %s AND type = 'started'",
            (started_ago, job_id),
        )
    return job_id


SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("heartbeat_ago", "started_ago", "comes_back"),
    [
        (2 * SECOND, 10 * SECOND, False),
        (40 * SECOND, 45 * SECOND, True),  # the worker is dead
        (2 * SECOND, 20 * MINUTE, True),  # the worker lives, but has lost the job
        (2 * SECOND, 4 * MINUTE, False),  # within its deadline
    ],
)
async def test_a_job_comes_back_when_its_worker_is_gone(real_db, platform, heartbeat_ago, started_ago, comes_back):
    worker.import_jobs()
    await take(real_db, heartbeat_ago=heartbeat_ago, started_ago=started_ago)
    async with platform.transaction() as session:
        assert await put_back_lost(session) == comes_back
    (job,) = stored(real_db)
    assert (job["status"], job["attempts"]) == (("todo", 1) if comes_back else ("doing", 0))


async def test_a_job_without_a_worker_row_comes_back(real_db, platform):
    await take(real_db, heartbeat_ago=SECOND, started_ago=SECOND)
    with psycopg.connect(real_db.admin, autocommit=True) as connection:
        connection.execute("DELETE FROM procrastinate_workers")
    async with platform.transaction() as session:
        assert await put_back_lost(session) == 1


async def test_a_job_that_takes_its_worker_down_again_and_again_is_set_aside(real_db, platform):
    await take(real_db, heartbeat_ago=MINUTE, started_ago=MINUTE, attempts=7)
    async with platform.transaction() as session:
        await put_back_lost(session)
    assert stored(real_db)[0]["status"] == "failed"


async def test_a_lost_periodic_job_gives_way_to_its_next_time(real_db, platform):
    worker.import_jobs()
    name = "platform.start_due_jobs"
    await take(real_db, heartbeat_ago=MINUTE, started_ago=MINUTE, name=name)
    with psycopg.connect(real_db.admin, autocommit=True) as connection:
        connection.execute("UPDATE procrastinate_jobs SET queueing_lock = %s, lock = %s", (name, name))
        connection.execute(
            """INSERT INTO procrastinate_jobs (queue_name, task_name, args, lock, queueing_lock)
               VALUES ('default', %s, '{}', %s, %s)""",
            (name, name, name),
        )
    async with platform.transaction() as session:
        assert await put_back_lost(session) == 1
    assert [job["status"] for job in stored(real_db)] == ["aborted", "todo"]


async def test_jobs_that_ended_well_are_removed_after_seven_days_and_failed_ones_are_kept(real_db, platform):
    with psycopg.connect(real_db.admin, autocommit=True) as connection:
        for status, days, name in (
            ("succeeded", 8, None), ("succeeded", 6, None), ("failed", 8, None), ("todo", 8, None),
            ("aborted", 8, None), ("failed", 8, "platform.recover_lost_jobs"),
        ):  # fmt: skip
            (job_id,) = connection.execute(
                """INSERT INTO procrastinate_jobs (queue_name, task_name, args)
                   VALUES ('default', %s, '{}') RETURNING id""",
                (name or f"{status}-{days}",),
            ).fetchone()
            connection.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", (status, job_id))
            connection.execute(
                "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s",
                (days, job_id),
            )
    async with platform.transaction() as session:
        assert await remove_ended(session) == 3
    assert [job["task_name"] for job in stored(real_db)] == ["succeeded-6", "failed-8", "todo-8"]


async def test_a_due_job_starts_once_in_every_municipality_that_is_due(town, real_db, platform):
    await make_town(real_db, OTHER_TOWN)
    both = f"SELECT unnest(ARRAY[{TOWN}, {OTHER_TOWN}]) AS municipality_id WHERE %(now)s IS NOT NULL"
    for expected in (2, 0):
        async with platform.transaction() as session:
            assert await start_where_due(session, "notices.retry_due", both) == expected
    assert sorted(job["args"]["municipality_id"] for job in stored(real_db)) == sorted((TOWN, OTHER_TOWN))


async def test_a_job_in_a_long_pause_after_a_failure_does_not_keep_the_next_one_from_starting(town, real_db, platform):
    one = f"SELECT {TOWN} AS municipality_id WHERE %(now)s IS NOT NULL"
    async with platform.transaction() as session:
        await jobs.enqueue(session, "notices.retry_due", TOWN, at=clock.now() + timedelta(hours=1))
        assert await start_where_due(session, "notices.retry_due", one) == 1


async def test_nightly_jobs_start_in_every_active_municipality(town, real_db, platform):
    async with platform.transaction() as session:
        towns = await fetch_one(session, "SELECT count(*) AS n FROM municipality WHERE is_active")
        assert await start_where_due(session, "identity.clean_up", EVERY_TOWN) == towns["n"]
