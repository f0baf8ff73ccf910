"""What all drawing steps of one town share: its frame, its bend and its source of chance."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo.demo.features import Area
from geo.demo.warp import Warp
from geo.local_frame import FloatArray, LocalFrame

# Degrees; about a centimetre.
PRECISION = 1e-7
_STEP_M = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The flat frame and the bend of one town; `outline` is in metres of the frame."""

    seed: int
    outline: Area
    frame: LocalFrame
    warp: Warp

    @classmethod
    def of(cls, outline: Area, seed: int) -> "Plan":
        """Plan a town inside an outline given in degrees."""
        frame = LocalFrame.around(outline)
        flat = frame.shape_to_metres(outline)
        size = float(np.sqrt(flat.area))
        warp = Warp.drawn(np.random.default_rng([seed, 1]), shortest_m=0.2 * size, longest_m=1.3 * size)
        return cls(seed, flat, frame, warp)

    def chance(self, *stream: int) -> np.random.Generator:
        """Open one of many independent streams of chance, so that one step's draws do not shift another's."""
        return np.random.default_rng([self.seed, *stream])

    def bent_line(self, corners: FloatArray) -> LineString:
        """Draw a line through straight-plane corners into the town, in degrees."""
        return shapely.linestrings(self._bent(shapely.linestrings(corners)))

    def bent_polygon(self, corners: FloatArray) -> Polygon:
        """Draw a polygon with straight-plane corners into the town, in degrees."""
        return shapely.polygons(self._bent(shapely.linestrings(np.concatenate([corners, corners[:1]]))))

    def bent_place(self, place: FloatArray) -> FloatArray:
        """Draw a straight-plane place of shape (2,) into the town, in degrees."""
        lonlat: FloatArray = self.frame.to_degrees(self.warp.bend(place[None, :]))[0]
        return lonlat

    def straightened(self, shape: BaseGeometry) -> FloatArray:
        """Vertices of a shape in degrees, moved to the straight plane; shape (n, 2)."""
        return self.warp.straighten(self.frame.to_metres(shapely.get_coordinates(shape)))

    def _bent(self, line: LineString) -> FloatArray:
        straight = shapely.get_coordinates(shapely.segmentize(line, _STEP_M))
        return np.round(self.frame.to_degrees(self.warp.bend(straight)), 7)
