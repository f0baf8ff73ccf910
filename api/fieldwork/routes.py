"""The HTTP face of field work; every verb is in `service`, and visits come by sync only."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.core.actor import Actor
from api.core.deps import SessionDep
from api.core.pagination import Page
from api.fieldwork import schemas, service
from api.files.deps import photo_answer
from api.identity.deps import Permitted

router = APIRouter(prefix="/field", tags=["field"])


def _may(permission: str) -> Any:
    return Depends(Permitted(permission, side="staff"))


Worker = Annotated[Actor, _may("field.sync")]
AreaEditor = Annotated[Actor, _may("field_area.edit")]


@router.get("/tasks")
async def list_tasks(
    session: SessionDep, actor: Worker, wanted: Annotated[schemas.TaskQuery, Query()]
) -> Page[schemas.TaskOut]:
    """Tasks of the caller's departments and of their own, newest first."""
    return await service.list_tasks(session, actor, wanted)


@router.post("/tasks", status_code=201)
async def create_task(
    session: SessionDep, actor: Annotated[Actor, _may("task.create")], task: schemas.TaskCreateIn
) -> schemas.WrittenOut:
    """Give a department or a person a piece of work; sending the same id again gives the same answer."""
    return await service.create_task(session, actor, task)


@router.post("/tasks/{task_id}/finish")
async def finish_task(
    session: SessionDep, actor: Annotated[Actor, _may("task.finish")], task_id: UUID, done: schemas.DoneIn
) -> schemas.WrittenOut:
    """Say that a task is done."""
    finish = schemas.TaskFinishIn(task_id=task_id, text=done.text, photo_ids=done.photo_ids)
    return await service.finish_task(session, actor, finish)


@router.get("/tasks/{task_id}/photos/{photo_id}/{variant}", response_class=Response)
async def read_photo(
    session: SessionDep,
    actor: Annotated[Actor, _may("account.use")],
    request: Request,
    task_id: UUID,
    photo_id: UUID,
    variant: Literal["public", "thumbnail"],
) -> Response:
    """A photo of what was done, written anew without EXIF."""
    await service.photo_of_task(session, actor, task_id, photo_id)
    return await photo_answer(request, session, actor.municipality_id, photo_id, variant)


@router.get("/messages")
async def list_messages(
    session: SessionDep, actor: Worker, wanted: Annotated[schemas.MessageQuery, Query()]
) -> Page[schemas.MessageOut]:
    """What a department's team was told, newest first."""
    return await service.list_messages(session, actor, wanted)


@router.post("/messages", status_code=201)
async def post_message(
    session: SessionDep, actor: Annotated[Actor, _may("team_message.post")], message: schemas.MessagePostIn
) -> schemas.WrittenOut:
    """Tell a department's team something; sending the same id again gives the same answer."""
    return await service.post_message(session, actor, message)


@router.get("/areas/{staff_id}")
async def read_areas(session: SessionDep, actor: AreaEditor, staff_id: UUID) -> schemas.AreasOut:
    """The neighbourhoods chosen for somebody."""
    return await service.read_areas(session, actor, staff_id)


@router.put("/areas/{staff_id}")
async def set_areas(session: SessionDep, actor: AreaEditor, staff_id: UUID, areas: schemas.AreasIn) -> schemas.AreasOut:
    """Choose the neighbourhoods in which somebody works; none means all."""
    return await service.set_areas(session, actor, staff_id, areas.neighbourhood_ids)
