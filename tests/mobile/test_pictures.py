import io
import random

import pytest
from PIL import ExifTags, Image

from mobile.sdk.pictures import LONG_SIDE, NoPicture, prepare_photo, prepare_signature
from mobile.wire.limits import MOST_PREVIEW_BYTES


def camera(width=3_000, height=2_000, *, orientation=None, place=None):
    """A file as a camera writes it; noise, so that it does not shrink for being plain."""
    small = Image.frombytes("RGB", (300, 200), random.Random(1).randbytes(300 * 200 * 3))
    image = small.resize((width, height))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    if place:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(place)
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:20 08:12:44"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


PLACE = {
    ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (40.0, 59.0, 19.5),
    ExifTags.GPS.GPSLongitudeRef: "E", ExifTags.GPS.GPSLongitude: (29.0, 1.0, 37.7),
    ExifTags.GPS.GPSAltitude: 31.4,
}  # fmt: skip


def test_a_photo_becomes_small_enough_for_a_bad_line_and_its_preview_much_smaller():
    picture = prepare_photo(camera())
    with Image.open(io.BytesIO(picture.original)) as image, Image.open(io.BytesIO(picture.preview)) as preview:
        assert (image.format, image.size) == ("JPEG", (LONG_SIDE, 1_067))
        assert preview.format == "JPEG"
        assert max(preview.size) >= 96
    assert len(picture.preview) <= MOST_PREVIEW_BYTES
    assert len(picture.original) < len(camera()) / 2
    assert picture.mime == "image/jpeg"


def test_a_small_picture_is_not_made_larger():
    with Image.open(io.BytesIO(prepare_photo(camera(300, 200)).original)) as image:
        assert image.size == (300, 200)


def test_where_and_when_are_told_beside_the_picture_and_not_in_it():
    picture = prepare_photo(camera(place=PLACE))
    facts = dict(picture.facts)
    assert (facts["lat"], facts["lon"]) == pytest.approx((40.98875, 29.027139), abs=1e-5)
    assert (facts["altitude"], facts["taken"]) == (31.4, "2026:11:20 08:12:44")
    with Image.open(io.BytesIO(picture.original)) as image:
        assert dict(image.getexif()) == {}


def test_south_and_west_are_negative():
    turned = PLACE | {ExifTags.GPS.GPSLatitudeRef: "S", ExifTags.GPS.GPSLongitudeRef: "W"}
    facts = prepare_photo(camera(300, 200, place=turned)).facts
    assert facts["lat"] < 0
    assert facts["lon"] < 0


def test_half_a_place_is_none():
    facts = prepare_photo(camera(300, 200, place={key: PLACE[key] for key in list(PLACE)[:2]})).facts
    assert "lat" not in facts
    assert "lon" not in facts


def test_a_picture_taken_with_the_phone_turned_is_upright():
    with Image.open(io.BytesIO(prepare_photo(camera(300, 200, orientation=6)).original)) as image:
        assert image.size == (200, 300)


def test_what_is_transparent_is_paper():
    drawn = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    drawn.paste((0, 0, 0, 255), (100, 50, 300, 150))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    picture = prepare_signature(out.getvalue())
    assert picture.preview is None
    assert len(picture.original) < MOST_PREVIEW_BYTES
    with Image.open(io.BytesIO(picture.original)) as image:
        assert image.format == "PNG"
        shown = image.convert("L")
        assert (shown.getpixel((5, 5)), shown.getpixel((200, 100))) == (255, 0)


@pytest.mark.parametrize("raw", [b"", b"no picture", camera(300, 200)[:900], b"<svg></svg>"])
def test_what_is_no_picture_is_refused(raw):
    with pytest.raises(NoPicture):
        prepare_photo(raw)
