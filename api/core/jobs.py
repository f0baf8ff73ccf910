"""Background jobs: put into the same transaction as the change that causes them, run by `belediye worker`.

A job's name is its domain and act (`notices.send_sms`); its arguments are ids and the municipality, never personal
data. Jobs run at least once, so each is written to do no harm when it runs twice.

Two lanes: `urgent` jobs (login codes) have their own places in the worker and never wait behind the others.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
import structlog
from procrastinate.jobs import Job as StoredJob
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.db import Database
from api.core.sql import run

log = structlog.get_logger("belediye.jobs")

DEFAULT_LANE, URGENT_LANE = "default", "urgent"
URGENT_PRIORITY = 10
LONGEST_PAUSE_SECONDS = 3600
DEADLINE_SECONDS = 300.0

app = procrastinate.App(connector=procrastinate.PsycopgConnector())
"""Knows every job by name; `api.worker` gives it the connection to the database."""

DEFER_CALL = """procrastinate_defer_jobs_v1(ARRAY[ROW('default', {name}, 0, {lock}, NULL, {args}, {at})
    ::procrastinate_job_to_defer_v1])"""
DEFER_SQL = """SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(%(job_lane)s, %(job_name)s, %(job_priority)s,
    %(job_lock)s::text, NULL, %(job_args)s::jsonb, %(job_at)s::timestamptz)::procrastinate_job_to_defer_v1])"""


@dataclass(frozen=True)
class JobContext:
    """What a job works with: transactions of its municipality, and the outside systems by name."""

    municipality_id: int
    database: Database
    outside: Mapping[str, Any]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open one transaction in the job's municipality; foreign systems are called between, never inside."""
        async with self.database.transaction(self.municipality_id) as session:
            yield session


@dataclass(frozen=True)
class PlatformContext:
    """What a periodic job of the whole installation works with; its transactions cross municipalities."""

    database: Database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open one transaction of the platform role."""
        async with self.database.transaction() as session:
            yield session


@dataclass(frozen=True)
class Registered:
    """What is fixed about a job: how long one run may take, how often it is tried, when the platform starts it."""

    name: str
    deadline_seconds: float
    max_attempts: int
    due_sql: str | None = None
    is_periodic: bool = False


@dataclass
class _Runtime:
    database: Database | None = None
    platform: Database | None = None
    outside: Mapping[str, Any] | None = None


_runtime = _Runtime()
registered: dict[str, Registered] = {}

Job = Callable[..., Awaitable[None]]
PeriodicJob = Callable[[PlatformContext], Awaitable[None]]


def bind_runtime(database: Database, outside: Mapping[str, Any], *, platform: Database | None = None) -> None:
    """Tell the jobs of this process which databases and outside systems to use; called once by the worker."""
    _runtime.database, _runtime.outside, _runtime.platform = database, outside, platform


class GrowingPause(BaseRetryStrategy):
    """Try again after about 3, 9, 27 … seconds, an hour at most; each pause is shortened at random by up to half."""

    def __init__(self, max_attempts: int) -> None:
        """Take the number of runs after which the job is set aside."""
        self.max_attempts = max_attempts

    def get_retry_decision(self, *, exception: BaseException, job: StoredJob) -> RetryDecision | None:
        """Say when the job runs again; None sets it aside."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})  # the worker was told to stop: no fault of the job
        if job.attempts + 1 >= self.max_attempts:
            return None
        pause = min(3 ** (job.attempts + 1), LONGEST_PAUSE_SECONDS)
        return RetryDecision(retry_in={"seconds": random.randint(pause // 2, pause)})  # noqa: S311 (spreads load)


def job(
    name: str, *, max_attempts: int = 8, deadline_seconds: float = DEADLINE_SECONDS, due_sql: str | None = None
) -> Callable[[Job], Job]:
    """Register a coroutine `(context, **ids)` as the job of that name.

    After `max_attempts` failed runs with growing pauses the job is set aside as failed: others flow on, and an
    operator sees it in `belediye jobs` and may run it again. A run is cut off after `deadline_seconds`.

    `due_sql` selects the `municipality_id`s for which there is something to do at `%(now)s`; `api.platform.schedule`
    runs it every minute as the platform role and starts the job there.
    """

    def register(function: Job) -> Job:
        registered[name] = Registered(name, deadline_seconds, max_attempts, due_sql)

        @app.task(name=name, retry=GrowingPause(max_attempts))
        async def entry(municipality_id: int, **arguments: Any) -> None:
            if _runtime.database is None or _runtime.outside is None:
                raise RuntimeError("jobs run in `belediye worker`")
            context = JobContext(municipality_id, _runtime.database, _runtime.outside)
            with structlog.contextvars.bound_contextvars(job=name, municipality_id=municipality_id):
                await _run(function(context, **arguments), deadline_seconds)

        return function

    return register


def periodic(
    name: str, *, cron: str, deadline_seconds: float = DEADLINE_SECONDS
) -> Callable[[PeriodicJob], PeriodicJob]:
    """Register a coroutine `(context)` that the worker runs by the clock, once in the whole installation.

    It crosses municipalities, so it stands in `api.platform`. A run that fails is not repeated before its next time.
    """

    def register(function: PeriodicJob) -> PeriodicJob:
        registered[name] = Registered(name, deadline_seconds, max_attempts=1, is_periodic=True)

        # No lock: a run that was left behind by a killed worker would keep every later one from starting.
        @app.periodic(cron=cron)
        @app.task(name=name, queueing_lock=name)
        async def entry(timestamp: int) -> None:
            if _runtime.platform is None:
                raise RuntimeError("jobs run in `belediye worker`")
            with structlog.contextvars.bound_contextvars(job=name):
                await _run(function(PlatformContext(_runtime.platform)), deadline_seconds)

        return function

    return register


async def _run(work: Awaitable[None], deadline_seconds: float) -> None:
    started, outcome = time.perf_counter(), "failed"
    try:
        async with asyncio.timeout(deadline_seconds):
            await work
        outcome = "done"
    except asyncio.CancelledError:
        outcome = "cut off"
        raise
    finally:
        log.info("job", outcome=outcome, ms=round((time.perf_counter() - started) * 1000, 1))


async def enqueue(
    session: AsyncSession,
    name: str,
    municipality_id: int,
    *,
    lock: str | None = None,
    at: datetime | None = None,
    urgent: bool = False,
    **arguments: Any,
) -> None:
    """Put a job into the running transaction: it exists if and only if the transaction commits.

    Jobs of the same `lock` run one after another; `at` delays it; `urgent` lets it go before everything else.
    """
    parameters = job_parameters(name, municipality_id, lock=lock, at=at, **arguments)
    parameters["job_lane"] = URGENT_LANE if urgent else DEFAULT_LANE
    parameters["job_priority"] = URGENT_PRIORITY if urgent else 0
    await run(session, DEFER_SQL, parameters)


def job_parameters(
    name: str, municipality_id: int, *, lock: str | None = None, at: datetime | None = None, **arguments: Any
) -> dict[str, Any]:
    """Give the parameters of `DEFER_CALL`, for hot verbs that write everything in one statement."""
    return {
        "job_name": name,
        "job_lock": lock,
        "job_at": at,
        "job_args": json.dumps({"municipality_id": municipality_id, **arguments}, default=str),
    }
