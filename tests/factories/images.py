"""Small pictures for tests."""

import io
from functools import lru_cache

from PIL import ExifTags, Image


@lru_cache
def photo_bytes(width: int = 64, height: int = 48, *, place: tuple[float, float] | None = None) -> bytes:
    """A JPEG of one colour; with `place` (lon, lat) it carries a camera's GPS position and serial number."""
    picture = Image.new("RGB", (width, height), (90, 120, 160))
    exif = Image.Exif()
    if place:
        exif[ExifTags.Base.Make] = "Pretend"
        exif[ExifTags.Base.BodySerialNumber] = "SERIAL-12345"
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
        gps[ExifTags.GPS.GPSLatitude] = _degrees(place[1])
        gps[ExifTags.GPS.GPSLongitude] = _degrees(place[0])
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value % 1) * 60
    return float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 3)
