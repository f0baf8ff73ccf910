"""How the routes of other domains answer with a photo."""

from typing import cast
from uuid import UUID

from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from api.core.storage import BlobStore
from api.files import service


async def photo_answer(
    request: Request, session: AsyncSession, municipality_id: int, photo_id: UUID, variant: service.Variant
) -> Response:
    """Answer with a copy without EXIF; the caller has checked that its reader may see it.

    Raises:
        NotFound: no such photo here, or it is still on its way.
    """
    store = cast("BlobStore", request.app.state.store)
    data = await service.read_photo(session, store, municipality_id, photo_id, variant)
    headers = {
        "Cache-Control": "private, max-age=86400, immutable",
        "Content-Disposition": f'inline; filename="{photo_id}.jpg"',
        # A photo can do nothing in a browser, even if it is opened by itself.
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type="image/jpeg", headers=headers)
