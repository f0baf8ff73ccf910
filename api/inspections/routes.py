"""The HTTP face of inspections; every verb is in `service`."""

from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, UploadFile
from pydantic import BaseModel
from starlette.responses import Response

from api.core.actor import Actor
from api.core.conditional import IfMatch, expected_version
from api.core.deps import SessionDep
from api.core.errors import Refused, TooLarge
from api.core.pagination import Page
from api.core.replay import IdempotencyKey, once
from api.core.storage import BlobStore
from api.files.deps import photo_answer
from api.identity.deps import Permitted
from api.inspections import schemas, service
from api.inspections.number_schemas import NumbersIn, NumbersOut, NumberUsageOut

router = APIRouter(prefix="/inspections", tags=["inspections"])

PDF = "application/pdf"
MOST_SHEET_BYTES = 2_000_000
ClassCode = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$")]


class Done(BaseModel):
    """That it was done."""

    code: str


def _may(permission: str) -> Any:
    return Depends(Permitted(permission, side="staff"))


Reader = Annotated[Actor, _may("inspection.read")]
# Forms and classes name nobody: whoever sees businesses, and who edits forms, sees them.
Onlooker = Annotated[Actor, _may("business.read")]
Planner = Annotated[Actor, _may("inspection.plan")]
Inspector = Annotated[Actor, _may("inspection.submit")]
Editor = Annotated[Actor, _may("inspection_form.edit")]


@router.get("")
async def list_inspections(
    session: SessionDep, actor: Reader, wanted: Annotated[schemas.ListQuery, Query()]
) -> Page[schemas.InspectionRow]:
    """Visits the caller may see: planned ones by their day, done ones newest first."""
    return await service.list_inspections(session, actor, wanted.filter(), wanted.cursor, wanted.limit)


@router.post("", status_code=201)
async def plan_inspection(session: SessionDep, actor: Planner, plan: schemas.InspectionPlanIn) -> schemas.PlannedOut:
    """Plan a visit by hand."""
    return await service.plan_inspection(session, actor, plan)


@router.post("/for-complaint", status_code=201)
async def plan_for_complaint(
    session: SessionDep, actor: Planner, visit: schemas.ComplaintVisitIn
) -> schemas.PlannedOut:
    """Plan a visit to the business that a complaint is about."""
    return await service.plan_for_complaint(session, actor, visit)


@router.post("/numbers")
async def give_numbers(session: SessionDep, actor: Inspector, wanted: NumbersIn) -> NumbersOut:
    """Fill up the record numbers of the calling phone and give all that it holds."""
    return await service.give_numbers(session, actor, wanted.series)


@router.get("/numbers")
async def read_number_usage(
    session: SessionDep, actor: Reader, year: Annotated[int | None, Query(ge=2000, le=9999)] = None
) -> NumberUsageOut:
    """Where every record number of a year went."""
    return await service.number_usage(session, actor, year)


@router.get("/forms")
async def list_forms(session: SessionDep, actor: Onlooker) -> list[schemas.FormOut]:
    """Every version of every form."""
    return await service.list_forms(session, actor)


@router.post("/forms", status_code=201)
async def publish_form(session: SessionDep, actor: Editor, form: schemas.FormPublishIn) -> schemas.FormOut:
    """Publish the next version of a form."""
    return await service.publish_form(session, actor, form)


@router.post("/forms/xlsform", status_code=201)
async def import_xlsform(session: SessionDep, actor: Editor, file: UploadFile) -> schemas.FormOut:
    """Publish a form from an Excel file (XLSForm)."""
    data = await file.read(MOST_SHEET_BYTES + 1)
    if len(data) > MOST_SHEET_BYTES:
        raise TooLarge
    return await service.import_xlsform(session, actor, data)


@router.get("/forms/{form_id}")
async def read_form(session: SessionDep, actor: Onlooker, form_id: UUID) -> schemas.FormDocumentOut:
    """One version of a form with its document."""
    return await service.read_form(session, actor, form_id)


@router.get("/classes")
async def list_classes(session: SessionDep, actor: Onlooker) -> list[schemas.BusinessClassOut]:
    """Classes of businesses with their rules."""
    return await service.list_classes(session, actor)


@router.put("/classes/{code}")
async def edit_class(session: SessionDep, actor: Editor, code: ClassCode, change: schemas.BusinessClassIn) -> Done:
    """Change the rule of a class."""
    await service.edit_class(session, actor, code, change)
    return Done(code=code)


@router.get("/businesses/{business_id}/timeline")
async def read_timeline(session: SessionDep, actor: Reader, business_id: UUID) -> list[schemas.TimelineLine]:
    """What happened to a business, newest first."""
    return await service.business_timeline(session, actor, business_id)


@router.get("/{inspection_id}")
async def read_inspection(session: SessionDep, actor: Reader, inspection_id: UUID) -> schemas.InspectionOut:
    """One visit as far as the caller may see it."""
    return await service.read_inspection(session, actor, inspection_id)


@router.post("/{inspection_id}/submit")
async def submit_inspection(
    session: SessionDep, actor: Inspector, inspection_id: UUID, visit: schemas.InspectionSubmitIn
) -> schemas.SubmittedOut:
    """Submit a visit while the network is there; sending the same again gives the same answer."""
    if visit.id != inspection_id:
        raise Refused(code="other_id")
    return await service.submit_inspection(session, actor, visit)


@router.post("/{inspection_id}/amendments")
async def amend_inspection(
    session: SessionDep, actor: Annotated[Actor, _may("inspection.amend")], request: Request, inspection_id: UUID,
    amendment: schemas.AmendmentIn, key: IdempotencyKey = None,
) -> schemas.VersionOut:  # fmt: skip
    """Append a correction to a submitted visit."""
    told = schemas.InspectionAmendIn(inspection_id=inspection_id, text=amendment.text, photos=amendment.photos)

    async def act() -> schemas.VersionOut:
        return await service.amend_inspection(session, actor, told)

    return await once(session, actor, request, key, schemas.VersionOut, act)


@router.post("/{inspection_id}/assign")
async def assign_inspection(
    session: SessionDep, actor: Planner, inspection_id: UUID, assignment: schemas.InspectionAssignIn,
    if_match: IfMatch = None,
) -> schemas.VersionOut:  # fmt: skip
    """Give a planned visit to a person or a department, or move its day."""
    return await service.assign_inspection(session, actor, inspection_id, assignment, expected_version(if_match))


@router.post("/{inspection_id}/cancel")
async def cancel_inspection(
    session: SessionDep, actor: Planner, inspection_id: UUID, cancellation: schemas.InspectionCancelIn,
    if_match: IfMatch = None,
) -> schemas.VersionOut:  # fmt: skip
    """Call a planned visit off."""
    return await service.cancel_inspection(session, actor, inspection_id, cancellation, expected_version(if_match))


@router.get("/{inspection_id}/record.pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
async def read_record(session: SessionDep, actor: Reader, request: Request, inspection_id: UUID) -> Response:
    """The finding record as a PDF."""
    store = cast("BlobStore", request.app.state.store)
    pdf = await service.record_pdf(session, store, actor, inspection_id)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="tutanak-{inspection_id}.pdf"',
    }
    return Response(pdf, media_type=PDF, headers=headers)


@router.get("/{inspection_id}/photos/{photo_id}/{variant}", response_class=Response)
async def read_photo(
    session: SessionDep, actor: Reader, request: Request, inspection_id: UUID, photo_id: UUID,
    variant: Literal["public", "thumbnail"],
) -> Response:  # fmt: skip
    """A photo of the visit, written anew without EXIF."""
    await service.photo_of_inspection(session, actor, inspection_id, photo_id)
    return await photo_answer(request, session, actor.municipality_id, photo_id, variant)
