"""The table of offline map packages: one row for each district of a municipality, its file in the blob store."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field

from api.core.tables import TenantTable, timestamp


class MapPackage(TenantTable, table=True):
    """The drawn base map of one district for phones without a network."""

    __tablename__ = "map_package"
    __table_args__ = (
        UniqueConstraint("municipality_id", "area_code", name="uq_map_package_area"),
        CheckConstraint("state IN ('waiting', 'ready', 'failed')", name="ck_map_package_state"),
    )
    area_code: int = Field(description="official district id; 0 where the municipality's list names no district")
    name: str
    state: str = Field(default="waiting", description="what the last attempt came to; an older file stays served")
    failure: str = Field(default="", description="what the drawing process said when it failed")
    version: int = Field(default=0, description="of the file; 0 = none yet")
    source_hash: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))
    sha256: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))
    size: int = 0
    tile_count: int = 0
    west: float
    south: float
    east: float
    north: float
    first_zoom: int
    last_zoom: int
    drawn_at: datetime | None = timestamp(nullable=True)
    checked_at: datetime | None = timestamp(nullable=True)
