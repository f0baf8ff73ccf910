"""The audit trail: every change and every reading of personal data, append-only, hash-chained per municipality.

`hash(n) = sha256(hash(n-1) || content(n))`. The content is canonical JSON, so an edited, deleted or reordered row
breaks the chain at its place; a cut tail shows against `audit_head`, and against a head that was written down outside.
Appending locks the municipality's head row until commit: take number counters before, never after.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.actor import Actor
from api.core.sql import fetch_all, fetch_one, run

GENESIS = hashlib.sha256(b"belediye audit genesis").digest()

# The two parts of an append, shared by `record` and by the hot verbs that write everything in one statement.
AUDIT_HEAD_CTE = """audit_link AS (
    UPDATE audit_head
       SET sequence = sequence + 1,
           hash = sha256(hash || convert_to(%(audit_content)s, 'UTF8'))
     WHERE municipality_id = %(municipality_id)s
 RETURNING sequence, hash)"""
AUDIT_INSERT = """INSERT INTO audit_record (municipality_id, sequence, happened_at, action, object_kind, object_id,
                          actor_kind, actor_id, content, hash)
    SELECT %(municipality_id)s, audit_link.sequence, %(audit_at)s, %(audit_action)s, %(audit_object_kind)s,
           %(audit_object_id)s, %(audit_actor_kind)s, %(audit_actor_id)s, %(audit_content)s, audit_link.hash
      FROM audit_link"""
APPEND_SQL = f"WITH {AUDIT_HEAD_CTE} {AUDIT_INSERT}"


def entry(
    actor: Actor, action: str, object_kind: str, object_id: UUID | str, details: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give the parameters of one audit row; `details` must hold no personal data in clear."""
    at = clock.now()
    content = {
        "at": at.isoformat(),
        "action": action,
        "object": [object_kind, str(object_id)],
        "actor": [actor.kind, str(actor.id) if actor.id else None],
        "device": str(actor.device_id) if actor.device_id else None,
        "channel": actor.channel,
        "details": dict(details or {}),
    }
    return {
        "municipality_id": actor.municipality_id,
        "audit_at": at,
        "audit_action": action,
        "audit_object_kind": object_kind,
        "audit_object_id": str(object_id),
        "audit_actor_kind": actor.kind,
        "audit_actor_id": actor.id,
        "audit_content": json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str),
    }


async def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: UUID | str,
    **details: Any,
) -> None:
    """Append one row to the actor's municipality's chain, in the running transaction.

    Raises:
        RuntimeError: the municipality has no chain; it was not made by `municipalities.service`.
    """
    if await run(session, APPEND_SQL, entry(actor, action, object_kind, object_id, details)) != 1:
        raise RuntimeError(f"municipality {actor.municipality_id} has no audit chain")


async def begin_chain(session: AsyncSession, municipality_id: int) -> None:
    """Start the chain of a new municipality."""
    await run(
        session,
        "INSERT INTO audit_head (municipality_id, sequence, hash) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING",
        (municipality_id, GENESIS),
    )


@dataclass(frozen=True)
class ChainFault:
    """A row at which the chain does not hold, and why."""

    sequence: int
    reason: str


@dataclass(frozen=True)
class Head:
    """The newest link of a chain; written down outside the database, it proves a later cut or rewriting."""

    sequence: int
    hash: bytes


async def head(session: AsyncSession, municipality_id: int) -> Head:
    """Give the newest link of the municipality's chain; sequence 0 before the first row."""
    row = await fetch_one(
        session, "SELECT sequence, hash FROM audit_head WHERE municipality_id = %s", (municipality_id,)
    )
    return Head(row["sequence"], bytes(row["hash"])) if row else Head(0, GENESIS)


async def contradiction(session: AsyncSession, municipality_id: int, written_down: Head) -> ChainFault | None:
    """Compare the chain with a head written down earlier: None while that link still stands as it was."""
    if written_down.sequence == 0:
        return None
    found = await _hash_at(session, municipality_id, written_down.sequence)
    if found is None:
        return ChainFault(written_down.sequence, "missing")
    return None if found == written_down.hash else ChainFault(written_down.sequence, "changed")


async def verify_chain(
    session: AsyncSession, municipality_id: int, page: int = 5_000, *, last: int | None = None
) -> AsyncIterator[ChainFault]:
    """Walk the municipality's chain up to the head of this moment and give every fault found.

    Args:
        session: a transaction in the municipality.
        municipality_id: whose chain.
        page: rows read at once.
        last: check only so many of the newest rows, taking the row before them as right; None = the whole chain.
    """
    newest = await head(session, municipality_id)
    before = max(newest.sequence - last, 0) if last is not None else 0
    # Where the row before the first one is missing, its successor is found to be changed.
    previous = (await _hash_at(session, municipality_id, before) or b"") if before else GENESIS
    while True:
        rows = await fetch_all(
            session,
            """SELECT sequence, happened_at, action, object_kind, object_id, actor_kind, actor_id, content, hash
                 FROM audit_record
                WHERE municipality_id = %s AND sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s""",
            (municipality_id, before, newest.sequence, page),
        )
        if not rows:
            break
        for row in rows:
            if row["sequence"] != before + 1:
                yield ChainFault(before + 1, "missing")
            before = row["sequence"]
            if hashlib.sha256(previous + row["content"].encode()).digest() != row["hash"]:
                yield ChainFault(before, "changed")
            elif not _columns_match(row):
                yield ChainFault(before, "columns differ from content")
            previous = bytes(row["hash"])
    if newest.sequence > before:
        yield ChainFault(before + 1, "tail is missing")
    elif newest.hash != previous or await _reaches_past_head(session, municipality_id):
        yield ChainFault(newest.sequence, "head differs")


async def _reaches_past_head(session: AsyncSession, municipality_id: int) -> bool:
    # One statement sees one moment: rows appended since the head was read have moved it on as well.
    row = await fetch_one(
        session,
        """SELECT EXISTS (SELECT 1 FROM audit_record record JOIN audit_head head USING (municipality_id)
                           WHERE municipality_id = %s AND record.sequence > head.sequence) AS beyond""",
        (municipality_id,),
    )
    return bool(row and row["beyond"])


async def _hash_at(session: AsyncSession, municipality_id: int, sequence: int) -> bytes | None:
    row = await fetch_one(
        session,
        "SELECT hash FROM audit_record WHERE municipality_id = %s AND sequence = %s",
        (municipality_id, sequence),
    )
    return bytes(row["hash"]) if row else None


def _columns_match(row: Mapping[str, Any]) -> bool:
    content = json.loads(row["content"])
    return bool(
        content["action"] == row["action"]
        and content["object"] == [row["object_kind"], row["object_id"]]
        and content["actor"] == [row["actor_kind"], str(row["actor_id"]) if row["actor_id"] else None]
        and datetime.fromisoformat(content["at"]) == row["happened_at"]
    )
