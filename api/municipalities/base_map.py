"""The town's own base map: its neighbourhoods as GeoJSON, and streets, parks and buildings as vector tiles."""

import json
from typing import Any

import numpy as np
import shapely
from anyio import to_thread
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_one
from api.municipalities import queries
from api.municipalities.errors import TileNotFound
from api.municipalities.outlines import DECIMALS, simplified
from geo.geojson import to_geojson
from geo.mercator import check_tile, tile_bbox, tile_bounds_m, tile_size_m

DEEPEST_ZOOM = 20
# A tile with this many features is some 300 kB; beyond, the least important ones are left out.
MOST_FEATURES = 6_000
EXTENT, BUFFER = 4096, 64
# From which zoom a layer is shown; of the streets the main ones come first.
_FIRST_ZOOM = {"water": 8, "park": 12, "street": 11, "building": 15}
_ALL_STREETS_ZOOM = 13
# About 20 m.
_OUTLINE_TOLERANCE_DEGREES = 0.0002

# The box stands in the statement as a constant and not in a joined row: only then is it an index condition.
TILE = f"""
WITH area AS MATERIALIZED (
    SELECT id, official_id, name, ST_Transform(geom, 3857) AS shape
      FROM neighbourhood
     WHERE municipality_id = %(municipality_id)s
       AND geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)),
feature AS MATERIALIZED (
    SELECT layer, kind, name, id,
           ST_AsMVTGeom(ST_Simplify(geom_3857, %(tolerance)s, true), ST_TileEnvelope(%(z)s, %(x)s, %(y)s),
                        {EXTENT}, {BUFFER}) AS geom
      FROM (SELECT layer, kind, name, id, geom_3857 FROM base_map_feature
             WHERE municipality_id = %(municipality_id)s
               AND geom_3857 && ST_MakeEnvelope(%(min_x)s, %(min_y)s, %(max_x)s, %(max_y)s, 3857)
               AND layer = ANY(%(layers)s) AND (layer <> 'street' OR %(all_streets)s OR kind = 'main')
             ORDER BY layer = 'building', kind <> 'main', id LIMIT {MOST_FEATURES}) AS nearest),
layers (position, tile) AS (
    SELECT 1, ST_AsMVT(t.*, 'neighbourhood', {EXTENT}, 'geom') FROM (
        SELECT id::text AS id, name,
               ST_AsMVTGeom(ST_SimplifyPreserveTopology(shape, %(tolerance)s), ST_TileEnvelope(%(z)s, %(x)s, %(y)s),
                            {EXTENT}, {BUFFER}) AS geom
          FROM area ORDER BY official_id) AS t
     UNION ALL
    SELECT 2, ST_AsMVT(t.*, 'neighbourhood_label', {EXTENT}, 'geom') FROM (
        SELECT id::text AS id, name,
               ST_AsMVTGeom(ST_PointOnSurface(shape), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), {EXTENT}, 0) AS geom
          FROM area ORDER BY official_id) AS t
     UNION ALL
    SELECT 3, ST_AsMVT(t.*, 'water', {EXTENT}, 'geom')
      FROM (SELECT kind, name, geom FROM feature WHERE layer = 'water' ORDER BY id) AS t
     UNION ALL
    SELECT 4, ST_AsMVT(t.*, 'park', {EXTENT}, 'geom')
      FROM (SELECT kind, name, geom FROM feature WHERE layer = 'park' ORDER BY id) AS t
     UNION ALL
    SELECT 5, ST_AsMVT(t.*, 'street', {EXTENT}, 'geom')
      FROM (SELECT kind, name, geom FROM feature WHERE layer = 'street' ORDER BY kind = 'main', id) AS t
     UNION ALL
    SELECT 6, ST_AsMVT(t.*, 'building', {EXTENT}, 'geom')
      FROM (SELECT kind, name, geom FROM feature WHERE layer = 'building' ORDER BY id) AS t)
SELECT string_agg(tile, ''::bytea ORDER BY position) AS tile FROM layers"""


async def town_tile(session: AsyncSession, municipality_id: int, z: int, x: int, y: int) -> bytes:
    """Give one tile of the base map (Mapbox Vector Tile, one statement); empty bytes where the town has nothing.

    Layers: `neighbourhood` (polygons), `neighbourhood_label` (one point each, in one tile only), `water`, `park`,
    `street` (kind main or street), `building`. Shapes are simplified to a quarter of a screen point.

    Raises:
        TileNotFound: there is no such tile, or it is deeper than the map goes.
    """
    if z > DEEPEST_ZOOM:
        raise TileNotFound
    try:
        check_tile(z, x, y)
    except ValueError:
        raise TileNotFound from None
    row = await fetch_one(session, TILE, {"municipality_id": municipality_id, **_tile_values(z, x, y)})
    return bytes(row["tile"]) if row and row["tile"] else b""


def _tile_values(z: int, x: int, y: int) -> dict[str, Any]:
    min_x, min_y, max_x, max_y = tile_bounds_m(z, x, y)
    margin = tile_size_m(z) * BUFFER / EXTENT
    degrees = tile_bbox(z, x, y)
    # The same margin in degrees of longitude; a degree of latitude is longer, so it is enough for both.
    margin_degrees = 360.0 / (1 << z) * BUFFER / EXTENT
    return {
        "z": z, "x": x, "y": y,
        "min_x": min_x - margin, "min_y": min_y - margin, "max_x": max_x + margin, "max_y": max_y + margin,
        "west": degrees.west - margin_degrees, "south": degrees.south - margin_degrees,
        "east": degrees.east + margin_degrees, "north": degrees.north + margin_degrees,
        "tolerance": tile_size_m(z) / 2048,
        "layers": [layer for layer, first in _FIRST_ZOOM.items() if z >= first],
        "all_streets": z >= _ALL_STREETS_ZOOM,
    }  # fmt: skip


async def neighbourhoods_geojson(session: AsyncSession, municipality_id: int) -> bytes:
    """Give the neighbourhoods as a GeoJSON FeatureCollection in degrees, simplified together so that no gaps appear."""
    rows = await queries.neighbourhoods(session, municipality_id)
    return await to_thread.run_sync(_collection, rows)


def _collection(rows: list[Row]) -> bytes:
    simple = simplified(rows, _OUTLINE_TOLERANCE_DEGREES)
    rounded = shapely.transform(simple, lambda lonlat: np.round(lonlat, DECIMALS))
    features = [
        {
            "type": "Feature",
            "id": str(row["id"]),
            "properties": {
                "name": row["name"],
                "official_id": row["official_id"],
                "population": row["population"],
                "source": row["source"],
            },
            "geometry": to_geojson(shape),
        }
        for row, shape in zip(rows, rounded, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
