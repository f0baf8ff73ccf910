"""Background entry points of offline maps."""

from uuid import UUID

from api.core.jobs import JobContext, job
from api.offline_maps import service
from api.offline_maps.drawing import DEADLINE_SECONDS


@job("offline_maps.draw", max_attempts=3, deadline_seconds=DEADLINE_SECONDS + 60)
async def draw(context: JobContext, *, package_id: str) -> None:
    """Draw one package if its source has changed."""
    await service.draw(context, UUID(package_id))
