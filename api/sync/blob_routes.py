"""The HTTP face of uploads: tus 1.0.0 with creation, checksum, expiration and termination (docs/sync-protocol.md)."""

import base64
import binascii
import hashlib
import hmac
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC
from email.utils import format_datetime
from typing import Annotated, Any, BinaryIO, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.core.actor import Actor
from api.core.deps import SessionDep
from api.core.errors import AppError
from api.identity.deps import Permitted, PermittedAlone, database_of
from api.sync import blobs
from api.sync.blob_errors import BadUpload, ChecksumMismatch, NotAPiece, UnknownVersion
from api.sync.spool import Spool
from mobile.wire.limits import MOST_BUNDLE_BYTES

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
PIECE = "application/offset+octet-stream"
ALGORITHMS: dict[str, Callable[[], Any]] = {
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
}
_IN_MEMORY = 256 * 1024
_LONGEST_METADATA = 4_096
_HASH_BYTES = 32

_UploadLength = Annotated[str, Header(alias="Upload-Length", description="bytes of the whole file")]
_UploadMetadata = Annotated[
    str, Header(alias="Upload-Metadata", description="photo_id, sha256 (hex), variant, mime; values in base64")
]
_UploadOffset = Annotated[str, Header(alias="Upload-Offset", description="bytes before this piece")]
_UploadChecksum = Annotated[str | None, Header(alias="Upload-Checksum", description="`sha1 …` or `sha256 …`, base64")]


class TusRoute(APIRoute):
    """A route that speaks tus 1.0.0 and says so, also when it refuses."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        original = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                if request.method != "OPTIONS" and request.headers.get("tus-resumable", VERSION) != VERSION:
                    raise UnknownVersion(headers={"Tus-Version": VERSION})
                return await original(request)
            except AppError as refusal:
                refusal.headers["Tus-Resumable"] = VERSION
                raise

        return answer


router = APIRouter(prefix="/sync/blobs", tags=["field"], route_class=TusRoute)

FieldWorker = Annotated[Actor, Depends(Permitted("field.sync", side="staff"))]
# Reading a piece takes as long as the line is slow: no connection of the pool waits for it.
FieldWorkerAlone = Annotated[Actor, Depends(PermittedAlone("field.sync", side="staff"))]


def _spool(request: Request) -> Spool:
    return cast("Spool", request.app.state.spool)


@router.options("", status_code=204, response_class=Response)
async def tell_capabilities() -> Response:
    """What of tus is spoken here."""
    return _answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            "Tus-Max-Size": str(MOST_BUNDLE_BYTES),
        },
    )


@router.post("", status_code=201, response_class=Response)
async def begin_upload(
    request: Request,
    session: SessionDep,
    actor: FieldWorker,
    upload_length: _UploadLength,
    upload_metadata: _UploadMetadata,
) -> Response:
    """Begin a file, or go on with it: `Upload-Offset` says from where; its length when nothing has to be sent."""
    wanted = _wanted(upload_length, upload_metadata)
    pace = request.app.state.settings.pace_sending_files
    upload = await blobs.begin_upload(session, _spool(request), actor, wanted, pace)
    return _answer(201, {**_progress(upload), "Location": f"{request.url.path}/{upload.id}"})


@router.head("/{upload_id}", response_class=Response)
async def read_upload(request: Request, session: SessionDep, actor: FieldWorker, upload_id: UUID) -> Response:
    """How far an upload is."""
    upload = await blobs.read_upload(session, _spool(request), actor, upload_id)
    headers = {**_progress(upload), "Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    return _answer(200, headers)


@router.patch(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    openapi_extra={
        "requestBody": {"required": True, "content": {PIECE: {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def add_piece(
    request: Request,
    actor: FieldWorkerAlone,
    upload_id: UUID,
    upload_offset: _UploadOffset,
    upload_checksum: _UploadChecksum = None,
) -> Response:
    """Add the next piece, at most 4 MiB: all of it is kept or nothing."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PIECE:
        raise NotAPiece
    offset = _number("Upload-Offset", upload_offset)
    algorithm, expected = _checksum(upload_checksum)
    places = blobs.Places(database_of(request), _spool(request), request.app.state.store)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as piece:
        digest, length = ALGORITHMS[algorithm](), 0
        async for part in request.stream():
            piece.write(part)
            digest.update(part)
            length += len(part)
        if expected is not None and not hmac.compare_digest(digest.digest(), expected):
            raise ChecksumMismatch(whole=False)
        piece.seek(0)
        upload = await blobs.add_piece(places, actor, upload_id, offset, cast("BinaryIO", piece), length)
    return _answer(204, _progress(upload))


@router.delete("/{upload_id}", status_code=204, response_class=Response)
async def end_upload(request: Request, session: SessionDep, actor: FieldWorker, upload_id: UUID) -> Response:
    """Give up an unfinished upload."""
    await blobs.end_upload(session, _spool(request), actor, upload_id)
    return _answer(204, {})


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, **headers})


def _progress(upload: blobs.Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.received),
        "Upload-Expires": format_datetime(upload.expires_at.astimezone(UTC), usegmt=True),
    }


def _wanted(length: str, metadata: str) -> blobs.Wanted:
    told = _metadata(metadata)
    variant = told.get("variant", "original")
    if variant not in blobs.LARGEST:
        raise BadUpload(field="variant")
    try:
        photo_id = UUID(told["photo_id"])
    except (KeyError, ValueError):
        raise BadUpload(field="photo_id") from None
    try:
        sha256 = bytes.fromhex(told["sha256"])
    except (KeyError, ValueError):
        raise BadUpload(field="sha256") from None
    size = _number("Upload-Length", length)
    if len(sha256) != _HASH_BYTES or size == 0:
        raise BadUpload(field="sha256" if size else "Upload-Length")
    return blobs.Wanted(photo_id, cast("blobs.Variant", variant), sha256, size)


def _metadata(header: str) -> dict[str, str]:
    """Read `name base64,name base64`; what foreign clients tell besides (a file's name, its type) is of no use here."""
    told: dict[str, str] = {}
    if len(header) > _LONGEST_METADATA:
        raise BadUpload(field="Upload-Metadata")
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            told[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadUpload(field="Upload-Metadata") from None
    return told


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len(str(1 << 40))):
        raise BadUpload(field=name)
    return int(text)


def _checksum(header: str | None) -> tuple[str, bytes | None]:
    if header is None:
        return "sha256", None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadUpload(field="Upload-Checksum")
    try:
        return algorithm, base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        raise BadUpload(field="Upload-Checksum") from None
