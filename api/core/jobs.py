"""Background jobs: put into the same transaction as the change that causes them, run by `belediye worker`.

A job's name is its domain and act (`notices.send_sms`); its arguments are ids and the municipality, never personal data.
Jobs run at least once, so each is written to do no harm when it runs twice.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
import structlog
from procrastinate.retry import RetryStrategy
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.db import Database
from api.core.sql import run

blueprint = procrastinate.Blueprint()

DEFER_CALL = """procrastinate_defer_jobs_v1(ARRAY[ROW('default', {name}, 0, {lock}, NULL, {args}, {at})
    ::procrastinate_job_to_defer_v1])"""
DEFER_SQL = "SELECT " + DEFER_CALL.format(
    name="%(job_name)s", lock="%(job_lock)s::text", args="%(job_args)s::jsonb", at="%(job_at)s::timestamptz"
)


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


@dataclass
class _Runtime:
    database: Database | None = None
    outside: Mapping[str, Any] | None = None


_runtime = _Runtime()


def bind_runtime(database: Database, outside: Mapping[str, Any]) -> None:
    """Tell the jobs of this process which database and outside systems to use; called once by the worker."""
    _runtime.database, _runtime.outside = database, outside


Job = Callable[..., Awaitable[None]]


def job(name: str, *, max_attempts: int = 8) -> Callable[[Job], Job]:
    """Register a coroutine `(context, **ids)` as the job of that name.

    After `max_attempts` failures with growing pauses the job is set aside as failed: others flow on, and an
    operator sees it in `belediye jobs` and may run it again.
    """

    def register(function: Job) -> Job:
        @blueprint.task(
            name=name,
            retry=RetryStrategy(max_attempts=max_attempts, exponential_wait=3),
        )
        async def entry(municipality_id: int, **arguments: Any) -> None:
            if _runtime.database is None or _runtime.outside is None:
                raise RuntimeError("jobs run in `belediye worker`")
            with structlog.contextvars.bound_contextvars(job=name, municipality_id=municipality_id):
                await function(JobContext(municipality_id, _runtime.database, _runtime.outside), **arguments)

        return function

    return register


async def enqueue(
    session: AsyncSession,
    name: str,
    municipality_id: int,
    *,
    lock: str | None = None,
    at: datetime | None = None,
    **arguments: Any,
) -> None:
    """Put a job into the running transaction: it exists if and only if the transaction commits.

    Jobs of the same `lock` run one after another; `at` delays it.
    """
    await run(session, DEFER_SQL, job_parameters(name, municipality_id, lock=lock, at=at, **arguments))


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
