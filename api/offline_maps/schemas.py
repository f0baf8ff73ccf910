"""What phones read about offline map packages."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class MapPackageOut(BaseModel):
    """One package; `version` 0 means that its first file is still being drawn."""

    id: UUID
    name: str
    state: Literal["waiting", "ready", "failed"]
    version: int
    sha256: str | None
    size: int
    tile_count: int
    bounds: tuple[float, float, float, float]
    first_zoom: int
    last_zoom: int
    drawn_at: datetime | None
