"""Push: commands of a phone, each taken once, in the order of its stream, in a transaction of its own.

What a domain refuses is a result like any other: it is written down with its body, acknowledged, and shown to the
office. Nothing that a phone sends can hold up what comes behind it, but a lost database or a lock that is not let go.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import psycopg
import structlog
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, keys
from api.core.actor import Actor
from api.core.db import Database
from api.core.errors import AppError, Conflict, Forbidden, NotFound, StaleVersion, Unavailable
from api.core.sql import Row
from api.files import service as files
from api.sync import queries
from api.sync.acts import Act, Command, act_of, photos_of
from api.sync.errors import DeviceForked, MutationReused
from api.sync.schemas import MutationIn, PushIn
from api.sync.streams import Phone, Unmet, hold_stream, meet, move_on, stored_result
from mobile.wire.codec import canonical, sha_of
from mobile.wire.kinds import upcast
from mobile.wire.limits import MOST_BODY_BYTES

log = structlog.get_logger("belediye.sync")

MOST_SECONDS = 2.0
MOST_ATTEMPTS = 3
FIELD = "field_app"

State = Literal["ok", "conflict", "quarantined"]
Stop = Literal["time", "busy", "gap", "defer"]


@dataclass(frozen=True)
class Verdict:
    """What became of a command."""

    state: State
    code: str | None = None


OK = Verdict("ok")


@dataclass
class _Batch:
    """What has been answered so far."""

    phone: Phone
    epoch: str = ""
    expected_seq: int = 1
    is_first: bool = True


async def push(database: Database, actor: Actor, sent: PushIn) -> dict[str, Any]:
    """Take a batch of commands; gives the answer of docs/sync-protocol.md.

    Raises:
        EpochChanged, DeviceForked, MutationReused, DeviceRevoked: the phone must do something else first.
        Unavailable: the database is away or busy, and nothing was taken.
    """
    batch = _Batch(Phone(replace(actor, channel=FIELD), sent.device, sent.fork_of, sent.epoch, sent.app))
    results: list[dict[str, Any]] = []
    stopped: Stop | None = None
    ends_at = time.monotonic() + MOST_SECONDS
    for mutation in sent.mutations:
        if results and time.monotonic() > ends_at:
            stopped = "time"
            break
        try:
            result = await _settled(database, batch, mutation)
        except Exception as error:
            if not is_infrastructure(error):
                raise
            log.warning("mutation waits for the database", error=type(error).__name__)
            stopped = "busy"
            break
        if isinstance(result, str):
            stopped = result
            break
        results.append(result)
    if stopped == "busy" and not results:
        raise Unavailable
    return {
        "epoch": batch.epoch,
        "now": milliseconds(clock.now()),
        "expected_seq": batch.expected_seq,
        "stopped": stopped,
        "results": results,
    }


async def _settled(database: Database, batch: _Batch, mutation: MutationIn) -> dict[str, Any] | Stop:
    """Take one command to its result, or say why the batch stops here."""
    refused: Verdict | None = None
    for _ in range(MOST_ATTEMPTS):
        try:
            return await _take(database, batch, mutation, refused)
        except Unmet:
            await meet(database, batch.phone)
        except _Again:
            pass
        except _Refusal as refusal:
            # What the verb wrote is rolled back; that it was refused is written down in a second transaction.
            refused = refusal.verdict
    raise Unavailable


class _Again(Exception):
    """Another request wrote the same command or moved the same stream first: look again."""


class _Refusal(Exception):
    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.code)
        self.verdict = verdict


async def _take(
    database: Database, batch: _Batch, mutation: MutationIn, refused: Verdict | None
) -> dict[str, Any] | Stop:
    phone = batch.phone
    async with database.transaction(phone.actor.municipality_id) as session:
        stream = await hold_stream(session, phone, mutation.id, is_first=batch.is_first)
        batch.epoch, batch.expected_seq, batch.is_first = str(stream["epoch"]), stream["last_seq"] + 1, False
        result = await _known(session, batch, stream, mutation)
        if result is None:
            if mutation.seq > batch.expected_seq:
                return "gap"
            act = act_of(mutation.kind, mutation.kv)
            if act is None:
                return "defer"
            if stream["device_state"] != "active":
                refused = Verdict("quarantined", "device_revoked")
            verdict = refused or _unreadable(mutation) or OK
            if verdict is OK:
                await _apply(session, phone.actor, act, mutation)
            result = _told(mutation, verdict, await _write_down(session, phone, act, mutation, verdict))
    # Only now is it true: the transaction has been committed.
    batch.expected_seq += int(mutation.seq == batch.expected_seq)
    return result


async def _known(session: AsyncSession, batch: _Batch, stream: Row, mutation: MutationIn) -> dict[str, Any] | None:
    """Give the stored result of a command that was taken before, in whatever stream.

    Raises:
        DeviceForked: its number was given to another command. MutationReused: it is known with another content.
    """
    stored: Row | None = stream if stream["is_stored"] else None
    if stored is None and mutation.seq < batch.expected_seq:
        stored = await stored_result(session, batch.phone, mutation.id)
        if stored is None:
            raise DeviceForked
    if stored is None:
        return None
    if bytes(stored["stored_sha"]).hex() != mutation.sha:
        raise MutationReused(id=str(mutation.id))
    if mutation.seq == batch.expected_seq:
        await move_on(session, batch.phone, mutation.seq)
    return _told(mutation, Verdict(stored["stored_state"], stored["stored_code"]), stored["stored_xid"])


def _told(mutation: MutationIn, verdict: Verdict, xid: int) -> dict[str, Any]:
    # The rows come by the feed: the horizon tells the phone when they have come.
    return {
        "id": str(mutation.id),
        "seq": mutation.seq,
        "state": verdict.state,
        "code": verdict.code,
        "rows": [],
        "xid": str(xid),
    }


def _unreadable(mutation: MutationIn) -> Verdict | None:
    if not isinstance(mutation.body, dict):
        return Verdict("quarantined", "invalid")
    if len(canonical(mutation.body)) > MOST_BODY_BYTES:
        return Verdict("quarantined", "too_large")
    if sha_of(mutation.kind, mutation.kv, mutation.body) != mutation.sha:
        return Verdict("quarantined", "sha_mismatch")
    return None


async def _apply(session: AsyncSession, actor: Actor, act: Act, mutation: MutationIn) -> None:
    """Do the act by its domain's verb.

    Raises:
        _Refusal: the domain will not have it.
    """
    try:
        body = _body_of_today(mutation)
        await files.promise_photos(session, actor, photos_of(body))
        await act.apply(session, actor, Command(mutation.id, body, mutation.at))
    except Exception as error:
        if is_infrastructure(error):
            raise
        raise _Refusal(_verdict_on(error, act, mutation)) from error


def _body_of_today(mutation: MutationIn) -> dict[str, Any]:
    """Read the body as an app of today would have written it; what is no object is no body."""
    body = upcast(mutation.kind, mutation.kv, mutation.body)[1]
    return body if isinstance(body, dict) else {}


def _verdict_on(error: Exception, act: Act, mutation: MutationIn) -> Verdict:
    if isinstance(error, AppError):
        # What the phone has seen was there: that it is not for this person now means that it moved on.
        has_seen = f"{act.table}/{_body_of_today(mutation).get(act.named_by)}" in mutation.base
        is_moved = (isinstance(error, Conflict | StaleVersion) and (has_seen or not act.makes_record)) or (
            type(error) in (NotFound, Forbidden) and has_seen
        )
        return Verdict("conflict" if is_moved else "quarantined", error.code)
    if isinstance(error, ValidationError):
        return Verdict("quarantined", "invalid")
    code = getattr(error, "code", None)
    if isinstance(error, ValueError) and isinstance(code, str):
        return Verdict("quarantined", code)
    if isinstance(_cause(error), psycopg.errors.UniqueViolation):
        return Verdict("quarantined", "already_exists")
    # Our own fault is the office's to see and ours to mend; it must not keep a day's work on the phone.
    log.error("mutation failed", kind=mutation.kind, exc_info=error)
    return Verdict("quarantined", "internal")


async def _write_down(session: AsyncSession, phone: Phone, act: Act, mutation: MutationIn, verdict: Verdict) -> int:
    """Store the result and move the stream on; a command without effect keeps its body, and its photos still come."""
    values: dict[str, Any] = {
        "municipality_id": phone.actor.municipality_id,
        "stream_id": phone.stream_id,
        "id": mutation.id,
        "seq": mutation.seq,
        "kind": mutation.kind,
        "kv": mutation.kv,
        "sha": bytes.fromhex(mutation.sha),
        "state": verdict.state,
        "code": verdict.code,
        "staff_user_id": phone.actor.id,
        "authored": json.dumps(mutation.at),
        "now": clock.now(),
        "target_kind": None,
        "target_id": None,
        "department_id": None,
        "base": None,
        "body": None,
    }
    if verdict.state != "ok":
        values |= await _kept(session, phone.actor, act, mutation, verdict)
    try:
        xid = await queries.write_mutation(session, values)
    except psycopg.errors.UniqueViolation:
        raise _Again from None
    if xid is None:
        raise _Again
    return xid


async def _kept(
    session: AsyncSession, actor: Actor, act: Act, mutation: MutationIn, verdict: Verdict
) -> Mapping[str, Any]:
    target_id = _id_in(_body_of_today(mutation), act.named_by)
    await _promise_evidence(session, actor, mutation)
    ring = await keys.keyring(session, actor.municipality_id)
    department_id = await queries.inbox_department(session, actor.municipality_id, actor.id, act.table, target_id)
    await audit.record(
        session, actor, "sync.quarantine", "sync_mutation", mutation.id,
        kind=mutation.kind, state=verdict.state, code=verdict.code,
    )  # fmt: skip
    return {
        "target_kind": act.table if target_id else None,
        "target_id": target_id,
        "department_id": department_id,
        "base": json.dumps(mutation.base),
        "body": ring.encrypt_bytes("sync_mutation", "body", mutation.id, canonical(mutation.body)),
    }


async def _promise_evidence(session: AsyncSession, actor: Actor, mutation: MutationIn) -> None:
    try:
        photos = photos_of(_body_of_today(mutation))
        await files.promise_photos(session, actor, photos, attached_to=("sync_mutation", mutation.id))
    except (ValidationError, files.PhotoUnknown):
        return  # what is not described well enough to wait for stands in the body


def _id_in(body: Mapping[str, Any], name: str) -> UUID | None:
    try:
        return UUID(str(body.get(name)))
    except ValueError:
        return None


def _cause(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def is_infrastructure(error: BaseException) -> bool:
    """Whether the database was lost or a lock not let go: no result, the phone comes again."""
    # A deadlock, a lock that was not let go and a statement cut off are OperationalErrors too.
    return isinstance(
        _cause(error), psycopg.OperationalError | psycopg.InterfaceError | PoolTimeout | OSError | Unavailable
    )


def milliseconds(moment: datetime) -> int:
    """Give a moment as phones count: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
