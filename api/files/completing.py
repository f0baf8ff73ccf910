"""What was promised by its hash arrives: the original of a photo, or the small picture that goes before it.

A phone names its photos when it sends its work, long before their bytes (`api.files.promising`). Until they come the
row is *awaited*; whoever looks at the record sees a note, or the preview.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, feed, keys
from api.core.actor import Actor
from api.core.errors import Invalid, NotFound
from api.core.feed import FieldTable, Membership
from api.core.images import Photo, reencode_in_thread
from api.core.storage import BlobStore
from api.core.tenancy import enter_municipality, release
from api.files import queries
from api.files.blobs import blob_place, seal_blob

# Whose phone holds the photo hears that it is here, and may let go of it.
PHOTO_TABLE = FieldTable(
    name="photo",
    source="stored_file AS t",
    version="CASE t.state WHEN 'stored' THEN 2 ELSE 1 END",
    data="jsonb_build_object('state', t.state, 'sha256', encode(t.sha256, 'hex'))",
    scopes={"user": Membership("followed_by")},
)


class PhotoUnknown(NotFound):
    """Nobody promised this photo (yet): the command that names it may still be on its way."""

    code = "photo_unknown"
    tr = "Bu fotoğrafı bekleyen bir kayıt yok."
    en = "No record is waiting for this photo."


class PhotoMismatch(Invalid):
    """The bytes are not those that were promised under this id."""

    code = "photo_mismatch"
    tr = "Gönderilen fotoğraf, kayıtta bildirilen fotoğraf değil."
    en = "The photo sent is not the one that the record names."


@dataclass(frozen=True)
class Promised:
    """A photo as it stands: who promised it, its hash, and whether its bytes are here."""

    uploaded_by: UUID
    sha256: bytes
    is_stored: bool


async def promised_photo(session: AsyncSession, municipality_id: int, photo_id: UUID) -> Promised:
    """Give what is known of a photo of the municipality.

    Raises:
        PhotoUnknown: nobody has named it.
    """
    row = await queries.photo(session, municipality_id, photo_id)
    if row is None:
        raise PhotoUnknown
    return Promised(row["uploaded_by"], bytes(row["sha256"]), row["state"] == "stored")


async def awaited_among(session: AsyncSession, municipality_id: int, photo_ids: list[UUID]) -> dict[UUID, bool]:
    """Say which of these photos are still on their way, and of which of them a preview is here."""
    rows = await queries.awaited(session, municipality_id, photo_ids) if photo_ids else []
    return {row["id"]: row["has_preview"] for row in rows}


async def complete_original(session: AsyncSession, store: BlobStore, actor: Actor, photo_id: UUID, data: bytes) -> None:
    """Take in a promised photo's original: its hash is checked, it is written anew, and its row becomes stored.

    Nothing may have been written in the session before: it is let go while the picture is decoded. Twice is once.

    Raises:
        PhotoUnknown: nobody promised it. PhotoMismatch: the bytes have another hash than the promised one.
        ImageRefused: not a photo, broken, or too large; it stays awaited.
    """
    promised = await promised_photo(session, actor.municipality_id, photo_id)
    if hashlib.sha256(data).digest() != promised.sha256:
        raise PhotoMismatch
    if promised.is_stored:
        return
    ring = await keys.keyring(session, actor.municipality_id)
    await release(session)
    photo = await reencode_in_thread(data)
    place = blob_place(actor.municipality_id, photo_id)
    await store.put(f"{place}/original", seal_blob(ring, photo_id, data))
    await store.put(f"{place}/public", photo.public_jpeg)
    await store.put(f"{place}/thumbnail", photo.thumbnail_jpeg)
    await store.delete(f"{place}/preview")
    await enter_municipality(session, actor.municipality_id)
    row = await queries.lock_awaited(session, actor.municipality_id, photo_id)
    if row is None:
        return  # another request was quicker
    told = json.loads(ring.decrypt("stored_file", "evidence", photo_id, row["evidence"])) if row["evidence"] else {}
    evidence = ring.encrypt("stored_file", "evidence", photo_id, json.dumps(_evidence(photo, told)))
    await queries.mark_stored(
        session,
        {
            "municipality_id": actor.municipality_id,
            "id": photo_id,
            "size": len(data),
            "width": photo.width,
            "height": photo.height,
            "evidence": evidence,
        },
    )
    await feed.point(session, actor.municipality_id, PHOTO_TABLE.name, photo_id, [feed.user(row["followed_by"])])
    await audit.record(
        session, actor, "file.upload", "stored_file", photo_id, sha256=photo.sha256_original, size=len(data)
    )


async def complete_preview(session: AsyncSession, store: BlobStore, actor: Actor, photo_id: UUID, data: bytes) -> None:
    """Take in the small picture that a phone sends before the original; it is shown until that comes.

    It is not what was promised and proves nothing, so the record does not rest on it. Nothing may have been written in
    the session before.

    Raises:
        PhotoUnknown: nobody promised the photo. ImageRefused: no photo.
    """
    promised = await promised_photo(session, actor.municipality_id, photo_id)
    if promised.is_stored:
        return
    await release(session)
    photo = await reencode_in_thread(data)
    await store.put(f"{blob_place(actor.municipality_id, photo_id)}/preview", photo.thumbnail_jpeg)
    await enter_municipality(session, actor.municipality_id)
    await queries.mark_previewed(session, actor.municipality_id, photo_id)
    await audit.record(session, actor, "file.upload", "stored_file", photo_id, variant="preview", size=len(data))


def _evidence(photo: Photo, told: dict[str, Any]) -> dict[str, Any]:
    """What the camera wrote into the file, and what the phone told of it, beside each other."""
    camera = {
        "place": photo.exif_place,
        "taken_at": photo.exif_taken_at.isoformat() if photo.exif_taken_at else None,
        "format": photo.format,
    }
    return {**camera, **({"told": told} if told else {})}
