"""Points in clusters for every zoom, computed once in a thread. Pure Python, no widgets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

from mobile.kit.map.camera import LEAST_ZOOM, MOST_ZOOM, unit_of

_CELLS_PER_TILE = 2
"""A tile of 256 points is cut into 2**2 cells along each side: clusters stand 64 to 128 points apart."""


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A point of the map: its key, its place in degrees, and the kind that gives its colour."""

    key: str
    lon: float
    lat: float
    kind: str = "accent"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn: one point (`count` 1, with its key and kind), or a cluster at the mean of its places."""

    u: float
    v: float
    count: int
    key: str
    kind: str


class PointIndex:
    """All points, and for each whole zoom the marks by the cell of the grid they stand in.

    The grid is the one of map tiles, as in `geo.grid`: cells of a zoom lie wholly inside the cells of the one before,
    so each level is made from the finer one and no cluster jumps when the map is moved.
    """

    def __init__(self, points: Iterable[MapPoint] = (), *, clusters: bool = True) -> None:
        """Take the points; costs some 15 µs for each, so give many in a thread.

        Raises:
            ValueError: a point is not on the globe.
        """
        self.points: Sequence[MapPoint] = tuple(points)
        self._clusters = clusters
        self._places = {point.key: unit_of(point.lon, point.lat) for point in self.points}
        self._levels: dict[int, dict[tuple[int, int], list[Mark]]] = {}
        finest = int(MOST_ZOOM)
        cells = _cells_of((Mark(*self._places[p.key], 1, p.key, p.kind) for p in self.points), finest + _CELLS_PER_TILE)
        for zoom in range(finest, int(LEAST_ZOOM) - 1, -1):
            if zoom < finest:
                cells = _coarser(cells)
            if clusters:
                cells = {cell: marks if len(marks) == 1 else [_merged(marks)] for cell, marks in cells.items()}
            self._levels[zoom] = cells

    def __len__(self) -> int:
        """Count the points."""
        return len(self.points)

    def marks(self, zoom: float, box: tuple[float, float, float, float]) -> list[Mark]:
        """Give the marks of a zoom inside a box of shares (u least, v least, u most, v most)."""
        level = _level(zoom)
        cells = self._levels[level]
        side = 1 << (level + _CELLS_PER_TILE)
        left, top, right, bottom = (floor(edge * side) for edge in box)
        if (right - left + 1) * (bottom - top + 1) > len(cells):
            return [
                mark for (x, y), marks in cells.items() if left <= x <= right and top <= y <= bottom for mark in marks
            ]
        columns = range(left, right + 1)
        return [mark for y in range(top, bottom + 1) for x in columns for mark in cells.get((x, y), ())]

    def members(self, zoom: float, mark: Mark) -> list[str]:
        """Name the points of a cluster."""
        side = 1 << (_level(zoom) + _CELLS_PER_TILE)
        cell = floor(mark.u * side), floor(mark.v * side)
        return [key for key, (u, v) in self._places.items() if (floor(u * side), floor(v * side)) == cell]

    def place(self, key: str) -> tuple[float, float] | None:
        """Say where a point stands, in shares."""
        return self._places.get(key)

    def places(self, keys: Iterable[str] | None = None) -> list[tuple[float, float]]:
        """Give the places of some points, or of all."""
        return list(self._places.values()) if keys is None else [self._places[key] for key in keys]


def _level(zoom: float) -> int:
    return min(max(floor(zoom), int(LEAST_ZOOM)), int(MOST_ZOOM))


def _cells_of(marks: Iterable[Mark], level: int) -> dict[tuple[int, int], list[Mark]]:
    cells: dict[tuple[int, int], list[Mark]] = {}
    side = 1 << level
    for mark in marks:
        cells.setdefault((floor(mark.u * side), floor(mark.v * side)), []).append(mark)
    return cells


def _coarser(cells: dict[tuple[int, int], list[Mark]]) -> dict[tuple[int, int], list[Mark]]:
    coarse: dict[tuple[int, int], list[Mark]] = {}
    for (x, y), marks in cells.items():
        coarse.setdefault((x >> 1, y >> 1), []).extend(marks)
    return coarse


def _merged(marks: list[Mark]) -> Mark:
    count = sum(mark.count for mark in marks)
    kinds = {mark.kind for mark in marks}
    return Mark(
        sum(mark.u * mark.count for mark in marks) / count,
        sum(mark.v * mark.count for mark in marks) / count,
        count,
        "",
        kinds.pop() if len(kinds) == 1 else "",
    )
