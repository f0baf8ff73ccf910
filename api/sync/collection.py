"""Old pointers go: who has not asked for 60 days is sent the rows themselves again."""

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.sql import fetch_one

KEPT = timedelta(days=60)
# While a transaction that writes is open, no phone is told of anything newer: each stays short.
AT_ONCE = 10_000

# A cursor before the floor may have missed something, and begins anew.
COLLECT_SQL = """
    WITH gone AS (
        DELETE FROM sync_pointer WHERE ctid IN (
               SELECT ctid FROM sync_pointer WHERE municipality_id = %(municipality_id)s AND at < %(before)s
                ORDER BY at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
           AND municipality_id = %(municipality_id)s AND at < %(before)s RETURNING xid),
    told AS (SELECT count(*) AS n, max(xid::text::bigint) AS highest FROM gone),
    raised AS (
        UPDATE sync_epoch SET floor_xid = greatest(floor_xid, told.highest + 1) FROM told
         WHERE municipality_id = %(municipality_id)s AND told.n > 0)
    SELECT n FROM told"""


async def collect_pointers(session: AsyncSession, municipality_id: int) -> int:
    """Delete at most AT_ONCE pointers that are older than KEPT and raise the floor above them; gives their number."""
    values = {"municipality_id": municipality_id, "before": clock.now() - KEPT, "limit": AT_ONCE}
    row = await fetch_one(session, COLLECT_SQL, values)
    return int(row["n"]) if row else 0
