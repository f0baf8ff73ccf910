"""Background entry points of complaints."""

from datetime import datetime
from uuid import UUID

from api.complaints import service
from api.core.jobs import JobContext, job


@job("complaints.notify_reporter")
async def notify_reporter(context: JobContext, *, event_id: str, happened_at: str) -> None:
    """Tell the reporter about one line of the timeline."""
    async with context.transaction() as session:
        await service.tell_reporter(
            session, context.municipality_id, UUID(event_id), datetime.fromisoformat(happened_at)
        )
