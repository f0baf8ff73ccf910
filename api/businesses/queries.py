"""The SQL of the business register; values are always parameters."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

# How near and how alike two records are that may be one business.
NEAR_M, ALIKE = 40.0, 0.45
MOST_MATCHES = 20

POINT_4326 = "ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)"
POINT_3857 = "ST_SetSRID(ST_MakePoint(%(x)s::float8, %(y)s::float8), 3857)"

CLASSES_SQL = """
    SELECT code, name FROM business_class WHERE municipality_id = %s AND is_active ORDER BY name ->> 'tr', code"""

INSERT_SQL = f"""
    INSERT INTO business (municipality_id, id, class_code, title, owner, tax_no, tax_no_index, licence_no, activity,
        address_text, neighbourhood_id, geom, geom_3857, phone, opening_hours, note, floor_area_m2, risk, search_text,
        status, source, registered_at, registered_by, version)
    SELECT %(municipality_id)s, %(id)s, c.code, %(title)s, %(owner)s, %(tax_no)s, %(tax_no_index)s, %(licence_no)s,
        %(activity)s, %(address_text)s, %(neighbourhood_id)s, {POINT_4326}, {POINT_3857}, %(phone)s,
        %(opening_hours)s, %(note)s, %(floor_area_m2)s, 50, %(search_text)s, 'active', %(source)s, %(at)s,
        %(registered_by)s, 1
      FROM business_class c
     WHERE c.municipality_id = %(municipality_id)s AND c.code = %(class_code)s AND c.is_active
    ON CONFLICT (municipality_id, id) DO NOTHING"""

# The box first: it is what the map index answers (docs/adr).
MATCH_SQL = f"""
    INSERT INTO business_match (municipality_id, id, business_id, other_id, reason, found_at)
    SELECT %(municipality_id)s, (%(match_ids)s::uuid[])[row_number() OVER (ORDER BY found.id)], %(id)s, found.id,
           found.reason, %(at)s
      FROM (SELECT b.id, CASE WHEN b.tax_no_index = %(tax_no_index)s THEN 'tax_no' ELSE 'near_and_alike' END AS reason
              FROM business b
             WHERE b.municipality_id = %(municipality_id)s AND b.id <> %(id)s AND b.status <> 'merged'
               AND (b.tax_no_index = %(tax_no_index)s::bytea
                    OR (b.geom_3857 && ST_Expand({POINT_3857}, %(near)s)
                        AND ST_DWithin(b.geom_3857, {POINT_3857}, %(near)s)
                        AND similarity(tr_fold(b.title), %(folded)s) >= {ALIKE}))
             ORDER BY b.id LIMIT {MOST_MATCHES}) AS found
    ON CONFLICT DO NOTHING"""

LOCK_SQL = """
    SELECT b.*, ST_X(b.geom) AS lon, ST_Y(b.geom) AS lat FROM business b
     WHERE b.municipality_id = %s AND b.id = %s FOR UPDATE"""

CHANGE_SQL = """
    INSERT INTO business_change (municipality_id, id, business_id, field, old, new, base, state, mutation_id,
                                 changed_by, changed_at)
    SELECT %(municipality_id)s, told.id, %(business_id)s, told.field, told.old, told.new, told.base, told.state,
           %(mutation_id)s, %(changed_by)s, %(at)s
      FROM jsonb_to_recordset(%(changes)s::jsonb)
           AS told(id uuid, field text, old jsonb, new jsonb, base jsonb, state text)
     WHERE told.state <> 'suggested' OR NOT EXISTS (
           SELECT 1 FROM business_change c
            WHERE c.municipality_id = %(municipality_id)s AND c.business_id = %(business_id)s
              AND c.field = told.field AND c.state = 'suggested' AND c.reviewed_at IS NULL AND c.new = told.new)"""

LOCK_CHANGE_SQL = """
    SELECT c.* FROM business_change c WHERE c.municipality_id = %s AND c.id = %s FOR UPDATE"""

DECIDE_CHANGE_SQL = """
    UPDATE business_change SET reviewed_by = %(actor_id)s, reviewed_at = %(at)s, decision = %(decision)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""

LOCK_MATCH_SQL = """
    SELECT m.* FROM business_match m WHERE m.municipality_id = %s AND m.id = %s FOR UPDATE"""

DECIDE_MATCH_SQL = """
    UPDATE business_match SET decided_by = %(actor_id)s, decided_at = %(at)s, decision = %(decision)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""

OPEN_CHANGE = "h.state IN ('suggested', 'overwrote') AND h.reviewed_at IS NULL"

# Page first, then the joins: a page of 100 costs the same at any depth.
LIST_SQL = f"""
WITH page AS (
    SELECT b.id, b.title, b.class_code, b.activity, b.address_text, b.neighbourhood_id, b.status, b.risk,
           b.licence_no, b.last_inspected_at, ST_X(b.geom) AS lon, ST_Y(b.geom) AS lat
      FROM business b
     WHERE {{conditions}}
     ORDER BY b.title, b.id
     LIMIT %(limit)s)
SELECT page.*, k.name AS class_name,
       (SELECT count(*) FROM business_change h WHERE h.municipality_id = %(municipality_id)s
           AND h.business_id = page.id AND {OPEN_CHANGE})::int AS open_changes
  FROM page
  LEFT JOIN business_class k ON k.municipality_id = %(municipality_id)s AND k.code = page.class_code
 ORDER BY page.title, page.id"""

ONE_SQL = """
    SELECT b.*, ST_X(b.geom) AS lon, ST_Y(b.geom) AS lat, k.name AS class_name
      FROM business b
      LEFT JOIN business_class k ON k.municipality_id = b.municipality_id AND k.code = b.class_code
     WHERE b.municipality_id = %s AND b.id = %s"""

CHANGES_SQL = f"""
    SELECT h.id, h.field, h.old, h.new, h.base, h.state, h.changed_at, h.reviewed_at, h.decision,
           s.full_name AS changed_by_name, r.full_name AS reviewed_by_name, ({OPEN_CHANGE}) AS is_open
      FROM business_change h
      LEFT JOIN staff_user s ON s.municipality_id = h.municipality_id AND s.id = h.changed_by
      LEFT JOIN staff_user r ON r.municipality_id = h.municipality_id AND r.id = h.reviewed_by
     WHERE h.municipality_id = %s AND h.business_id = %s
     ORDER BY h.changed_at DESC, h.id DESC LIMIT 200"""

MATCHES_SQL = """
    SELECT m.id, b.id AS other_id, b.title AS other_title, b.address_text AS other_address, b.status AS other_status,
           m.reason, m.found_at, m.decision
      FROM business_match m
      JOIN business b ON b.municipality_id = m.municipality_id
       AND b.id = CASE WHEN m.business_id = %(id)s THEN m.other_id ELSE m.business_id END
     WHERE m.municipality_id = %(municipality_id)s AND (m.business_id = %(id)s OR m.other_id = %(id)s)
     ORDER BY m.found_at DESC, m.id LIMIT 50"""

# A batch of a list: what is not known yet, its pointers, and pairs with the same tax number under another title. Rows
# are not compared by place: those of which only the neighbourhood is known all lie in its middle. What is known is
# asked for the whole batch at once: row by row, a table that has just grown would be read through for each.
IMPORT_SQL = """
WITH listed AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(match_ids)s::uuid[], %(class_code)s::text[], %(title)s::text[], %(owner)s::bytea[],
        %(tax_no)s::bytea[], %(tax_no_index)s::bytea[], %(licence_no)s::text[], %(activity)s::text[],
        %(address_text)s::text[], %(neighbourhood_id)s::uuid[], %(lon)s::float8[], %(lat)s::float8[], %(x)s::float8[],
        %(y)s::float8[], %(phone)s::text[], %(opening_hours)s::text[], %(note)s::text[], %(floor_area_m2)s::int[],
        %(search_text)s::text[])
      AS l(id, match_id, class_code, title, owner, tax_no, tax_no_index, licence_no, activity, address_text,
           neighbourhood_id, lon, lat, x, y, phone, opening_hours, note, floor_area_m2, search_text)),
licensed AS MATERIALIZED (
    SELECT DISTINCT licence_no FROM business
     WHERE municipality_id = %(municipality_id)s AND licence_no = ANY(%(licence_no)s::text[])),
titled AS MATERIALIZED (
    SELECT title, tax_no_index, neighbourhood_id, address_text FROM business
     WHERE municipality_id = %(municipality_id)s AND title = ANY(%(title)s::text[])),
fresh AS (
    SELECT l.* FROM listed l
     WHERE (l.licence_no IS NOT NULL AND l.licence_no NOT IN (SELECT licence_no FROM licensed))
        OR (l.licence_no IS NULL AND l.tax_no_index IS NOT NULL
            AND (l.title, l.tax_no_index) NOT IN (
                SELECT title, tax_no_index FROM titled WHERE tax_no_index IS NOT NULL))
        OR (l.licence_no IS NULL AND l.tax_no_index IS NULL
            AND (l.title, l.neighbourhood_id, l.address_text) NOT IN (
                SELECT title, neighbourhood_id, address_text FROM titled WHERE neighbourhood_id IS NOT NULL))),
taxed AS MATERIALIZED (
    SELECT DISTINCT ON (tax_no_index) tax_no_index, id FROM business
     WHERE municipality_id = %(municipality_id)s AND status <> 'merged'
       AND tax_no_index = ANY(%(tax_no_index)s::bytea[])
     ORDER BY tax_no_index, id),
written AS (
    INSERT INTO business (municipality_id, id, class_code, title, owner, tax_no, tax_no_index, licence_no, activity,
        address_text, neighbourhood_id, geom, geom_3857, phone, opening_hours, note, floor_area_m2, risk, search_text,
        status, source, registered_at, registered_by, version)
    SELECT %(municipality_id)s, id, class_code, title, owner, tax_no, tax_no_index, licence_no, activity, address_text,
        neighbourhood_id, ST_SetSRID(ST_MakePoint(lon, lat), 4326), ST_SetSRID(ST_MakePoint(x, y), 3857), phone,
        opening_hours, note, floor_area_m2, 50, search_text, 'active', 'import', %(at)s, %(registered_by)s, 1
      FROM fresh
 RETURNING id, neighbourhood_id),
told AS (
    INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
    SELECT %(municipality_id)s, 'area:' || neighbourhood_id, 'business', id FROM written
    ON CONFLICT DO NOTHING),
matched AS (
    INSERT INTO business_match (municipality_id, id, business_id, other_id, reason, found_at)
    SELECT %(municipality_id)s, f.match_id, f.id, taxed.id, 'tax_no', %(at)s
      FROM fresh f JOIN taxed ON taxed.tax_no_index = f.tax_no_index
    ON CONFLICT DO NOTHING)
SELECT count(*)::int AS added FROM written"""

# With its pointer (`api.core.feed`): a phone that sends a day's visits runs it for each of them.
INSPECTED_SQL = """
    WITH inspected AS (
        UPDATE business SET last_inspected_at = greatest(last_inspected_at, %(at)s), risk = coalesce(%(risk)s, risk),
               version = version + 1
         WHERE municipality_id = %(municipality_id)s AND id = %(id)s AND status <> 'merged'
     RETURNING id, neighbourhood_id)
    INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
    SELECT %(municipality_id)s, 'area:' || neighbourhood_id, 'business', id FROM inspected
     WHERE neighbourhood_id IS NOT NULL
    ON CONFLICT DO NOTHING"""


async def classes(session: AsyncSession, municipality_id: int) -> list[Row]:
    """The classes in use, by name."""
    return await fetch_all(session, CLASSES_SQL, (municipality_id,))


async def insert(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Write a new record; False if its id is taken or there is no such class."""
    return await run(session, INSERT_SQL, values) == 1


async def find_matches(session: AsyncSession, values: Mapping[str, Any]) -> int:
    """Write down every record that may be the same business; gives their number."""
    return await run(session, MATCH_SQL, values)


async def lock(session: AsyncSession, municipality_id: int, business_id: UUID) -> Row | None:
    """Read and lock one record."""
    return await fetch_one(session, LOCK_SQL, (municipality_id, business_id))


async def update(session: AsyncSession, municipality_id: int, business_id: UUID, columns: Mapping[str, Any]) -> int:
    """Change columns of a locked record, names of our own; gives the new version. `place` is lon, lat, x, y."""
    values = {**columns, "municipality_id": municipality_id, "business_id": business_id}
    sets = [f"{name} = %({name})s" for name in columns if name not in ("lon", "lat", "x", "y")]
    if "lon" in columns:
        sets += [f"geom = {POINT_4326}", f"geom_3857 = {POINT_3857}"]
    row = await fetch_one(
        session,
        f"UPDATE business SET {', '.join(sets)}, version = version + 1"
        " WHERE municipality_id = %(municipality_id)s AND id = %(business_id)s RETURNING version",
        values,
    )
    if row is None:
        raise LookupError(business_id)
    return int(row["version"])


async def write_changes(session: AsyncSession, values: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> int:
    """Write lines of the history; a proposal that waits already is not written twice."""
    told = json.dumps(changes, ensure_ascii=False, default=str)
    return await run(session, CHANGE_SQL, {**values, "changes": told})


async def page(session: AsyncSession, conditions: Sequence[str], values: Mapping[str, Any]) -> list[Row]:
    """One page of the list by title; one statement."""
    return await fetch_all(session, LIST_SQL.format(conditions=" AND ".join(conditions)), values)


async def one(session: AsyncSession, municipality_id: int, business_id: UUID) -> Row | None:
    """One record with the sealed owner."""
    return await fetch_one(session, ONE_SQL, (municipality_id, business_id))


async def changes(session: AsyncSession, municipality_id: int, business_id: UUID) -> list[Row]:
    """The history of a record, newest first."""
    return await fetch_all(session, CHANGES_SQL, (municipality_id, business_id))


async def matches(session: AsyncSession, municipality_id: int, business_id: UUID) -> list[Row]:
    """Records that may be the same business."""
    return await fetch_all(session, MATCHES_SQL, {"municipality_id": municipality_id, "id": business_id})
