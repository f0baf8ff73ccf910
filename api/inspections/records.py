"""The finding record of a submitted visit: as a document, and as a PDF."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.sql import Row
from api.core.storage import BlobStore
from api.core.tenancy import enter_municipality, release
from api.files import service as files
from api.inspections import read_queries as queries
from api.inspections.errors import ActionNotAllowed
from api.inspections.form_store import form_of
from api.inspections.places import default_days
from api.inspections.reading import readable
from api.inspections.record_pdf import set_record
from api.municipalities import service as municipalities
from mobile.wire.record import Document, Facts, Photo, finding_record

log = structlog.get_logger("belediye.inspections")
SURE_WITHIN = timedelta(minutes=1)


async def record_document(session: AsyncSession, actor: Actor, inspection_id: UUID) -> Document:
    """Give the finding record of a submitted visit; reading it is audited, for it names persons.

    Raises:
        NotFound: no such visit, or not for this reader. ActionNotAllowed: it was not submitted.
    """
    document = await _document(session, actor, inspection_id)
    await audit.record(session, actor, "inspection.read", "inspection", inspection_id, record=document.number)
    return document


async def record_pdf(session: AsyncSession, store: BlobStore, actor: Actor, inspection_id: UUID) -> bytes:
    """Give the finding record as a PDF; a drawn signature that has not come yet is said to be missing.

    Raises:
        NotFound, ActionNotAllowed: as `record_document`.
    """
    document = await _document(session, actor, inspection_id)
    images: dict[str, bytes] = {}
    for place in document.signatures:
        if place.image_id is None:
            continue
        try:
            images[place.image_id] = await files.read_photo(
                session, store, actor.municipality_id, UUID(place.image_id), "public"
            )
        except (NotFound, ValueError):
            log.info("signature not here yet", inspection_id=str(inspection_id))
    # Setting the pages takes a good part of a second; no database connection waits for it.
    await release(session)
    pdf = await set_record(document, images)
    await enter_municipality(session, actor.municipality_id)
    await audit.record(session, actor, "inspection.read", "inspection", inspection_id, record=document.number)
    return pdf


async def _document(session: AsyncSession, actor: Actor, inspection_id: UUID) -> Document:
    row = await readable(session, actor, inspection_id)
    if row["status"] != "submitted":
        raise ActionNotAllowed(status=row["status"], action="record")
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    form = (await form_of(session, actor.municipality_id, row["form_id"], row["form_version"])).form
    parts = await queries.parts(session, actor.municipality_id, inspection_id, None)
    return finding_record(form, row["answers"], _facts(town, row, parts["photos"], parts["amendments"]))


def _facts(town: municipalities.TownConfig, row: Row, photos: list[Row], amendments: list[Row]) -> Facts:
    visited_on = row["ended_at"].astimezone(clock.ISTANBUL).date()
    return Facts(
        town=town.name,
        department=town.department_name(row["department_id"]) or "",
        kind=row["kind"],
        outcome=row["outcome"],
        number=row["number"],
        business=row["business_title"] or "",
        activity=row["activity"] or "",
        licence_no=row["licence_no"] or "",
        address=row["address_text"] or "",
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        officer=row["officer_name"] or "",
        officer_title=row["officer_title"] or "",
        officer_registry_no=row["officer_registry_no"] or "",
        device_id=str(row["device_id"] or ""),
        place=(row["own_lon"], row["own_lat"]) if row["own_lon"] is not None else None,
        accuracy_m=row["accuracy_m"],
        uncertain_minutes=uncertain_minutes(row["authored"], row["ended_at"], row["submitted_at"]),
        default_days=default_days(town, visited_on),
        photos=[Photo(str(photo["id"]), photo["sha256"]) for photo in photos],
        amendments=[(datetime.fromisoformat(one["at"]), one["by"] or "", one["text"]) for one in amendments],
        signature_id=str(row["signature_id"]) if row["signature_id"] else None,
    )


def uncertain_minutes(authored: Any, ended_at: datetime, submitted_at: datetime) -> int | None:
    """Say how wrong the phone's times may be (0: by an unknown span); None where nothing speaks against them."""
    if ended_at > submitted_at + SURE_WITHIN:
        return ceil((ended_at - submitted_at) / timedelta(minutes=1))
    told = authored if isinstance(authored, dict) else {}
    uncertainty = told.get("uncertainty")
    if isinstance(uncertainty, int | float) and timedelta(milliseconds=uncertainty) > SURE_WITHIN:
        return ceil(timedelta(milliseconds=uncertainty) / timedelta(minutes=1))
    return 0 if told.get("trust") == "unsure" else None
