"""The addresses of the pages of inspections; what they do stands in `api.console.inspections`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.console import inspections as page
from api.console.faults import ConsoleRoute
from api.console.guard import ConsolePermitted
from api.core.actor import Actor
from api.core.deps import SessionDep

router = APIRouter(prefix=page.HOME, route_class=ConsoleRoute, include_in_schema=False, tags=["console"])

Reader = Annotated[Actor, Depends(ConsolePermitted("inspection.read"))]
Onlooker = Annotated[Actor, Depends(ConsolePermitted("business.read"))]
Planner = Annotated[Actor, Depends(ConsolePermitted("inspection.plan"))]
Editor = Annotated[Actor, Depends(ConsolePermitted("inspection_form.edit"))]


@router.get("")
async def show_list(request: Request, session: SessionDep, actor: Reader) -> Response:
    """Visits by group."""
    return await page.show_list(request, session, actor)


@router.get("/plan")
async def show_plan(request: Request, session: SessionDep, actor: Planner) -> Response:
    """How a visit is planned."""
    return await page.show_plan(request, session, actor)


@router.post("/plan")
async def plan(request: Request, session: SessionDep, actor: Planner) -> Response:
    """Plan a visit."""
    return await page.plan(request, session, actor)


@router.get("/forms")
async def show_forms(request: Request, session: SessionDep, actor: Onlooker) -> Response:
    """Every form with its versions."""
    return await page.show_forms(request, session, actor)


@router.post("/forms")
async def upload_form(request: Request, session: SessionDep, actor: Editor) -> Response:
    """Publish a form from an Excel file."""
    return await page.upload_form(request, session, actor)


@router.get("/forms/{form_id}")
async def show_form(request: Request, session: SessionDep, actor: Onlooker, form_id: UUID) -> Response:
    """A version of a form in words."""
    return await page.show_form(request, session, actor, form_id)


@router.get("/numbers")
async def show_numbers(request: Request, session: SessionDep, actor: Reader) -> Response:
    """Where every record number went."""
    return await page.show_numbers(request, session, actor)


@router.get("/{inspection_id}")
async def show_inspection(request: Request, session: SessionDep, actor: Reader, inspection_id: UUID) -> Response:
    """One visit."""
    return await page.show_inspection(request, session, actor, inspection_id)


@router.post("/{inspection_id}/assign")
async def assign(request: Request, session: SessionDep, actor: Planner, inspection_id: UUID) -> Response:
    """Give a planned visit to somebody, or move its day."""
    return await page.assign(request, session, actor, inspection_id)


@router.post("/{inspection_id}/cancel")
async def cancel(request: Request, session: SessionDep, actor: Planner, inspection_id: UUID) -> Response:
    """Call a planned visit off."""
    return await page.cancel(request, session, actor, inspection_id)


@router.post("/{inspection_id}/amendments")
async def amend(
    request: Request, session: SessionDep, actor: Annotated[Actor, Depends(ConsolePermitted("inspection.amend"))],
    inspection_id: UUID,
) -> Response:  # fmt: skip
    """Append a correction."""
    return await page.amend(request, session, actor, inspection_id)
