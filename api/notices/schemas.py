"""Wire shapes of the inbox."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class InboxMessageOut(BaseModel):
    """A message of the municipality to the citizen; `link_kind` and `link_id` say what it is about."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: UUID
    kind: str
    title: str
    body: str
    link_kind: str | None
    link_id: UUID | None
    created_at: datetime
    read_at: datetime | None
