"""Deleting what sign-in leaves behind once it is good for nothing."""

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import system_actor
from api.core.sql import run
from api.identity import queries
from api.identity.refresh import FIELD_GRACE, GRACE

CODES_KEPT = timedelta(days=1)
TOKENS_KEPT = timedelta(days=7)
# A stolen token is noticed by its second use; after a month nobody comes back with one.
USED_TOKENS_KEPT = timedelta(days=30)
DEVICES_KEPT = timedelta(days=90)


async def clean_up(session: AsyncSession, municipality_id: int) -> dict[str, int]:
    """Delete a municipality's expired codes, tokens and ended devices; gives how many of each.

    The audit trail keeps who signed in and out; what is deleted here is only what opened the door.
    """
    now = clock.now()
    row = {
        "municipality_id": municipality_id,
        "grace_over": now - GRACE,
        "field_grace_over": now - FIELD_GRACE,
        "codes_before": now - CODES_KEPT,
        "tokens_before": now - TOKENS_KEPT,
        "used_before": now - USED_TOKENS_KEPT,
        "devices_before": now - DEVICES_KEPT,
    }
    await run(session, queries.FORGET_SEALED_CHILDREN, row)
    deleted = {
        "login_codes": await run(session, queries.DELETE_LOGIN_CODES, row),
        "refresh_tokens": await run(session, queries.DELETE_REFRESH_TOKENS, row),
        "devices": await run(session, queries.DELETE_DEVICES, row),
    }
    if any(deleted.values()):
        actor = system_actor(municipality_id)
        await audit.record(session, actor, "identity.clean_up", "municipality", str(municipality_id), **deleted)
    return deleted
