"""Pictures of the phone, made small enough for the screen; no widgets, so a thread may do it."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

Stroke = Sequence[tuple[float, float]]
"""Where a finger went, from 0 to 1 of the pad's width and height, counted from the top left."""

_SHARPER = 2


@dataclass(frozen=True)
class Pixels:
    """A decoded picture: its size and its RGBA bytes, the top line first."""

    width: int
    height: int
    data: bytes


readers: dict[str, Callable[[str], bytes]] = {}
"""What an app keeps elsewhere than in plain files: `readers["queue"]` reads what a widget calls `queue:<name>`.

They are called in a thread and raise OSError where there is no picture."""


def opened(source: str) -> Path | bytes:
    """Find what a widget's `source` names: bytes of a reader, or a file."""
    kind, _, name = source.partition(":")
    return readers[kind](name) if kind in readers else Path(source)


def read_picture(source: Path | bytes, longest: int) -> Pixels:
    """Decode a picture, turned as the camera held it, its longer side at most so many pixels.

    Raises:
        OSError: it is no picture, or gone.
    """
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
        # JPEGs are decoded small at once: a photo of 12 megapixels would take a second on a phone.
        file.draft("RGB", (longest, longest))
        picture = ImageOps.exif_transpose(file)
        picture.thumbnail((longest, longest))
        picture = picture.convert("RGBA")
        return Pixels(picture.width, picture.height, picture.tobytes())


def signature_png(strokes: Sequence[Stroke], width: int, height: int) -> bytes:
    """Draw the strokes of a signature in black on white, as PNG."""
    sharp = Image.new("L", (width * _SHARPER, height * _SHARPER), 255)
    pen = ImageDraw.Draw(sharp)
    thick = max(2, sharp.width // 160)
    for stroke in strokes:
        points = [(x * sharp.width, y * sharp.height) for x, y in stroke]
        if len(points) > 1:
            pen.line(points, fill=0, width=thick, joint="curve")
        for x, y in (points[0], points[-1]) if points else ():
            pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=0)
    written = io.BytesIO()
    sharp.resize((width, height), Image.Resampling.LANCZOS).save(written, "PNG", optimize=True)
    return written.getvalue()
