"""What a made-up town consists of; every part says that it is made up (`source`)."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from shapely.geometry import LineString, MultiPolygon, Point, Polygon

NeighbourhoodId: TypeAlias = int | str
Polygonal: TypeAlias = Polygon | MultiPolygon
Synthetic: TypeAlias = Literal["synthetic"]
StreetKind: TypeAlias = Literal["artery", "street"]
PlaceKind: TypeAlias = Literal[
    "park", "town_hall", "school", "health_centre", "mosque", "headman_office", "market_place"
]


@dataclass(frozen=True, slots=True)
class NeighbourhoodSeed:
    """A neighbourhood to be drawn: its id (UAVT number or any text), name and inhabitants."""

    id: NeighbourhoodId
    name: str
    population: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One drawn neighbourhood."""

    id: NeighbourhoodId
    name: str
    population: int
    shape: Polygonal
    source: Synthetic = "synthetic"


@dataclass(frozen=True, slots=True)
class Street:
    """One piece of street with one name; an artery (cadde, bulvar) is wider and longer than a street (sokak)."""

    id: int
    name: str
    kind: StreetKind
    neighbourhood_id: NeighbourhoodId
    line: LineString
    source: Synthetic = "synthetic"


@dataclass(frozen=True, slots=True)
class Place:
    """A park (polygon) or a public building (point)."""

    id: int
    name: str
    kind: PlaceKind
    neighbourhood_id: NeighbourhoodId
    shape: Polygon | Point
    source: Synthetic = "synthetic"


@dataclass(frozen=True, slots=True)
class Town:
    """Everything that was drawn, in WGS 84 degrees rounded to 1e-7 (about a centimetre)."""

    outline: Polygonal
    neighbourhoods: tuple[Neighbourhood, ...]
    streets: tuple[Street, ...]
    places: tuple[Place, ...]
    seed: int
    source: Synthetic = "synthetic"
