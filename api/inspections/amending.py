"""Corrections of submitted visits: appended, never written over what was signed."""

import json

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, feed
from api.core.actor import Actor
from api.core.ids import uuid7
from api.core.sql import fetch_one
from api.inspections import plan_queries as queries
from api.inspections.errors import PhotoUnknown
from api.inspections.planning import TABLE, access_inspection, scopes_of
from api.inspections.schemas import InspectionAmendIn, VersionOut

AMEND_SQL = """
WITH amended AS (
    INSERT INTO inspection_amendment (municipality_id, id, inspection_id, text, photo_ids, amended_by, amended_at)
    VALUES (%(municipality_id)s, %(id)s, %(inspection_id)s, %(text)s, %(photos)s::jsonb, %(actor_id)s, %(at)s)),
photos AS (
    UPDATE stored_file SET attached_kind = 'inspection', attached_id = %(inspection_id)s
     WHERE municipality_id = %(municipality_id)s AND id = ANY(%(photo_ids)s::uuid[]) AND uploaded_by = %(actor_id)s
       AND (attached_id IS NULL OR attached_kind = 'sync_mutation')
 RETURNING id)
SELECT count(*) AS photo_count FROM photos"""


async def amend_inspection(session: AsyncSession, actor: Actor, amendment: InspectionAmendIn) -> VersionOut:
    """Append a correction to a submitted visit; the record shows it below what was signed.

    Raises:
        NotFound, Forbidden, ActionNotAllowed: as everywhere. PhotoUnknown: a photo is not the sender's, or used.
    """
    visit = await access_inspection(session, actor, amendment.inspection_id, "amend")
    photo_ids = sorted({photo.id for photo in amendment.photos})
    amendment_id = uuid7()
    values = {
        "municipality_id": actor.municipality_id,
        "id": amendment_id,
        "inspection_id": visit["id"],
        "text": amendment.text,
        "photos": json.dumps([str(photo) for photo in photo_ids]),
        "photo_ids": photo_ids,
        "actor_id": actor.id,
        "at": clock.now(),
    }
    written = await fetch_one(session, AMEND_SQL, values)
    if written is None or written["photo_count"] != len(photo_ids):
        raise PhotoUnknown
    version = await queries.change(session, actor.municipality_id, visit["id"], {"is_in_field": visit["is_in_field"]})
    await feed.point(session, actor.municipality_id, TABLE, visit["id"], scopes_of(visit))
    await audit.record(session, actor, "inspection.amend", TABLE, visit["id"], amendment=amendment_id)
    return VersionOut(id=visit["id"], version=version)
