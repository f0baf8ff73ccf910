"""The SQL of push and pull; put together only from expressions of our own tables, never from anything outside."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.feed import FieldTable
from api.core.sql import Row, fetch_all, fetch_one
from api.sync.epoch import CLUSTER_SQL
from api.sync.tables import TABLES

MUTATION_SQL = """
    WITH moved AS (
        UPDATE sync_stream SET last_seq = %(seq)s
         WHERE municipality_id = %(municipality_id)s AND id = %(stream_id)s AND last_seq = %(seq)s - 1 RETURNING id)
    INSERT INTO sync_mutation (municipality_id, id, stream_id, seq, kind, kv, sha, state, code, xid, staff_user_id,
                               authored, received_at, target_kind, target_id, department_id, base, body)
    SELECT %(municipality_id)s, %(id)s, moved.id, %(seq)s, %(kind)s, %(kv)s, %(sha)s, %(state)s, %(code)s,
           pg_current_xact_id()::text::bigint, %(staff_user_id)s, %(authored)s::jsonb, %(now)s, %(target_kind)s,
           %(target_id)s, %(department_id)s, %(base)s::jsonb, %(body)s
      FROM moved RETURNING xid"""

# How the phone and the municipality stand, at the moment of the snapshot.
HEAD_SQL = f"""
    SELECT e.epoch, e.floor_xid, e.cluster = {CLUSTER_SQL} AS is_same_cluster, d.state AS device_state,
           d.last_contact_at < %(noted_since)s OR d.app <> %(app)s
           OR (d.last_contact_at < %(counted_since)s
               AND (d.waiting <> %(waiting)s::int OR d.waiting_photos <> %(waiting_photos)s::int)) AS is_to_note,
           s.last_seq, s.device_id,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS beyond,
           (SELECT department_id FROM staff_user u
             WHERE u.municipality_id = %(municipality_id)s AND u.id = %(staff_user_id)s) AS own_department_id,
           ARRAY(SELECT neighbourhood_id FROM field_area a
                  WHERE a.municipality_id = %(municipality_id)s AND a.staff_user_id = %(staff_user_id)s) AS areas,
           EXISTS (SELECT FROM disaster_policy p
                    WHERE p.municipality_id = %(municipality_id)s AND p.valid_to >= %(today)s) AS has_policy
      FROM sync_stream s
      JOIN field_device d ON d.municipality_id = s.municipality_id AND d.id = s.device_id
      JOIN sync_epoch e ON e.municipality_id = s.municipality_id
     WHERE s.municipality_id = %(municipality_id)s AND s.id = %(stream_id)s"""

# `waiting_since`: the oldest news that is committed and cannot be read yet (metric feed_lag_seconds).
POINTERS_SQL = """
    SELECT asked.sid, p.xid::text::bigint AS xid, p.tbl, p.row_id, NULL::timestamptz AS waiting_since
      FROM unnest(%(sids)s::text[], %(xids)s::text[]::xid8[], %(tbls)s::text[], %(ids)s::uuid[])
           AS asked(sid, xid, tbl, row_id)
     CROSS JOIN LATERAL (
        SELECT xid, tbl, row_id FROM sync_pointer
         WHERE municipality_id = %(municipality_id)s AND scope = asked.sid
           AND (xid, tbl, row_id) > (asked.xid, asked.tbl, asked.row_id)
           AND xid < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY xid, tbl, row_id LIMIT %(limit)s) p
     UNION ALL
    SELECT NULL, NULL, NULL, NULL, min(waiting.at)
      FROM unnest(%(sids)s::text[]) AS asked(sid)
     CROSS JOIN LATERAL (
        SELECT at FROM sync_pointer
         WHERE municipality_id = %(municipality_id)s AND scope = asked.sid
           AND xid >= pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid LIMIT 1) waiting"""


async def write_mutation(session: AsyncSession, values: Mapping[str, Any]) -> int | None:
    """Write a result down and move its stream on; None if the stream has moved meanwhile."""
    row = await fetch_one(session, MUTATION_SQL, values)
    return int(row["xid"]) if row else None


async def inbox_department(
    session: AsyncSession, municipality_id: int, staff_user_id: UUID | None, table: str, target_id: UUID | None
) -> UUID | None:
    """Whose inbox a command without effect waits in: the record's department, or else that of who sent it."""
    team = TABLES[table].scopes.get("team")
    of_record = (
        f"(SELECT t.{team.column} FROM {TABLES[table].source} WHERE t.municipality_id = %(m)s AND t.id = %(target)s)"
        if team
        else "NULL::uuid"
    )
    row = await fetch_one(
        session,
        f"""SELECT coalesce({of_record}, (SELECT department_id FROM staff_user
                     WHERE municipality_id = %(m)s AND id = %(staff)s)) AS department_id""",
        {"m": municipality_id, "target": target_id, "staff": staff_user_id},
    )
    return row["department_id"] if row else None


async def head(session: AsyncSession, values: Mapping[str, Any]) -> Row | None:
    """How phone and municipality stand; None if the phone was never met."""
    return await fetch_one(session, HEAD_SQL, values)


async def pointers(session: AsyncSession, values: Mapping[str, Any]) -> list[Row]:
    """Give the pointers behind each scope's cursor, in their order; one statement for all scopes."""
    return await fetch_all(session, POINTERS_SQL, values)


def pointed_sql(table: FieldTable) -> str:
    """Give the arm that reads rows by id: what of them the reader may see, and which of the asked scopes hold them."""
    scopes = ", ".join(
        f"CASE WHEN {member.condition} THEN {_scope_name(kind, member.column)} END"
        for kind, member in table.scopes.items()
    )
    return f"""SELECT NULL::text AS sid, '{table.name}' AS tbl, t.id, {table.version} AS version,
        held.scopes, CASE WHEN held.scopes && %(granted)s::text[] THEN {table.data} END AS data
        FROM {table.source} CROSS JOIN LATERAL (SELECT array_remove(ARRAY[{scopes}]::text[], NULL) AS scopes) held
        WHERE t.municipality_id = %(municipality_id)s AND t.id = ANY(%(ids_{table.name})s::uuid[])"""


def snapshot_sql(table: FieldTable, kind: str) -> str:
    """Give the arm that reads a table's rows of some scopes of one kind, each behind the id where its page ended."""
    member = table.scopes[kind]
    key = f"AND t.{member.column} = asked.key" if kind != "ref" else ""
    return f"""SELECT asked.sid, '{table.name}' AS tbl, r.id, r.version, NULL::text[] AS scopes, r.data
        FROM unnest(%(sids_{table.name}_{kind})s::text[], %(keys_{table.name}_{kind})s::uuid[],
                    %(after_{table.name}_{kind})s::uuid[]) AS asked(sid, key, after)
        CROSS JOIN LATERAL (
            SELECT t.id, {table.version} AS version, {table.data} AS data FROM {table.source}
             WHERE t.municipality_id = %(municipality_id)s {key} AND ({member.condition}) AND t.id > asked.after
             ORDER BY t.id LIMIT %(limit)s) r"""


async def rows(session: AsyncSession, arms: Sequence[str], values: Mapping[str, Any]) -> list[Row]:
    """Run the arms as one statement; those of snapshots come in the order of their ids."""
    return await fetch_all(session, " UNION ALL ".join(f"({arm})" for arm in arms), values) if arms else []


def check_sql(table: FieldTable, kind: str) -> str:
    """Give the arm that counts a table's rows of some scopes and sums up their versions."""
    member = table.scopes[kind]
    key = f"AND t.{member.column} = asked.key" if kind != "ref" else ""
    return f"""SELECT asked.sid, r.n, r.sum
        FROM unnest(%(sids_{kind})s::text[], %(keys_{kind})s::uuid[]) AS asked(sid, key)
        CROSS JOIN LATERAL (
            SELECT count(*) AS n, bit_xor(('x' || left(encode(sha256(convert_to(
                       '{table.name}/' || t.id || '/' || {table.version}, 'UTF8')), 'hex'), 16)
                   )::bit(64)::bigint) AS sum
              FROM {table.source}
             WHERE t.municipality_id = %(municipality_id)s {key} AND ({member.condition})) r"""


async def checks(session: AsyncSession, municipality_id: int, sids: Collection[str]) -> dict[str, tuple[int, str]]:
    """Give the number of rows of each scope and the exclusive-or of their hashes, as phones count them."""
    by_kind = {kind: keys_of(sids, kind) for kind in ("user", "team", "area", "ref")}
    arms = [check_sql(table, kind) for table in TABLES.values() for kind in table.scopes if by_kind[kind]]
    values: dict[str, Any] = {"municipality_id": municipality_id}
    for kind, keys in by_kind.items():
        values |= {f"sids_{kind}": list(keys), f"keys_{kind}": list(keys.values())}
    found = dict.fromkeys(sids, (0, 0))
    for row in await rows(session, arms, values):
        count, total = found[row["sid"]]
        found[row["sid"]] = (count + row["n"], total ^ ((row["sum"] or 0) & 0xFFFF_FFFF_FFFF_FFFF))
    return {sid: (count, f"{total:016x}") for sid, (count, total) in found.items()}


def keys_of(sids: Iterable[str], kind: str) -> dict[str, UUID | None]:
    """Give the scopes of one kind with the key that their rows carry."""
    return {
        sid: UUID(sid.partition(":")[2]) if kind != "ref" else None for sid in sids if sid.partition(":")[0] == kind
    }


def _scope_name(kind: str, column: str) -> str:
    return "'ref'" if kind == "ref" else f"'{kind}:' || t.{column}"
