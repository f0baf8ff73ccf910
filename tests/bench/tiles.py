"""`tile`: the fullest tile of every zoom against ST_AsMVT straight over the reports.

Up to zoom 14 the product reads a pyramid of counts that filing keeps; the bare side is what one would write without it:
the same clusters, grouped from the reports. `tile_z…_pyramid` compares with the pyramid's own statement alone, so what
a request costs besides is seen there. From zoom 15 on both sides run the same statement.
"""

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import mapbox_vector_tile
import psycopg

from api.complaints.reading import conditions_of
from api.complaints.schemas import FilterQuery
from api.complaints.tiles import LIVE_SQL, PYRAMID_SQL, cluster_level, live_cells
from geo.mercator import tile_bounds_m, tile_size_m
from geo.morton import tile_range
from tests.bench import blocks
from tests.bench.bare import Bare
from tests.bench.blocks import Side
from tests.bench.listing import Reader
from tests.bench.places import Urls
from tests.bench.real import Server, usual
from tests.bench.result import Result

MOST, FEWEST, SECONDS = 80, 8, 5.0
RATIO, MOST_BYTES = 1.5, 200_000
ZOOMS = range(8, 18)
FILTERED_ZOOMS = (8, 11, 13, 15)
# The pyramid's picture without the pyramid; the box is a constant, so that the index of places is used. The index
# keeps single precision, so the edges are asked once more.
GROUPED_SQL = """
    SELECT ST_AsMVT(t.*, 'clusters', 4096, 'geom') AS tile FROM (
        SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(avg(ST_X(geom_3857)), avg(ST_Y(geom_3857))), 3857),
                            ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 128, true) AS geom,
               count(*)::int AS point_count, (count(*) FILTER (WHERE is_open))::int AS open_count
          FROM complaint
         WHERE municipality_id = %(municipality_id)s AND geom_3857 && ST_TileEnvelope(%(z)s, %(x)s, %(y)s)
           AND ST_X(geom_3857) BETWEEN %(west)s AND %(east)s AND ST_Y(geom_3857) BETWEEN %(south)s AND %(north)s
         GROUP BY floor(ST_X(geom_3857) / %(side)s), floor(ST_Y(geom_3857) / %(side)s)) AS t"""
# The world in Web Mercator is 2 × 20037508.342789244 m wide.
_FULLEST_SQL = """
    WITH finest AS (
        SELECT floor((ST_X(geom_3857) + 20037508.342789244) * 131072 / 40075016.685578488)::int AS x,
               floor((20037508.342789244 - ST_Y(geom_3857)) * 131072 / 40075016.685578488)::int AS y, count(*) AS n
          FROM complaint WHERE municipality_id = 1 AND geom_3857 IS NOT NULL GROUP BY 1, 2)
    SELECT DISTINCT ON (z) z, x >> (17 - z) AS x, y >> (17 - z) AS y, sum(n)::int AS points
      FROM finest, generate_series(8, 17) AS z
     GROUP BY z, x >> (17 - z), y >> (17 - z) ORDER BY z, points DESC"""


@dataclass(frozen=True)
class Tile:
    """One tile: what is asked over HTTP, and the statement that answers it."""

    reader: Reader
    z: int
    x: int
    y: int
    query: dict[str, Any]

    @property
    def path(self) -> str:
        """Where it is asked."""
        return f"/v1/complaints/tiles/{self.z}/{self.x}/{self.y}.mvt?{urlencode(self.query)}"

    @property
    def grouped(self) -> tuple[str, dict[str, Any]]:
        """The same picture grouped from the reports, where the product has a pyramid; else its own statement."""
        level = cluster_level(self.z)
        if self.query or level is None:
            return self.statement
        west, south, east, north = tile_bounds_m(self.z, self.x, self.y)
        return GROUPED_SQL, {
            "z": self.z, "x": self.x, "y": self.y, "municipality_id": self.reader.claims.municipality_id,
            "side": tile_size_m(level), "west": west, "south": south, "east": east, "north": north,
        }  # fmt: skip

    @property
    def statement(self) -> tuple[str, dict[str, Any]]:
        """The product's own statement with its values."""
        place = {"z": self.z, "x": self.x, "y": self.y, "municipality_id": self.reader.claims.municipality_id}
        level = cluster_level(self.z)
        if not self.query and level is not None:
            first, last = tile_range(self.z, self.x, self.y, level)
            return PYRAMID_SQL.format(count="total"), {**place, "level": level, "first": first, "last": last}
        conditions, values = conditions_of(self.reader.actor, FilterQuery(**self.query).filter())
        return LIVE_SQL.format(conditions=" AND ".join(conditions)), {**values, **place, "cells": live_cells(self.z)}


async def fullest(urls: Urls) -> list[Tile]:
    """Find the tile with most reports at every zoom."""
    reader = await Reader.of(urls, "service_desk")
    with psycopg.connect(urls.admin) as connection:
        rows = connection.execute(_FULLEST_SQL).fetchall()
    return [Tile(reader, z, x, y, {}) for z, x, y, _ in rows]


async def measure(urls: Urls, server: Server) -> list[Result]:
    """Compare the tiles of all zooms, and some filtered ones for information."""
    bare, found = Bare(urls), await fullest(urls)
    results = [compare(tile, server, bare, tile.grouped) for tile in found]
    whole = Result.sum_of(
        "tile", results, limit=RATIO, statements=max(result.statements or 0 for result in results),
        bytes=max(result.bytes or 0 for result in results), byte_limit=MOST_BYTES,
    )  # fmt: skip
    alone = [
        replace(compare(tile, server, bare, tile.statement), name=f"tile_z{tile.z}_pyramid", limit=None)
        for tile in found if cluster_level(tile.z) is not None
    ]  # fmt: skip
    filtered = [
        replace(compare(filtered, server, bare, filtered.statement), name=f"tile_z{tile.z}_solved", limit=None)
        for tile in found if tile.z in FILTERED_ZOOMS
        for filtered in [replace(tile, query={"status": "solved"})]
    ]  # fmt: skip
    bare.close()
    return [whole, *results, *alone, *filtered]


def compare(tile: Tile, server: Server, bare: Bare, statement: tuple[str, dict[str, Any]]) -> Result:
    """Compare one tile with a statement, less often where it takes long; both must draw the same."""
    sql, values = statement
    started = time.perf_counter()
    server.ask("GET", tile.path, tile.reader.token)
    bare.transactions(tile.reader.claims, [(sql, values)])
    operations = max(FEWEST, min(MOST, int(SECONDS / (time.perf_counter() - started))))
    told: set[bytes] = set()
    drawn: set[bytes] = set()
    statements: Counter[int] = Counter()

    def real_block(first: int, last: int) -> None:
        for _ in range(first, last):
            answer = server.ask("GET", tile.path, tile.reader.token)
            statements[answer.statements] += 1
            told.add(answer.body)

    def bare_block(first: int, last: int) -> None:
        rows = bare.transactions(tile.reader.claims, [(sql, values)] * (last - first))
        drawn.update(bytes(row[0][0]) for row in rows)

    cost = blocks.compare(
        {"real": Side(real_block, server.cpu), "bare": Side(bare_block, bare.cpu)},
        operations=operations, warm_up=2,
    )  # fmt: skip
    # A case may become late between two tiles, so not all need to be the same.
    assert set(map(_shown, told)) & set(map(_shown, drawn)), f"{tile.path}: the two sides gave different tiles"
    return Result.of(f"tile_z{tile.z}", operations, cost["real"], cost["bare"], limit=RATIO,
                     statements=usual(statements), bytes=max(map(len, told)), byte_limit=MOST_BYTES)  # fmt: skip


def _shown(tile: bytes) -> str:
    """What a tile shows, whatever the order of its features; sums and means may differ by a point of 4,096."""
    layers = mapbox_vector_tile.decode(tile) if tile else {}
    told = [
        (name, sorted(str(sorted(feature["properties"].items())) for feature in layer["features"]))
        for name, layer in sorted(layers.items())
    ]
    return str(told)
