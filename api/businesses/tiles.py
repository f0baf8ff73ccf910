"""Businesses as vector tiles straight from PostGIS, bounded in bytes at every zoom.

A tile is grouped into a fixed grid; a cell with one business carries that business, others carry their number, so
nothing is ever left out silently.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import fetch_one
from geo.mercator import check_tile

# Cells along a tile's side, by zoom: a cluster has room for its number, doors beside each other are told apart.
TOWN_CELLS, STREET_CELLS, DOOR_CELLS = 8, 20, 40
STREET_ZOOM, DOOR_ZOOM = 15, 17

# `single` stands by itself because a cast is not leakproof: inside the join it would lie beyond the row policy, and
# PostgreSQL would read every business of the town instead of asking the key for a few.
TILE_SQL = """
WITH tile AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box,
           (ST_XMax(ST_TileEnvelope(%(z)s, 0, 0)) - ST_XMin(ST_TileEnvelope(%(z)s, 0, 0))) / %(cells)s AS side),
grouped AS (
    SELECT floor(ST_X(b.geom_3857) / tile.side) AS gx, floor(ST_Y(b.geom_3857) / tile.side) AS gy,
           count(*) AS n, avg(ST_X(b.geom_3857)) AS x, avg(ST_Y(b.geom_3857)) AS y, min(b.id::text) AS id
      FROM business b, tile
     WHERE {conditions} AND b.geom_3857 && tile.box
     GROUP BY 1, 2),
clusters AS (
    SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(x, y), 3857), tile.box, 4096, 128, true) AS geom,
           n::int AS point_count
      FROM grouped, tile WHERE n > 1 ORDER BY gx, gy),
single AS MATERIALIZED (
    SELECT gx, gy, x, y, id::uuid AS id FROM grouped WHERE n = 1),
businesses AS (
    SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(g.x, g.y), 3857), tile.box, 4096, 128, true) AS geom,
           g.id::text AS id, b.title, b.class_code, b.status
      FROM single g
      JOIN business b ON b.municipality_id = %(municipality_id)s AND b.id = g.id
     CROSS JOIN tile
     ORDER BY g.gx, g.gy)
SELECT (SELECT coalesce(ST_AsMVT(clusters.*, 'clusters', 4096, 'geom'), '') FROM clusters)
    || (SELECT coalesce(ST_AsMVT(businesses.*, 'businesses', 4096, 'geom'), '') FROM businesses) AS tile"""


def cells(z: int) -> int:
    """Give the number of cells along a tile's side."""
    if z < STREET_ZOOM:
        return TOWN_CELLS
    return STREET_CELLS if z < DOOR_ZOOM else DOOR_CELLS


async def tile(
    session: AsyncSession, z: int, x: int, y: int, conditions: Sequence[str], values: Mapping[str, Any]
) -> bytes:
    """One tile (Mapbox Vector Tile) of the businesses `b` that meet the conditions; `values` hold municipality_id.

    Raises:
        ValueError: there is no such tile.
    """
    check_tile(z, x, y)
    row = await fetch_one(
        session,
        TILE_SQL.format(conditions=" AND ".join(conditions)),
        {**values, "z": z, "x": x, "y": y, "cells": cells(z)},
    )
    return bytes(row["tile"]) if row and row["tile"] else b""
