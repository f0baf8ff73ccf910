"""Background entry points of offline maps."""

from api.core.jobs import JobContext, job
from api.offline_maps import service
from api.offline_maps.drawing import DEADLINE_SECONDS


@job("offline_maps.draw_next", max_attempts=3, deadline_seconds=DEADLINE_SECONDS + 60)
async def draw_next(context: JobContext) -> None:
    """Draw the next package of the municipality that is due."""
    await service.draw_next(context)
