"""The HTTP face of sync: messages in the codings of `mobile.wire.codec`, the answer in that of the question."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from api.core.actor import Actor
from api.core.errors import Invalid, TooLarge
from api.identity.deps import DatabaseDep, PermittedAlone
from api.sync import service
from api.sync.errors import MessageUnreadable
from api.sync.schemas import PullIn, PushIn
from api.sync.scopes import PERMISSION
from mobile.wire import codec
from mobile.wire.limits import MOST_CODED_BYTES

router = APIRouter(prefix="/sync", tags=["field"])

FieldWorker = Annotated[Actor, Depends(PermittedAlone(PERMISSION, side="staff"))]
Message = TypeVar("Message", bound=BaseModel)


# The bodies are coded and read by hand; the protocol describes them.
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "docs/sync-protocol.md",
        "content": {
            codec.PLAIN: {"schema": {"type": "object"}},
            codec.DEFLATED: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {codec.PLAIN: {}, codec.DEFLATED: {}}, "description": "docs/sync-protocol.md"}
}


@router.post("/push", response_class=Response, responses=_ANSWERS, openapi_extra=_BODY)
async def push(request: Request, database: DatabaseDep, actor: FieldWorker) -> Response:
    """Take commands that a phone wrote, also long ago and without a network."""
    media_type, sent = await _read(request, PushIn)
    return _answer(media_type, await service.push(database, actor, sent))


@router.post("/pull", response_class=Response, responses=_ANSWERS, openapi_extra=_BODY)
async def pull(request: Request, database: DatabaseDep, actor: FieldWorker) -> Response:
    """Tell a phone what is new in its scopes."""
    media_type, asked = await _read(request, PullIn)
    return _answer(media_type, await service.pull(database, actor, asked))


async def _read(request: Request, schema: type[Message]) -> tuple[str, Message]:
    # The dictionary's number is part of the coding, other parameters (charset) are not.
    media_type = request.headers.get("content-type", "")
    if media_type != codec.DEFLATED:
        media_type = media_type.split(";")[0].strip()
    body = await request.body()
    if len(body) > MOST_CODED_BYTES:
        raise TooLarge(limit_bytes=MOST_CODED_BYTES)
    try:
        return media_type, schema.model_validate(codec.decode(media_type, body))
    except codec.NotOurs:
        raise MessageUnreadable from None
    except ValidationError as error:
        fields = [{"field": ".".join(map(str, item["loc"])), "code": item["type"]} for item in error.errors()[:20]]
        raise Invalid(errors=fields) from None


# One in a hundred bytes more than the hardest, for half of the time.
_LEVEL = 6


def _answer(media_type: str, message: dict[str, Any]) -> Response:
    return Response(codec.encode(message, media_type, level=_LEVEL), headers={"Content-Type": media_type})
