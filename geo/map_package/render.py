"""Draws one offline map package: `python -m geo.map_package.render PLAN.json`, a process that may die alone.

The plan names the folder of the layers (`<layer>.json`, GeoJSON in EPSG:3857), the area in degrees, the zooms, and the
file to write. Progress goes to standard output, one JSON object a line: `{"done": 12, "all": 90}`.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mapnik

from geo.map_package.mbtiles import write_mbtiles
from geo.map_package.style import LAYERS, style_sheet
from geo.mercator import tile_at_m, tile_bounds_m, to_metres
from geo.types import BBox

TILE_POINTS, SCALE = 256, 2
"""A tile shows 256 screen points and has 512 pixels, for the dense screens of phones."""
METATILE = 4
"""Tiles are drawn in squares of so many, so that names are not cut at every edge."""
MOST_TILES = 60_000


@dataclass(frozen=True)
class Plan:
    """What is to be drawn."""

    folder: Path
    output: Path
    area: BBox
    first_zoom: int
    last_zoom: int
    metadata: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """Read a plan.

        Raises:
            ValueError: the file is no plan.
        """
        raw = json.loads(path.read_text(encoding="utf-8"))
        try:
            return cls(
                Path(raw["folder"]), Path(raw["output"]), BBox(*raw["area"]), raw["first_zoom"], raw["last_zoom"],
                {str(name): str(value) for name, value in raw["metadata"].items()},
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise ValueError(f"no plan: {error}") from error

    def check(self) -> None:
        """Make sure that there is something to draw, and not too much.

        Raises:
            ValueError: layers are missing, or there would be more than MOST_TILES.
        """
        missing = [layer for layer in LAYERS if not (self.folder / f"{layer}.json").is_file()]
        if missing:
            raise ValueError(f"layers are missing: {', '.join(missing)}")
        if self.tile_count() > MOST_TILES:
            raise ValueError(f"{self.tile_count()} tiles, at most {MOST_TILES}: choose a smaller area or fewer zooms")

    def ranges(self) -> Iterator[tuple[int, range, range]]:
        """Zoom, columns and rows of the tiles that cover the area, the shallowest first."""
        west, south = to_metres(self.area.west, self.area.south)
        east, north = to_metres(self.area.east, self.area.north)
        for zoom in range(self.first_zoom, self.last_zoom + 1):
            left, top = tile_at_m(west, north, zoom)
            right, bottom = tile_at_m(east, south, zoom)
            yield zoom, range(left, right + 1), range(top, bottom + 1)

    def tile_count(self) -> int:
        """How many tiles that is."""
        return sum(len(columns) * len(rows) for _, columns, rows in self.ranges())


def draw(plan: Plan) -> Iterator[tuple[int, int, int, bytes]]:
    """Draw the tiles of a plan as 256-colour PNG, `(zoom, x, y, image)`."""
    board = mapnik.Map(TILE_POINTS * SCALE, TILE_POINTS * SCALE, "epsg:3857")
    mapnik.load_map_from_string(board, style_sheet(), True, str(plan.folder) + os.sep)
    for zoom, columns, rows in plan.ranges():
        for top in rows[::METATILE]:
            for left in columns[::METATILE]:
                yield from _square(board, zoom, columns, rows, left, top)


def _square(
    board: "mapnik.Map", zoom: int, columns: range, rows: range, left: int, top: int
) -> Iterator[tuple[int, int, int, bytes]]:
    wide, high = min(METATILE, columns.stop - left), min(METATILE, rows.stop - top)
    pixels = TILE_POINTS * SCALE
    board.resize(wide * pixels, high * pixels)
    west, _, _, north = tile_bounds_m(zoom, left, top)
    _, south, east, _ = tile_bounds_m(zoom, left + wide - 1, top + high - 1)
    board.zoom_to_box(mapnik.Box2d(west, south, east, north))
    picture = mapnik.Image(wide * pixels, high * pixels)
    mapnik.render(board, picture, SCALE)
    for row in range(high):
        for column in range(wide):
            part = picture.view(column * pixels, row * pixels, pixels, pixels)
            yield zoom, left + column, top + row, part.to_string("png8:z=6")


def _told(plan: Plan, tiles: Iterator[tuple[int, int, int, bytes]]) -> Iterator[tuple[int, int, int, bytes]]:
    total = plan.tile_count()
    for done, tile in enumerate(tiles, 1):
        yield tile
        if done % 50 == 0 or done == total:
            sys.stdout.write(json.dumps({"done": done, "all": total}) + "\n")
            sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Draw the package of a plan file; 2 when there is nothing sensible to draw."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m geo.map_package.render PLAN.json\n")
        return 2
    try:
        plan = Plan.read(Path(arguments[0]))
        plan.check()
        write_mbtiles(plan.output, _told(plan, draw(plan)), plan.metadata)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
