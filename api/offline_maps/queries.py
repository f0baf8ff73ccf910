"""The SQL of offline map packages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

# The districts that a municipality's neighbourhoods lie in, each with its box in degrees.
AREAS_SQL = """
    SELECT coalesce(box.district_id, 0) AS area_code, coalesce(district.name, '') AS name,
           ST_XMin(box.edge) AS west, ST_YMin(box.edge) AS south, ST_XMax(box.edge) AS east, ST_YMax(box.edge) AS north
      FROM (SELECT reference.district_id, ST_Extent(own.geom) AS edge
              FROM neighbourhood AS own LEFT JOIN reference_neighbourhood AS reference ON reference.id = own.official_id
             WHERE own.municipality_id = %(municipality_id)s GROUP BY reference.district_id) AS box
      LEFT JOIN reference_district AS district ON district.id = box.district_id
     ORDER BY 2, 1"""

# A package is drawn anew when anything in its box differs: shapes, names or kinds.
SOURCE_HASH_SQL = """
    SELECT sha256(convert_to(coalesce(string_agg(part, ',' ORDER BY part), ''), 'UTF8')) AS hash
      FROM (SELECT md5(concat_ws('|', layer, kind, name, ST_AsBinary(geom_3857)::text)) AS part FROM base_map_feature
             WHERE municipality_id = %(municipality_id)s
               AND geom_3857 && ST_Transform(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326), 3857)
             UNION ALL
            SELECT md5(concat_ws('|', name, ST_AsBinary(geom)::text)) FROM neighbourhood
             WHERE municipality_id = %(municipality_id)s
               AND geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)) AS shape"""

SHAPES_SQL = """
    SELECT layer, kind, name, ST_AsBinary(geom_3857) AS shape FROM base_map_feature
     WHERE municipality_id = %(municipality_id)s
       AND geom_3857 && ST_Transform(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326), 3857)
     UNION ALL
    SELECT 'neighbourhood', '', name, ST_AsBinary(ST_Transform(geom, 3857)) FROM neighbourhood
     WHERE municipality_id = %(municipality_id)s
       AND geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
     ORDER BY 1, 2, 3, 4"""

_COLUMNS = """id, area_code, name, state, failure, version, encode(sha256, 'hex') AS sha256, size, tile_count,
    west, south, east, north, first_zoom, last_zoom, drawn_at, checked_at, source_hash"""


async def areas(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Give the districts of the municipality with their boxes."""
    return await fetch_all(session, AREAS_SQL, {"municipality_id": municipality_id})


async def packages(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Give the municipality's packages by name."""
    sql = f"SELECT {_COLUMNS} FROM map_package WHERE municipality_id = %s ORDER BY name, area_code"
    return await fetch_all(session, sql, (municipality_id,))


async def package(session: AsyncSession, municipality_id: int, package_id: UUID) -> Row | None:
    """Give one package."""
    sql = f"SELECT {_COLUMNS} FROM map_package WHERE municipality_id = %s AND id = %s"
    return await fetch_one(session, sql, (municipality_id, package_id))


async def add_packages(session: AsyncSession, municipality_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add packages for areas that have none; who comes second changes nothing."""
    sql = """INSERT INTO map_package (municipality_id, id, area_code, name, state, failure, version, size, tile_count,
                                      west, south, east, north, first_zoom, last_zoom)
             VALUES (%(municipality_id)s, %(id)s, %(area_code)s, %(name)s, 'waiting', '', 0, 0, 0,
                     %(west)s, %(south)s, %(east)s, %(north)s, %(first_zoom)s, %(last_zoom)s)
             ON CONFLICT (municipality_id, area_code) DO NOTHING"""
    for row in rows:
        await run(session, sql, {"municipality_id": municipality_id, **row})


async def source_hash(session: AsyncSession, box: Mapping[str, Any]) -> bytes:
    """Give the hash of everything that a package shows."""
    row = await fetch_one(session, SOURCE_HASH_SQL, box)
    return bytes(row["hash"]) if row else b""


async def shapes(session: AsyncSession, box: Mapping[str, Any]) -> list[Row]:
    """Give everything that a package shows, as WKB in EPSG:3857."""
    return await fetch_all(session, SHAPES_SQL, box)


async def keep_drawing(session: AsyncSession, municipality_id: int, package_id: UUID, drawn: Mapping[str, Any]) -> None:
    """Write down the new file of a package."""
    sql = """UPDATE map_package SET state = 'ready', failure = '', version = %(version)s, source_hash = %(source_hash)s,
                    sha256 = %(sha256)s, size = %(size)s, tile_count = %(tile_count)s, drawn_at = %(at)s,
                    checked_at = %(at)s
              WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""
    await run(session, sql, {**drawn, "municipality_id": municipality_id, "id": package_id})


async def keep_check(
    session: AsyncSession, municipality_id: int, package_id: UUID, at: datetime, failure: str = ""
) -> None:
    """Write down that a package was looked at, and why it could not be drawn."""
    sql = """UPDATE map_package SET checked_at = %(at)s, failure = %(failure)s::text,
                    state = CASE WHEN %(failure)s::text <> '' THEN 'failed' ELSE state END
              WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""
    await run(session, sql, {"municipality_id": municipality_id, "id": package_id, "at": at, "failure": failure})
