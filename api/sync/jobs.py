"""Background entry points of sync."""

from api.core.jobs import JobContext, job
from api.sync import collection, reference

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
    """Delete pointers that nobody needs any more."""
    async with context.transaction() as session:
        await collection.collect_pointers(session, context.municipality_id)
