"""Uploading photos."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, File, Request, UploadFile

from api.core.actor import Actor
from api.core.deps import SessionDep
from api.core.rate_limits import hit
from api.core.storage import BlobStore
from api.files import service
from api.files.schemas import PhotoStored
from api.identity.deps import Permitted, database_of

router = APIRouter(prefix="/files", tags=["files"])


@router.post("", status_code=201)
async def upload_photo(
    session: SessionDep,
    actor: Annotated[Actor, Depends(Permitted("file.upload"))],
    request: Request,
    file: Annotated[UploadFile, File(description="JPEG, PNG or WebP, at most 20 MB")],
) -> PhotoStored:
    """Take in one photo; its id is then named by the report or answer it belongs to."""
    limit = request.app.state.settings.pace_uploading
    await hit(database_of(request), limit, "file.upload", actor.municipality_id, actor.id)
    store = cast("BlobStore", request.app.state.store)
    return await service.store_photo(session, store, actor, await file.read())
