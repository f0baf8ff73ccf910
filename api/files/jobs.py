"""Background entry points of files."""

from datetime import timedelta

from api.core import clock
from api.core.jobs import JobContext, job
from api.files import queries, service

KEPT_UNATTACHED = timedelta(days=2)
# A phone lets go of a photo a week after it has heard that it is stored; longest without contact are 45 days.
FOLLOWED = timedelta(days=120)
UNFOLLOWED_AT_ONCE = 1_000


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


@job("files.unfollow_photos")
async def unfollow_photos(context: JobContext) -> None:
    """Take photos that have long been stored out of what their senders' phones hold, a thousand in each transaction."""
    while True:
        async with context.transaction() as session:
            before = clock.now() - FOLLOWED
            if await queries.unfollow(session, context.municipality_id, before, UNFOLLOWED_AT_ONCE) == 0:
                return
