"""After a backup was restored: every municipality's phones are told that the history is another one.

A restored cluster is noticed by itself (`api.sync.epoch`). A dump that was played back into the same cluster, or a disk
image put back, looks like the old one; then an operator says so.
"""

from api.core.db import Database
from api.core.sql import fetch_all
from api.core.tenancy import enter_municipality
from api.sync import service as sync


async def begin_new_epochs(database: Database) -> int:
    """Begin a new epoch in every municipality that phones work in; gives their number.

    Phones send again what they hold of the last 30 days, and read everything anew. Each municipality is a transaction
    of its own: called twice, phones do it twice, and nothing is lost.
    """
    async with database.transaction() as session:
        begun = await fetch_all(session, "SELECT municipality_id, epoch FROM sync_epoch ORDER BY municipality_id")
    for row in begun:
        async with database.transaction() as session:
            await enter_municipality(session, row["municipality_id"])
            await sync.begin_epoch(session, row["municipality_id"], ended=row["epoch"], reason="restored by hand")
    return len(begun)
