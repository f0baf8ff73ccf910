"""Photos: taken in, made safe to show, the original sealed as evidence; attached later to the record they belong to."""

import json
from typing import Literal
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, keys
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.images import reencode_in_thread
from api.core.storage import BlobNotFound, BlobStore
from api.core.tenancy import enter_municipality, release
from api.files import queries
from api.files.attaching import free_photos
from api.files.blobs import blob_place, open_blob, seal_blob
from api.files.completing import (
    PHOTO_TABLE,
    PhotoMismatch,
    PhotoUnknown,
    awaited_among,
    complete_original,
    complete_preview,
    promised_photo,
)
from api.files.promising import PhotoPromise, promise_photos
from api.files.schemas import PhotoStored

__all__ = [
    "FIELD_TABLES",
    "PhotoMismatch",
    "PhotoPromise",
    "PhotoUnknown",
    "awaited_among",
    "blob_place",
    "complete_original",
    "complete_preview",
    "free_photos",
    "promise_photos",
    "promised_photo",
    "read_evidence",
    "read_photo",
    "store_photo",
]

FIELD_TABLES = (PHOTO_TABLE,)

Variant = Literal["public", "thumbnail"]
log = structlog.get_logger("belediye.files")


async def store_photo(session: AsyncSession, store: BlobStore, actor: Actor, data: bytes) -> PhotoStored:
    """Take in one photo: decode and write it anew without EXIF, make a thumbnail, seal the original.

    The blobs are written before the row: a failed request leaves at most blobs without a row, which
    nobody can reach.

    Raises:
        ImageRefused: not a photo, broken, or too large.
    """
    actor.demand("file.upload")
    ring = await keys.keyring(session, actor.municipality_id)
    photo_id = uuid7()
    # Decoding and a remote store take seconds; no database connection waits for them.
    await release(session)
    photo = await reencode_in_thread(data)
    place = blob_place(actor.municipality_id, photo_id)
    await store.put(f"{place}/original", seal_blob(ring, photo_id, data))
    await store.put(f"{place}/public", photo.public_jpeg)
    await store.put(f"{place}/thumbnail", photo.thumbnail_jpeg)
    await enter_municipality(session, actor.municipality_id)
    evidence = json.dumps(
        {
            "place": photo.exif_place,
            "taken_at": photo.exif_taken_at.isoformat() if photo.exif_taken_at else None,
            "format": photo.format,
        }
    )
    await queries.insert_photo(
        session,
        {
            "municipality_id": actor.municipality_id,
            "id": photo_id,
            "uploaded_by": actor.id,
            "uploaded_at": clock.now(),
            "sha256": bytes.fromhex(photo.sha256_original),
            "size": len(data),
            "width": photo.width,
            "height": photo.height,
            "evidence": ring.encrypt("stored_file", "evidence", photo_id, evidence),
        },
    )
    await audit.record(
        session, actor, "file.upload", "stored_file", photo_id, sha256=photo.sha256_original, size=len(data)
    )
    return PhotoStored(
        id=photo_id, width=photo.width, height=photo.height, sha256=photo.sha256_original, place=photo.exif_place
    )


async def read_photo(
    session: AsyncSession, store: BlobStore, municipality_id: int, photo_id: UUID, variant: Variant
) -> bytes:
    """Give the bytes of a copy (JPEG without EXIF); the caller has checked that its reader may see it.

    Raises:
        NotFound: no such photo here, or it is still on its way (as thumbnail its preview is shown, once there is one).
    """
    row = await queries.photo(session, municipality_id, photo_id)
    is_stored = row is not None and row["state"] == "stored"
    if row is None or not (is_stored or (variant == "thumbnail" and row["has_preview"])):
        raise NotFound
    name = variant if is_stored else "preview"
    try:
        return await store.get(f"{blob_place(municipality_id, photo_id)}/{name}")
    except BlobNotFound:
        log.exception("blob missing", photo_id=str(photo_id), variant=variant)
        raise NotFound from None


async def read_evidence(session: AsyncSession, store: BlobStore, actor: Actor, photo_id: UUID) -> bytes:
    """Open the sealed original, byte for byte as it came; audited.

    Raises:
        NotFound: no such photo here, or it is still on its way. DecryptError: the blob was changed.
    """
    actor.demand("file.read_evidence")
    row = await queries.photo(session, actor.municipality_id, photo_id)
    if row is None or row["state"] != "stored":
        raise NotFound
    ring = await keys.keyring(session, actor.municipality_id)
    sealed = await store.get(f"{blob_place(actor.municipality_id, photo_id)}/original")
    await audit.record(session, actor, "file.read_evidence", "stored_file", photo_id)
    return open_blob(ring, photo_id, sealed)
