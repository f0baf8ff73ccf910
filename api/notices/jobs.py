"""Background entry points of the SMS outbox; `api.platform.schedule` starts the ones with `due_sql` every minute."""

from api.core.jobs import JobContext, enqueue, job
from api.notices import asking, outbox, sending


@job("notices.send_sms")
async def send_sms(context: JobContext, *, login_codes_only: bool = False) -> None:
    """Send what is due in the municipality; what is left after twenty batches goes to another run."""
    run = await sending.send_due(context, login_codes_only=login_codes_only)
    if not run.is_more_waiting and run.again_at is None:
        return
    async with context.transaction() as session:
        if run.is_more_waiting:
            await enqueue(session, "notices.send_sms", context.municipality_id, login_codes_only=login_codes_only)
        if run.again_at:
            # A login code lives three minutes: it does not wait for the scheduler's next minute.
            await enqueue(
                session, "notices.send_sms", context.municipality_id,
                at=run.again_at, urgent=True, login_codes_only=True,
            )  # fmt: skip


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
