"""The statements that a request runs, written down: the product's own verb in this process, never committed.

The bare side then runs the same statements with the same values, in the same transactions.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import sql
from api.core.db import Database
from api.core.sql import CountingCursor, CountingRawCursor
from api.core.tenancy import enter_municipality
from tests.bench.places import Urls

Statement = tuple[str, Any, bool]
"""Text, values, and whether its placeholders are PostgreSQL's own."""


class Rehearsal(Database):
    """A database on which all transactions are one that is rolled back, and every statement is kept."""

    def __init__(self, urls: Urls) -> None:
        """Take where."""
        super().__init__(urls.app, pool_size=1, statement_timeout_ms=60_000)
        self.transactions: list[list[Statement]] = []
        self._session = AsyncSession(self.engine, expire_on_commit=False, autoflush=False)
        kept = self.transactions

        class Recording(CountingCursor):
            async def execute(self, *args: Any, **kwargs: Any) -> CountingCursor:
                if kept:
                    kept[-1].append((args[0], args[1] if len(args) > 1 else (), False))
                return await super().execute(*args, **kwargs)

        class RecordingRaw(CountingRawCursor):
            async def execute(self, *args: Any, **kwargs: Any) -> CountingRawCursor:
                kept[-1].append((args[0], args[1], True))
                return await super().execute(*args, **kwargs)

        # Cursors of numbered statements are made by name, those of all others by their connection.
        sql.CountingRawCursor = RecordingRaw  # type: ignore[misc]

        @event.listens_for(self.engine.sync_engine, "connect")
        def record(connection: Any, _record: Any) -> None:
            connection.driver_connection.cursor_factory = Recording

    @asynccontextmanager
    async def transaction(self, municipality_id: int | None = None) -> AsyncIterator[AsyncSession]:
        """Go on in the one transaction."""
        await self._session.connection()
        self.transactions.append([])
        if municipality_id is not None:
            await enter_municipality(self._session, municipality_id)
        yield self._session

    @asynccontextmanager
    async def snapshot(self, municipality_id: int) -> AsyncIterator[AsyncSession]:
        """The same for reading."""
        async with self.transaction(municipality_id) as session:
            yield session

    def taken(self) -> list[list[Statement]]:
        """Give what was kept since the last time."""
        kept, self.transactions[:] = [*self.transactions], []
        return kept

    async def close(self) -> None:
        """Roll everything back."""
        sql.CountingRawCursor = CountingRawCursor  # type: ignore[misc]
        await self._session.rollback()
        await self._session.close()
        await super().close()
