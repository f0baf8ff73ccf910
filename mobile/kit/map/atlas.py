"""The one picture all marks are drawn from: a disc for each kind, a disc for clusters, a ring, and the digits."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mobile.kit.fonts import FOLDER
from mobile.kit.pictures import Pixels

CELL = 96
_COLUMNS = 8
_SHARPER = 3
DIGITS = "0123456789+"
CLUSTER, RING = "*cluster", "*ring"


class Atlas:
    """Pixels, and where each part lies: `parts[name]` is (left, bottom, right, top) in shares from the top left."""

    def __init__(
        self, kinds: Mapping[str, str], cluster: str, on_cluster: str, edge: str, folder: Path = FOLDER
    ) -> None:
        """Take the colours `#rrggbb` of the kinds, of clusters, of their numbers and of all edges."""
        names = [*kinds, CLUSTER, RING, *DIGITS]
        rows = -(-len(names) // _COLUMNS)
        side = CELL * _SHARPER
        sheet = Image.new("RGBA", (_COLUMNS * side, rows * side), (0, 0, 0, 0))
        pen = ImageDraw.Draw(sheet)
        font = ImageFont.truetype(str(folder / "text-bold.ttf"), side * 0.8)
        self.parts: dict[str, tuple[float, float, float, float]] = {}
        self.advance: dict[str, float] = {}
        for at, name in enumerate(names):
            left, top = at % _COLUMNS * side, at // _COLUMNS * side
            if name in DIGITS:
                width = font.getlength(name)
                pen.text((left + side / 2, top + side / 2), name, fill=on_cluster, font=font, anchor="mm")
                self.advance[name] = width / side
            else:
                self._disc(pen, left, top, side, kinds.get(name, cluster), edge, is_ring=name == RING)
            column, row = at % _COLUMNS, at // _COLUMNS
            self.parts[name] = column / _COLUMNS, (row + 1) / rows, (column + 1) / _COLUMNS, row / rows
        small = sheet.resize((_COLUMNS * CELL, rows * CELL), Image.Resampling.LANCZOS)
        self.pixels = Pixels(small.width, small.height, small.tobytes())

    @staticmethod
    def _disc(
        pen: ImageDraw.ImageDraw, left: int, top: int, side: int, colour: str, edge: str, *, is_ring: bool
    ) -> None:
        def circle(inset: float, fill: str | tuple[int, int, int, int]) -> None:
            gap = side * inset
            pen.ellipse((left + gap, top + gap, left + side - gap, top + side - gap), fill=fill)

        if is_ring:
            circle(0.06, colour)
            circle(0.15, edge)
            circle(0.22, (0, 0, 0, 0))
            return
        circle(0.05, (10, 16, 22, 70))
        circle(0.08, edge)
        circle(0.13, colour)
