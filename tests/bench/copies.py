"""Many towns from one, set-based: the same rows under other municipality numbers (ids are unique within a town)."""

import psycopg
from psycopg import sql

from tests.bench.places import Urls

# In the order of their foreign keys. The base map is left out: no measured verb reads it.
_TABLES = (
    "municipality_key", "audit_head", "number_counter", "parameter", "local_holiday", "module", "appearance",
    "department", "neighbourhood", "service_area", "citizen", "staff_user", "role_assignment", "device",
    "complaint_category", "routing_rule", "complaint", "complaint_event", "complaint_map_cell",
)  # fmt: skip
_AT_ONCE = 100


def add_towns(urls: Urls, source: int, towns: int) -> None:
    """Copy one municipality until there are `towns`; the copies lie at the same place, the worst case for the map."""
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        # Copies of rows that hold need no check; it would take longer than the copying.
        connection.execute("SET session_replication_role = replica")
        for first in range(source + 1, source + towns, _AT_ONCE):
            last = min(first + _AT_ONCE, source + towns) - 1
            with connection.transaction():
                _copy(connection, "municipality", "id", source, first, last, {"slug": "'kopya-' || town"})
                for table in _TABLES:
                    _copy(connection, table, "municipality_id", source, first, last, {})
        connection.execute("VACUUM ANALYZE")


def _copy(
    connection: psycopg.Connection, table: str, key: str, source: int, first: int, last: int, changed: dict[str, str]
) -> None:
    columns = connection.execute(
        """SELECT attname FROM pg_attribute
            WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''""",
        (table,),
    ).fetchall()
    names = [name for (name,) in columns]
    values = {key: "town", **changed}
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM {table} AS original,"
        " generate_series(%(first)s::int, %(last)s::int) AS town WHERE original.{key} = %(source)s"
    ).format(
        table=sql.Identifier(table),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(
            sql.SQL(values[name]) if name in values else sql.Identifier("original", name) for name in names
        ),
        key=sql.Identifier(key),
    )
    connection.execute(statement, {"first": first, "last": last, "source": source})
