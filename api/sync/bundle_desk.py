"""Bundles at the office: brought by hand, listed with what became of them, tried again."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from anyio.to_thread import run_sync
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.actor import Actor
from api.core.db import Database
from api.core.errors import Invalid, NotFound
from api.core.ids import uuid7
from api.core.storage import BlobStore
from api.sync import blob_queries, bundle_queries
from api.sync.blob_taking import enqueue_import, take_in
from api.sync.blobs import KEPT
from api.sync.office_schemas import BundleOut
from api.sync.spool import Spool
from mobile.wire.bundle import BrokenBundle, read_head

READ, BRING = "sync_conflict.read", "sync_conflict.resolve"
MOST_SHOWN = 50
# Whoever runs the installation is no member of staff.
OPERATOR = UUID(int=0)


class NoBundle(Invalid):
    """The file is no bundle, as can be seen from outside."""

    code = "no_bundle"
    tr = "Bu dosya bir saha paketi değil. Telefondan dışa aktarılan .cbx dosyasını seçin."
    en = "This file is no field bundle. Choose the .cbx file that the phone exported."


async def bring_bundle(database: Database, spool: Spool, store: BlobStore, actor: Actor, file: BinaryIO) -> UUID:
    """Take in a bundle's file and have it imported; the same file again is the one that is here. Gives its id.

    The file is read where it lies; the database is not held meanwhile.

    Raises:
        Forbidden: without `sync_conflict.resolve`. NoBundle: the file is none.
    """
    actor.demand(BRING)
    bundle_id, size, digest = await run_sync(_looked_at, file)
    now = clock.now()
    async with database.transaction(actor.municipality_id) as session:
        row = await blob_queries.begin(
            session,
            {
                "municipality_id": actor.municipality_id,
                "id": uuid7(),
                "staff_user_id": actor.id or OPERATOR,
                "photo_id": bundle_id,
                "variant": "bundle",
                "sha256": digest,
                "size": size,
                "now": now,
                "expires_at": now + KEPT,
            },
        )
    if row["completed_at"] is None:
        await run_sync(spool.append, row["id"], 0, file)
        await take_in(database, spool, store, actor, row)
    upload_id: UUID = row["id"]
    return upload_id


async def list_bundles(session: AsyncSession, actor: Actor) -> list[BundleOut]:
    """Give the bundles of the last 30 days, the newest first.

    Raises:
        Forbidden: without `sync_conflict.read`.
    """
    actor.demand(READ)
    return [_shown(row) for row in await bundle_queries.bundles(session, actor.municipality_id, MOST_SHOWN)]


async def retry_bundle(session: AsyncSession, actor: Actor, upload_id: UUID) -> None:
    """Have a refused bundle imported again: its phone may be known by now, or the server newer.

    Raises:
        Forbidden: without `sync_conflict.resolve`. NotFound: no refused bundle of this id.
    """
    actor.demand(BRING)
    row = await bundle_queries.bundle(session, actor.municipality_id, upload_id)
    if row is None or (row["outcome"] or {}).get("state") != "refused":
        raise NotFound
    await bundle_queries.keep_outcome(session, actor.municipality_id, upload_id, None)
    await enqueue_import(session, actor.municipality_id, upload_id)


def _looked_at(file: BinaryIO) -> tuple[UUID, int, bytes]:
    try:
        head, size = read_head(file)
        bundle_id = UUID(str(json.loads(head)["id"]))
    except (BrokenBundle, ValueError, KeyError, TypeError):
        raise NoBundle from None
    file.seek(0)
    digest = hashlib.file_digest(cast("Any", file), "sha256").digest()
    file.seek(0)
    return bundle_id, size, digest


def _shown(row: dict[str, Any]) -> BundleOut:
    told = {**(row["outcome"] or {})}
    made_at = told.pop("made_at", None)
    facts = {key: row[key] for key in ("id", "brought_by", "size", "received_at")}
    return BundleOut.model_validate({**told, **facts, "made_at": _moment(made_at)})


def _moment(milliseconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
