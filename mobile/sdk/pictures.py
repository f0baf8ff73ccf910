"""Pictures as they are kept and sent: small enough for a bad line, upright, where and when they were taken beside."""

import contextlib
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from mobile.wire.limits import MOST_PREVIEW_BYTES

LONG_SIDE, QUALITY = 1_600, 75
_PREVIEW_SIDES, _PREVIEW_QUALITIES = (320, 240, 160, 96), (60, 40, 25)
_MOST_PIXELS = 120_000_000


class NoPicture(ValueError):
    """The bytes are no picture that this phone can read."""


@dataclass(frozen=True)
class Picture:
    """Final bytes: what is hashed, kept and sent.

    `facts` is what the camera wrote, as far as it did: {"lon", "lat", "altitude": metres, "taken": its clock's words}.
    """

    original: bytes
    preview: bytes | None
    mime: str
    facts: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """Hash of the original's final bytes."""
        return hashlib.sha256(self.original).hexdigest()


def prepare_photo(raw: bytes) -> Picture:
    """Make a camera's file ready: long side 1,600 px, JPEG of quality 75, a preview of at most 8 KB.

    The camera's own data are taken out of the file (it is upright without them) and given as facts.

    Raises:
        NoPicture: it cannot be read.
    """
    image, facts = _opened(raw)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return Picture(_jpeg(image, QUALITY), _preview(image), "image/jpeg", facts)


def prepare_signature(raw: bytes) -> Picture:
    """Make a drawn signature ready: black on white, PNG, no preview for it is small enough itself.

    Raises:
        NoPicture: it cannot be read.
    """
    image, _ = _opened(raw)
    image.thumbnail((LONG_SIDE // 2, LONG_SIDE // 2), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.convert("L").quantize(8).save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), None, "image/png", {})


def _opened(raw: bytes) -> tuple[Image.Image, dict[str, Any]]:
    try:
        with Image.open(io.BytesIO(raw)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise NoPicture("too large")
            facts = _facts(opened)
            # A camera's JPEG is decoded near the size that is wanted: a quarter of the time and memory.
            opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
            upright = ImageOps.exif_transpose(opened)
            if upright.mode in ("RGBA", "LA", "P"):
                # What is transparent is paper.
                shown = upright.convert("RGBA")
                paper = Image.new("RGBA", shown.size, "white")
                return Image.alpha_composite(paper, shown).convert("RGB"), facts
            return upright.convert("RGB"), facts
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoPicture from error


def _facts(image: Image.Image) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    # Cameras write this badly; a picture is worth keeping without.
    with contextlib.suppress(Exception):
        exif = image.getexif()
        taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        if isinstance(taken, str):
            facts["taken"] = taken[:19]
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        facts["lat"] = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        facts["lon"] = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
        facts["altitude"] = round(float(gps[ExifTags.GPS.GPSAltitude]), 1)
    return facts if ("lat" in facts) == ("lon" in facts) else {key: facts[key] for key in facts if key != "lat"}


def _degrees(parts: Any, is_negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = round(degrees + minutes / 60 + seconds / 3600, 6)
    return -value if is_negative else value


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _preview(image: Image.Image) -> bytes:
    for side in _PREVIEW_SIDES:
        small = image.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in _PREVIEW_QUALITIES:
            data = _jpeg(small, quality)
            if len(data) <= MOST_PREVIEW_BYTES:
                return data
    raise NoPicture("no preview of it is small enough")
