"""The street lattice of one neighbourhood: turned, unevenly spaced, and only where people live."""

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import shapely

from geo.demo.features import Neighbourhood, Polygonal
from geo.demo.plan import Plan
from geo.local_frame import FloatArray

_BLOCK_WIDTH_M = (55.0, 95.0)
_BLOCK_LENGTH_M = (90.0, 150.0)
# Where one inhabitant would have more room than this, only a settled core of the neighbourhood has streets.
_ROOM_PER_INHABITANT_M2 = 280.0
_SMALLEST_CORE_M2 = 60_000.0
_CORE_CORNERS = 72
# From this part on a settlement has grown together with its neighbours and fills its neighbourhood.
_GROWN_TOGETHER = 0.6


@dataclass(frozen=True, slots=True)
class Lattice:
    """Lattice lines of a neighbourhood in its own turned straight plane.

    `across` are the x of lines that run along y, `along` the y of lines that run along x, both rising, in metres.
    `core` is the settled part of the neighbourhood in degrees; `low` and `high` are corners of a box round the whole.
    """

    plan: Plan
    neighbourhood: Neighbourhood
    core: Polygonal
    origin: FloatArray
    turn: FloatArray
    across: FloatArray
    along: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def laid(cls, plan: Plan, neighbourhood: Neighbourhood, rng: np.random.Generator) -> "Lattice":
        """Lay the lattice of a neighbourhood."""
        angle = rng.uniform(0, np.pi / 2)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        origin = plan.straightened(_middle(neighbourhood.shape))[0]
        core = _settled_core(plan, neighbourhood, origin, rng)
        reach = (plan.straightened(neighbourhood.shape) - origin) @ turn
        settled = (plan.straightened(core) - origin) @ turn
        return cls(
            plan=plan,
            neighbourhood=neighbourhood,
            core=core,
            origin=origin,
            turn=turn,
            across=_spaced(settled[:, 0].min(), settled[:, 0].max(), _BLOCK_WIDTH_M, rng),
            along=_spaced(settled[:, 1].min(), settled[:, 1].max(), _BLOCK_LENGTH_M, rng),
            low=reach.min(axis=0),
            high=reach.max(axis=0),
        )

    @property
    def main_x(self) -> float:
        """Place of the main line along y: the lattice line nearest to the middle, or the middle itself."""
        return _nearest_to_middle(self.across)

    @property
    def main_y(self) -> float:
        """Place of the main line along x."""
        return _nearest_to_middle(self.along)

    def in_plane(self, xy: FloatArray) -> FloatArray:
        """Turn lattice coordinates of shape (n, 2) into the straight plane of the town."""
        return self.origin + xy @ self.turn.T

    def blocks(self) -> FloatArray:
        """Corners of every block between neighbouring lines, shape (blocks, 4, 2) in lattice coordinates."""
        sides = product(pairwise(self.across.tolist()), pairwise(self.along.tolist()))
        corners = [[(left, low), (right, low), (right, high), (left, high)] for (left, right), (low, high) in sides]
        return np.array(corners).reshape(-1, 4, 2)


def _nearest_to_middle(lines: FloatArray) -> float:
    return float(lines[np.abs(lines).argmin()]) if len(lines) else 0.0


def _middle(shape: Polygonal) -> shapely.Point:
    largest = max(shapely.get_parts(shape), key=shapely.area)
    return largest.centroid if largest.contains(largest.centroid) else largest.representative_point()


def _settled_core(plan: Plan, neighbourhood: Neighbourhood, origin: FloatArray, rng: np.random.Generator) -> Polygonal:
    area = plan.frame.shape_to_metres(neighbourhood.shape).area
    settled = max(neighbourhood.population * _ROOM_PER_INHABITANT_M2, _SMALLEST_CORE_M2)
    if settled >= _GROWN_TOGETHER * area:
        return neighbourhood.shape
    angle = np.linspace(0, 2 * np.pi, _CORE_CORNERS, endpoint=False)
    waves = np.arange(2, 6)[:, None]
    ragged = np.exp((0.45 / waves * np.cos(waves * angle + rng.uniform(0, 2 * np.pi, waves.shape))).sum(axis=0))
    rim = (np.sqrt(settled / np.pi) * ragged)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    parts = shapely.get_parts(shapely.intersection(plan.bent_polygon(origin + rim), neighbourhood.shape))
    core: Polygonal = shapely.union_all([part for part in parts if part.geom_type == "Polygon"])
    return core


def _spaced(low: float, high: float, gaps: tuple[float, float], rng: np.random.Generator) -> FloatArray:
    count = int((high - low) / gaps[0]) + 2
    lines = low + np.cumsum(rng.uniform(*gaps, count)) - gaps[0] / 2
    return lines[lines < high]
