"""Hand-written SQL on the running transaction's own psycopg connection, and the count of statements."""

import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import psycopg
from psycopg.rows import dict_row
from sqlalchemy.orm import SessionTransaction
from sqlmodel.ext.asyncio.session import AsyncSession

Row = dict[str, Any]
MOST_DEAD_CONNECTIONS = 20
_HELD = "driver_connection"


@dataclass
class StatementCount:
    """How many statements ran since the counter was set; transaction control is not counted."""

    value: int = 0


statement_count: ContextVar[StatementCount | None] = ContextVar("statement_count", default=None)


class CountingCursor(psycopg.AsyncCursor[Any]):
    """Cursor of every connection: adds each statement to the counter of the running request."""

    async def execute(self, *args: Any, **kwargs: Any) -> "CountingCursor":
        """Run one statement and count it."""
        count = statement_count.get()
        if count is not None:
            count.value += 1
        await super().execute(*args, **kwargs)
        return self


class CountingRawCursor(psycopg.AsyncRawCursor[Any]):
    """The same for statements whose placeholders are PostgreSQL's own (`$1`)."""

    async def execute(self, *args: Any, **kwargs: Any) -> "CountingRawCursor":
        """Run one statement and count it."""
        count = statement_count.get()
        if count is not None:
            count.value += 1
        await super().execute(*args, **kwargs)
        return self


class Numbered:
    """A long statement with its names turned into numbers once.

    psycopg does that anew at every run of a statement of more than 4,096 bytes or 50 values.
    """

    def __init__(self, sql: str) -> None:
        """Take a statement with placeholders like `%(name)s`."""
        self.names = tuple(dict.fromkeys(_NAME.findall(sql)))
        numbers = {name: f"${number}" for number, name in enumerate(self.names, 1)}
        self.text = _NAME.sub(lambda found: numbers[found[1]], sql).replace("%%", "%")


_NAME = re.compile(r"%\((\w+)\)s")


class _Held(NamedTuple):
    transaction: SessionTransaction | None
    connection: psycopg.AsyncConnection[Any]


async def driver_connection(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    """Give the psycopg connection on which the session's transaction runs."""
    # Asking SQLAlchemy costs more than some statements: once for each transaction is enough.
    held: _Held | None = session.info.get(_HELD)
    if held is None or held.transaction is not session.sync_session.get_transaction():
        raw = await (await session.connection()).get_raw_connection()
        held = _Held(
            session.sync_session.get_transaction(), cast("psycopg.AsyncConnection[Any]", raw.driver_connection)
        )
        session.info[_HELD] = held
    return held.connection


async def fetch_all(session: AsyncSession, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
    """Run hand-written SQL in the session's transaction and give all rows as dicts."""
    connection = await driver_connection(session)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(sql, params)
        return await cursor.fetchall() if cursor.description else []


async def fetch_one(session: AsyncSession, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> Row | None:
    """Run hand-written SQL and give its first row, or None."""
    rows = await fetch_all(session, sql, params)
    return rows[0] if rows else None


async def fetch_one_numbered(session: AsyncSession, statement: Numbered, values: Mapping[str, Any]) -> Row | None:
    """Run a long hand-written statement and give its first row, or None; values that it does not name are left out."""
    cursor = CountingRawCursor(await driver_connection(session), row_factory=dict_row)
    async with cursor:
        await cursor.execute(statement.text, [values[name] for name in statement.names])
        return await cursor.fetchone()


async def run(session: AsyncSession, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> int:
    """Run hand-written SQL and give the number of rows it touched."""
    connection = await driver_connection(session)
    async with connection.cursor() as cursor:
        await cursor.execute(sql, params)
        return cursor.rowcount


async def first_statement(
    session: AsyncSession, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()
) -> Row | None:
    """Run the first statement of a transaction; if the pooled connection turns out dead, take another and run again.

    Nothing has happened before it, so running it twice is safe. After a server restart every pooled connection is
    found dead this way, and no request has to fail for it.
    """
    for _ in range(MOST_DEAD_CONNECTIONS):
        try:
            return await fetch_one(session, sql, params)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if (await driver_connection(session)).closed:
                await session.invalidate()
                continue
            raise error from None
    return await fetch_one(session, sql, params)
