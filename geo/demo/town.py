"""Generates the made-up town of a demonstration."""

from collections.abc import Sequence

import numpy as np
import shapely

from geo.demo.features import NeighbourhoodSeed, Polygonal, Town
from geo.demo.lattice import Lattice
from geo.demo.neighbourhoods import draw_neighbourhoods
from geo.demo.places import draw_places
from geo.demo.plan import Plan
from geo.demo.streets import draw_streets


def generate_town(outline: Polygonal, neighbourhoods: Sequence[NeighbourhoodSeed], *, seed: int) -> Town:
    """Generate a town inside an outline in degrees; the same arguments give the same town to the last byte.

    The neighbourhoods keep their order and tile the town's outline, which is the given one rounded to a centimetre.
    Raises ValueError without neighbourhoods, when an id comes twice, when seed is negative, when the outline is no
    valid polygon, or when it has no room for all.
    """
    if not neighbourhoods:
        raise ValueError("a town needs at least one neighbourhood")
    if len({neighbourhood.id for neighbourhood in neighbourhoods}) != len(neighbourhoods):
        raise ValueError("a neighbourhood id comes twice")
    if outline.geom_type not in {"Polygon", "MultiPolygon"} or outline.is_empty or not outline.is_valid:
        raise ValueError("the outline must be a valid, non-empty Polygon or MultiPolygon")
    plan = Plan.of(outline, seed)
    drawn = draw_neighbourhoods(plan, neighbourhoods)
    lattices = [Lattice.laid(plan, neighbourhood, plan.chance(3, row)) for row, neighbourhood in enumerate(drawn)]
    return Town(
        outline=shapely.coverage_union_all(np.array([neighbourhood.shape for neighbourhood in drawn], dtype=object)),
        neighbourhoods=drawn,
        streets=draw_streets(plan, drawn, lattices),
        places=draw_places(plan, lattices),
        seed=seed,
    )
