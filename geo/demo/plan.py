"""What all drawing steps of one town share: its frame, its bend and its source of chance."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo.demo.features import Polygonal
from geo.demo.warp import Warp
from geo.local_frame import FloatArray, LocalFrame

# Degrees are rounded to about a centimetre.
DECIMALS = 7
PRECISION = 10.0**-DECIMALS
_STEP_M = 30.0


def rounded(degrees: FloatArray) -> FloatArray:
    """Round coordinates to the precision of the town."""
    return np.round(degrees, DECIMALS)


@dataclass(frozen=True, slots=True)
class Plan:
    """The flat frame and the bend of one town; `outline` is in metres of the frame."""

    seed: int
    outline: Polygonal
    frame: LocalFrame
    warp: Warp

    @classmethod
    def of(cls, outline: Polygonal, seed: int) -> "Plan":
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

    def straightened(self, shape: BaseGeometry) -> FloatArray:
        """Vertices of a shape in degrees, moved to the straight plane; shape (n, 2)."""
        return self.warp.straighten(self.frame.to_metres(shapely.get_coordinates(shape)))

    def _bent(self, line: LineString) -> FloatArray:
        straight = shapely.get_coordinates(shapely.segmentize(line, _STEP_M))
        return rounded(self.frame.to_degrees(self.warp.bend(straight)))
