"""The map's counts of freshly loaded cases: counted in SQL for every level, as filing would have kept them."""

from typing import Any

import psycopg

from geo.grid import LEVELS
from geo.mercator import HALF_WORLD_M
from geo.morton import morton

_FINEST = LEVELS[-1]
_COUNT_SQL = """
WITH place AS (
    SELECT is_open, ST_X(geom_3857) AS x, ST_Y(geom_3857) AS y FROM complaint
     WHERE municipality_id = %(municipality_id)s AND geom_3857 IS NOT NULL),
fine AS (
    SELECT floor((x + %(half)s) / %(side)s)::bigint AS gx, floor((%(half)s - y) / %(side)s)::bigint AS gy,
           count(*) AS total, count(*) FILTER (WHERE is_open) AS open, sum(x) AS sum_x, sum(y) AS sum_y
      FROM place GROUP BY 1, 2)
SELECT level, gx >> (%(finest)s - level) AS gx, gy >> (%(finest)s - level) AS gy,
       sum(total)::int, sum(open)::int, sum(sum_x), sum(sum_y)
  FROM fine, unnest(%(levels)s::int[]) AS level
 GROUP BY 1, 2, 3"""


def count_cells(connection: psycopg.Connection[Any], municipality_id: int) -> int:
    """Fill `complaint_map_cell` of a municipality that has no counts yet; gives the number of cells."""
    values = {
        "municipality_id": municipality_id,
        "half": HALF_WORLD_M,
        "side": 2 * HALF_WORLD_M / (1 << _FINEST),
        "finest": _FINEST,
        "levels": list(LEVELS),
    }
    cells = connection.execute(_COUNT_SQL, values).fetchall()
    target = "COPY complaint_map_cell (municipality_id, level, cell, total, open, sum_x, sum_y) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(target) as copy:
        for level, gx, gy, total, is_open, sum_x, sum_y in cells:
            copy.write_row((municipality_id, level, morton(gx, gy), total, is_open, sum_x, sum_y))
    return len(cells)
