"""Untrusted photos: decoded, turned upright and written anew, so that nothing of the file but its pixels is shown.

The camera's place and time are read first and handed over for the sealed evidence; neither copy carries them.
"""

import hashlib
import io
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from PIL import ExifTags, Image

from api.core.clock import ISTANBUL

LARGEST_FILE = 20 * 1024 * 1024
# WebP is decoded through two more full copies of the picture; at half the size it needs no more memory than the others.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 50_000_000, "WEBP": 25_000_000}
PUBLIC_EDGE = 2_048
THUMBNAIL_EDGE = 320

# A progressive JPEG may repeat cheap scans over a large picture for hours of decoding; cameras write about ten.
_MOST_SCANS = 60
_START_OF_SCAN = b"\xff\xda"
_THREADS = 2
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("photo_threads")

# What Pillow's decoders and its EXIF reader were seen to raise, or may raise, on malformed files.
_DECODER_FAULTS = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, struct.error),
    *(NotImplementedError, AssertionError, AttributeError, RecursionError, MemoryError),
)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_MESSAGES = {
    "image_too_large": "Fotoğraf en fazla 20 MB olabilir.",
    "too_many_pixels": "Fotoğraf en fazla 50 (WebP ise 25) megapiksel olabilir.",
    "animated_image": "Hareketli resimler kabul edilmiyor.",
    "unsupported_image": "Bu dosya biçimi desteklenmiyor. JPEG, PNG veya WebP biçiminde bir fotoğraf gönderin.",
    "broken_image": "Fotoğraf dosyası bozuk ya da eksik. Yeniden çekip gönderin.",
}


class ImageRefused(ValueError):
    """A file is no photo we show; the codes are the keys of the message table."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message_tr = _MESSAGES[code]


@dataclass(frozen=True, slots=True)
class Photo:
    """A re-encoded photo. Width and height are those of the public copy, in pixels, upright.

    `exif_place` is (longitude, latitude) in WGS 84 degrees, `exif_taken_at` aware UTC: both as the camera claims.
    """

    public_jpeg: bytes
    thumbnail_jpeg: bytes
    width: int
    height: int
    sha256_original: str
    exif_place: tuple[float, float] | None
    exif_taken_at: datetime | None
    format: str


def inspect_and_reencode(data: bytes) -> Photo:
    """Accept one still JPEG, PNG or WebP by its content, whatever its name, and make its public copy and thumbnail.

    Limits: 20 MB, 50 megapixels (WebP 25) by the header, before any pixel is decoded. Raises ImageRefused. The largest
    pictures take two seconds and 500 MB for a moment: the server calls `reencode_in_thread`.
    """
    if len(data) > LARGEST_FILE:
        raise ImageRefused("image_too_large")
    with _opened(data) as picture:
        kind = "JPEG" if picture.format == "MPO" else str(picture.format)
        if picture.width * picture.height > MOST_PIXELS[kind]:
            raise ImageRefused("too_many_pixels")
        # Phones append a depth or HDR picture to a JPEG (MPO): not an animation, the first picture is the photo.
        if kind != "JPEG" and getattr(picture, "n_frames", 1) > 1:
            raise ImageRefused("animated_image")
        if kind == "JPEG" and data.count(_START_OF_SCAN) > _MOST_SCANS:
            raise ImageRefused("broken_image")
        exif = _read_exif(picture)
        try:
            upright = _upright_rgb(picture, exif.orientation)
        except _DECODER_FAULTS as fault:
            raise ImageRefused("broken_image") from fault
    public_jpeg = _jpeg(upright, PUBLIC_EDGE, quality=85)
    width, height = upright.size
    return Photo(
        public_jpeg=public_jpeg,
        thumbnail_jpeg=_jpeg(upright, THUMBNAIL_EDGE, quality=80),
        width=width,
        height=height,
        sha256_original=hashlib.sha256(data).hexdigest(),
        exif_place=exif.place,
        exif_taken_at=exif.taken_at,
        format=kind,
    )


async def reencode_in_thread(data: bytes) -> Photo:
    """Do `inspect_and_reencode` in a worker thread, at most two at a time in this process."""
    try:
        limiter = _limiter.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(_THREADS)
        _limiter.set(limiter)
    return await anyio.to_thread.run_sync(inspect_and_reencode, data, limiter=limiter)


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=tuple(MOST_PIXELS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageRefused("too_many_pixels") from None
    except _DECODER_FAULTS as fault:
        known = data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4], data[8:12]) == (b"RIFF", b"WEBP")
        raise ImageRefused("broken_image" if known else "unsupported_image") from fault


def _upright_rgb(picture: Image.Image, orientation: object) -> Image.Image:
    # JPEG can be decoded at 1/2, 1/4 or 1/8: a 50-megapixel photo then needs a fraction of memory and time.
    picture.draft("RGB", (PUBLIC_EDGE, PUBLIC_EDGE))
    picture.load()
    if picture.mode in {"P", "PA", "1"} or picture.mode.startswith("I"):
        # Palettes and bit maps cannot be resized smoothly, and scientific depths cannot be flattened.
        picture = picture.convert("RGBA" if picture.has_transparency_data else "L" if "I" in picture.mode else "RGB")
    picture.thumbnail((PUBLIC_EDGE, PUBLIC_EDGE), Image.Resampling.LANCZOS)
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    upright = picture if turn is None else picture.transpose(turn)
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright.convert("RGB"), mask=upright.convert("RGBA").getchannel("A"))
    return canvas


def _jpeg(picture: Image.Image, edge: int, quality: int) -> bytes:
    copy = picture.copy()
    copy.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    # Pillow would write a remembered comment, profile or XMP packet back into the file.
    copy.info.clear()
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=quality, exif=b"", icc_profile=None)
    return out.getvalue()


class _Exif(NamedTuple):
    orientation: object
    place: tuple[float, float] | None
    taken_at: datetime | None


def _read_exif(picture: Image.Image) -> _Exif:
    # A photo with a malformed EXIF block is still a photo; what cannot be read is simply not known.
    try:
        exif = picture.getexif()
        orientation: object = exif.get(ExifTags.Base.Orientation)
        camera, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except _DECODER_FAULTS:
        return _Exif(None, None, None)
    return _Exif(orientation, _place(gps), _taken_at(camera))


def _place(gps: dict[int, Any]) -> tuple[float, float] | None:
    try:
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "EW")
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "NS")
    except _DECODER_FAULTS:
        return None
    is_on_earth = abs(longitude) <= 180 and abs(latitude) <= 90  # noqa: PLR2004 (NaN fails both)
    # Cameras without a fix write zeros.
    return (longitude, latitude) if is_on_earth and (longitude, latitude) != (0, 0) else None


def _degrees(parts: Any, reference: Any, signs: str) -> float:
    whole, minutes, seconds = (float(part) for part in parts)
    sign = {signs[0]: 1, signs[1]: -1}[str(reference).strip("\x00 ").upper()]
    return sign * (whole + minutes / 60 + seconds / 3600)


def _taken_at(camera: dict[int, Any]) -> datetime | None:
    try:
        told = str(camera[ExifTags.Base.DateTimeOriginal]).strip("\x00 ")
        offset = str(camera.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 ")
        if offset:
            return datetime.strptime(f"{told} {offset}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
        # Without an offset the camera tells wall-clock time, and our cameras are in Turkey.
        return datetime.strptime(told, "%Y:%m:%d %H:%M:%S").replace(tzinfo=ISTANBUL).astimezone(UTC)
    except _DECODER_FAULTS:
        return None
