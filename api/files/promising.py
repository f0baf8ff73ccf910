"""Photos that a phone names by their hash before it sends them: they belong to their record at once."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock, keys
from api.core.actor import Actor
from api.core.feed import user
from api.core.sql import fetch_one
from api.files.completing import PHOTO_TABLE, PhotoUnknown

# A row that is there already counts if it is the same photo of the same person.
PROMISE_SQL = """
    WITH wanted AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(hashes)s::bytea[], %(evidences)s::bytea[])
                   AS photo(id, sha256, evidence)),
    made AS (
        INSERT INTO stored_file (municipality_id, id, kind, uploaded_by, uploaded_at, sha256, size, width, height,
                                 evidence, attached_kind, attached_id, state, has_preview, followed_by)
        SELECT %(municipality_id)s, id, 'photo', %(actor_id)s, %(at)s, sha256, 0, 0, 0, evidence,
               %(attached_kind)s, %(attached_id)s, 'awaited', false, %(actor_id)s
          FROM wanted ON CONFLICT DO NOTHING RETURNING id),
    pointed AS (
        INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
        SELECT %(municipality_id)s, %(scope)s, %(feed_table)s, id FROM made ON CONFLICT DO NOTHING)
    SELECT (SELECT count(*) FROM made)
         + (SELECT count(*) FROM wanted
              JOIN stored_file f ON f.municipality_id = %(municipality_id)s AND f.id = wanted.id
             WHERE f.uploaded_by = %(actor_id)s AND f.sha256 = wanted.sha256) AS known"""


class PromisedPlace(BaseModel):
    """Where the phone says that it was: WGS 84 degrees, accuracy in metres."""

    model_config = ConfigDict(extra="forbid")

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] | None = None


class PhotoPromise(BaseModel):
    """A photo as a phone names it: what will come, and what the phone knows of when and where it was taken."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=1, le=1 << 30)]
    mime: Annotated[str, Field(max_length=60)]
    taken_at: datetime | None = None
    place: PromisedPlace | None = None


async def promise_photos(
    session: AsyncSession,
    actor: Actor,
    photos: Sequence[PhotoPromise],
    *,
    attached_to: tuple[str, UUID] | None = None,
) -> None:
    """Write down photos that the actor's phone will send; one statement, and promising twice is promising once.

    The verb that names them attaches them, as it does with uploaded ones; `attached_to` (kind and id) attaches them
    here, where no verb does. The actor's phone hears what becomes of each.

    Raises:
        PhotoUnknown: an id belongs to another photo, or to somebody else's.
    """
    by_id = {photo.id: photo for photo in photos}
    if not by_id:
        return
    ring = await keys.keyring(session, actor.municipality_id)
    kind, record = attached_to or (None, None)
    row = await fetch_one(
        session,
        PROMISE_SQL,
        {
            "municipality_id": actor.municipality_id,
            "actor_id": actor.id,
            "at": clock.now(),
            "ids": list(by_id),
            "hashes": [bytes.fromhex(photo.sha256) for photo in by_id.values()],
            "evidences": [
                ring.encrypt("stored_file", "evidence", photo.id, json.dumps(told)) if (told := _told(photo)) else None
                for photo in by_id.values()
            ],
            "attached_kind": kind,
            "attached_id": record,
            "scope": user(actor.id),
            "feed_table": PHOTO_TABLE.name,
        },
    )
    if row is None or row["known"] != len(by_id):
        raise PhotoUnknown


def _told(photo: PhotoPromise) -> dict[str, Any]:
    return photo.model_dump(mode="json", include={"taken_at", "place"}, exclude_none=True)
