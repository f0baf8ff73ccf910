"""The citizen's inbox over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.core.actor import Actor
from api.core.deps import SessionDep
from api.core.pagination import Page
from api.identity.deps import Permitted
from api.notices import service
from api.notices.schemas import InboxMessageOut

router = APIRouter(prefix="/inbox", tags=["inbox"])

InboxOwner = Annotated[Actor, Depends(Permitted("inbox.read", side="citizen"))]
Cursor = Annotated[str | None, Query(max_length=2048)]
PageSize = Annotated[int, Query(ge=1, le=service.LARGEST_PAGE)]


@router.get("")
async def read_inbox(
    session: SessionDep, actor: InboxOwner, cursor: Cursor = None, limit: PageSize = 20
) -> Page[InboxMessageOut]:
    """Gelen kutusu: belediyenin bu vatandaşa yazdıkları, en yenisi önce."""
    return await service.read_inbox(session, actor, cursor, limit)


@router.post("/{message_id}/read")
async def mark_read(session: SessionDep, actor: InboxOwner, message_id: UUID) -> InboxMessageOut:
    """Mesajı okundu olarak işaretler."""
    return await service.mark_read(session, actor, message_id)
