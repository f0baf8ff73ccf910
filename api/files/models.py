"""The table of photos and documents; their bytes lie in the blob store."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field

from api.core.tables import TenantTable, sealed, tenant_index, timestamp


class StoredFile(TenantTable, table=True):
    """A photo or document: public copy, thumbnail and the sealed original, found in the blob store by key."""

    __tablename__ = "stored_file"
    __table_args__ = (
        tenant_index("ix_stored_file_attached", "attached_kind", "attached_id"),
        Index("ix_stored_file_followed", "municipality_id", "followed_by", "id",
              postgresql_where=text("followed_by IS NOT NULL")),
        CheckConstraint("state IN ('awaited', 'stored')", name="ck_stored_file_state"),
    )  # fmt: skip
    kind: str = Field(description="photo")
    uploaded_by: UUID
    uploaded_at: datetime = timestamp()
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False), description="of the original as it came")
    size: int
    width: int
    height: int
    evidence: bytes | None = sealed()  # EXIF place and time, JSON
    attached_kind: str | None = None
    attached_id: UUID | None = None
    state: str = Field(default="stored", description="awaited: a phone promised it by its hash and will send it")
    has_preview: bool = Field(default=False, description="of an awaited photo: a small picture is here already")
    followed_by: UUID | None = Field(default=None, description="whose phone waits to hear that it is here")
