"""Which area a place belongs to: every place gets exactly one answer, on shared borders too."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geo.local_frame import LocalFrame
from geo.types import BBox

AreaId = TypeVar("AreaId", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Area(Generic[AreaId]):
    """A Polygon or MultiPolygon in degrees; where areas share a place, the smallest (position, id) takes it."""

    id: AreaId
    polygon: BaseGeometry
    position: int = 0


@dataclass(frozen=True, slots=True)
class NearestArea(Generic[AreaId]):
    """The area nearest to a place and how many metres away it is, 0 inside."""

    id: AreaId
    metres: float


class AreaIndex(Generic[AreaId]):
    """Areas of one municipality, ready to be asked; building it costs milliseconds, so keep it.

    Raises ValueError when an id comes twice or a polygon is empty, invalid or no polygon.
    """

    def __init__(self, areas: Sequence[Area[AreaId]]) -> None:
        for area in areas:
            _check_area(area)
        if len({area.id for area in areas}) != len(areas):
            raise ValueError("an area id comes twice")
        # From here on a smaller row wins; ids are compared as text so that any kind of id has an order.
        self._areas: list[Area[AreaId]] = sorted(areas, key=lambda area: (area.position, str(area.id)))
        self._polygons = np.array([area.polygon for area in self._areas], dtype=object)
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(self._polygons)
        self._boxes: list[tuple[int, float, float, float, float]] = [
            (row, *polygon.bounds) for row, polygon in enumerate(self._polygons)
        ]
        self.bounds: BBox | None = BBox(*map(float, shapely.total_bounds(self._polygons))) if areas else None
        """The box of all areas in degrees; None without areas."""
        self._frame = LocalFrame.around(shapely.box(*shapely.total_bounds(self._polygons))) if areas else None
        flat = [self._frame.shape_to_metres(polygon) for polygon in self._polygons] if self._frame else []
        self._flat_tree = shapely.STRtree(flat)

    def find(self, lon: float, lat: float) -> AreaId | None:
        """Find the one area that holds a place, border included; None outside of all and for NaN or infinity."""
        for row, west, south, east, north in self._boxes:
            if west <= lon <= east and south <= lat <= north and shapely.intersects_xy(self._polygons[row], lon, lat):
                return self._areas[row].id
        return None

    def find_many(self, lons: ArrayLike, lats: ArrayLike) -> list[AreaId | None]:
        """Answer `find` for many places at once, in their order; lons and lats have one length, else ValueError."""
        lon = np.asarray(lons, dtype=np.float64)
        lat = np.asarray(lats, dtype=np.float64)
        if lon.ndim != 1 or lon.shape != lat.shape:
            raise ValueError(f"lons and lats must be two rows of one length, not {lon.shape} and {lat.shape}")
        usable = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        place, row = self._tree.query(shapely.points(lon[usable], lat[usable]))
        place = usable[place]
        inside = shapely.intersects_xy(self._polygons[row], lon[place], lat[place])
        nobody = len(self._areas)
        first = np.full(lon.shape, nobody)
        np.minimum.at(first, place[inside], row[inside])
        ids: list[AreaId | None] = [area.id for area in self._areas]
        ids.append(None)
        return [ids[index] for index in first.tolist()]

    def nearest(self, lon: float, lat: float) -> NearestArea[AreaId] | None:
        """Find the area that holds a place or else lies nearest; None without areas and for NaN or infinity."""
        if self._frame is None or not (isfinite(lon) and isfinite(lat)):
            return None
        holder = self.find(lon, lat)
        if holder is not None:
            return NearestArea(holder, 0.0)
        x, y = self._frame.to_metres(np.array([[lon, lat]]))[0]
        rows, metres = self._flat_tree.query_nearest(shapely.Point(x, y), return_distance=True)
        return NearestArea(self._areas[int(rows.min())].id, float(metres[0]))


def _check_area(area: Area[AreaId]) -> None:
    shape = area.polygon
    if shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty or not shape.is_valid:
        raise ValueError(f"area {area.id!r} needs a valid, non-empty Polygon or MultiPolygon")
