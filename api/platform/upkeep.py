"""Keeps the job queue healthy: what a dead worker held runs again, what is long finished goes.

A worker that runs writes its heartbeat every few seconds (`procrastinate_workers.last_heartbeat`); readiness checks and
`belediye doctor` read the same row.
"""

import structlog
from psycopg.types.json import Jsonb
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.jobs import DEADLINE_SECONDS, PlatformContext, periodic, registered
from api.core.metrics import JOBS_WAITING
from api.core.sql import fetch_all, fetch_one, run

log = structlog.get_logger("belediye.platform")

HEARTBEAT_SECONDS = 5
DEAD_AFTER_SECONDS = 30
GRACE_SECONDS = 60
KEPT_DAYS = 7
REMOVED_AT_ONCE = 5_000
MAX_ATTEMPTS = 8

# Running on a dead worker, or for so long that even a living one must have lost it (its answer to the database broke
# off). The database's clock is compared with itself.
LOST_SQL = """
    SELECT job.id, job.task_name, job.attempts FROM procrastinate_jobs job
      LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status = 'doing'
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %(dead_after)s)
            OR (SELECT max(event.at) FROM procrastinate_events event
                 WHERE event.job_id = job.id AND event.type = 'started')
               < now() - make_interval(secs => coalesce((%(deadlines)s::jsonb ->> job.task_name)::float,
                                                        %(deadline)s) + %(grace)s))
       FOR UPDATE OF job SKIP LOCKED"""
REMOVE_SQL = """
    WITH ended AS MATERIALIZED (
        SELECT job.id FROM procrastinate_jobs job
         WHERE (job.status IN ('succeeded', 'aborted', 'cancelled')
                OR job.status = 'failed' AND job.task_name = ANY(%(periodic)s))
           AND NOT EXISTS (SELECT 1 FROM procrastinate_events event
                            WHERE event.job_id = job.id AND event.at > now() - make_interval(days => %(days)s))
         LIMIT %(limit)s)
    DELETE FROM procrastinate_jobs job USING ended WHERE job.id = ended.id"""


@periodic("platform.recover_lost_jobs", cron="* * * * *", deadline_seconds=55)
async def recover_lost_jobs(context: PlatformContext) -> None:
    """Put jobs whose worker is gone back into the queue, and count what waits."""
    async with context.transaction() as session:
        await put_back_lost(session)
        await run(
            session,
            "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %s)",
            (DEAD_AFTER_SECONDS * 10,),
        )
        counts = await fetch_all(session, "SELECT status::text, count(*) AS n FROM procrastinate_jobs GROUP BY status")
    for row in counts:
        JOBS_WAITING.labels(row["status"]).set(row["n"])


@periodic("platform.remove_finished_jobs", cron="17 3 * * *", deadline_seconds=1800)
async def remove_finished_jobs(context: PlatformContext) -> None:
    """Remove jobs that ended more than seven days ago; failed ones stay until somebody has decided on them."""
    removed = REMOVED_AT_ONCE
    while removed == REMOVED_AT_ONCE:
        async with context.transaction() as session:
            removed = await remove_ended(session)


async def remove_ended(session: AsyncSession, limit: int = REMOVED_AT_ONCE) -> int:
    """Remove so many ended jobs at most; gives their number. A periodic job that failed ran again at its next time."""
    periodic_names = [job.name for job in registered.values() if job.is_periodic]
    return await run(session, REMOVE_SQL, {"periodic": periodic_names, "days": KEPT_DAYS, "limit": limit})


async def put_back_lost(session: AsyncSession) -> int:
    """Let lost jobs run again; one that took its worker down too often is set aside as failed. Gives their number."""
    rows = await fetch_all(
        session,
        LOST_SQL,
        {
            "dead_after": DEAD_AFTER_SECONDS,
            "deadline": DEADLINE_SECONDS,
            "deadlines": Jsonb({job.name: job.deadline_seconds for job in registered.values()}),
            "grace": GRACE_SECONDS,
        },
    )
    for row in rows:
        job = registered.get(row["task_name"])
        if job and job.is_periodic:  # its next time comes by itself, and may be waiting under the same lock
            await fetch_one(session, "SELECT procrastinate_finish_job_v1(%s, 'aborted', false)", (row["id"],))
        elif row["attempts"] + 1 >= (job.max_attempts if job else MAX_ATTEMPTS):
            await fetch_one(session, "SELECT procrastinate_finish_job_v1(%s, 'failed', false)", (row["id"],))
        else:
            await fetch_one(session, "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", (row["id"],))
        log.warning("job of a lost worker", lost_job=row["task_name"], job_id=row["id"], attempts=row["attempts"])
    return len(rows)
