"""The one door to PostgreSQL: the pool and the transaction.

One request or job is one transaction, committed here and nowhere else, before the answer leaves.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import CountingCursor
from api.core.tenancy import enter_municipality


def as_sqlalchemy_url(dsn: str) -> str:
    """Turn a libpq URL into SQLAlchemy's form for psycopg 3."""
    return dsn.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)


class Database:
    """One connection pool for one PostgreSQL role."""

    def __init__(self, dsn: str, *, pool_size: int = 8, statement_timeout_ms: int = 5_000) -> None:
        self.dsn = dsn
        self.engine: AsyncEngine = create_async_engine(
            as_sqlalchemy_url(dsn),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=5,
            pool_pre_ping=False,
            pool_use_lifo=True,
            hide_parameters=True,
            # Lost connections are found by the statement that meets them; the pool then drops all its stale ones.
            connect_args={
                "cursor_factory": CountingCursor,
                "options": (
                    f"-c statement_timeout={statement_timeout_ms} -c lock_timeout=2000"
                    " -c idle_in_transaction_session_timeout=15000 -c jit=off"
                ),
                "connect_timeout": 5,
                "prepare_threshold": 3,
                "application_name": "belediye",
            },
        )
        self._snapshots = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @asynccontextmanager
    async def transaction(self, municipality_id: int | None = None) -> AsyncIterator[AsyncSession]:
        """Open one transaction, inside one municipality if given; commit at the end, roll back on any error."""
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            if municipality_id is not None:
                await enter_municipality(session, municipality_id)
            yield session
            await session.commit()

    @asynccontextmanager
    async def snapshot(self, municipality_id: int) -> AsyncIterator[AsyncSession]:
        """Open one transaction inside a municipality that only reads, every statement at the same moment."""
        async with AsyncSession(self._snapshots, expire_on_commit=False, autoflush=False) as session:
            await enter_municipality(session, municipality_id)
            yield session

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()
