"""Takes one of the two walls between towns away, so that the other has to hold alone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from api.core.sql import CountingCursor
from tests.architecture.access.digests import TENANT_TABLES

# `c.municipality_id = %(municipality_id)s`, `municipality_id = %s`, `device.municipality_id = %(pk_1)s::INTEGER`: every
# comparison of a row's town with a value that the program gives. Columns compared with each other stay.
FILTER = re.compile(r"(?:\b\w+\.)?\bmunicipality_id\s*=\s*(%\(\w+\)s|%s)(?:::\w+)?", re.IGNORECASE)


def without_filter(sql: str) -> str:
    """Give the statement with each of its town filters true for every row; it takes the same values."""
    return FILTER.sub(r"(\1::text IS NOT NULL)", sql)


@dataclass
class Statements:
    """What the application sent to the database, with and without a town filter."""

    filtered: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)


@contextmanager
def filters_off() -> Iterator[Statements]:
    """Every statement of the application loses its town filters; gives the statements as they were."""
    seen = Statements()
    execute = CountingCursor.execute

    async def unfiltered(cursor: CountingCursor, query: Any, *args: Any, **kwargs: Any) -> CountingCursor:
        changed = without_filter(query) if isinstance(query, str) else query
        (seen.filtered if changed != query else seen.others).add(str(query))
        return await execute(cursor, changed, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CountingCursor, "execute", unfiltered)
        yield seen


def tenant_tables(admin: psycopg.Connection[Any]) -> list[str]:
    """Give the tables that belong to towns."""
    return [name for (name,) in admin.execute(TENANT_TABLES).fetchall()]


@contextmanager
def row_policies_off(admin: psycopg.Connection[Any]) -> Iterator[None]:
    """PostgreSQL shows every row to the application."""
    tables = tenant_tables(admin)
    for table in tables:
        admin.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        for table in tables:
            admin.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
