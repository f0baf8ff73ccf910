"""The epoch: the name of one life of a municipality's history.

After a backup was restored the history is another one than phones know; then the epoch changes and they send what they
hold again. It changes by itself when the database runs on another cluster or timeline than the one that it began on, or
when a phone has read farther than the database has come; `belediye database restored` changes it by hand.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor, system_actor
from api.core.ids import uuid7
from api.core.sql import fetch_one

# A restored cluster has another timeline, a dump on another cluster another identifier.
CLUSTER_SQL = """((SELECT system_identifier FROM pg_control_system())::text || '/'
    || (SELECT timeline_id FROM pg_control_checkpoint())::text)"""

# What phones have read of the old life counts no more, and so do its pointers.
ROTATE_SQL = f"""
    WITH begun AS (
        INSERT INTO sync_epoch (municipality_id, epoch, cluster, floor_xid, started_at)
        VALUES (%(municipality_id)s, %(new)s, {CLUSTER_SQL}, 0, %(now)s)
        ON CONFLICT (municipality_id) DO UPDATE
           SET epoch = excluded.epoch, cluster = excluded.cluster, floor_xid = 0, started_at = excluded.started_at
         WHERE sync_epoch.cluster <> excluded.cluster OR sync_epoch.epoch = %(old)s
     RETURNING epoch),
    cleared AS (DELETE FROM sync_pointer WHERE municipality_id = %(municipality_id)s AND EXISTS (SELECT FROM begun))
    SELECT epoch FROM begun"""


@dataclass(frozen=True)
class Standing:
    """The epoch that is written down, and whether the database still runs where it began."""

    epoch: UUID
    is_of_this_cluster: bool


async def read_epoch(session: AsyncSession, municipality_id: int) -> Standing | None:
    """Give the municipality's epoch; None where no phone has come yet."""
    row = await fetch_one(
        session,
        f"SELECT epoch, cluster = {CLUSTER_SQL} AS is_same FROM sync_epoch WHERE municipality_id = %s",
        (municipality_id,),
    )
    return Standing(row["epoch"], row["is_same"]) if row else None


async def begin_epoch(
    session: AsyncSession, municipality_id: int, *, ended: UUID | None = None, reason: str, actor: Actor | None = None
) -> bool:
    """Begin a municipality's epoch where there is none, it is of another cluster, or it is the one that has `ended`.

    Gives whether a new one began; audited.
    """
    values = {"municipality_id": municipality_id, "new": uuid7(), "old": ended, "now": clock.now()}
    row = await fetch_one(session, ROTATE_SQL, values)
    if row is None:
        return False
    actor = actor or system_actor(municipality_id)
    await audit.record(session, actor, "sync.begin_epoch", "sync_epoch", row["epoch"], reason=reason)
    return True
