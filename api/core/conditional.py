"""ETags: not sending what the caller has, and not overwriting what somebody else changed."""

import hashlib
import re
from typing import Annotated

from fastapi import Header
from starlette.responses import Response

from api.core.errors import Refused

IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description='version of the record, for instance "7"')]


_VERSION = re.compile(r'(?P<quote>"?)(?P<version>[0-9]{1,10})(?P=quote)')


def content_etag(*parts: bytes) -> str:
    """Give the ETag of an answer's bytes."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part)
    return f'"{digest.hexdigest()}"'


def is_fresh(etag: str, if_none_match: str | None) -> bool:
    """Whether the caller has this very content."""
    return if_none_match is not None and etag in {part.strip().removeprefix("W/") for part in if_none_match.split(",")}


def tagged(body: bytes, media_type: str, if_none_match: str | None, cache_control: str) -> Response:
    """Answer with the bytes, or with 304 when the caller has them."""
    etag = content_etag(body)
    headers = {"ETag": etag, "Cache-Control": cache_control, "Vary": "Authorization, Cookie, Accept-Language"}
    if is_fresh(etag, if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def expected_version(if_match: str | None) -> int | None:
    """Read the version the caller changed from; None when no header was sent.

    Raises:
        Refused: the header is no version.
    """
    if if_match is None:
        return None
    found = _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise Refused(code="bad_if_match")
    return int(found["version"])
