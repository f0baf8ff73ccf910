"""Background entry points of the business register."""

from uuid import UUID

from api.businesses import service
from api.core.jobs import JobContext, job

LONGEST_SECONDS = 3600.0


@job("businesses.check_import", max_attempts=3, deadline_seconds=LONGEST_SECONDS)
async def check_import(context: JobContext, *, import_id: str) -> None:
    """Look through a list that was sent in."""
    store = context.outside["store"]
    await service.work_on_import(context.database, store, context.municipality_id, UUID(import_id), write=False)


@job("businesses.write_import", max_attempts=3, deadline_seconds=LONGEST_SECONDS)
async def write_import(context: JobContext, *, import_id: str) -> None:
    """Write the good rows of a list that somebody said yes to."""
    store = context.outside["store"]
    await service.work_on_import(context.database, store, context.municipality_id, UUID(import_id), write=True)


@job("businesses.forget_imports")
async def forget_imports(context: JobContext) -> None:
    """Delete what was kept of old lists."""
    await service.forget_imports(context.database, context.outside["store"], context.municipality_id)
