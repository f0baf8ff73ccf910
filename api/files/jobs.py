"""Background entry points of files."""

from datetime import timedelta

from api.core import clock
from api.core.jobs import JobContext, job
from api.files import queries, service

KEPT_UNATTACHED = timedelta(days=2)


@job("files.remove_unattached")
async def remove_unattached(context: JobContext) -> None:
    """Delete photos that were uploaded and never used, rows first, then their blobs."""
    async with context.transaction() as session:
        gone = await queries.delete_unattached(session, context.municipality_id, clock.now() - KEPT_UNATTACHED)
    store = context.outside["store"]
    for row in gone:
        place = service.blob_place(context.municipality_id, row["id"])
        for variant in ("original", "public", "thumbnail", "preview"):
            await store.delete(f"{place}/{variant}")
