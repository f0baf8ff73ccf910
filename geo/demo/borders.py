"""Roads along the borders of neighbourhoods, joined where they run on straight ahead."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry import LineString

from geo.demo.features import Neighbourhood
from geo.demo.plan import Plan
from geo.local_frame import FloatArray

# Cosine of the sharpest turn (about 40 degrees) at which a road still keeps its name.
_STRAIGHT_ON = -0.77
_SHORTEST_ROAD_M = 40.0

Road: TypeAlias = list[tuple[int, LineString]]


@dataclass(frozen=True, slots=True)
class _End:
    piece: int
    heading: FloatArray


def border_roads(plan: Plan, neighbourhoods: Sequence[Neighbourhood]) -> list[Road]:
    """Follow the common borders, longest road first.

    A road is a list of pieces (row of the neighbourhood that the piece counts to, line in degrees).
    """
    pieces = _common_borders(neighbourhoods)
    road_of = list(range(len(pieces)))
    for one, other in _continuations(plan, [line for _, line in pieces]):
        old, new = road_of[other], road_of[one]
        road_of = [new if road == old else road for road in road_of]
    roads: dict[int, Road] = defaultdict(list)
    for road, piece in zip(road_of, pieces, strict=True):
        roads[road].append(piece)
    lengths = {road: sum(plan.frame.shape_to_metres(line).length for _, line in roads[road]) for road in roads}
    return [roads[road] for road in sorted(roads, key=lambda road: -lengths[road]) if lengths[road] >= _SHORTEST_ROAD_M]


def _common_borders(neighbourhoods: Sequence[Neighbourhood]) -> Road:
    shapes = np.array([neighbourhood.shape for neighbourhood in neighbourhoods], dtype=object)
    pairs = shapely.STRtree(shapes).query(shapes, predicate="touches").T
    pieces: Road = []
    for one, other in sorted((int(one), int(other)) for one, other in pairs if one < other):
        common = shapely.get_parts(shapely.intersection(shapes[one], shapes[other]))
        lines = shapely.line_merge(shapely.union_all([part for part in common if part.geom_type == "LineString"]))
        pieces += [(one, line) for line in shapely.get_parts(lines) if not line.is_ring]
    return pieces


def _continuations(plan: Plan, lines: Sequence[LineString]) -> list[tuple[int, int]]:
    """At every junction, the two pieces that go on straightest, if they do."""
    junctions: dict[tuple[float, float], list[_End]] = defaultdict(list)
    for piece, line in enumerate(lines):
        for corners in (shapely.get_coordinates(line), shapely.get_coordinates(line)[::-1]):
            flat = plan.frame.to_metres(corners[:2])
            away = flat[1] - flat[0]
            junctions[tuple(corners[0])].append(_End(piece, away / np.hypot(*away)))
    joined = []
    for ends in junctions.values():
        turns = [
            (float(one.heading @ other.heading), one.piece, other.piece)
            for row, one in enumerate(ends)
            for other in ends[row + 1 :]
        ]
        if turns and min(turns)[0] < _STRAIGHT_ON:
            joined.append(min(turns)[1:])
    return joined
