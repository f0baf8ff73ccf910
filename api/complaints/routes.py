"""The HTTP face of complaints; every verb is in `service`."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.complaints import schemas, service
from api.complaints.schemas import ComplaintOut, ComplaintRow, FiledOut
from api.core.actor import Actor
from api.core.conditional import IfMatch, IfNoneMatch, expected_version, is_fresh, tagged
from api.core.deps import SessionDep
from api.core.errors import NotFound
from api.core.pagination import Page
from api.core.rate_limits import keep_pace
from api.core.replay import IdempotencyKey, once
from api.files.deps import photo_answer
from api.identity.deps import Permitted, TownDep

router = APIRouter(prefix="/complaints", tags=["complaints"])
public_router = APIRouter(prefix="/public/{municipality_slug}", tags=["public"])

MVT = "application/vnd.mapbox-vector-tile"
Zoom = Annotated[int, Path(ge=0, le=20)]
TileIndex = Annotated[int, Path(ge=0, lt=1 << 20)]


class ActedOut(BaseModel):
    """The case's version after an act; the next act may name it in `If-Match`."""

    id: UUID
    version: int


def _may(permission: str) -> Any:
    return Depends(Permitted(permission))


Reader = Annotated[Actor, _may("complaint.read")]


@public_router.get("/categories")
async def read_categories(session: SessionDep, town: TownDep) -> list[schemas.CategoryOut]:
    """The category tree with its questions, for people who file."""
    return await service.list_categories(session, town.id, town.config_version)


@router.post("", status_code=201)
async def file_complaint(
    session: SessionDep,
    actor: Annotated[Actor, Depends(Permitted("complaint.file", side="citizen"))],
    request: Request,
    report: schemas.ComplaintIn,
) -> FiledOut:
    """File a report; sending the same id again gives the same answer."""
    await keep_pace(session, request.app.state.settings.pace_filing, "complaint.file", actor)
    return await service.file_complaint(session, actor, report)


@router.post("/counter", status_code=201)
async def file_for_citizen(
    session: SessionDep,
    actor: Annotated[Actor, _may("complaint.file_for_citizen")],
    report: schemas.CounterComplaintIn,
) -> FiledOut:
    """Write down a report that came by counter, telephone or letter."""
    return await service.file_for_citizen(session, actor, report)


@router.get("")
async def list_complaints(
    session: SessionDep,
    actor: Reader,
    request: Request,
    wanted: Annotated[schemas.ListQuery, Query()],
) -> Page[ComplaintRow]:
    """Cases the caller may see, newest first."""
    if wanted.text:
        await keep_pace(session, request.app.state.settings.pace_searching, "complaint.search", actor)
    return await service.list_complaints(session, actor, wanted.filter(), wanted.cursor, wanted.limit)


@router.get("/tiles/{z}/{x}/{y}.mvt", response_class=Response, responses={200: {"content": {MVT: {}}}})
async def read_tile(
    session: SessionDep,
    actor: Annotated[Actor, Depends(Permitted("complaint.read", side="staff"))],
    z: Zoom,
    x: TileIndex,
    y: TileIndex,
    wanted: Annotated[schemas.FilterQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Reports as a vector tile: layers `clusters` and `reports`."""
    if max(x, y) >= 1 << z:
        raise NotFound
    tile = await service.map_tile(session, actor, wanted.filter(), z, x, y)
    return tagged(tile, MVT, if_none_match, "private, no-cache")


@router.get("/{complaint_id}")
async def read_complaint(
    session: SessionDep, actor: Reader, complaint_id: UUID, response: Response, if_none_match: IfNoneMatch = None
) -> ComplaintOut:
    """One case as far as the caller may see it."""
    case = await service.read_complaint(session, actor, complaint_id)
    etag = f'"{case.version}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    if is_fresh(etag, if_none_match):
        response.status_code = 304
    return case


@router.get("/{complaint_id}/photos/{photo_id}/{variant}", response_class=Response)
async def read_photo(
    session: SessionDep,
    actor: Reader,
    request: Request,
    complaint_id: UUID,
    photo_id: UUID,
    variant: Literal["public", "thumbnail"],
) -> Response:
    """A photo of the case, written anew without EXIF."""
    await service.photo_of_case(session, actor, complaint_id, photo_id)
    return await photo_answer(request, session, actor.municipality_id, photo_id, variant)


@router.post("/{complaint_id}/reporter")
async def reveal_reporter(
    session: SessionDep,
    actor: Annotated[Actor, _may("complaint.read_person")],
    complaint_id: UUID,
    reveal: schemas.RevealIn,
) -> schemas.ReporterOut:
    """The reporter in clear, with the reason; audited."""
    return await service.reveal_reporter(session, actor, complaint_id, reveal.reason)


Verb = Callable[..., Awaitable[int]]


def _act(path: str, permission: str, verb: Verb, schema: type[BaseModel] | None) -> None:
    """Add the route of one act: version guard and replay are the same for all."""

    async def answer(
        session: SessionDep, actor: Actor, request: Request, complaint_id: UUID, if_match: str | None,
        key: UUID | None, arguments: tuple[Any, ...],
    ) -> ActedOut:  # fmt: skip
        async def act() -> ActedOut:
            version = await verb(session, actor, complaint_id, *arguments, expected_version(if_match))
            return ActedOut(id=complaint_id, version=version)

        return await once(session, actor, request, key, ActedOut, act)

    if schema is None:

        async def bare(
            session: SessionDep, actor: Annotated[Actor, _may(permission)], request: Request, complaint_id: UUID,
            if_match: IfMatch = None, key: IdempotencyKey = None,
        ) -> ActedOut:  # fmt: skip
            return await answer(session, actor, request, complaint_id, if_match, key, ())

        endpoint: Callable[..., Awaitable[ActedOut]] = bare
    else:

        async def with_body(
            session: SessionDep, actor: Annotated[Actor, _may(permission)], request: Request, complaint_id: UUID,
            body: schema, if_match: IfMatch = None, key: IdempotencyKey = None,  # type: ignore[valid-type]
        ) -> ActedOut:  # fmt: skip
            return await answer(session, actor, request, complaint_id, if_match, key, (body,))

        endpoint = with_body
    endpoint.__name__ = verb.__name__
    endpoint.__doc__ = (verb.__doc__ or "").split("\n")[0]
    router.post("/{complaint_id}/" + path)(endpoint)


_act("route", "complaint.route", service.route_complaint, schemas.RoutingIn)
_act("assign", "complaint.assign", service.assign_complaint, schemas.AssignmentIn)
_act("take", "complaint.take", service.take_complaint, None)
_act("start", "complaint.start", service.start_complaint, None)
_act("hand-over", "complaint.hand_over", service.hand_over_complaint, schemas.HandingOverIn)
_act("notes", "complaint.note", service.add_note, schemas.NoteIn)
_act("answers", "complaint.answer", service.answer_complaint, schemas.AnswerIn)
_act("questions", "complaint.ask_citizen", service.ask_citizen, schemas.QuestionIn)
_act("replies", "complaint.reply", service.reply_to_question, schemas.ReplyIn)
_act("close", "complaint.close", service.close_complaint, schemas.ClosingIn)
_act("reject", "complaint.reject", service.reject_complaint, schemas.RejectionIn)
_act("forward", "complaint.forward", service.forward_complaint, schemas.ForwardingIn)
_act("withdraw", "complaint.withdraw", service.withdraw_complaint, None)
_act("rating", "complaint.rate", service.rate_complaint, schemas.RatingIn)
_act("reopen", "complaint.reopen", service.reopen_complaint, schemas.ReopeningIn)
