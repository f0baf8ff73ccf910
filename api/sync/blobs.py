"""Files of phones on their way: begun, added to piece by piece, and when they are whole, taken in.

The order that keeps a file sound whatever breaks: a piece is read without a database connection, then under the row's
lock it is written behind the offset and brought to the disk, and only then does the offset move on. The last piece
moves it together with what the whole file changes, in one transaction: before that the file counts as unfinished, and
its last piece is simply sent again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO, Literal
from uuid import UUID

import psycopg
from anyio.to_thread import run_sync
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.actor import Actor
from api.core.db import Database
from api.core.errors import TooLarge
from api.core.ids import uuid7
from api.core.rate_limits import keep_pace
from api.core.storage import BlobStore
from api.files import service as files
from api.sync import blob_queries as queries
from api.sync.blob_errors import (
    LengthMismatch,
    OffsetConflict,
    PieceTooLong,
    TooManyUploads,
    UploadHeld,
    UploadUnknown,
)
from api.sync.blob_taking import take_in
from api.sync.field_devices import demand_not_wiped
from api.sync.spool import Spool
from mobile.wire.limits import MOST_BUNDLE_BYTES, MOST_PICTURE_BYTES, MOST_PREVIEW_BYTES

KEPT = timedelta(days=30)
MOST_OPEN = 300
MOST_OPEN_BYTES = 3 * MOST_BUNDLE_BYTES
LARGEST = {"preview": MOST_PREVIEW_BYTES, "original": MOST_PICTURE_BYTES, "bundle": MOST_BUNDLE_BYTES}
_RETRY_LATER = 3_600

Variant = Literal["preview", "original", "bundle"]


@dataclass(frozen=True)
class Wanted:
    """What a phone says of a file before it sends it; the hash is that of the file's bytes."""

    photo_id: UUID
    variant: Variant
    sha256: bytes
    size: int


@dataclass(frozen=True)
class Upload:
    """An upload as its sender sees it."""

    id: UUID
    size: int
    received: int
    expires_at: datetime


@dataclass(frozen=True)
class Places:
    """What an upload is taken into: the spool until it is whole, the store for good."""

    database: Database
    spool: Spool
    store: BlobStore


async def begin_upload(session: AsyncSession, spool: Spool, actor: Actor, wanted: Wanted, pace: str) -> Upload:
    """Begin to take a file, or go on with it where it was left; one that is here already has its length for offset.

    Raises:
        TooLarge: larger than such a file may be. TooManyUploads, TooManyRequests: too much at once.
        PhotoUnknown: nobody (or somebody else) has named the photo. PhotoMismatch: it has another hash.
        DeviceRevoked: the phone is to be wiped.
    """
    largest = LARGEST[wanted.variant]
    if wanted.size > largest:
        raise TooLarge(limit_bytes=largest)
    await demand_not_wiped(session, actor)
    is_here = wanted.variant != "bundle" and await _is_here(session, actor, wanted)
    await keep_pace(session, pace, "sync.blob", actor)
    now = clock.now()
    values = {
        "municipality_id": actor.municipality_id,
        "id": uuid7(),
        "staff_user_id": actor.id,
        "photo_id": wanted.photo_id,
        "variant": wanted.variant,
        "sha256": wanted.sha256,
        "size": wanted.size,
        "now": now,
        "expires_at": now + KEPT,
    }
    held = await queries.open_uploads(session, values)
    is_over = held["number"] >= MOST_OPEN or held["bytes"] + wanted.size > MOST_OPEN_BYTES
    if is_over and not held["is_known"]:
        raise TooManyUploads(_RETRY_LATER)
    row = await queries.begin(session, values)
    if row["size"] != wanted.size:
        raise LengthMismatch
    if is_here:
        await queries.complete(session, actor.municipality_id, row["id"], now)
        return _shown({**row, "received": wanted.size})
    is_lost = _is_lost(spool, row) if row["completed_at"] is None else wanted.variant == "original"
    if is_lost:
        await queries.begin_anew(session, actor.municipality_id, row["id"])
        return _shown({**row, "received": 0})
    return _shown(row)


async def read_upload(session: AsyncSession, spool: Spool, actor: Actor, upload_id: UUID) -> Upload:
    """Say how far an upload of the actor's is.

    Raises:
        UploadUnknown: there is none, it has expired, or its bytes are lost.
    """
    row = await queries.read(session, actor.municipality_id, _id(actor), upload_id, clock.now())
    if row is None or _is_lost(spool, row):
        raise UploadUnknown
    return _shown(row)


async def add_piece(places: Places, actor: Actor, upload_id: UUID, offset: int, piece: BinaryIO, length: int) -> Upload:
    """Add a piece of `length` bytes behind the first `offset` ones; the last piece has the file taken in.

    Raises:
        UploadUnknown: there is none, it has expired, or its bytes are lost. UploadHeld: another request writes to it.
        OffsetConflict: something else is to come next. PieceTooLong: it reaches beyond the file's end.
        ChecksumMismatch, ImageRefused, PhotoUnknown, PhotoMismatch: the file is not what it should be; it is gone.
        DeviceRevoked: the phone is to be wiped.
    """
    async with places.database.transaction(actor.municipality_id) as session:
        await demand_not_wiped(session, actor)
        row = await _hold(session, actor, upload_id)
        if row["received"] != offset:
            raise OffsetConflict(offset=row["received"])
        received = offset + length
        if received > row["size"]:
            raise PieceTooLong(limit_bytes=row["size"] - offset)
        if row["completed_at"] is not None:
            return _shown(row)
        if _is_lost(places.spool, row):
            raise UploadUnknown
        await run_sync(places.spool.append, upload_id, offset, piece)
        if received < row["size"]:
            row = {**row, "received": received, "expires_at": clock.now() + KEPT}
            await queries.advance(session, actor.municipality_id, upload_id, received, row["expires_at"])
            return _shown(row)
    await take_in(places.database, places.spool, places.store, actor, row)
    return _shown({**row, "received": row["size"]})


async def end_upload(session: AsyncSession, spool: Spool, actor: Actor, upload_id: UUID) -> None:
    """Give up an unfinished upload of the actor's; one that is whole stays.

    Raises:
        UploadUnknown: there is none. UploadHeld: a request writes to it.
    """
    row = await _hold(session, actor, upload_id)
    if row["completed_at"] is None:
        await queries.delete(session, actor.municipality_id, upload_id)
        await run_sync(spool.delete, upload_id)


async def sweep_uploads(database: Database, spool: Spool, municipality_id: int) -> int:
    """Forget the uploads whose 30 days are over, and bytes in the spool that no row speaks of; gives their number."""
    now = clock.now()
    async with database.transaction(municipality_id) as session:
        gone = await queries.delete_expired(session, municipality_id, now)
    for upload_id in gone:
        await run_sync(spool.delete, upload_id)
    # Every piece moved the row's end as well: the file of a row that holds is younger than this.
    return len(gone) + await run_sync(partial(spool.sweep, now - KEPT - timedelta(days=1)))


async def _is_here(session: AsyncSession, actor: Actor, wanted: Wanted) -> bool:
    promised = await files.promised_photo(session, actor.municipality_id, wanted.photo_id)
    if promised.uploaded_by != actor.id:
        raise files.PhotoUnknown
    if wanted.variant == "original" and promised.sha256 != wanted.sha256:
        raise files.PhotoMismatch
    return promised.is_stored


async def _hold(session: AsyncSession, actor: Actor, upload_id: UUID) -> dict[str, Any]:
    try:
        row = await queries.hold(session, actor.municipality_id, _id(actor), upload_id, clock.now())
    except psycopg.errors.LockNotAvailable:
        raise UploadHeld(headers={"Retry-After": "2"}) from None
    if row is None:
        raise UploadUnknown
    return row


def _is_lost(spool: Spool, row: dict[str, Any]) -> bool:
    return row["completed_at"] is None and spool.size(row["id"]) < row["received"]


def _shown(row: dict[str, Any]) -> Upload:
    return Upload(row["id"], row["size"], row["received"], row["expires_at"])


def _id(actor: Actor) -> UUID:
    if actor.id is None:
        raise UploadUnknown
    return actor.id
