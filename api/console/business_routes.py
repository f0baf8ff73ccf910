"""The addresses of the register's pages; what they do stands in `api.console.businesses`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.console import businesses
from api.console.faults import ConsoleRoute
from api.console.guard import ConsolePermitted, ConsolePermittedAlone
from api.core.actor import Actor
from api.core.deps import SessionDep

router = APIRouter(prefix=businesses.HOME, route_class=ConsoleRoute, include_in_schema=False, tags=["console"])

Reader = Annotated[Actor, Depends(ConsolePermitted("business.read"))]
Editor = Annotated[Actor, Depends(ConsolePermitted("business.edit"))]
Importer = Annotated[Actor, Depends(ConsolePermitted("business.import"))]


@router.get("")
async def show_list(request: Request, session: SessionDep, actor: Reader) -> Response:
    """The register beside its map."""
    return await businesses.show_list(request, session, actor)


@router.get("/rows")
async def show_more(request: Request, session: SessionDep, actor: Reader) -> Response:
    """The next rows of the list."""
    return await businesses.show_more(request, session, actor)


@router.get("/import")
async def show_imports(request: Request, session: SessionDep, actor: Importer) -> Response:
    """Lists that are brought in."""
    return await businesses.show_imports(request, session, actor)


@router.post("/import/files")
async def send_list(request: Request, session: SessionDep, actor: Importer) -> Response:
    """Take a list in; the address ends so that a list may be as large as a photo."""
    return await businesses.send_list(request, session, actor)


@router.get("/import/{import_id}")
async def show_import(request: Request, session: SessionDep, actor: Importer, import_id: UUID) -> Response:
    """How far one list has come."""
    return await businesses.show_import(request, session, actor, import_id)


@router.post("/import/{import_id}/confirm")
async def confirm_import(request: Request, session: SessionDep, actor: Importer, import_id: UUID) -> Response:
    """Write the good rows of a list."""
    return await businesses.confirm_import(request, session, actor, import_id)


@router.get("/import/{import_id}/faults")
async def faults_file(request: Request, session: SessionDep, actor: Importer, import_id: UUID) -> Response:
    """The refused rows of a list."""
    return await businesses.faults_file(request, session, actor, import_id)


@router.get("/{business_id}")
async def show_business(request: Request, session: SessionDep, actor: Reader, business_id: UUID) -> Response:
    """One record."""
    return await businesses.show_business(request, session, actor, business_id)


@router.post("/{business_id}")
async def edit_business(
    request: Request, actor: Annotated[Actor, Depends(ConsolePermittedAlone("business.edit"))], business_id: UUID
) -> Response:
    """Change a record."""
    return await businesses.edit_business(request, actor, business_id)


@router.post("/{business_id}/owner")
async def reveal_owner(
    request: Request,
    session: SessionDep,
    actor: Annotated[Actor, Depends(ConsolePermitted("business.read_owner"))],
    business_id: UUID,
) -> Response:
    """The owner in clear, for a reason; audited."""
    return await businesses.reveal_owner(request, session, actor, business_id)


@router.post("/{business_id}/owner/new")
async def set_owner(request: Request, session: SessionDep, actor: Editor, business_id: UUID) -> Response:
    """Write down who is behind a business."""
    return await businesses.set_owner(request, session, actor, business_id)


@router.post("/{business_id}/changes/{change_id}")
async def review_change(
    request: Request, session: SessionDep, actor: Editor, business_id: UUID, change_id: UUID
) -> Response:
    """Decide on a line of the history."""
    return await businesses.review_change(request, session, actor, business_id, change_id)


@router.post("/{business_id}/matches/{match_id}")
async def decide_match(
    request: Request, session: SessionDep, actor: Editor, business_id: UUID, match_id: UUID
) -> Response:
    """Say whether two records are of one business."""
    return await businesses.decide_match(request, session, actor, business_id, match_id)
