"""Pictures for the gallery and the tests, made on the spot."""

import tempfile
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw


@cache
def photo_file(seed: int) -> Path:
    """A photo of a street, more or less."""
    picture = Image.new("RGB", (1200, 900), (150 + 20 * seed % 90, 180, 210))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 600, 1200, 900), fill=(92, 96, 100))
    for at in range(6):
        left = at * 210 + 10 * seed
        top = 180 + (at * 97 + seed * 61) % 200
        pen.rectangle((left, top, left + 180, 640), fill=(190 - 12 * at, 130 + 14 * ((at + seed) % 6), 100 + 9 * at))
        for window in range(3):
            pen.rectangle((left + 20 + window * 52, top + 40, left + 56 + window * 52, top + 90), fill=(235, 230, 190))
    path = Path(tempfile.gettempdir()) / f"cep-kit-photo-{seed}.jpg"
    picture.save(path, quality=80)
    return path
