"""The HTTP face of the business register; every verb is in `service`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.businesses import schemas, service
from api.businesses.schemas import BusinessOut, BusinessRow, PatchedOut, RegisteredOut
from api.core.actor import Actor
from api.core.conditional import IfMatch, IfNoneMatch, expected_version, is_fresh, tagged
from api.core.deps import SessionDep
from api.core.errors import NotFound
from api.core.pagination import Page
from api.core.rate_limits import keep_pace
from api.core.replay import IdempotencyKey, once
from api.core.wire import Wire
from api.identity.deps import Permitted

router = APIRouter(prefix="/businesses", tags=["businesses"])

MVT = "application/vnd.mapbox-vector-tile"
Zoom = Annotated[int, Path(ge=0, le=20)]
TileIndex = Annotated[int, Path(ge=0, lt=1 << 20)]


class ChangesIn(Wire):
    """Fields of a business that somebody changed."""

    changes: schemas.Changes


def _may(permission: str) -> Any:
    return Depends(Permitted(permission, side="staff"))


Reader = Annotated[Actor, _may("business.read")]
Editor = Annotated[Actor, _may("business.edit")]


@router.get("")
async def list_businesses(
    session: SessionDep, actor: Reader, request: Request, wanted: Annotated[schemas.ListQuery, Query()]
) -> Page[BusinessRow]:
    """The register, by title."""
    if wanted.text:
        await keep_pace(session, request.app.state.settings.pace_searching, "business.search", actor)
    return await service.list_businesses(session, actor, wanted.filter(), wanted.cursor, wanted.limit)


@router.post("", status_code=201)
async def register_business(session: SessionDep, actor: Editor, business: schemas.BusinessRegisterIn) -> RegisteredOut:
    """Write down a business; sending the same id again gives the same answer."""
    return await service.register_business(session, actor, business)


@router.get("/tiles/{z}/{x}/{y}.mvt", response_class=Response, responses={200: {"content": {MVT: {}}}})
async def read_tile(
    session: SessionDep,
    actor: Reader,
    z: Zoom,
    x: TileIndex,
    y: TileIndex,
    wanted: Annotated[schemas.FilterQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Businesses as a vector tile: layers `clusters` and `businesses`."""
    if max(x, y) >= 1 << z:
        raise NotFound
    tile = await service.map_tile(session, actor, wanted.filter(), z, x, y)
    return tagged(tile, MVT, if_none_match, "private, no-cache")


@router.get("/classes")
async def list_classes(session: SessionDep, actor: Reader) -> list[schemas.ClassOut]:
    """The classes of businesses in use."""
    return await service.list_classes(session, actor)


@router.get("/{business_id}")
async def read_business(
    session: SessionDep, actor: Reader, business_id: UUID, response: Response, if_none_match: IfNoneMatch = None
) -> BusinessOut:
    """One record with its history; the owner is masked."""
    business = await service.read_business(session, actor, business_id)
    # Proposals and look-alikes change without a new version of the record.
    etag = f'"{business.version}-{len(business.changes)}-{sum(c.is_open for c in business.changes)}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    if is_fresh(etag, if_none_match):
        response.status_code = 304
    return business


@router.patch("/{business_id}")
async def patch_business(
    session: SessionDep, actor: Editor, request: Request, business_id: UUID, body: ChangesIn,
    if_match: IfMatch = None, key: IdempotencyKey = None,
) -> PatchedOut:  # fmt: skip
    """Change fields, each by its own rule; says what became of each."""
    patch = schemas.BusinessPatchIn(business_id=business_id, changes=body.changes)

    async def act() -> PatchedOut:
        return await service.patch_business(session, actor, patch, expected_version=expected_version(if_match))

    return await once(session, actor, request, key, PatchedOut, act)


@router.put("/{business_id}/owner", status_code=204)
async def set_owner(
    session: SessionDep, actor: Editor, business_id: UUID, owner: schemas.OwnerIn, if_match: IfMatch = None
) -> None:
    """Write down who is behind a business."""
    await service.set_owner(session, actor, business_id, owner, expected_version(if_match))


@router.post("/{business_id}/owner")
async def reveal_owner(
    session: SessionDep,
    actor: Annotated[Actor, _may("business.read_owner")],
    business_id: UUID,
    reveal: schemas.RevealIn,
) -> schemas.OwnerOut:
    """The owner in clear, with the reason; audited."""
    return await service.reveal_owner(session, actor, business_id, reveal.reason)


@router.post("/changes/{change_id}/review", status_code=204)
async def review_change(session: SessionDep, actor: Editor, change_id: UUID, review: schemas.ReviewIn) -> None:
    """Take a proposed value over or refuse it."""
    await service.review_change(session, actor, change_id, accept=review.accept)


@router.post("/matches/{match_id}/decision", status_code=204)
async def decide_match(session: SessionDep, actor: Editor, match_id: UUID, decision: schemas.MatchIn) -> None:
    """Say whether two records are of one business."""
    await service.decide_match(session, actor, match_id, decision)
