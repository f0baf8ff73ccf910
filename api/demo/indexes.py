"""Taking the secondary indexes and foreign keys off the tables of cases while very many rows are copied in.

A million rows into a trigram and a map index one by one take longer than to build both at the end. Everything happens
in the loading transaction: it ends with all of them in place again, or with nothing changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

TABLES = ("complaint", "complaint_event", "citizen")

_INDEXES = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
       AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
     ORDER BY 1"""
_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text AS on_table, conname AS name, pg_get_constraintdef(oid) AS definition
      FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2"""


@contextmanager
def indexes_off(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Drop the indexes and foreign keys, let rows be copied in, and make them again; as the owner of the tables."""
    keys = connection.execute(_FOREIGN_KEYS, (list(TABLES),)).fetchall()
    for table, name, _ in keys:
        _run(connection, f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    found = connection.execute(_INDEXES, (list(TABLES),)).fetchall()
    for name, _ in found:
        _run(connection, f"DROP INDEX {name}")
    yield
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, definition in found:
        _run(connection, definition)
    for table, name, definition in keys:
        _run(connection, f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _run(connection: psycopg.Connection[Any], statement: str) -> None:
    # Names and definitions come from the database's own catalogue.
    connection.execute(statement)
