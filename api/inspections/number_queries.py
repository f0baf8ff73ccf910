"""The SQL of record numbers; values are always parameters."""

from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, fetch_one, run

OF_YEAR = "b.municipality_id = %(municipality_id)s AND b.series = %(series)s AND b.year = %(year)s"

# Whoever holds this row is alone in giving numbers; it is locked before the audit head (api.core.audit).
LOCK_COUNTER_SQL = """
    INSERT INTO number_counter (municipality_id, series, year, last)
    VALUES (%(municipality_id)s, %(series)s, %(year)s, 0)
    ON CONFLICT (municipality_id, series, year) DO UPDATE SET last = number_counter.last"""

# Returned blocks change hands until the phone has enough; if they do not suffice, a new block follows.
GIVE_SQL = f"""
WITH own AS (
    SELECT coalesce(sum(b.last - b.next + 1), 0)::int AS free FROM number_block b
     WHERE {OF_YEAR} AND b.device_id = %(device_id)s AND b.returned_at IS NULL),
pool AS (
    SELECT b.id, sum(b.last - b.next + 1) OVER (ORDER BY b.first) - (b.last - b.next + 1) AS before
      FROM number_block b WHERE {OF_YEAR} AND b.returned_at IS NOT NULL AND b.next <= b.last),
taken AS (
    UPDATE number_block b SET device_id = %(device_id)s, staff_user_id = %(staff_user_id)s, given_at = %(at)s,
           returned_at = NULL, return_reason = NULL
      FROM pool, own
     WHERE b.municipality_id = %(municipality_id)s AND b.id = pool.id AND pool.before + own.free < %(below)s
 RETURNING b.last - b.next + 1 AS free),
grown AS (
    UPDATE number_counter c SET last = c.last + %(size)s
      FROM own
     WHERE c.municipality_id = %(municipality_id)s AND c.series = %(series)s AND c.year = %(year)s
       AND own.free + (SELECT coalesce(sum(taken.free), 0) FROM taken) < %(below)s
 RETURNING c.last),
made AS (
    INSERT INTO number_block (municipality_id, id, series, year, device_id, staff_user_id, first, last, next, given_at)
    SELECT %(municipality_id)s, %(id)s, %(series)s, %(year)s, %(device_id)s, %(staff_user_id)s,
           grown.last - %(size)s + 1, grown.last, grown.last - %(size)s + 1, %(at)s
      FROM grown
 RETURNING 1)
SELECT (SELECT count(*) FROM taken)::int AS taken, (SELECT count(*) FROM made)::int AS made"""

TAKE_ONE_SQL = """
WITH counter AS (
    INSERT INTO number_counter (municipality_id, series, year, last)
    VALUES (%(municipality_id)s, %(series)s, %(year)s, 1)
    ON CONFLICT (municipality_id, series, year) DO UPDATE SET last = number_counter.last + 1
 RETURNING last)
INSERT INTO number_block (municipality_id, id, series, year, device_id, staff_user_id, first, last, next, given_at)
SELECT %(municipality_id)s, %(id)s, %(series)s, %(year)s, %(device_id)s, %(staff_user_id)s, counter.last,
       counter.last, counter.last + 1, %(at)s
  FROM counter
RETURNING first"""

ENDED_SQL = """
    SELECT b.municipality_id, b.id, b.series, b.year, b.device_id, b.staff_user_id, b.first, b.next, b.last, b.given_at,
           CASE WHEN b.year < %(year)s THEN 'year_ended' WHEN d.revoked_at IS NOT NULL THEN 'device_revoked'
                ELSE 'device_expired' END AS reason
      FROM number_block b
      LEFT JOIN device d ON d.municipality_id = b.municipality_id AND d.id = b.device_id
     WHERE b.municipality_id = %(municipality_id)s AND b.returned_at IS NULL AND b.next <= b.last
       AND (d.id IS NULL OR d.revoked_at < %(gone_before)s OR d.expires_at < %(gone_before)s OR b.year < %(year)s)
     ORDER BY b.first LIMIT 500
       FOR UPDATE OF b"""

# What was used stays as it is; the rest becomes a block of its own.
CUT_SQL = "UPDATE number_block SET last = next - 1 WHERE municipality_id = %(municipality_id)s AND id = %(id)s"
REST_SQL = """
    INSERT INTO number_block (municipality_id, id, series, year, device_id, staff_user_id, first, last, next, given_at,
                              returned_at, return_reason)
    VALUES (%(municipality_id)s, %(new_id)s, %(series)s, %(year)s, %(device_id)s, %(staff_user_id)s, %(next)s, %(last)s,
            %(next)s, %(given_at)s, %(at)s, %(reason)s)"""
RETURN_SQL = """
    UPDATE number_block SET returned_at = %(at)s, return_reason = %(reason)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""


async def lock_counter(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Be alone in giving numbers of this series and year until commit."""
    await run(session, LOCK_COUNTER_SQL, values)


async def blocks_of_device(session: AsyncSession, values: Mapping[str, Any]) -> list[Row]:
    """What the phone holds and has not used up."""
    return await fetch_all(
        session,
        f"""SELECT b.id, b.year, b.first, b.last, b.next FROM number_block b
             WHERE {OF_YEAR} AND b.device_id = %(device_id)s AND b.returned_at IS NULL AND b.next <= b.last
             ORDER BY b.first""",
        values,
    )


async def give(session: AsyncSession, values: Mapping[str, Any]) -> Row:
    """Give returned blocks and, where they do not suffice, a new one; the counter is locked."""
    row = await fetch_one(session, GIVE_SQL, values)
    if row is None:
        raise LookupError
    return row


async def take_one(session: AsyncSession, values: Mapping[str, Any]) -> int:
    """Give the next number as a block of its own."""
    row = await fetch_one(session, TAKE_ONE_SQL, values)
    if row is None:
        raise LookupError
    return int(row["first"])


async def ended_blocks(session: AsyncSession, values: Mapping[str, Any]) -> list[Row]:
    """Lock the blocks that nobody will use up."""
    return await fetch_all(session, ENDED_SQL, values)


async def return_block(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Take back the unused part of a locked block."""
    if values["next"] == values["first"]:
        await run(session, RETURN_SQL, values)
    else:
        await run(session, CUT_SQL, values)
        await run(session, REST_SQL, values)


async def blocks_of_year(session: AsyncSession, values: Mapping[str, Any]) -> list[Row]:
    """Every block of a series and year with its holder."""
    return await fetch_all(
        session,
        f"""SELECT b.first, b.last, b.next, b.returned_at, b.return_reason, s.full_name AS holder
              FROM number_block b
              LEFT JOIN staff_user s ON s.municipality_id = b.municipality_id AND s.id = b.staff_user_id
             WHERE {OF_YEAR} ORDER BY b.first""",
        values,
    )


async def used_numbers(session: AsyncSession, values: Mapping[str, Any]) -> list[str]:
    """Numbers of the records of a year."""
    rows = await fetch_all(
        session,
        """SELECT i.number FROM inspection i
            WHERE i.municipality_id = %(municipality_id)s AND i.number LIKE %(prefix)s || '%%'""",
        values,
    )
    return [row["number"] for row in rows]


async def counter(session: AsyncSession, values: Mapping[str, Any]) -> int:
    """The last number that was given."""
    row = await fetch_one(
        session,
        """SELECT last FROM number_counter
            WHERE municipality_id = %(municipality_id)s AND series = %(series)s AND year = %(year)s""",
        values,
    )
    return int(row["last"]) if row else 0
