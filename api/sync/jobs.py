"""Background entry points of sync."""

from uuid import UUID

from api.core.jobs import JobContext, job
from api.sync import collection, reference, service

IMPORT_DEADLINE_SECONDS = 3_600

# Every town that phones work in once in five minutes, each at a minute of its own; at once when its set-up changed.
DUE_SQL = """
    SELECT e.municipality_id FROM sync_epoch e JOIN municipality m ON m.id = e.municipality_id AND m.is_active
     WHERE e.municipality_id %% 5 = extract(minute FROM %(now)s::timestamptz)::int %% 5
        OR m.config_version IS DISTINCT FROM
           (SELECT (r.data ->> 'config_version')::int FROM reference_row r
             WHERE r.municipality_id = e.municipality_id AND r.tbl = 'town' LIMIT 1)"""


@job("sync.refresh_reference", due_sql=DUE_SQL)
async def refresh_reference(context: JobContext) -> None:
    """Bring what phones know of the town to how it is now."""
    async with context.transaction() as session:
        await reference.refresh_reference(session, context.municipality_id)


@job("sync.collect_pointers")
async def collect_pointers(context: JobContext) -> None:
    """Delete pointers that nobody needs any more, some thousands in each transaction."""
    while True:
        async with context.transaction() as session:
            if await collection.collect_pointers(session, context.municipality_id) < collection.AT_ONCE:
                return


@job("sync.import_bundle", deadline_seconds=IMPORT_DEADLINE_SECONDS)
async def import_bundle(context: JobContext, upload_id: str) -> None:
    """Import a bundle that was brought; how far it is stands on the page meanwhile."""
    outside = context.outside
    await service.import_bundle(
        service.Importing(
            context.database, outside["spool"], outside["store"], context.municipality_id, UUID(upload_id)
        )
    )


@job("sync.sweep_uploads")
async def sweep_uploads(context: JobContext) -> None:
    """Forget uploads that nobody has gone on with for 30 days."""
    await service.sweep_uploads(context.database, context.outside["spool"], context.municipality_id)


@job("sync.escalate_conflicts")
async def escalate_conflicts(context: JobContext) -> None:
    """Tell departments of what waits for their decision longer than it may."""
    async with context.transaction() as session:
        await service.escalate_conflicts(session, context.municipality_id)
