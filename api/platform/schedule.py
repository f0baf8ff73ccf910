"""Starts jobs by the clock: every minute where something is due, every night everywhere.

A worker's job sees one municipality; only here is it asked in which of them there is work. A job says for itself what
"due" means (`due_sql`), so whoever reads the job sees when it runs.
"""

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.jobs import DEFER_CALL, PlatformContext, periodic, registered
from api.core.sql import fetch_one

log = structlog.get_logger("belediye.platform")

EVERY_NIGHT_IN_EVERY_TOWN = (
    "businesses.forget_imports",
    "files.remove_unattached",
    "files.unfollow_photos",
    "fieldwork.retire_messages",
    "identity.clean_up",
    "inspections.leave_field",
    "inspections.plan_routine",
    "inspections.return_numbers",
    "sync.collect_pointers",
    "sync.escalate_conflicts",
    "sync.sweep_uploads",
)
EVERY_NIGHT_ONCE = ("identity.clean_rate_counts",)
EVERY_QUARTER_ONCE = ("identity.rotate_signing_key",)
EVERY_TOWN = "SELECT id AS municipality_id FROM municipality WHERE is_active AND %(now)s IS NOT NULL"
ANY_TOWN = f"SELECT min(municipality_id) AS municipality_id FROM ({EVERY_TOWN}) town"

# A job that waits out a long pause after a failure does not keep the next one from starting.
START_SQL = """
    WITH due AS ({due}),
         started AS (SELECT (args ->> 'municipality_id')::int AS municipality_id FROM procrastinate_jobs
                      WHERE task_name = %(name)s AND status IN ('todo', 'doing')
                        AND (status = 'doing' OR scheduled_at IS NULL OR scheduled_at <= now()))
    SELECT count({defer}) AS n FROM due
     WHERE municipality_id NOT IN (SELECT municipality_id FROM started WHERE municipality_id IS NOT NULL)"""
START_DEFER = DEFER_CALL.format(
    name="%(name)s", lock="NULL", args="jsonb_build_object('municipality_id', municipality_id)", at="NULL"
)


@periodic("platform.start_due_jobs", cron="* * * * *", deadline_seconds=55)
async def start_due_jobs(context: PlatformContext) -> None:
    """Put the due jobs of every municipality into the queue, each unless it is waiting or running there already."""
    for job in registered.values():
        if job.due_sql is not None:
            async with context.transaction() as session:
                number = await start_where_due(session, job.name, job.due_sql)
            if number:
                log.info("due jobs started", started=job.name, municipalities=number)


async def start_where_due(session: AsyncSession, name: str, due_sql: str) -> int:
    """Start one job in the municipalities that `due_sql` names; gives their number."""
    row = await fetch_one(session, START_SQL.format(due=due_sql, defer=START_DEFER), {"name": name, "now": clock.now()})
    return int(row["n"]) if row else 0


@periodic("platform.start_nightly_jobs", cron="40 23 * * *")
async def start_nightly_jobs(context: PlatformContext) -> None:
    """Start what tidies up, at 02:40 of Istanbul (the queue counts in UTC)."""
    async with context.transaction() as session:
        for name in EVERY_NIGHT_IN_EVERY_TOWN:
            await start_where_due(session, name, EVERY_TOWN)
        for name in EVERY_NIGHT_ONCE:
            await start_where_due(session, name, ANY_TOWN)


@periodic("platform.start_quarterly_jobs", cron="20 0 1 */3 *")
async def start_quarterly_jobs(context: PlatformContext) -> None:
    """Start what renews itself four times a year."""
    async with context.transaction() as session:
        for name in EVERY_QUARTER_ONCE:
            await start_where_due(session, name, ANY_TOWN)
