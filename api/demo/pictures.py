"""Drawn photos for pretend reports: plain street scenes, each marked as an example."""

import io
from datetime import datetime
from functools import cache

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageFont

from api.core.clock import ISTANBUL

SIZE = (1280, 960)
_SKY, _WALL, _ROAD, _KERB, _GRASS = "#bcd7ea", "#d9cdbb", "#6f7276", "#b9b6ae", "#7fa35f"
_HORIZON, _PAVEMENT = 430, 560
_LETTERS_PX = 42


def draw_scene(code: str, chance: int, *, is_solved: bool = False, taken_at: datetime | None = None,
               place: tuple[float, float] | None = None) -> bytes:  # fmt: skip
    """Draw a scene for a category as a JPEG.

    Args:
        code: the category (`FEN-01`); its group decides what is seen.
        chance: any number; another number draws another scene.
        is_solved: whether the trouble is gone.
        taken_at: when the pretend camera says it was taken.
        place: longitude and latitude that the pretend camera writes.
    """
    rng = np.random.default_rng(chance)
    picture = Image.new("RGB", SIZE, _SKY)
    canvas = ImageDraw.Draw(picture)
    _street(canvas, rng)
    trouble = {"FEN": _pothole, "TEM": _rubbish, "PRK": _tree, "ZAB": _tables}.get(code[:3], _cones)
    trouble(canvas, rng, is_solved)
    canvas.rectangle((0, SIZE[1] - 84, SIZE[0], SIZE[1]), fill="#1b1b1b")
    font, label = _lettering()
    canvas.text((28, SIZE[1] - 70), f"{label} {code}", font=font, fill="white")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=_exif(taken_at, place))
    return out.getvalue()


@cache
def _lettering() -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, str]:
    """A font and what it can write: Pillow's own has no Turkish letters."""
    try:
        return ImageFont.truetype("DejaVuSans.ttf", _LETTERS_PX), "ÖRNEK · gerçek bir yer değildir ·"
    except OSError:
        return ImageFont.load_default(_LETTERS_PX), "DEMO"


def _street(canvas: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    left = 0
    while left < SIZE[0]:
        width, top = int(rng.integers(150, 330)), int(rng.integers(90, 260))
        shade = int(rng.integers(-22, 22))
        canvas.rectangle((left, top, left + width, _HORIZON), fill=_shaded(_WALL, shade))
        for x in range(left + 26, left + width - 40, 70):
            for y in range(top + 30, _HORIZON - 60, 90):
                canvas.rectangle((x, y, x + 34, y + 48), fill="#5c7384")
        left += width
    canvas.rectangle((0, _HORIZON, SIZE[0], _PAVEMENT), fill=_KERB)
    for x in range(-40, SIZE[0], 90):
        canvas.line((x, _PAVEMENT, x + 60, _HORIZON), fill=_shaded(_KERB, -25), width=2)
    canvas.rectangle((0, _PAVEMENT, SIZE[0], SIZE[1]), fill=_ROAD)
    for x in range(30, SIZE[0], 240):
        canvas.rectangle((x, 735, x + 130, 748), fill="#e8e4d6")


def _pothole(canvas: ImageDraw.ImageDraw, rng: np.random.Generator, is_solved: bool) -> None:
    x, y, wide = int(rng.integers(380, 760)), int(rng.integers(620, 700)), int(rng.integers(180, 300))
    if is_solved:
        canvas.polygon([(x - 20, y), (x + wide, y - 14), (x + wide + 30, y + 90), (x, y + 104)], fill="#3b3d40")
        return
    canvas.ellipse((x, y, x + wide, y + wide // 2), fill="#4a4136")
    canvas.ellipse((x + 26, y + 20, x + wide - 26, y + wide // 2 - 6), fill="#2c2721")
    for _ in range(40):
        dx, dy = rng.normal(wide / 2, wide / 2.4), rng.normal(wide / 4, wide / 5)
        canvas.ellipse((x + dx, y + dy, x + dx + 10, y + dy + 7), fill="#8b857a")


def _rubbish(canvas: ImageDraw.ImageDraw, rng: np.random.Generator, is_solved: bool) -> None:
    x = int(rng.integers(300, 700))
    canvas.rectangle((x, 380, x + 260, 560), fill="#2f6b46")
    canvas.rectangle((x - 10, 360, x + 270, 392), fill="#24543a")
    for wheel in (x + 30, x + 210):
        canvas.ellipse((wheel, 545, wheel + 32, 577), fill="#222222")
    for _ in range(0 if is_solved else 9):
        dx, dy, size = (int(rng.integers(*span)) for span in ((-170, 330), (430, 520), (60, 110)))
        canvas.ellipse((x + dx, dy, x + dx + size, dy + size), fill=_shaded("#3a3f4a", int(rng.integers(0, 60))))


def _tree(canvas: ImageDraw.ImageDraw, rng: np.random.Generator, is_solved: bool) -> None:
    canvas.rectangle((0, _HORIZON + 40, SIZE[0], _PAVEMENT), fill=_GRASS)
    x, lean = int(rng.integers(380, 800)), 0 if is_solved else int(rng.integers(90, 200))
    canvas.line((x, 560, x + lean, 240), fill="#5b4630", width=34)
    for _ in range(10 if is_solved else 26):
        dx, dy, size = rng.normal(lean, 80), rng.normal(210, 60), int(rng.integers(70, 130))
        canvas.ellipse(
            (x + dx - size, dy - size, x + dx + size, dy + size), fill=_shaded("#4f7d3a", int(rng.integers(50)))
        )


def _tables(canvas: ImageDraw.ImageDraw, rng: np.random.Generator, is_solved: bool) -> None:
    for number in range(0 if is_solved else 5):
        x, y = 160 + number * 210 + int(rng.integers(-30, 30)), int(rng.integers(470, 500))
        canvas.ellipse((x, y, x + 130, y + 34), fill="#8f5a34")
        canvas.rectangle((x + 58, y + 28, x + 72, y + 96), fill="#5c3a22")
        canvas.rectangle((x - 34, y + 20, x - 6, y + 90), fill="#2d5b7d")
    canvas.polygon([(90, 330), (1190, 330), (1230, 420), (50, 420)], fill="#a5403b")


def _cones(canvas: ImageDraw.ImageDraw, rng: np.random.Generator, is_solved: bool) -> None:
    for _ in range(1 if is_solved else 5):
        x, y = int(rng.integers(200, 1050)), int(rng.integers(560, 700))
        canvas.polygon([(x, y + 120), (x + 80, y + 120), (x + 40, y)], fill="#e2641f")
        canvas.polygon([(x + 18, y + 70), (x + 62, y + 70), (x + 53, y + 42), (x + 27, y + 42)], fill="white")


def _shaded(colour: str, by: int) -> str:
    parts = (min(max(int(colour[start : start + 2], 16) + by, 0), 255) for start in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _exif(taken_at: datetime | None, place: tuple[float, float] | None) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Software] = "Cep Belediye örnek çizim"
    if taken_at is not None:
        camera = exif.get_ifd(ExifTags.IFD.Exif)
        camera[ExifTags.Base.DateTimeOriginal] = taken_at.astimezone(ISTANBUL).strftime("%Y:%m:%d %H:%M:%S")
    if place is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        for value, number, reference, sides in (
            (place[0], ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "EW"),
            (place[1], ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "NS"),
        ):
            gps[number], gps[reference] = _degrees(abs(value)), sides[value < 0]
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 4)
