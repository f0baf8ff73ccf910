"""The pieces of which a new municipality is made; only `api.platform` and imports use them, as the platform role.

A row policy forbids COPY to the app role, and a municipality is not founded from inside another.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.ids import uuid7
from api.core.sql import driver_connection, fetch_one, run
from api.municipalities.templates import Kind, template
from geo.local_frame import FloatArray
from geo.mercator import EARTH_RADIUS_M

# Serialises the giving of ids; any number that no other advisory lock of the product uses.
_ID_LOCK = 20_260_102
# About 30 m: the stored outline only says whose town a place is in.
_OUTLINE_TOLERANCE_DEGREES = 0.0003


@dataclass(frozen=True, slots=True)
class NewMunicipality:
    """What the installation knows of a municipality; `center` is longitude and latitude."""

    slug: str
    name: str
    kind: Kind
    province_code: int
    center: tuple[float, float]
    district_id: int | None = None
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class NeighbourhoodShape:
    """A neighbourhood with its outline in degrees (Polygon or MultiPolygon); `source` says where it comes from."""

    official_id: int
    name: str
    population: int
    shape: BaseGeometry
    source: str


@dataclass(frozen=True, slots=True)
class MapFeature:
    """A street, park, building or water of the base map, in degrees."""

    layer: str
    kind: str
    name: str
    shape: BaseGeometry
    source: str


async def found_municipality(session: AsyncSession, new: NewMunicipality) -> int:
    """Insert the municipality under the next free id and give that id."""
    await run(session, "SELECT pg_advisory_xact_lock(%s)", (_ID_LOCK,))
    row = await fetch_one(
        session,
        """INSERT INTO municipality (id, slug, name, kind, parent_id, province_code, district_id,
                                     center_lon, center_lat, is_active, config_version, created_at)
           SELECT coalesce(max(id), 0) + 1, %s, %s, %s, %s, %s, %s, %s, %s, true, 1, %s FROM municipality
        RETURNING id""",
        (new.slug, new.name, new.kind, new.parent_id, new.province_code, new.district_id, *new.center, clock.now()),
    )
    if row is None:
        raise RuntimeError("INSERT gave no row")
    return int(row["id"])


async def seed_departments(session: AsyncSession, municipality_id: int, kind: str) -> dict[str, UUID]:
    """Make the departments that a municipality of this kind usually has, and give their ids by code."""
    ids: dict[str, UUID] = {}
    rows = []
    for department in template(kind).departments:
        ids[department.code] = uuid7()
        parent_id = ids[department.parent] if department.parent else None
        rows.append(
            (municipality_id, ids[department.code], department.code, department.name, parent_id, department.grade,
             department.is_round_the_clock, True)
        )  # fmt: skip
    await _copy(
        session,
        "department (municipality_id, id, code, name, parent_id, grade, is_round_the_clock, is_active)",
        rows,
    )
    return ids


async def seed_look(session: AsyncSession, municipality_id: int, kind: str, name: str) -> None:
    """Give the municipality the modules, theme, texts and working hours of its kind."""
    start = template(kind)
    await _copy(
        session,
        "module (municipality_id, code, is_on)",
        [(municipality_id, code, is_on) for code, is_on in start.modules.items()],
    )
    await run(
        session,
        "INSERT INTO appearance (municipality_id, theme, texts, contact, working_hours) VALUES (%s, %s, %s, %s, %s)",
        (municipality_id, _json(start.appearance.theme), _json(start.texts_for(name)),
         _json(start.appearance.contact), _json(start.working_hours)),
    )  # fmt: skip


async def write_neighbourhoods(
    session: AsyncSession, municipality_id: int, shapes: Sequence[NeighbourhoodShape]
) -> dict[int, UUID]:
    """Add neighbourhoods, renew the outline of the municipality, and give the new ids by official id."""
    ids = {shape.official_id: uuid7() for shape in shapes}
    await _copy(
        session,
        "neighbourhood (municipality_id, id, official_id, name, population, geom, source)",
        [
            (municipality_id, ids[item.official_id], item.official_id, item.name, item.population,
             _ewkb(_as_multipolygon(item.shape), 4326), item.source)
            for item in shapes
        ],
    )  # fmt: skip
    await run(
        session,
        """UPDATE municipality SET outline = whole.outline
             FROM (SELECT ST_Multi(ST_MakeValid(ST_SimplifyPreserveTopology(ST_Union(geom), %s))) AS outline
                     FROM neighbourhood WHERE municipality_id = %s) AS whole
            WHERE id = %s AND GeometryType(whole.outline) = 'MULTIPOLYGON'""",
        (_OUTLINE_TOLERANCE_DEGREES, municipality_id, municipality_id),
    )
    return ids


async def write_base_map(session: AsyncSession, municipality_id: int, features: Iterable[MapFeature]) -> int:
    """Add features to the town's base map and give their number."""
    rows = [
        (municipality_id, uuid7(), item.layer, item.kind, item.name, item.source, _ewkb(_projected(item.shape), 3857))
        for item in features
    ]
    await _copy(session, "base_map_feature (municipality_id, id, layer, kind, name, source, geom_3857)", rows)
    return len(rows)


async def _copy(session: AsyncSession, target: str, rows: Sequence[tuple[object, ...]]) -> None:
    connection = await driver_connection(session)
    async with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            await copy.write_row(row)


def _as_multipolygon(shape: BaseGeometry) -> BaseGeometry:
    return shape if shape.geom_type == "MultiPolygon" else shapely.multipolygons([shape])


def _projected(shape: BaseGeometry) -> BaseGeometry:
    def project(lonlat: FloatArray) -> FloatArray:
        lon, lat = np.radians(lonlat).T
        return np.column_stack([EARTH_RADIUS_M * lon, EARTH_RADIUS_M * np.arcsinh(np.tan(lat))])

    moved: BaseGeometry = shapely.transform(shape, project)
    return moved


def _ewkb(shape: BaseGeometry, srid: int) -> str:
    encoded: str = shapely.to_wkb(shapely.set_srid(shape, srid), hex=True, include_srid=True)
    return encoded


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)
