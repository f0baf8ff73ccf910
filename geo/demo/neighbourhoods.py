"""Neighbourhoods of a made-up town: bent weighted Voronoi cells that tile the outline without gap or overlap."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.demo.features import Neighbourhood, NeighbourhoodSeed, Polygonal
from geo.demo.plan import PRECISION, Plan
from geo.demo.power_cells import Edge, PowerCells
from geo.demo.sampling import places_inside
from geo.local_frame import FloatArray

# Area grows slower than population: in towns the populous neighbourhoods are the denser ones.
_AREA_EXPONENT = 0.65
# Old small neighbourhoods lie in the middle and have less room for each inhabitant than those at the rim.
_ROOM_IN_THE_MIDDLE, _ROOM_AT_THE_RIM = 0.55, 1.45
# A neighbourhood without known inhabitants is drawn as if it had this part of the mean.
_LEAST_PART_OF_MEAN = 0.08
# Places by which the size of a neighbourhood is measured.
_FEWEST_SAMPLES, _SAMPLES_EACH = 6_000, 80
# Sides are drawn a little too long, so that rounding leaves no gap where they meet.
_OVERSHOOT_M = 0.5


def draw_neighbourhoods(plan: Plan, seeds: Sequence[NeighbourhoodSeed]) -> tuple[Neighbourhood, ...]:
    """Draw one neighbourhood for each seed, in the order of the seeds.

    Raises ValueError when the outline is too small or too ragged to give each of them a place.
    """
    rng = plan.chance(2)
    inhabitants = np.array([float(max(seed.population, 0)) for seed in seeds])
    inhabitants = np.maximum(inhabitants, max(inhabitants.mean() * _LEAST_PART_OF_MEAN, 1.0))
    outwards = np.argsort(inhabitants * rng.uniform(0.5, 1.5, len(seeds)), kind="stable")
    room = np.empty(len(seeds))
    room[outwards] = np.linspace(_ROOM_IN_THE_MIDDLE, _ROOM_AT_THE_RIM, len(seeds))
    wanted = inhabitants**_AREA_EXPONENT * room
    places = plan.warp.straighten(places_inside(plan.outline, max(_FEWEST_SAMPLES, _SAMPLES_EACH * len(seeds)), rng))
    first = _first_seeds(places, outwards, rng)
    cells = PowerCells.settled(places, plan.outline.area, wanted / wanted.sum(), first)
    shapes = _tiles(plan, cells)
    return tuple(
        Neighbourhood(seed.id, seed.name, seed.population, shape) for seed, shape in zip(seeds, shapes, strict=True)
    )


def _first_seeds(places: FloatArray, outwards: NDArray[np.intp], rng: np.random.Generator) -> FloatArray:
    """Spread the seeds over the places; `outwards` numbers the neighbourhoods from the middle to the rim."""
    chosen: FloatArray = places[rng.integers(len(places))][None, :]
    gap = ((places - chosen[0]) ** 2).sum(axis=1)
    while len(chosen) < len(outwards):
        # Far places are likelier, which spreads the seeds.
        pick = places[rng.choice(len(places), p=gap / gap.sum())]
        chosen = np.concatenate([chosen, pick[None, :]])
        gap = np.minimum(gap, ((places - pick) ** 2).sum(axis=1))
    remoteness = np.hypot(*(chosen - places.mean(axis=0)).T)
    ordered: FloatArray = np.empty_like(chosen)
    ordered[outwards] = chosen[np.argsort(remoteness, kind="stable")]
    return ordered


def _tiles(plan: Plan, cells: PowerCells) -> list[Polygonal]:
    """Cut the outline along the sides of all cells; every face goes to the cell it lies in."""
    outline = plan.frame.shape_to_degrees(plan.outline)
    reach = float(np.hypot(*np.ptp(shapely.get_coordinates(plan.outline), axis=0))) * 2
    sides = [plan.bent_line(_stretched(edge)) for edge in cells.edges(reach)]
    # Snapping all lines to one grid in one go gives neighbours the very same vertices.
    net = shapely.union_all([outline.boundary, *sides], grid_size=PRECISION)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, inner)
    faces, inner = faces[inside], inner[inside]
    owner = cells.owners(plan.warp.straighten(plan.frame.to_metres(inner)))
    shapes: list[Polygonal] = [shapely.union_all(faces[owner == cell]) for cell in range(len(cells.seeds))]
    if any(shape.is_empty for shape in shapes):
        raise ValueError(f"the outline has no room for {len(shapes)} neighbourhoods")
    return shapes


def _stretched(edge: Edge) -> FloatArray:
    along = edge.end - edge.start
    over = along / max(float(np.hypot(*along)), 1e-9) * _OVERSHOOT_M
    return np.array([edge.start - over, edge.start, edge.end, edge.end + over])
