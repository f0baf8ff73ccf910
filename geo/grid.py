"""Arithmetic of the cluster pyramid: which grid level serves which tile, and which cells a place falls into.

A cell of level L is the map tile of zoom L, so a cell lies wholly inside one tile of every smaller zoom and a
cluster is never cut by a tile's side. Standard library only, because the phones use it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from geo.mercator import cell_of, check_tile, check_zoom, tile_bounds_m, to_lonlat
from geo.types import Point

# Levels that are stored; every second one, because a level between would save no tile more than half its cells.
LEVELS = (8, 10, 12, 14, 16, 18)
# From this zoom on a tile is small enough to carry the points themselves.
RAW_ZOOM = 15
# A tile is cut into at most 2**5 = 32 cells along each side.
MAX_SPLIT = 5


@dataclass(frozen=True, slots=True)
class CellRange:
    """All cells of one level from min to max, both included, in each direction."""

    level: int
    min_gx: int
    max_gx: int
    min_gy: int
    max_gy: int

    def __len__(self) -> int:
        return (self.max_gx - self.min_gx + 1) * (self.max_gy - self.min_gy + 1)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for gy in range(self.min_gy, self.max_gy + 1):
            for gx in range(self.min_gx, self.max_gx + 1):
                yield gx, gy


def cell_level(zoom: int) -> int | None:
    """Level whose cells fill a tile of this zoom, or None where the tile shows raw points.

    The finest stored level that leaves at most 32 x 32 cells in a tile; below zoom 3 the coarsest level, although
    a tile then spans more cells, because a country fills few of them. Raises ValueError for an unknown zoom.
    """
    check_zoom(zoom)
    if zoom >= RAW_ZOOM:
        return None
    return max((level for level in LEVELS if level <= zoom + MAX_SPLIT), default=LEVELS[0])


def cells_of(lon: float, lat: float) -> tuple[tuple[int, int, int], ...]:
    """Cells (level, gx, gy) that hold a place, one for each of LEVELS, coarsest first.

    Raises ValueError when the place is not on the globe.
    """
    finest = LEVELS[-1]
    gx, gy = cell_of(lon, lat, finest)
    # Shifting the finest cell keeps the levels nested even where rounding falls on a cell's side.
    return tuple((level, gx >> (finest - level), gy >> (finest - level)) for level in LEVELS)


def cells_in_tile(z: int, x: int, y: int) -> CellRange | None:
    """Cells that fill a tile, at the level of `cell_level`; None where the tile shows raw points.

    Raises ValueError when there is no such tile.
    """
    check_tile(z, x, y)
    level = cell_level(z)
    if level is None:
        return None
    split = level - z
    return CellRange(
        level=level,
        min_gx=x << split,
        max_gx=((x + 1) << split) - 1,
        min_gy=y << split,
        max_gy=((y + 1) << split) - 1,
    )


def cell_centre(level: int, gx: int, gy: int) -> Point:
    """Middle of a cell in degrees, for a cluster that has no mean place; ValueError when there is no such cell."""
    min_x, min_y, max_x, max_y = tile_bounds_m(level, gx, gy)
    lon, lat = to_lonlat((min_x + max_x) / 2, (min_y + max_y) / 2)
    return Point(lon, lat)
