"""The map of a new municipality: drawn inside its real outline where that is known, else wholly made up."""

from dataclasses import dataclass
from zlib import crc32

import shapely

from api.municipalities.service import MapFeature, NeighbourhoodShape
from api.platform.errors import TerritoryImpossible
from api.platform.places import Place
from geo.demo.features import Neighbourhood, Polygonal
from geo.demo.neighbourhoods import draw_neighbourhoods
from geo.demo.outline import synthetic_outline
from geo.demo.plan import Plan
from geo.demo.town import generate_town

# A drawing may fail for want of room; another draw of chance usually has it.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Territory:
    """Neighbourhoods that tile the outline, and what the base map shows; everything in it says that it is made up."""

    center: tuple[float, float]
    neighbourhoods: tuple[NeighbourhoodShape, ...]
    features: tuple[MapFeature, ...]


def draw_territory(place: Place, outline: Polygonal | None = None) -> Territory:
    """Draw the neighbourhoods of a place by their official names, with streets, parks and public buildings.

    Takes seconds of pure computing: call it in a worker thread. The same place and outline give the same map.

    Raises:
        TerritoryImpossible: the outline has no room for the neighbourhoods, or is no valid polygon.
    """
    first = crc32(place.slug.encode()) % 1_000_000
    for seed in range(first, first + _TRIES):
        area = outline or synthetic_outline(*place.center, place.area_km2, seed)
        try:
            return _drawn(place, area, seed)
        except ValueError:
            continue
    raise TerritoryImpossible(name=place.name)


def _drawn(place: Place, outline: Polygonal, seed: int) -> Territory:
    inner = outline.centroid if outline.contains(outline.centroid) else outline.representative_point()
    center = (round(inner.x, 6), round(inner.y, 6))
    if not place.has_streets:
        drawn = draw_neighbourhoods(Plan.of(outline, seed), place.neighbourhoods)
        return Territory(center, _shapes(drawn), ())
    town = generate_town(outline, place.neighbourhoods, seed=seed)
    streets = (
        MapFeature("street", "main" if street.kind == "artery" else "street", street.name, street.line, street.source)
        for street in town.streets
    )
    places = (
        MapFeature("park" if item.kind == "park" else "building", item.kind, item.name, item.shape, item.source)
        for item in town.places
    )
    return Territory(center, _shapes(town.neighbourhoods), (*streets, *places))


def _shapes(drawn: tuple[Neighbourhood, ...]) -> tuple[NeighbourhoodShape, ...]:
    return tuple(
        NeighbourhoodShape(int(item.id), item.name, item.population, shapely.make_valid(item.shape), item.source)
        for item in drawn
    )
