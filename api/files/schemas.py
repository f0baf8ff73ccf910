"""What goes over the wire about files."""

from uuid import UUID

from pydantic import BaseModel


class PhotoStored(BaseModel):
    """A photo that was taken in; `place` (lon, lat) is what the camera wrote, offered to the sender as a suggestion."""

    id: UUID
    width: int
    height: int
    sha256: str
    place: tuple[float, float] | None
