"""Parks and public buildings of a made-up town, put on blocks of the street lattice."""

from collections.abc import Iterator, Sequence
from itertools import count, cycle, islice

import numpy as np
import shapely
from shapely.geometry import Point, Polygon

from geo.demo.features import Place, PlaceKind
from geo.demo.lattice import Lattice
from geo.demo.plan import Plan, rounded
from geo.demo.sampling import places_inside
from geo.demo.street_names import PARK_NAMES

_INHABITANTS_PER_PARK = 9_000
_MOST_PARKS = 5
# Room for the pavement between a park and the street lines round it.
_PAVEMENT_M = 7.0
_BUILDINGS: tuple[tuple[PlaceKind, str], ...] = (
    ("headman_office", "Muhtarlığı"),
    ("school", "İlkokulu"),
    ("mosque", "Camii"),
    ("health_centre", "Aile Sağlığı Merkezi"),
)
_NEIGHBOURHOODS_PER_MARKET = 3


def draw_places(plan: Plan, lattices: Sequence[Lattice]) -> tuple[Place, ...]:
    """Draw parks as polygons and public buildings as points, ids counting from 1; one town hall near the middle."""
    ids = count(1)
    park_names = cycle(PARK_NAMES)
    most_central = min(range(len(lattices)), key=lambda row: float(np.hypot(*lattices[row].origin)))
    places: list[Place] = []
    for row, lattice in enumerate(lattices):
        rng = plan.chance(5, row)
        home = lattice.neighbourhood
        blocks = _free_blocks(lattice, rng)
        parks = min(1 + home.population // _INHABITANTS_PER_PARK, _MOST_PARKS)
        places += [Place(next(ids), next(park_names), "park", home.id, block) for block in islice(blocks, parks)]
        spots = _spots(lattice, blocks, rng)
        for kind, suffix in _buildings(row, is_central=row == most_central):
            name = suffix if kind == "town_hall" else f"{home.name} {suffix}"
            places.append(Place(next(ids), name, kind, home.id, next(spots)))
    return tuple(places)


def _buildings(row: int, *, is_central: bool) -> Iterator[tuple[PlaceKind, str]]:
    if is_central:
        yield "town_hall", "Belediye Hizmet Binası"
    yield from _BUILDINGS
    if row % _NEIGHBOURHOODS_PER_MARKET == 0:
        yield "market_place", "Pazar Yeri"


def _free_blocks(lattice: Lattice, rng: np.random.Generator) -> Iterator[Polygon]:
    """Blocks that lie wholly in the settled part, without the pavement, in chance order."""
    plan = lattice.plan
    shapely.prepare(lattice.core)
    for corners in rng.permutation(lattice.blocks()):
        block = plan.bent_polygon(lattice.in_plane(corners))
        inner = shapely.buffer(plan.frame.shape_to_metres(block), -_PAVEMENT_M)
        if inner.geom_type == "Polygon" and not inner.is_empty and shapely.contains(lattice.core, block):
            yield shapely.transform(plan.frame.shape_to_degrees(inner), rounded)


def _spots(lattice: Lattice, blocks: Iterator[Polygon], rng: np.random.Generator) -> Iterator[Point]:
    """Middles of free blocks, then any places in the settled part."""
    for block in blocks:
        yield shapely.transform(block.centroid, rounded)
    while True:
        yield Point(rounded(places_inside(lattice.core, 1, rng)[0]))
