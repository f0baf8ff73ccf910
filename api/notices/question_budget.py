"""How often the SMS provider may be asked: ten report queries in any minute, whoever of us asks.

Kept as one row that says until when the queries already asked are paid for; each query costs twelve seconds and at
most a minute may be owed. So five go at once and five more within the minute, never eleven.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import fetch_one

ACCOUNT_KEY: Final = "sms provider queries"
COST: Final = timedelta(seconds=12)
MOST_OWED: Final = timedelta(seconds=60)
ROWS_A_PAGE: Final = 100
QUERIES_AT_ONCE: Final = MOST_OWED // COST

PAY_SQL = """
    INSERT INTO rate_count AS held (key, count, expires_at) VALUES (%(key)s, %(queries)s, %(now)s + %(cost)s)
        ON CONFLICT (key) DO UPDATE
       SET count = excluded.count, expires_at = greatest(held.expires_at, %(now)s) + %(cost)s
     WHERE held.expires_at <= %(now)s OR held.expires_at + %(cost)s <= %(now)s + %(most_owed)s
 RETURNING expires_at"""


def queries_for(rows: int) -> int:
    """Give how many queries it takes to read so many rows, the one that finds the end included."""
    return rows // ROWS_A_PAGE + 1


async def pay(session: AsyncSession, queries: int, now: datetime) -> datetime | None:
    """Reserve so many queries with the running transaction; None if they may be asked, else when to come back."""
    cost = COST * queries
    paid = await fetch_one(
        session,
        PAY_SQL,
        {"key": ACCOUNT_KEY, "queries": queries, "now": now, "cost": cost, "most_owed": MOST_OWED},
    )
    if paid is not None:
        return None
    held = await fetch_one(session, "SELECT expires_at FROM rate_count WHERE key = %s", (ACCOUNT_KEY,))
    owed_until = held["expires_at"] if held else now
    return max(owed_until + cost - MOST_OWED, now + timedelta(seconds=1))
