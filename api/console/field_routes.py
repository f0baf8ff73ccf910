"""The addresses of field work's pages; what they do stands in `api.console.field`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.console import field
from api.console.faults import ConsoleRoute
from api.console.guard import ConsolePermitted, ConsolePermittedAlone
from api.core.actor import Actor
from api.core.deps import SessionDep

router = APIRouter(prefix=field.HOME, route_class=ConsoleRoute, include_in_schema=False, tags=["console"])

Reader = Annotated[Actor, Depends(ConsolePermitted("sync_conflict.read"))]
Resolver = Annotated[Actor, Depends(ConsolePermitted("sync_conflict.resolve"))]
Keeper = Annotated[Actor, Depends(ConsolePermitted("device.revoke"))]
Declarer = Annotated[Actor, Depends(ConsolePermitted("disaster.declare"))]


@router.get("")
async def show_inbox(request: Request, session: SessionDep, actor: Reader) -> Response:
    """What came from the field and waits for a decision."""
    return await field.show_inbox(request, session, actor)


@router.post("/conflicts/{conflict_id}")
async def resolve(request: Request, session: SessionDep, actor: Resolver, conflict_id: UUID) -> Response:
    """Decide on a conflict."""
    return await field.resolve(request, session, actor, conflict_id)


@router.post("/changes/{change_id}")
async def review_change(request: Request, session: SessionDep, actor: Resolver, change_id: UUID) -> Response:
    """Decide on a value of the business register."""
    return await field.review_change(request, session, actor, change_id)


@router.post("/matches/{match_id}")
async def decide_match(request: Request, session: SessionDep, actor: Resolver, match_id: UUID) -> Response:
    """Decide on a pair of look-alikes."""
    return await field.decide_match(request, session, actor, match_id)


@router.get("/bundles")
async def show_bundles(request: Request, session: SessionDep, actor: Reader) -> Response:
    """Bundles that were brought."""
    return await field.show_bundles(request, session, actor)


@router.post("/bundles")
async def bring_bundle(
    request: Request, actor: Annotated[Actor, Depends(ConsolePermittedAlone("sync_conflict.resolve"))]
) -> Response:
    """Bring a bundle."""
    return await field.bring_bundle(request, actor)


@router.post("/bundles/{upload_id}/retry")
async def retry_bundle(request: Request, session: SessionDep, actor: Resolver, upload_id: UUID) -> Response:
    """Try a refused bundle again."""
    return await field.retry_bundle(request, session, actor, upload_id)


@router.get("/devices")
async def show_devices(request: Request, session: SessionDep, actor: Keeper) -> Response:
    """Phones that work in the field."""
    return await field.show_devices(request, session, actor)


@router.post("/devices/{device_id}/revoke")
async def revoke_device(request: Request, session: SessionDep, actor: Keeper, device_id: UUID) -> Response:
    """Take a phone back."""
    return await field.revoke_device(request, session, actor, device_id)


@router.get("/disaster")
async def show_disaster(request: Request, session: SessionDep, actor: Declarer) -> Response:
    """The declared emergency."""
    return await field.show_disaster(request, session, actor)


@router.post("/disaster")
async def declare_disaster(request: Request, session: SessionDep, actor: Declarer) -> Response:
    """Declare an emergency."""
    return await field.declare_disaster(request, session, actor)


@router.post("/disaster/{policy_id}/end")
async def end_disaster(request: Request, session: SessionDep, actor: Declarer, policy_id: UUID) -> Response:
    """End an emergency."""
    return await field.end_disaster(request, session, actor, policy_id)
