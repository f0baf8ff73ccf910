import hashlib
import io
import math
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, PngImagePlugin, TiffImagePlugin

from api.core import images

CORNERS = {"red": (0, 0), "lime": (1, 0), "blue": (0, 1), "white": (1, 1)}
SUPPORTED = ["JPEG", "PNG", "WEBP"]


def corners(width: int = 640, height: int = 480) -> Image.Image:
    """Four coloured quarters: red and lime above, blue and white below."""
    picture = Image.new("RGB", (width, height))
    for colour, (right, low) in CORNERS.items():
        picture.paste(colour, (right * width // 2, low * height // 2, width, height))
    return picture


def encoded(picture: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def exif(**changes) -> Image.Exif:
    block = Image.Exif()
    block[ExifTags.Base.Make] = "CANARY-MAKE"
    block[ExifTags.Base.Orientation] = changes.get("orientation", 1)
    gps = block.get_ifd(ExifTags.IFD.GPSInfo)
    gps.update(
        {
            ExifTags.GPS.GPSLatitudeRef: changes.get("north", "N"),
            ExifTags.GPS.GPSLatitude: changes.get("latitude", (41.0, 0.0, 30.0)),
            ExifTags.GPS.GPSLongitudeRef: changes.get("east", "E"),
            ExifTags.GPS.GPSLongitude: changes.get("longitude", (29.0, 1.0, 12.0)),
        }
    )
    camera = block.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = changes.get("taken", "2026:03:01 12:30:00")
    camera[ExifTags.Base.BodySerialNumber] = "CANARY-SERIAL"
    if "offset" in changes:
        camera[ExifTags.Base.OffsetTimeOriginal] = changes["offset"]
    return block


def nearest_colour(picture: Image.Image, right: int, low: int) -> str:
    place = (picture.width * (1 + 2 * right) // 4, picture.height * (1 + 2 * low) // 4)
    seen = picture.getpixel(place)
    return min(CORNERS, key=lambda name: math.dist(seen, Image.new("RGB", (1, 1), name).getpixel((0, 0))))


def refused(data: bytes) -> str:
    with pytest.raises(images.ImageRefused) as refusal:
        images.inspect_and_reencode(data)
    assert refusal.value.message_tr.endswith(".")
    return refusal.value.code


@pytest.mark.parametrize("kind", SUPPORTED)
def test_a_photo_becomes_two_plain_jpegs(kind: str) -> None:
    data = encoded(corners(3_000, 1_500), kind)
    photo = images.inspect_and_reencode(data)
    assert (photo.format, photo.width, photo.height) == (kind, 2_048, 1_024)
    assert photo.sha256_original == hashlib.sha256(data).hexdigest()
    for copy, size in [(photo.public_jpeg, (2_048, 1_024)), (photo.thumbnail_jpeg, (320, 160))]:
        with Image.open(io.BytesIO(copy)) as shown:
            assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", size)
            assert {name: nearest_colour(shown, *where) for name, where in CORNERS.items()} == {n: n for n in CORNERS}


def test_a_small_photo_is_not_enlarged() -> None:
    photo = images.inspect_and_reencode(encoded(corners(100, 60)))
    assert (photo.width, photo.height) == (100, 60)
    assert Image.open(io.BytesIO(photo.thumbnail_jpeg)).size == (100, 60)


@pytest.mark.parametrize("kind", SUPPORTED)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int, kind: str) -> None:
    turns = {2: (0,), 3: (3,), 4: (1,), 5: (5,), 6: (2,), 7: (6,), 8: (4,)}  # what a camera does to the pixels
    stored = corners()
    for turn in turns.get(orientation, ()):
        stored = stored.transpose(Image.Transpose(turn))
    photo = images.inspect_and_reencode(encoded(stored, kind, exif=exif(orientation=orientation)))
    assert (photo.width, photo.height) == (640, 480)
    with Image.open(io.BytesIO(photo.public_jpeg)) as shown:
        assert {name: nearest_colour(shown, *where) for name, where in CORNERS.items()} == {n: n for n in CORNERS}


@pytest.mark.parametrize("kind", SUPPORTED)
def test_nothing_of_the_file_but_its_pixels_is_published(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"exif": exif(), "icc_profile": profile}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", "CANARY-TEXT")
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>CANARY-XMP</x:xmpmeta>")
    else:
        options["xmp"] = b"<x:xmpmeta>CANARY-XMP</x:xmpmeta>"
    if kind == "JPEG":
        options["comment"] = b"CANARY-COMMENT"
    data = encoded(corners(), kind, **options)
    assert b"CANARY-MAKE" in data
    assert b"CANARY-XMP" in data
    photo = images.inspect_and_reencode(data)
    for copy in (photo.public_jpeg, photo.thumbnail_jpeg):
        with Image.open(io.BytesIO(copy)) as shown:
            assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert not shown.getexif()
        assert not [mark for mark in (b"CANARY", b"Exif", b"ICC_PROFILE", b"xmpmeta", b"adobe") if mark in copy]


def test_place_and_time_of_the_camera_are_kept_for_the_evidence() -> None:
    photo = images.inspect_and_reencode(encoded(corners(), exif=exif(offset="+01:00")))
    assert photo.exif_place == pytest.approx((29.02, 41.008333), abs=1e-6)
    assert photo.exif_taken_at == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)


def test_a_camera_without_offset_tells_turkish_time() -> None:
    photo = images.inspect_and_reencode(encoded(corners(), "PNG", exif=exif(north="S", east="W")))
    assert photo.exif_place == pytest.approx((-29.02, -41.008333), abs=1e-6)
    assert photo.exif_taken_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"latitude": (91.0, 0.0, 0.0)},
        {"longitude": (180.0, 1.0, 0.0)},
        {"latitude": (0.0, 0.0, 0.0), "longitude": (0.0, 0.0, 0.0)},
        {"latitude": (TiffImagePlugin.IFDRational(41, 0), 0.0, 0.0)},
        {"latitude": (41.0,)},
        {"north": "X"},
    ],
)
def test_an_impossible_place_is_no_place(changes) -> None:
    assert images.inspect_and_reencode(encoded(corners(), exif=exif(**changes))).exif_place is None


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "    ", "dün", "2026:13:01 00:00:00", "0001:01:01 00:00:00"])
def test_an_impossible_time_is_no_time(taken: str) -> None:
    assert images.inspect_and_reencode(encoded(corners(), exif=exif(taken=taken))).exif_taken_at is None


def test_a_photo_without_exif_has_neither_place_nor_time() -> None:
    photo = images.inspect_and_reencode(encoded(corners()))
    assert (photo.exif_place, photo.exif_taken_at) == (None, None)


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_colour_mode_is_shown_with_its_brightness(mode: str, level: int) -> None:
    if mode == "I;16":
        stored = Image.new("I;16", (64, 64), level * 257)
    else:
        stored = Image.new("RGB", (64, 64), (level,) * 3).convert(mode)
    photo = images.inspect_and_reencode(encoded(stored, "JPEG" if mode == "CMYK" else "PNG"))
    assert Image.open(io.BytesIO(photo.public_jpeg)).getpixel((30, 30)) == pytest.approx((level,) * 3, abs=3)


def test_what_is_transparent_is_shown_on_white() -> None:
    half = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    half.paste((255, 0, 0, 255), (0, 0, 32, 64))
    for kind in ("PNG", "WEBP"):
        shown = Image.open(io.BytesIO(images.inspect_and_reencode(encoded(half, kind, lossless=True)).public_jpeg))
        assert shown.getpixel((50, 30)) == pytest.approx((255, 255, 255), abs=6)
        assert shown.getpixel((10, 30)) == pytest.approx((254, 0, 0), abs=6)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200,
        b"\x00\x00\x00\x1cftypavif" + b"\x00" * 200,
        b"%PDF-1.7\n",
        b"<html><body>",
        encoded(corners(), "GIF"),
        encoded(corners(), "GIF", save_all=True, append_images=[Image.new("RGB", (640, 480))]),
        encoded(corners(), "BMP"),
        encoded(corners(), "TIFF"),
    ],
    ids=["empty", "zeros", "svg", "heic", "avif", "pdf", "html", "gif", "animated-gif", "bmp", "tiff"],
)
def test_other_formats_are_refused_by_content(data: bytes) -> None:
    assert refused(data) == "unsupported_image"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind: str) -> None:
    moving = encoded(corners(), kind, save_all=True, append_images=[Image.new("RGB", (640, 480), "red")])
    assert refused(moving) == "animated_image"


def test_a_phone_photo_with_a_second_embedded_picture_is_a_photo() -> None:
    data = encoded(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 64))])
    photo = images.inspect_and_reencode(data)
    assert (photo.format, photo.width) == ("JPEG", 640)


@pytest.mark.parametrize("kind", SUPPORTED)
def test_a_polyglot_loses_its_second_face(kind: str) -> None:
    payload = b"PK\x03\x04<?php system($_GET[0]); ?><script>alert(1)</script>"
    photo = images.inspect_and_reencode(encoded(corners(), kind) + payload)
    assert b"<?php" not in photo.public_jpeg + photo.thumbnail_jpeg
    assert photo.public_jpeg.endswith(b"\xff\xd9")


@pytest.mark.parametrize("kind", SUPPORTED)
@pytest.mark.parametrize("kept", [0.02, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_broken(kind: str, kept: float) -> None:
    noise = Image.effect_noise((400, 300), 80).convert("RGB")
    data = encoded(noise, kind)
    assert refused(data[: int(len(data) * kept)]) == "broken_image"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.*")
@pytest.mark.parametrize("kind", SUPPORTED)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_shown_or_refused_but_never_fails_otherwise(kind: str, data: st.DataObject) -> None:
    options = {"optimize": True} if kind == "PNG" else {"quality": 30}
    damaged = bytearray(encoded(corners(48, 32), kind, exif=exif(), **options))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        photo = images.inspect_and_reencode(bytes(damaged))
    except images.ImageRefused as refusal:
        assert refusal.message_tr  # noqa: PT017 (either outcome is right)
    else:
        assert photo.public_jpeg.startswith(b"\xff\xd8")


def test_a_file_over_20_mb_is_not_looked_at() -> None:
    assert refused(encoded(corners()) + b"\x00" * images.LARGEST_FILE) == "image_too_large"


def png_header(width: int, height: int, body: bytes, *, between: bytes = b"") -> bytes:
    """A 1-bit greyscale PNG of the stated size around a compressed body."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    extra = chunk(b"zTXt", between) if between else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(7_072, 7_071), (50_000, 1_001), (100_000_000, 1)])
def test_more_than_fifty_megapixels_are_refused_by_the_header_alone(width: int, height: int) -> None:
    assert refused(png_header(width, height, b"")) == "too_many_pixels"


def test_a_webp_of_more_than_25_megapixels_is_refused() -> None:
    assert refused(encoded(Image.new("RGB", (5_001, 5_000)), "WEBP", method=0)) == "too_many_pixels"


def zeros(length: int) -> bytes:
    packer = zlib.compressobj(1)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(length // len(block) + 1)) + packer.flush()


@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        (lambda: png_header(50_000, 50_000, zeros(50_000 * 6_251)), "too_many_pixels"),
        (lambda: png_header(10, 10, zeros(30), between=b"Comment\x00\x00" + zeros(400_000_000)), "broken_image"),
    ],
    ids=["pixels", "text"],
)
@pytest.mark.slow
def test_a_bomb_is_refused_within_256_mb(bomb, code: str, tmp_path: Path) -> None:
    file = tmp_path / "bomb.png"
    file.write_bytes(bomb())
    program = """if True:
        import pathlib, resource, sys
        resource.setrlimit(resource.RLIMIT_AS, (768 << 20, 768 << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        from api.core import images
        try:
            images.inspect_and_reencode(open(sys.argv[1], "rb").read())
        except images.ImageRefused as refusal:
            # getrusage would tell the peak of the parent, too.
            print(refusal.code, *pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[:1])
    """
    command = [sys.executable, "-c", program, str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    said, peak_kb = told.stdout.split()
    assert said == code
    assert int(peak_kb) < 256 * 1024


def test_a_jpeg_of_endless_scans_is_refused_at_once() -> None:
    progressive = encoded(corners(4_000, 3_000), progressive=True)
    last_scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    start = time.process_time()
    assert refused(progressive[:-2] + last_scan * 20_000 + b"\xff\xd9") == "broken_image"
    assert time.process_time() - start < 2


def test_photos_are_reencoded_beside_the_event_loop_two_at_a_time() -> None:
    data = encoded(corners(2_500, 2_500))
    made: list[images.Photo] = []
    busiest, ticks = 0, 0

    async def reencode() -> None:
        made.append(await images.reencode_in_thread(data))

    async def upload_many() -> None:
        nonlocal busiest, ticks
        async with anyio.create_task_group() as tasks:
            for _ in range(6):
                tasks.start_soon(reencode)
            while len(made) < 6:
                await anyio.sleep(0.005)
                ticks += 1
                busiest = max(busiest, images._limiter.get().borrowed_tokens)

    anyio.run(upload_many)
    assert busiest == 2
    assert ticks > 5
    assert {photo.width for photo in made} == {2_048}


def test_a_refusal_reaches_the_waiting_request() -> None:
    with pytest.raises(images.ImageRefused):
        anyio.run(images.reencode_in_thread, b"GIF89a")
