"""Where a new municipality lies: found by name in the official list of provinces, districts and neighbourhoods."""

import re
from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all
from api.core.text import fold
from api.municipalities.service import Kind
from api.platform.errors import BadSlug, PlaceAmbiguous, PlaceUnknown, ReferenceEmpty, WrongKind
from geo.demo.features import NeighbourhoodSeed

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,61}[a-z0-9]")
_KM_PER_DEGREE = 111.2
_GOLDEN_ANGLE = pi * (3 - sqrt(5))
# A town (belde) is on no official list of neighbourhoods; these names are common, and their numbers are below zero.
_TOWN_NEIGHBOURHOODS = ("Merkez", "Cumhuriyet", "Fatih", "Yeni")
_TOWN_POPULATION = 3_000
_TOWN_AREA_KM2 = 12.0
# A town hall outside the metropolitan provinces serves the built-up part of its district only.
_INHABITANTS_PER_KM2 = 1_200.0
_SMALLEST_KM2 = 3.0


@dataclass(frozen=True, slots=True)
class Place:
    """What the official list says of a place, and how large to draw it; `center` is longitude and latitude."""

    kind: Kind
    name: str
    slug: str
    province_id: int
    district_id: int | None
    center: tuple[float, float]
    area_km2: float
    neighbourhoods: tuple[NeighbourhoodSeed, ...]

    @property
    def has_streets(self) -> bool:
        """Whether the place is small enough for a map with streets: a whole province is shown by its districts."""
        return self.kind not in ("metropolitan", "union")


async def find_place(session: AsyncSession, kind: Kind, name: str, province: str | None = None) -> Place:
    """Find the place of a municipality of a kind.

    A district of a metropolitan province is a `metropolitan_district`, whichever of the two kinds was asked for.
    The areas of a metropolitan municipality and of a union are the districts of their province.

    Raises:
        ReferenceEmpty: the official list is not loaded.
        PlaceUnknown, PlaceAmbiguous: no place, or several, of that name.
        WrongKind: metropolitan and province do not fit the province.
    """
    provinces = await _provinces(session)
    match kind:
        case "metropolitan" | "province":
            return await _of_province(session, kind, _province(provinces, name))
        case "union":
            return await _of_union(session, name, _province(provinces, province))
        case "town":
            return _of_town(name, _province(provinces, province))
        case "district" | "metropolitan_district":
            return await _of_district(session, name, _province(provinces, province) if province else None, provinces)


def checked_slug(slug: str) -> str:
    """Give the short name back if it can stand in an address. Raises BadSlug."""
    if not _SLUG.fullmatch(slug):
        raise BadSlug(slug=slug)
    return slug


def slug_of(*parts: str) -> str:
    """Make a short name: Turkish letters folded, the rest hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(" ".join(parts))).strip("-")


async def _provinces(session: AsyncSession) -> list[Row]:
    rows = await fetch_all(
        session, "SELECT id, name, population, is_metropolitan, lon, lat FROM reference_province ORDER BY id"
    )
    if not rows:
        raise ReferenceEmpty
    return rows


def _province(provinces: list[Row], name: str | None) -> Row:
    for row in provinces:
        if name is not None and fold(row["name"]) == fold(name.strip()):
            return row
    raise PlaceUnknown(name=name)


async def _districts(session: AsyncSession, province_id: int) -> list[Row]:
    return await fetch_all(
        session,
        "SELECT id, name, population, area_km2 FROM reference_district WHERE province_id = %s ORDER BY id",
        (province_id,),
    )


async def _of_province(session: AsyncSession, kind: Kind, province: Row) -> Place:
    if (kind == "metropolitan") != province["is_metropolitan"]:
        raise WrongKind(province=province["name"])
    districts = await _districts(session, province["id"])
    center = (province["lon"], province["lat"])
    slug = slug_of(province["name"])
    if kind == "metropolitan":
        area = sum(row["area_km2"] for row in districts)
        return Place(kind, province["name"], slug, province["id"], None, center, area, _seeds(districts))
    # The town hall of a province serves its central district, which the list calls "Merkez".
    central = next((row for row in districts if fold(row["name"]) == "merkez"), None)
    if central is None:
        raise PlaceUnknown(name=f"{province['name']} Merkez")
    neighbourhoods = await _neighbourhoods(session, central["id"])
    area = _served_area(central)
    return Place(kind, province["name"], slug, province["id"], central["id"], center, area, neighbourhoods)


async def _of_union(session: AsyncSession, name: str, province: Row) -> Place:
    districts = await _districts(session, province["id"])
    area = sum(row["area_km2"] for row in districts)
    center = (province["lon"], province["lat"])
    return Place("union", name, slug_of(name), province["id"], None, center, area, _seeds(districts))


def _of_town(name: str, province: Row) -> Place:
    seeds = tuple(
        NeighbourhoodSeed(-number, neighbourhood, _TOWN_POPULATION // len(_TOWN_NEIGHBOURHOODS))
        for number, neighbourhood in enumerate(_TOWN_NEIGHBOURHOODS, 1)
    )
    center = (province["lon"], province["lat"])
    slug = slug_of(name, province["name"])
    return Place("town", name, slug, province["id"], None, center, _TOWN_AREA_KM2, seeds)


async def _of_district(session: AsyncSession, name: str, province: Row | None, provinces: list[Row]) -> Place:
    same_name = await fetch_all(
        session,
        """SELECT id, province_id, name, population, area_km2 FROM reference_district
            WHERE tr_fold(name) = tr_fold(%s) ORDER BY id""",
        (name.strip(),),
    )
    by_id = {row["id"]: row for row in provinces}
    found = [row for row in same_name if province is None or row["province_id"] == province["id"]]
    if not found:
        raise PlaceUnknown(name=name)
    if len(found) > 1:
        raise PlaceAmbiguous(name=name, provinces=[by_id[row["province_id"]]["name"] for row in found])
    district, home = found[0], by_id[found[0]["province_id"]]
    is_metropolitan = home["is_metropolitan"]
    # The short name must not depend on which of two namesakes comes first.
    is_unique = len(same_name) == 1 and all(fold(row["name"]) != fold(district["name"]) for row in provinces)
    return Place(
        kind="metropolitan_district" if is_metropolitan else "district",
        name=district["name"],
        slug=slug_of(district["name"]) if is_unique else slug_of(district["name"], home["name"]),
        province_id=home["id"],
        district_id=district["id"],
        center=_assumed_center(home, district["id"], await _districts(session, home["id"])),
        area_km2=district["area_km2"] if is_metropolitan else _served_area(district),
        neighbourhoods=await _neighbourhoods(session, district["id"]),
    )


async def _neighbourhoods(session: AsyncSession, district_id: int) -> tuple[NeighbourhoodSeed, ...]:
    rows = await fetch_all(
        session,
        "SELECT id, name, population FROM reference_neighbourhood WHERE district_id = %s ORDER BY id",
        (district_id,),
    )
    if not rows:
        raise ReferenceEmpty
    return _seeds(rows)


def _seeds(rows: list[Row]) -> tuple[NeighbourhoodSeed, ...]:
    return tuple(NeighbourhoodSeed(row["id"], row["name"], row["population"]) for row in rows)


def _served_area(district: Row) -> float:
    return float(min(district["area_km2"], max(_SMALLEST_KM2, district["population"] / _INHABITANTS_PER_KM2)))


def _assumed_center(province: Row, district_id: int, districts: list[Row]) -> tuple[float, float]:
    """Somewhere in the province, another place for each district: the official list knows no coordinates of them."""
    number = [row["id"] for row in districts].index(district_id)
    reach_km = 0.6 * sqrt(sum(row["area_km2"] for row in districts) / pi)
    away_km = reach_km * sqrt((number + 0.5) / len(districts))
    north = away_km * sin(number * _GOLDEN_ANGLE) / _KM_PER_DEGREE
    east = away_km * cos(number * _GOLDEN_ANGLE) / (_KM_PER_DEGREE * cos(radians(province["lat"])))
    return province["lon"] + east, province["lat"] + north
