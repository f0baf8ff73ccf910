"""Background entry points of the SMS outbox; `api.platform.schedule` starts the ones with `due_sql` every minute."""

from api.core.jobs import JobContext, enqueue, job
from api.notices import asking, outbox, sending
from api.notices.workflow import BATCH

BATCHES_A_RUN = 20


@job("notices.send_sms")
async def send_sms(context: JobContext, *, login_codes_only: bool = False) -> None:
    """Send what is due in the municipality, batch by batch; what is left after twenty goes to another run."""
    again_at = None
    for _ in range(BATCHES_A_RUN):
        batch = await sending.send_batch(context, login_codes_only=login_codes_only)
        again_at = min((at for at in (again_at, batch.again_at) if at), default=None)
        if batch.taken < BATCH or batch.is_held:
            break
    else:
        async with context.transaction() as session:
            await enqueue(session, "notices.send_sms", context.municipality_id, login_codes_only=login_codes_only)
    if again_at:
        # A login code lives three minutes: it does not wait for the scheduler's next minute.
        async with context.transaction() as session:
            await enqueue(session, "notices.send_sms", context.municipality_id, at=again_at, urgent=True, login_codes_only=True)


@job("notices.retry_due", due_sql=outbox.TOWNS_WITH_SENDING_DUE)
async def retry_due(context: JobContext) -> None:
    """Send what waited out its pause, or was missed; what a killed worker left becomes unknown."""
    await sending.release_left_behind(context)
    await send_sms(context)


@job("notices.poll_reports", due_sql=outbox.TOWNS_WITH_REPORTS_DUE)
async def poll_reports(context: JobContext) -> None:
    """Read the provider's delivery reports that are due."""
    await asking.poll_reports(context)


@job("notices.resolve_unknown", due_sql=outbox.TOWNS_WITH_UNKNOWN_DUE)
async def resolve_unknown(context: JobContext) -> None:
    """Ask the provider about the messages of which nobody knows whether it took them."""
    await asking.resolve_unknown(context)
