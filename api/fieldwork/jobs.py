"""Background entry points of field work."""

from api.core.jobs import JobContext, job
from api.fieldwork import service


@job("fieldwork.retire_messages")
async def retire_messages(context: JobContext) -> None:
    """Take messages older than thirty days off the phones, a thousand in each transaction."""
    while True:
        async with context.transaction() as session:
            if await service.retire_messages(session, context.municipality_id) == 0:
                return
