"""A file that is whole: its hash is checked, and it becomes a photo, a preview, or a bundle that awaits its import."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, jobs
from api.core.actor import Actor
from api.core.db import Database
from api.core.images import ImageRefused
from api.core.storage import BlobStore
from api.files import service as files
from api.sync import blob_queries as queries
from api.sync.blob_errors import ChecksumMismatch
from api.sync.spool import Spool

IMPORT_JOB = "sync.import_bundle"


async def take_in(database: Database, spool: Spool, store: BlobStore, actor: Actor, upload: Mapping[str, Any]) -> None:
    """Take in a whole file; what is not what it should be is forgotten, so that the phone can begin again or ask.

    Raises:
        ChecksumMismatch: other bytes than were told. PhotoUnknown, PhotoMismatch: no promise of them.
        ImageRefused: a photo that cannot be read.
    """
    upload_id, municipality_id = upload["id"], actor.municipality_id
    try:
        if upload["variant"] == "bundle":
            await _take_bundle(database, spool, actor, upload)
            return
        data = await run_sync(spool.read, upload_id)
        _demand_hash(upload, hashlib.sha256(data).digest())
        complete = files.complete_original if upload["variant"] == "original" else files.complete_preview
        async with database.transaction(municipality_id) as session:
            await complete(session, store, actor, upload["photo_id"], data)
            await queries.complete(session, municipality_id, upload_id, clock.now())
    except (ChecksumMismatch, ImageRefused, files.PhotoUnknown, files.PhotoMismatch):
        await _forget(database, spool, municipality_id, upload_id)
        raise
    await run_sync(spool.delete, upload_id)


async def _take_bundle(database: Database, spool: Spool, actor: Actor, upload: Mapping[str, Any]) -> None:
    upload_id = upload["id"]
    _demand_hash(upload, await run_sync(_hash_of, spool, upload_id))
    async with database.transaction(actor.municipality_id) as session:
        if await queries.complete(session, actor.municipality_id, upload_id, clock.now()):
            await audit.record(session, actor, "sync_bundle.receive", "blob_upload", upload_id, size=upload["size"])
            await enqueue_import(session, actor.municipality_id, upload_id)


async def enqueue_import(session: AsyncSession, municipality_id: int, upload_id: UUID) -> None:
    """Have a bundle imported; one after another in each municipality."""
    await jobs.enqueue(session, IMPORT_JOB, municipality_id, lock=f"bundle {municipality_id}", upload_id=upload_id)


async def _forget(database: Database, spool: Spool, municipality_id: int, upload_id: UUID) -> None:
    async with database.transaction(municipality_id) as session:
        await queries.delete(session, municipality_id, upload_id)
    await run_sync(spool.delete, upload_id)


def _demand_hash(upload: Mapping[str, Any], digest: bytes) -> None:
    if digest != bytes(upload["sha256"]):
        raise ChecksumMismatch(whole=True)


def _hash_of(spool: Spool, upload_id: UUID) -> bytes:
    with spool.path(upload_id).open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
