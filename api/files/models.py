"""The table of photos and documents; their bytes lie in the blob store."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from api.core.tables import TenantTable, sealed, tenant_index, timestamp


class StoredFile(TenantTable, table=True):
    """A photo or document: public copy, thumbnail and the sealed original, found in the blob store by key."""

    __tablename__ = "stored_file"
    __table_args__ = (tenant_index("ix_stored_file_attached", "attached_kind", "attached_id"),)
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
