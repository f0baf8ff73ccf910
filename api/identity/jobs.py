"""Background work of this domain; the worker runs these on its schedule, once a day for each municipality."""

import structlog

from api.core.jobs import JobContext, job
from api.core.rate_limits import clean_rate_counts
from api.identity import service

log = structlog.get_logger("belediye.identity")


@job("identity.clean_up")
async def clean_up(context: JobContext) -> None:
    """Delete a municipality's expired codes, tokens and devices."""
    async with context.transaction() as session:
        deleted = await service.clean_up(session, context.municipality_id)
    log.info("identity cleaned", **deleted)


@job("identity.clean_rate_counts")
async def clean_counts(context: JobContext) -> None:
    """Delete ended rate-limit windows and retired signing keys; both are shared by the whole installation."""
    async with context.transaction() as session:
        windows = await clean_rate_counts(session)
        keys = await service.clean_signing_keys(session)
    log.info("rate counts cleaned", windows=windows, signing_keys=keys)


@job("identity.rotate_signing_key", max_attempts=2)
async def rotate_signing_key(context: JobContext) -> None:
    """Let the next signing key take over; meant for every ninety days."""
    await service.rotate_signing_key(context.database)
