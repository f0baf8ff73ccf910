"""Places of reports in a made-up town: crowded as real reports are, on and beside its streets."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.demo.concentration import OPEN_311, Concentration
from geo.demo.features import Town
from geo.demo.warp import Warp
from geo.grid import LEVELS
from geo.grid_bulk import IntArray, cell_numbers
from geo.local_frame import FloatArray, LocalFrame

# The finest cells of the map's clusters are 115 m wide at 41 degrees north: crowding is counted in them.
CELL_LEVEL = LEVELS[-1]
_STEP_M = 8.0
_ALONG_M = 4.0
_ASIDE_M = 4.5
_FARTHEST_ASIDE_M = 14.0
# How much each thing raises a cell's rank.
_BUSY_ARTERY, _MANY_INHABITANTS, _TOWN_MIDDLE, _BUILT_UP, _QUARTER, _CHANCE = 0.7, 0.6, 0.9, 1.0, 0.3, 0.45
# A cell of a closed lattice holds about 280 m of street; a lone road through fields 115 m.
_BUILT_UP_STEPS = 32


@dataclass(frozen=True, slots=True)
class SampledPoints:
    """Places in degrees and, for each, the row of `town.streets` it lies on; all three have shape (n,)."""

    lons: FloatArray
    lats: FloatArray
    streets: IntArray


@dataclass(frozen=True, slots=True)
class _Steps:
    """Standing places along all streets, every few metres, inside the outline, sorted by cell."""

    xy: FloatArray
    ahead: FloatArray
    street: IntArray
    first_of_cell: IntArray


def sample_points(
    town: Town, n: int, rng: np.random.Generator, concentration: Concentration = OPEN_311
) -> SampledPoints:
    """Draw n places of reports; which cells are the crowded ones depends on the town alone, not on `rng`.

    Every place lies inside the outline and within 15 m of its street. Raises ValueError when n is negative or the
    town has no streets.
    """
    if n < 0:
        raise ValueError(f"n must not be negative: {n!r}")
    if not town.streets:
        raise ValueError("a town without streets has no places of reports")
    frame = LocalFrame.around(town.outline)
    shapely.prepare(town.outline)
    steps = _steps(town, frame)
    crowded_first = _ranked_cells(town, frame, steps)
    shares = concentration.cell_shares(len(crowded_first))
    cell = crowded_first[rng.choice(len(crowded_first), size=n, p=shares / shares.sum())]
    first = steps.first_of_cell[cell]
    step = first + (rng.random(n) * (steps.first_of_cell[cell + 1] - first)).astype(np.int64)
    lonlat = _beside(town, frame, steps, step, rng)
    return SampledPoints(lonlat[:, 0], lonlat[:, 1], steps.street[step])


def _beside(town: Town, frame: LocalFrame, steps: _Steps, step: IntArray, rng: np.random.Generator) -> FloatArray:
    """Move from the standing place a little along and aside, unless that leaves the outline."""
    ahead = steps.ahead[step]
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    along_m = rng.uniform(-_ALONG_M, _ALONG_M, (len(step), 1))
    aside_m = np.clip(rng.normal(0, _ASIDE_M, (len(step), 1)), -_FARTHEST_ASIDE_M, _FARTHEST_ASIDE_M)
    on_street = frame.to_degrees(steps.xy[step])
    lonlat = frame.to_degrees(steps.xy[step] + ahead * along_m + aside * aside_m)
    inside = shapely.contains_xy(town.outline, lonlat)
    return np.where(inside[:, None], lonlat, on_street)


def _steps(town: Town, frame: LocalFrame) -> _Steps:
    lines = np.array([frame.shape_to_metres(street.line) for street in town.streets], dtype=object)
    corners, street = shapely.get_coordinates(shapely.segmentize(lines, _STEP_M), return_index=True)
    # A step lies in the middle between two corners of one street.
    same = street[1:] == street[:-1]
    start, end = corners[:-1][same], corners[1:][same]
    middle = (start + end) / 2
    lonlat = frame.to_degrees(middle)
    inside = shapely.contains_xy(town.outline, lonlat)
    numbers = cell_numbers(lonlat[inside, 0], lonlat[inside, 1], CELL_LEVEL)
    cells, cell = np.unique(numbers, axis=0, return_inverse=True)
    by_cell = np.argsort(cell, kind="stable")
    kept = np.flatnonzero(inside)[by_cell]
    way = end - start
    return _Steps(
        xy=middle[kept],
        ahead=(way / np.hypot(way[:, 0], way[:, 1])[:, None])[kept],
        street=street[1:][same][kept],
        first_of_cell=np.searchsorted(cell[by_cell], np.arange(len(cells) + 1)),
    )


def _ranked_cells(town: Town, frame: LocalFrame, steps: _Steps) -> IntArray:
    """Number the cells from the most crowded to the quietest."""
    rng = np.random.default_rng([town.seed, 6])
    home = {neighbourhood.id: row for row, neighbourhood in enumerate(town.neighbourhoods)}
    owner = np.array([home[street.neighbourhood_id] for street in town.streets])
    is_artery = np.array([street.kind == "artery" for street in town.streets])
    areas = [frame.shape_to_metres(neighbourhood.shape).area for neighbourhood in town.neighbourhoods]
    density = np.array([neighbourhood.population for neighbourhood in town.neighbourhoods]) / np.array(areas)

    first, count = steps.first_of_cell[:-1], np.diff(steps.first_of_cell)
    middle = np.add.reduceat(steps.xy, first) / count[:, None]
    artery_part = np.add.reduceat(is_artery[steps.street].astype(float), first) / count
    crowd = np.add.reduceat(density[owner][steps.street], first) / count
    size = float(np.sqrt(sum(areas)))
    town_middle = np.average(steps.xy, axis=0, weights=density[owner][steps.street] + 1e-9)
    nearness = np.exp(-(((middle - town_middle) / (0.25 * size)) ** 2).sum(axis=1))
    # A smooth uneven field makes some quarters busier than others.
    quarter = np.sin(Warp.drawn(rng, 300.0, 2_500.0).bend(middle) / (0.06 * size)).sum(axis=1)
    score = (
        _BUSY_ARTERY * artery_part
        + _MANY_INHABITANTS * crowd / max(float(crowd.max()), 1e-9)
        + _TOWN_MIDDLE * nearness
        + _BUILT_UP * np.minimum(count / _BUILT_UP_STEPS, 1.0)
        + _QUARTER * quarter
        + _CHANCE * rng.normal(size=len(first))
    )
    return np.argsort(-score, kind="stable")
