"""Streets of a made-up town: arteries along neighbourhood borders and through their middles, streets in lattices."""

from collections.abc import Iterator, Sequence
from itertools import chain, count, pairwise

import numpy as np
import shapely
from shapely.geometry import LineString

from geo.demo.borders import border_roads
from geo.demo.features import Neighbourhood, Polygonal, Street
from geo.demo.lattice import Lattice
from geo.demo.plan import Plan, rounded
from geo.demo.street_names import ARTERY_NAMES, STREET_NAMES, numbered_artery, numbered_street
from geo.local_frame import FloatArray

_SHORTEST_M = 45.0
# At each crossing a street may end and the next one begin, and a block may have no street at that side.
_NEW_STREET_AT_CROSSING = 0.2
_NO_STREET_AT_BLOCK = 0.08
_BEYOND_LAST_CROSSING_M = 80.0


def draw_streets(
    plan: Plan, neighbourhoods: Sequence[Neighbourhood], lattices: Sequence[Lattice]
) -> tuple[Street, ...]:
    """Draw all streets, ids counting from 1.

    A name belongs to one street of a neighbourhood; the pieces of one artery share theirs.
    """
    ids = count(1)
    artery_names = chain(ARTERY_NAMES, map(numbered_artery, count(1)))
    streets: list[Street] = []
    for road in border_roads(plan, neighbourhoods):
        name = next(artery_names)
        streets += [Street(next(ids), name, "artery", neighbourhoods[row].id, line) for row, line in road]
    for row, lattice in enumerate(lattices):
        rng = plan.chance(4, row)
        neighbourhood = lattice.neighbourhood
        for line in _main_lines(lattice):
            pieces = _clipped(plan, [line], neighbourhood.shape)
            name = next(artery_names) if pieces else ""
            streets += [Street(next(ids), name, "artery", neighbourhood.id, piece) for piece in pieces]
        names = _street_names(rng)
        for piece in _clipped(plan, _street_lines(lattice, rng), lattice.core):
            streets.append(Street(next(ids), next(names), "street", neighbourhood.id, piece))
    return tuple(streets)


def _street_names(rng: np.random.Generator) -> Iterator[str]:
    shuffled = [STREET_NAMES[row] for row in rng.permutation(len(STREET_NAMES))]
    return chain(shuffled, map(numbered_street, count(int(rng.integers(1, 12)) * 100 + 1)))


def _main_lines(lattice: Lattice) -> list[LineString]:
    """The two lattice lines nearest to the middle, from border to border."""
    (west, south), (east, north) = lattice.low, lattice.high
    x, y = lattice.main_x, lattice.main_y
    return [
        lattice.plan.bent_line(lattice.in_plane(np.array([[x, south], [x, north]]))),
        lattice.plan.bent_line(lattice.in_plane(np.array([[west, y], [east, y]]))),
    ]


def _street_lines(lattice: Lattice, rng: np.random.Generator) -> list[LineString]:
    lines = []
    for x in lattice.across[lattice.across != lattice.main_x]:
        for start, end in _runs(lattice.along, rng):
            lines.append(np.array([[x, start], [x, end]]))
    for y in lattice.along[lattice.along != lattice.main_y]:
        for start, end in _runs(lattice.across, rng):
            lines.append(np.array([[start, y], [end, y]]))
    return [lattice.plan.bent_line(lattice.in_plane(line)) for line in lines]


def _runs(crossings: FloatArray, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Cut one lattice line at its crossings into streets (start, end), leaving some blocks out."""
    if not len(crossings):
        return []
    stops = [crossings[0] - _BEYOND_LAST_CROSSING_M, *crossings, crossings[-1] + _BEYOND_LAST_CROSSING_M]
    ends_here = rng.random(len(stops)) < _NEW_STREET_AT_CROSSING
    missing = rng.random(len(stops)) < _NO_STREET_AT_BLOCK
    runs: list[tuple[float, float]] = []
    goes_on = False
    for block, (start, end) in enumerate(pairwise(stops)):
        if missing[block]:
            goes_on = False
            continue
        if goes_on and not ends_here[block]:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
        goes_on = True
    return runs


def _clipped(plan: Plan, lines: list[LineString], area: Polygonal) -> list[LineString]:
    """Cut lines to an area and drop what is too short to be a street."""
    cut = np.array(lines, dtype=object)
    shapely.prepare(area)
    crossing = ~shapely.contains_properly(area, cut)
    cut[crossing] = shapely.intersection(cut[crossing], area)
    parts = [part for part in shapely.get_parts(cut) if part.geom_type == "LineString"]
    return [
        line
        for part in parts
        if plan.frame.shape_to_metres(line := shapely.transform(part, rounded)).length >= _SHORTEST_M
    ]
