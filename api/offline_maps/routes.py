"""The HTTP face of offline maps: the list of packages, and their files in resumable pieces."""

import re
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response, StreamingResponse

from api.core.actor import Actor
from api.core.deps import SessionDep
from api.core.storage import BlobStore
from api.identity.deps import Permitted
from api.offline_maps import service
from api.offline_maps.schemas import MapPackageOut

router = APIRouter(prefix="/map-packages", tags=["field"])

MBTILES = "application/vnd.mapbox.mbtiles"
_FROM = re.compile(r"bytes=([0-9]{1,15})-")

FieldWorker = Annotated[Actor, Depends(Permitted("field.sync", side="staff"))]


@router.get("")
async def list_packages(session: SessionDep, actor: FieldWorker) -> list[MapPackageOut]:
    """Offline maps of the municipality, one for each district; the first call has them drawn."""
    return await service.list_packages(session, actor)


@router.get(
    "/{package_id}/file",
    response_class=StreamingResponse,
    responses={200: {"content": {MBTILES: {}}}, 206: {"content": {MBTILES: {}}}, 416: {}},
)
async def read_file(
    session: SessionDep,
    actor: FieldWorker,
    package_id: UUID,
    request: Request,
    wanted: Annotated[str | None, Header(alias="Range", description="`bytes=N-`: go on from byte N")] = None,
    if_range: Annotated[str | None, Header(description="the ETag that byte N belongs to")] = None,
) -> Response:
    """The MBTiles file of a package; a broken download goes on where it ended (RFC 9110 §14)."""
    file = await service.package_file(session, actor, package_id)
    etag, size = f'"{file["sha256"]}"', file["size"]
    headers = {"ETag": etag, "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
    found = _FROM.fullmatch(wanted.strip()) if wanted else None
    start = int(found[1]) if found and if_range in (None, etag) else 0
    if start >= size:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if start:
        headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
    headers["Content-Length"] = str(size - start)
    store = cast("BlobStore", request.app.state.store)
    return StreamingResponse(
        store.stream(file["key"], start), 206 if start else 200, headers=headers, media_type=MBTILES
    )
