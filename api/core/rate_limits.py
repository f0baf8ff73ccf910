"""Rate limits that hold across all processes: fixed windows of `limits`, counted in PostgreSQL.

Each count is its own short transaction, so a request that is refused or fails afterwards still counts. Count before
the request's first statement: its own connection is then not held meanwhile. Keys hold keyed hashes, never a phone.
"""

import math
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any

from limits import RateLimitItem, parse_many
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock, crypto, keys
from api.core.actor import Actor
from api.core.db import Database
from api.core.errors import TooManyRequests
from api.core.sql import fetch_all, first_statement, run

_NETWORK_PREFIX = 64

COUNT_SQL = """
    INSERT INTO rate_count AS held (key, count, expires_at) VALUES (%(key)s, %(amount)s, %(expires_at)s)
        ON CONFLICT (key) DO UPDATE
       SET count = CASE WHEN held.expires_at <= %(now)s THEN 0 ELSE held.count END + excluded.count,
           expires_at = CASE WHEN held.expires_at <= %(now)s THEN excluded.expires_at ELSE held.expires_at END
 RETURNING count"""

# All windows of one rule at once.
PACE_SQL = """
    INSERT INTO rate_count AS held (key, count, expires_at)
    SELECT span.key, 1, span.expires_at
      FROM unnest(%(keys)s::text[], %(ends)s::timestamptz[]) AS span(key, expires_at) ORDER BY span.key
        ON CONFLICT (key) DO UPDATE
       SET count = CASE WHEN held.expires_at <= %(now)s THEN 0 ELSE held.count END + 1,
           expires_at = CASE WHEN held.expires_at <= %(now)s THEN excluded.expires_at ELSE held.expires_at END
 RETURNING key, count, expires_at"""


class PostgresStorage(Storage):
    """Counters of `limits` in the unlogged table `rate_count`."""

    STORAGE_SCHEME = None

    def __init__(self, database: Database) -> None:
        """Take the database whose pool is used."""
        super().__init__()
        self.database = database

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """No error of the driver is renamed: the application's handlers know them."""
        return ()

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter, starting a new window if the old one has ended; gives the count."""
        now = clock.now()
        row = await self._first(
            COUNT_SQL, {"key": key, "amount": amount, "now": now, "expires_at": now + timedelta(seconds=expiry)}
        )
        return int(row["count"]) if row else amount

    async def get(self, key: str) -> int:
        """Give the count of the running window."""
        row = await self._first("SELECT count FROM rate_count WHERE key = %s AND expires_at > %s", (key, clock.now()))
        return int(row["count"]) if row else 0

    async def get_expiry(self, key: str) -> float:
        """Give the end of the running window, in seconds since the epoch."""
        now = clock.now()
        row = await self._first("SELECT expires_at FROM rate_count WHERE key = %s AND expires_at > %s", (key, now))
        return float((row["expires_at"] if row else now).timestamp())

    async def check(self) -> bool:
        """Whether the table answers."""
        return await self._first("SELECT 1 AS answer") is not None

    async def reset(self) -> int | None:
        """Forget every counter."""
        async with self.database.transaction() as session:
            return await run(session, "DELETE FROM rate_count")

    async def clear(self, key: str) -> None:
        """Forget one counter."""
        await self._first("DELETE FROM rate_count WHERE key = %s", (key,))

    async def _first(self, sql: str, params: Any = ()) -> dict[str, Any] | None:
        async with self.database.transaction() as session:
            return await first_statement(session, sql, params)


async def hit(database: Database, limit: str, name: str, *key_parts: object) -> None:
    """Count one use and go on only within every limit of `limit` (`"1/minute;5/day"`, the narrowest first).

    `name` says which rule it is and is stored in clear; the other parts (phone, address, user) are stored hashed.

    Raises:
        TooManyRequests: a limit is used up; it says after how many seconds the window ends.
    """
    storage = PostgresStorage(database)
    limiter = FixedWindowRateLimiter(storage)
    identity = _identity(name, key_parts)
    for item in _parsed(limit):
        if not await limiter.hit(item, *identity):
            ends = await storage.get_expiry(item.key_for(*identity))
            raise TooManyRequests(math.ceil(ends - clock.now().timestamp()))


async def keep_pace(session: AsyncSession, limit: str, name: str, actor: Actor) -> None:
    """Count one act of a signed-in person in the act's own transaction, for all windows in one statement.

    What fails does not count, and a refused act neither: this guards against floods, `hit` against guessing.

    Raises:
        TooManyRequests: a limit is used up; it says after how many seconds the window ends.
    """
    now = clock.now()
    identity = _identity(name, (actor.municipality_id, actor.kind, actor.id))
    items = {item.key_for(*identity): item for item in _parsed(limit)}
    ends = [now + timedelta(seconds=item.get_expiry()) for item in items.values()]
    rows = await fetch_all(session, PACE_SQL, {"keys": list(items), "ends": ends, "now": now})
    over = [row["expires_at"] for row in rows if row["count"] > items[row["key"]].amount]
    if over:
        raise TooManyRequests(math.ceil((max(over) - now).total_seconds()))


async def forgive(database: Database, limit: str, name: str, *key_parts: object) -> None:
    """Forget the uses counted so far: after a successful sign-in its failed tries are history."""
    limiter = FixedWindowRateLimiter(PostgresStorage(database))
    for item in _parsed(limit):
        await limiter.clear(item, *_identity(name, key_parts))


def address_group(address: str) -> str:
    """Give what to count of a caller's address: an IPv4 address, or the /64 network that one IPv6 customer has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> _NETWORK_PREFIX << _NETWORK_PREFIX)}/{_NETWORK_PREFIX}"
    return str(parsed)


async def clean_rate_counts(session: AsyncSession) -> int:
    """Delete the windows that have ended; gives their number."""
    return await run(session, "DELETE FROM rate_count WHERE expires_at <= %s", (clock.now(),))


@lru_cache(maxsize=256)
def _parsed(limit: str) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(limit))


def _identity(name: str, key_parts: tuple[object, ...]) -> tuple[str, str]:
    told = "\x1f".join(str(part) for part in key_parts)
    return name, crypto.keyed_hash(keys.derived_key("rate limits"), told).hex()[:32]
