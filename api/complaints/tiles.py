"""Reports as vector tiles straight from PostGIS, bounded in bytes at every zoom.

Up to zoom 14 the whole town is served from the cell pyramid that filing keeps; with a filter, and from zoom 15 on,
a tile is grouped live into a fixed grid. A cell with one report carries that report, others carry their counts, so
nothing is ever left out silently.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import fetch_one
from geo.grid import cell_level
from geo.mercator import check_tile
from geo.morton import tile_range

# Cells along a tile's side, by zoom: a cluster has room for its number, single reports look like points where streets
# are seen, and no tile grows beyond 200 kB.
TOWN_CELLS, STREET_CELLS, DOOR_CELLS = 8, 20, 40
STREET_ZOOM, DOOR_ZOOM = 15, 17
DEEPEST_ZOOM = 20

PYRAMID_SQL = """
SELECT ST_AsMVT(t.*, 'clusters', 4096, 'geom') AS tile FROM (
    SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(sum_x / total, sum_y / total), 3857),
                        ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 128, true) AS geom,
           {count} AS point_count, open AS open_count
      FROM complaint_map_cell
     WHERE municipality_id = %(municipality_id)s AND level = %(level)s AND cell BETWEEN %(first)s AND %(last)s
       AND {count} > 0
     ORDER BY cell) AS t"""

# `single` stands by itself because a cast is not leakproof: inside the join it would lie beyond the row policy, and
# PostgreSQL would read every report of the town instead of asking the key for a few.
LIVE_SQL = """
WITH tile AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box,
           (ST_XMax(ST_TileEnvelope(%(z)s, 0, 0)) - ST_XMin(ST_TileEnvelope(%(z)s, 0, 0))) / %(cells)s AS side),
grouped AS (
    SELECT floor(ST_X(c.geom_3857) / tile.side) AS gx, floor(ST_Y(c.geom_3857) / tile.side) AS gy,
           count(*) AS n, count(*) FILTER (WHERE c.is_open) AS open,
           avg(ST_X(c.geom_3857)) AS x, avg(ST_Y(c.geom_3857)) AS y, min(c.id::text) AS id
      FROM complaint c, tile
     WHERE {conditions} AND c.geom_3857 && tile.box
     GROUP BY 1, 2),
clusters AS (
    SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(x, y), 3857), tile.box, 4096, 128, true) AS geom,
           n::int AS point_count, open::int AS open_count
      FROM grouped, tile WHERE n > 1 ORDER BY gx, gy),
single AS MATERIALIZED (
    SELECT gx, gy, x, y, id::uuid AS id FROM grouped WHERE n = 1),
reports AS (
    SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(g.x, g.y), 3857), tile.box, 4096, 128, true) AS geom,
           g.id::text AS id, c.number, c.status, c.is_open,
           (c.is_open AND c.solution_due_at < %(now)s) AS is_late, c.is_emergency, k.icon
      FROM single g
      JOIN complaint c ON c.municipality_id = %(municipality_id)s AND c.id = g.id
      JOIN complaint_category k ON k.municipality_id = %(municipality_id)s AND k.id = c.category_id
     CROSS JOIN tile
     ORDER BY g.gx, g.gy)
SELECT (SELECT coalesce(ST_AsMVT(clusters.*, 'clusters', 4096, 'geom'), '') FROM clusters)
    || (SELECT coalesce(ST_AsMVT(reports.*, 'reports', 4096, 'geom'), '') FROM reports) AS tile"""


def cluster_level(z: int) -> int | None:
    """Give the level of the pyramid whose clusters a tile shows, 4 or 8 along its side; None from zoom 15 on.

    At zoom 14, the last before single reports show, it is 16: streets are told apart by then.
    """
    if z >= STREET_ZOOM:
        return None
    return cell_level(z if z == STREET_ZOOM - 1 else max(z - 2, 0))


def live_cells(z: int) -> int:
    """Give the number of cells along a tile's side where reports are grouped live."""
    if z < STREET_ZOOM:
        return TOWN_CELLS
    return STREET_CELLS if z < DOOR_ZOOM else DOOR_CELLS


async def pyramid_tile(
    session: AsyncSession, municipality_id: int, z: int, x: int, y: int, *, only_open: bool
) -> bytes | None:
    """One tile of the unfiltered map up to zoom 14 (Mapbox Vector Tile); None where the pyramid does not serve.

    Raises:
        ValueError: there is no such tile.
    """
    check_tile(z, x, y)
    level = cluster_level(z)
    if level is None:
        return None
    first, last = tile_range(z, x, y, level)
    row = await fetch_one(
        session,
        PYRAMID_SQL.format(count="open" if only_open else "total"),
        {"municipality_id": municipality_id, "level": level, "first": first, "last": last, "z": z, "x": x, "y": y},
    )
    return bytes(row["tile"]) if row and row["tile"] else b""


async def live_tile(
    session: AsyncSession, z: int, x: int, y: int, conditions: Sequence[str], values: Mapping[str, Any]
) -> bytes:
    """One tile of the reports that meet the conditions; `values` hold municipality_id, now and what conditions name.

    Raises:
        ValueError: there is no such tile.
    """
    check_tile(z, x, y)
    row = await fetch_one(
        session,
        LIVE_SQL.format(conditions=" AND ".join(conditions)),
        {**values, "z": z, "x": x, "y": y, "cells": live_cells(z)},
    )
    return bytes(row["tile"]) if row and row["tile"] else b""
