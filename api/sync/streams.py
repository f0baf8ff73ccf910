"""The stream of a phone: one dense sequence of commands, held by a lock while one of them is taken."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.actor import Actor
from api.core.db import Database
from api.core.sql import Row, fetch_one, run
from api.sync.epoch import CLUSTER_SQL, begin_epoch
from api.sync.errors import DeviceForked, EpochChanged
from api.sync.field_devices import DeviceRevoked
from api.sync.reference import refresh_reference

NOTED_EVERY = timedelta(minutes=10)
COUNTED_EVERY = timedelta(minutes=1)
"""How often a phone's word on what it still holds is written down, where it is another one."""

_STORED = """m.sha AS stored_sha, m.state AS stored_state, m.code AS stored_code,
    CASE WHEN m.xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint THEN m.xid ELSE 0 END AS stored_xid"""
# Reading the cluster's identity costs more than the rest, so it is looked at once for each batch.
HOLD_SQL = f"""
    SELECT s.last_seq, s.device_id, d.state AS device_state, d.staff_user_id, e.epoch,
           CASE WHEN %(is_first)s THEN e.cluster = {CLUSTER_SQL} ELSE true END AS is_same_cluster,
           d.last_contact_at < %(noted_since)s OR d.app <> %(app)s AS is_to_note,
           m.id IS NOT NULL AS is_stored, {_STORED}
      FROM sync_stream s
      JOIN field_device d ON d.municipality_id = s.municipality_id AND d.id = s.device_id
      JOIN sync_epoch e ON e.municipality_id = s.municipality_id
      LEFT JOIN sync_mutation m ON m.municipality_id = s.municipality_id AND m.id = %(mutation_id)s
     WHERE s.municipality_id = %(municipality_id)s AND s.id = %(stream_id)s
       FOR UPDATE OF s"""
STORED_SQL = f"""
    SELECT true AS is_stored, {_STORED} FROM sync_mutation m
     WHERE m.municipality_id = %(municipality_id)s AND m.id = %(mutation_id)s"""
# A phone that signs in again is another device with the same stream; what was said of it stays said.
MEET_SQL = """
    WITH before AS (
        SELECT d.state, d.staff_user_id FROM sync_stream s
          JOIN field_device d ON d.municipality_id = s.municipality_id AND d.id = s.device_id
         WHERE s.municipality_id = %(municipality_id)s AND s.id = %(stream_id)s),
    met AS (
        INSERT INTO field_device (municipality_id, id, staff_user_id, state, app, first_contact_at, last_contact_at,
                                  waiting, waiting_photos)
        SELECT %(municipality_id)s, %(device_id)s, %(staff_user_id)s, coalesce((SELECT state FROM before), 'active'),
               %(app)s, %(now)s, %(now)s, 0, 0
         WHERE NOT EXISTS (SELECT FROM before WHERE staff_user_id <> %(staff_user_id)s)
        ON CONFLICT (municipality_id, id) DO UPDATE SET app = excluded.app, last_contact_at = excluded.last_contact_at
     RETURNING id)
    INSERT INTO sync_stream (municipality_id, id, device_id, fork_of, last_seq, created_at)
    SELECT %(municipality_id)s, %(stream_id)s, met.id, %(fork_of)s, 0, %(now)s FROM met
    ON CONFLICT (municipality_id, id) DO UPDATE SET device_id = excluded.device_id
 RETURNING id"""

NOTE_SQL = """
    UPDATE field_device SET last_contact_at = %(now)s, app = %(app)s,
                            waiting = coalesce(%(waiting)s::int, waiting),
                            waiting_photos = coalesce(%(waiting_photos)s::int, waiting_photos)
     WHERE municipality_id = %(municipality_id)s AND id = %(device_id)s"""


@dataclass(frozen=True)
class Phone:
    """Who speaks, by which stream, what they take for the server's epoch; `waiting`: records and photos still held."""

    actor: Actor
    stream_id: UUID
    fork_of: UUID | None
    epoch: str | None
    app: str
    waiting: tuple[int, int] | None = None

    def values(self, **more: Any) -> dict[str, Any]:
        """Give the parameters of this module's SQL."""
        now = clock.now()
        waiting, waiting_photos = self.waiting or (None, None)
        return {
            "municipality_id": self.actor.municipality_id,
            "stream_id": self.stream_id,
            "device_id": self.actor.device_id,
            "staff_user_id": self.actor.id,
            "fork_of": self.fork_of,
            "app": self.app,
            "now": now,
            "today": clock.today(),
            "noted_since": now - NOTED_EVERY,
            "counted_since": now - COUNTED_EVERY,
            "waiting": waiting,
            "waiting_photos": waiting_photos,
            **more,
        }


class Unmet(Exception):
    """The phone, its stream or the epoch must first be written down by `meet`, in a transaction of its own."""


async def meet(database: Database, phone: Phone) -> None:
    """Write down a phone that comes for the first time or signed in anew, and begin the epoch where it is over.

    Raises:
        DeviceForked: the stream is somebody else's.
    """
    async with database.transaction(phone.actor.municipality_id) as session:
        if await begin_epoch(session, phone.actor.municipality_id, reason="first contact or restored cluster"):
            await refresh_reference(session, phone.actor.municipality_id)
        if not await run(session, MEET_SQL, phone.values()):
            raise DeviceForked


async def hold_stream(session: AsyncSession, phone: Phone, mutation_id: UUID, *, is_first: bool) -> Row:
    """Lock the phone's stream until the end of the transaction, and say how it stands; one statement as a rule.

    Raises:
        Unmet: the phone is to be met first.
        EpochChanged: the phone's epoch is not the server's. DeviceRevoked: the phone is to be wiped.
    """
    values = phone.values(mutation_id=mutation_id, is_first=is_first)
    row = await fetch_one(session, HOLD_SQL, values)
    if row is None or row["device_id"] != phone.actor.device_id or not row["is_same_cluster"]:
        raise Unmet
    demand_epoch(phone, row["epoch"])
    if row["device_state"] == "wipe":
        raise DeviceRevoked(wipe="now")
    if row["is_to_note"]:
        await run(session, NOTE_SQL, values)
    return row


async def note_contact(database: Database, phone: Phone) -> None:
    """Write down that the phone was heard of, and what it said it still holds."""
    async with database.transaction(phone.actor.municipality_id) as session:
        await run(session, NOTE_SQL, phone.values())


def demand_epoch(phone: Phone, epoch: UUID) -> None:
    """Go on only in the epoch that the phone knows.

    Raises:
        EpochChanged: it is another one.
    """
    if phone.epoch not in (None, str(epoch)):
        raise EpochChanged(server_epoch=str(epoch))


async def stored_result(session: AsyncSession, phone: Phone, mutation_id: UUID) -> Row | None:
    """Look again for what became of a mutation: a lock that was waited for shows the stream newer than the rest."""
    return await fetch_one(session, STORED_SQL, phone.values(mutation_id=mutation_id))


async def move_on(session: AsyncSession, phone: Phone, seq: int) -> None:
    """Count a mutation whose result was stored before as the next of this stream."""
    await run(
        session,
        """UPDATE sync_stream SET last_seq = %(seq)s
            WHERE municipality_id = %(municipality_id)s AND id = %(stream_id)s AND last_seq = %(seq)s - 1""",
        phone.values(seq=seq),
    )
