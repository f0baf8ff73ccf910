"""Lists that were sent in by the console: kept sealed, looked through by a job, written by another one on a word."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.businesses import queries
from api.businesses.errors import ClassUnknown, ImportNotWaiting, ImportRefused
from api.businesses.import_faults import Fault
from api.businesses.importing import ImportReport, import_businesses
from api.core import audit, clock, jobs, keys
from api.core.actor import Actor
from api.core.crypto import Keyring
from api.core.db import Database
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.sql import Row, fetch_all, fetch_one, run
from api.core.storage import BlobNotFound, BlobStore
from api.core.text import line

KEPT = timedelta(days=7)
LONGEST_NAME = 120
MOST_LISTED = 10
# How often a long import says how far it is, in rows.
TELL_EVERY = 5_000

NEW_SQL = """
    INSERT INTO business_import (municipality_id, id, filename, size, default_class, state, created_by, created_at)
    VALUES (%(municipality_id)s, %(id)s, %(filename)s, %(size)s, %(default_class)s, 'checking', %(created_by)s,
            %(at)s)"""
STATE_SQL = """
    UPDATE business_import SET state = %(state)s::text, report = coalesce(%(report)s::jsonb, report),
           finished_at = CASE WHEN %(state)s::text IN ('done', 'failed') THEN %(at)s::timestamptz END
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s AND state = ANY(%(from_states)s)"""
COLUMNS = "i.id, i.filename, i.size, i.default_class, i.state, i.report, i.created_at, i.finished_at, i.created_by"


@dataclass(frozen=True)
class ImportView:
    """A list that was sent in, and how far it has come; `failure` (Turkish, English) says why it could not be read."""

    id: UUID
    filename: str
    state: str
    created_at: datetime
    report: ImportReport
    failure: tuple[str, str] | None
    rows_so_far: int


async def start_import(
    session: AsyncSession, store: BlobStore, actor: Actor, filename: str, data: bytes, default_class: str | None
) -> UUID:
    """Take a list in and have it looked through; gives its id.

    Raises:
        Forbidden: without `business.import`. ClassUnknown: no such class here.
    """
    actor.demand("business.import")
    if default_class and default_class not in {
        row["code"] for row in await queries.classes(session, actor.municipality_id)
    }:
        raise ClassUnknown
    import_id = uuid7()
    ring = await keys.keyring(session, actor.municipality_id)
    # Before the row: a failed request leaves a blob that nobody can reach.
    await store.put(_place(actor.municipality_id, import_id, "file"), _sealed(ring, import_id, "file", data))
    values = {
        "municipality_id": actor.municipality_id,
        "id": import_id,
        "filename": line(filename[-LONGEST_NAME:] or "liste.csv", LONGEST_NAME),
        "size": len(data),
        "default_class": default_class or None,
        "created_by": actor.id,
        "at": clock.now(),
    }
    await run(session, NEW_SQL, values)
    await audit.record(session, actor, "business.import", "business_import", import_id, size=len(data))
    await jobs.enqueue(
        session, "businesses.check_import", actor.municipality_id, lock=_lock(actor), import_id=import_id
    )
    return import_id


async def confirm_import(session: AsyncSession, actor: Actor, import_id: UUID) -> None:
    """Have the good rows of a list that was looked through written.

    Raises:
        Forbidden: without `business.import`. NotFound: no such list.
        ImportNotWaiting: it is not looked through yet, or was started already.
    """
    actor.demand("business.import")
    await read_import(session, actor, import_id)
    if not await _move(session, actor.municipality_id, import_id, "writing", ("checked",)):
        raise ImportNotWaiting
    await audit.record(session, actor, "business.import", "business_import", import_id, confirmed=True)
    await jobs.enqueue(
        session, "businesses.write_import", actor.municipality_id, lock=_lock(actor), import_id=import_id
    )


async def read_import(session: AsyncSession, actor: Actor, import_id: UUID) -> ImportView:
    """Say how far a list has come.

    Raises:
        Forbidden: without `business.import`. NotFound: no such list.
    """
    actor.demand("business.import")
    return _view(await _found(session, actor.municipality_id, import_id))


async def list_imports(session: AsyncSession, actor: Actor) -> list[ImportView]:
    """The lists of the last days, newest first."""
    actor.demand("business.import")
    sql = f"SELECT {COLUMNS} FROM business_import i WHERE i.municipality_id = %s ORDER BY i.created_at DESC LIMIT %s"
    return [_view(row) for row in await fetch_all(session, sql, (actor.municipality_id, MOST_LISTED))]


async def faults_file(session: AsyncSession, store: BlobStore, actor: Actor, import_id: UUID) -> bytes:
    """Give the refused rows of a list as CSV (UTF-8 with mark, `;`), to be corrected and brought again.

    Raises:
        Forbidden: without `business.import`. NotFound: no such list, or none was refused.
    """
    actor.demand("business.import")
    await _found(session, actor.municipality_id, import_id)
    ring = await keys.keyring(session, actor.municipality_id)
    try:
        sealed = await store.get(_place(actor.municipality_id, import_id, "faults"))
    except BlobNotFound:
        raise NotFound from None
    await audit.record(session, actor, "business.import", "business_import", import_id, downloaded="faults")
    return ring.decrypt_bytes("business_import", "faults", import_id, sealed)


async def work_on_import(
    database: Database, store: BlobStore, municipality_id: int, import_id: UUID, *, write: bool
) -> None:
    """Look through a list, or write it; a job that runs twice finds what it wrote and adds nothing."""
    async with database.transaction(municipality_id) as session:
        row = await _found(session, municipality_id, import_id)
        ring = await keys.keyring(session, municipality_id)
    begun, ended = ("writing", "done") if write else ("checking", "checked")
    if row["state"] != begun:
        return
    sealed = await store.get(_place(municipality_id, import_id, "file"))
    file = io.BytesIO(ring.decrypt_bytes("business_import", "file", import_id, sealed))
    actor = Actor("staff", municipality_id, row["created_by"], channel="console", grants={"business.import": None})
    faults = io.StringIO(newline="")
    told = 0

    async def progress(rows: int) -> None:
        nonlocal told
        if rows - told >= TELL_EVERY:
            told = rows
            report = {**(row["report"] or {}), "so_far": rows}
            async with database.transaction(municipality_id) as session:
                await _move(session, municipality_id, import_id, begun, (begun,), report)

    try:
        report = await import_businesses(
            database, actor, file, default_class=row["default_class"], write=write, faults_to=faults,
            import_id=import_id, progress=progress,
        )  # fmt: skip
    except ImportRefused as refusal:
        async with database.transaction(municipality_id) as session:
            await _move(session, municipality_id, import_id, "failed", (begun,), {"failure": [refusal.tr, refusal.en]})
        return
    if report.refused:
        data = faults.getvalue().encode("utf-8-sig")
        await store.put(_place(municipality_id, import_id, "faults"), _sealed(ring, import_id, "faults", data))
    async with database.transaction(municipality_id) as session:
        await _move(session, municipality_id, import_id, ended, (begun,), report.told())
    if write:
        await store.delete(_place(municipality_id, import_id, "file"))


async def forget_imports(database: Database, store: BlobStore, municipality_id: int) -> None:
    """Delete lists of more than a week ago, with everything that was kept of them."""
    async with database.transaction(municipality_id) as session:
        rows = await fetch_all(
            session,
            "DELETE FROM business_import WHERE municipality_id = %s AND created_at < %s RETURNING id",
            (municipality_id, clock.now() - KEPT),
        )
    for row in rows:
        for part in ("file", "faults"):
            await store.delete(_place(municipality_id, row["id"], part))


def _lock(actor: Actor) -> str:
    """Lists of one town go one after another: two at once would not see what the other adds."""
    return f"business import {actor.municipality_id}"


def _place(municipality_id: int, import_id: UUID, part: str) -> str:
    return f"m{municipality_id}/imports/{import_id}/{part}"


def _sealed(ring: Keyring, import_id: UUID, part: str, data: bytes) -> bytes:
    return ring.encrypt_bytes("business_import", part, import_id, data)


async def _found(session: AsyncSession, municipality_id: int, import_id: UUID) -> Row:
    sql = f"SELECT {COLUMNS} FROM business_import i WHERE i.municipality_id = %s AND i.id = %s"
    row = await fetch_one(session, sql, (municipality_id, import_id))
    if row is None:
        raise NotFound
    return row


async def _move(
    session: AsyncSession,
    municipality_id: int,
    import_id: UUID,
    state: str,
    from_states: tuple[str, ...],
    report: Mapping[str, Any] | None = None,
) -> bool:
    values = {
        "municipality_id": municipality_id,
        "id": import_id,
        "state": state,
        "from_states": list(from_states),
        "report": json.dumps(report, ensure_ascii=False) if report is not None else None,
        "at": clock.now(),
    }
    return await run(session, STATE_SQL, values) == 1


def _view(row: Row) -> ImportView:
    told = dict(row["report"] or {})
    failure, so_far = told.pop("failure", None), told.pop("so_far", 0)
    told["faults"] = [Fault(**fault) for fault in told.get("faults", [])]
    return ImportView(
        row["id"], row["filename"], row["state"], row["created_at"], ImportReport(**told),
        tuple(failure) if failure else None, so_far,
    )  # fmt: skip
