"""SQL of the SMS outbox: who takes which rows, and what became of them.

Taking a row commits before the provider is called, with `next_at` as the end of the lease; the result is written in a
second transaction and only onto the same try. `created_at` is bounded on both sides everywhere, so that PostgreSQL
looks at one or two month partitions and not at all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all, run
from api.notices.workflow import LOGIN_CODE, TRANSITIONS, SmsStatus

REACH: Final = timedelta(days=8)
AHEAD: Final = timedelta(days=1)

# The platform's scheduler asks these across municipalities (`api.platform.schedule`).
TOWNS_WITH_SENDING_DUE = """SELECT DISTINCT municipality_id FROM sms_message
     WHERE status IN ('queued', 'sending') AND next_at <= %(now)s
       AND created_at BETWEEN %(now)s - interval '8 days' AND %(now)s + interval '1 day'"""
TOWNS_WITH_REPORTS_DUE = """SELECT DISTINCT municipality_id FROM sms_message
     WHERE status = 'submitted' AND next_at <= %(now)s
       AND created_at BETWEEN %(now)s - interval '8 days' AND %(now)s + interval '1 day'"""
TOWNS_WITH_UNKNOWN_DUE = """SELECT DISTINCT municipality_id FROM sms_message
     WHERE status = 'unknown' AND next_at <= %(now)s
       AND created_at BETWEEN %(now)s - interval '8 days' AND %(now)s + interval '1 day'"""

# `MATERIALIZED`: joined as a subquery, PostgreSQL may run it again for each row and so take more than the limit.
TAKE_SQL = """
    WITH due AS MATERIALIZED (
        SELECT id, created_at FROM sms_message
         WHERE municipality_id = %(municipality_id)s AND status = %(status)s AND next_at <= %(now)s
           AND created_at BETWEEN %(since)s AND %(until)s {only}
         ORDER BY (purpose <> 'login_code'), next_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    UPDATE sms_message m SET {change}
      FROM due
     WHERE m.municipality_id = %(municipality_id)s AND m.id = due.id AND m.created_at = due.created_at
       AND m.created_at BETWEEN %(since)s AND %(until)s
 RETURNING m.id, m.created_at, m.purpose, m.phone, m.body, m.status, m.tries, m.sent_at, m.expires_at, m.provider_id"""

RECORD_SQL = """
    UPDATE sms_message m
       SET status = r.status, next_at = r.next_at, provider_id = coalesce(r.provider_id, m.provider_id),
           last_error = r.error, finished_at = r.finished_at,
           body = CASE WHEN m.purpose = 'login_code' AND r.status <> 'queued' THEN NULL ELSE m.body END
      FROM unnest(%(ids)s::uuid[], %(created_at)s::timestamptz[], %(tries)s::int[], %(statuses)s::text[],
                  %(from_statuses)s::text[], %(next_at)s::timestamptz[], %(provider_ids)s::text[], %(errors)s::text[],
                  %(finished_at)s::timestamptz[])
           AS r(id, created_at, tries, status, from_statuses, next_at, provider_id, error, finished_at)
     WHERE m.municipality_id = %(municipality_id)s AND m.id = r.id AND m.created_at = r.created_at
       AND m.created_at BETWEEN %(since)s AND %(until)s AND m.tries = r.tries
       AND m.status = ANY(string_to_array(r.from_statuses, ','))"""


@dataclass(frozen=True)
class Outcome:
    """What became of one try of one message."""

    id: UUID
    created_at: datetime
    tries: int
    status: SmsStatus
    next_at: datetime
    provider_id: str | None = None
    error: str | None = None
    finished_at: datetime | None = None


async def take_to_send(
    session: AsyncSession, municipality_id: int, now: datetime, *, lease: timedelta, limit: int, login_codes_only: bool
) -> list[Row]:
    """Take queued messages for one try, login codes first; they are `sending` from the commit on."""
    change = "status = 'sending', tries = tries + 1, sent_at = %(now)s, next_at = %(lease_ends)s, last_error = NULL"
    only = "AND purpose = 'login_code'" if login_codes_only else ""
    sql = TAKE_SQL.format(change=change, only=only)
    return await _take(session, sql, municipality_id, SmsStatus.QUEUED, now=now, lease=lease, limit=limit)


async def take_to_ask(
    session: AsyncSession, municipality_id: int, now: datetime, status: SmsStatus, *, lease: timedelta, limit: int
) -> list[Row]:
    """Take `submitted` or `unknown` messages about which the provider is to be asked."""
    sql = TAKE_SQL.format(change="next_at = %(lease_ends)s", only="")
    return await _take(session, sql, municipality_id, status, now=now, lease=lease, limit=limit)


async def _take(
    session: AsyncSession,
    sql: str,
    municipality_id: int,
    status: SmsStatus,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
) -> list[Row]:
    rows = await fetch_all(
        session,
        sql,
        {
            "municipality_id": municipality_id,
            "status": status,
            "now": now,
            "lease_ends": now + lease,
            "since": now - REACH,
            "until": now + AHEAD,
            "limit": limit,
        },
    )
    return sorted(rows, key=lambda row: (row["purpose"] != LOGIN_CODE, row["created_at"], row["id"]))


async def expire_queued(session: AsyncSession, municipality_id: int, now: datetime) -> int:
    """Give up what is no longer worth sending; gives the number."""
    return await run(
        session,
        """UPDATE sms_message SET status = 'expired', finished_at = %(now)s,
                  body = CASE WHEN purpose = 'login_code' THEN NULL ELSE body END
            WHERE municipality_id = %(municipality_id)s AND status = 'queued' AND expires_at <= %(now)s
              AND created_at BETWEEN %(since)s AND %(until)s""",
        {"municipality_id": municipality_id, "now": now, "since": now - REACH, "until": now + AHEAD},
    )


async def give_up_asking(
    session: AsyncSession, municipality_id: int, now: datetime, status: SmsStatus, *, tried_before: datetime
) -> int:
    """Leave to an operator what the provider has said nothing final about for too long; gives the number."""
    return await run(
        session,
        """UPDATE sms_message SET status = 'dead', finished_at = %(now)s, last_error = 'no_answer'
            WHERE municipality_id = %(municipality_id)s AND status = %(status)s AND sent_at < %(tried_before)s
              AND created_at BETWEEN %(since)s AND %(until)s""",
        {
            "municipality_id": municipality_id,
            "now": now,
            "since": now - REACH,
            "until": now + AHEAD,
            "status": status,
            "tried_before": tried_before,
        },
    )


async def leave_unknown(session: AsyncSession, municipality_id: int, now: datetime, next_at: datetime) -> int:
    """Whatever is `sending` past its lease was left by a killed worker: nobody knows whether it went out."""
    return await run(
        session,
        """UPDATE sms_message SET status = 'unknown', next_at = %(next_at)s, last_error = 'worker_lost',
                  body = CASE WHEN purpose = 'login_code' THEN NULL ELSE body END
            WHERE municipality_id = %(municipality_id)s AND status = 'sending' AND next_at <= %(now)s
              AND created_at BETWEEN %(since)s AND %(until)s""",
        {
            "municipality_id": municipality_id,
            "now": now,
            "next_at": next_at,
            "since": now - REACH,
            "until": now + AHEAD,
        },
    )


async def record(session: AsyncSession, municipality_id: int, outcomes: Sequence[Outcome]) -> int:
    """Write down what became of these tries; a row that has moved on to another try or state stays as it is."""
    if not outcomes:
        return 0
    return await run(
        session,
        RECORD_SQL,
        {
            "municipality_id": municipality_id,
            "since": min(outcome.created_at for outcome in outcomes),
            "until": max(outcome.created_at for outcome in outcomes),
            "ids": [outcome.id for outcome in outcomes],
            "created_at": [outcome.created_at for outcome in outcomes],
            "tries": [outcome.tries for outcome in outcomes],
            "statuses": [outcome.status.value for outcome in outcomes],
            "from_statuses": [",".join(_before(outcome.status)) for outcome in outcomes],
            "next_at": [outcome.next_at for outcome in outcomes],
            "provider_ids": [outcome.provider_id for outcome in outcomes],
            "errors": [outcome.error for outcome in outcomes],
            "finished_at": [outcome.finished_at for outcome in outcomes],
        },
    )


async def postpone(session: AsyncSession, municipality_id: int, rows: Sequence[Row], next_at: datetime) -> None:
    """Let taken messages be asked about at another time."""
    made = [row["created_at"] for row in rows]
    await run(
        session,
        """UPDATE sms_message SET next_at = %s
            WHERE municipality_id = %s AND id = ANY(%s) AND created_at BETWEEN %s AND %s
              AND status IN ('submitted', 'unknown')""",
        (next_at, municipality_id, [row["id"] for row in rows], min(made), max(made)),
    )


async def known_under(
    session: AsyncSession, municipality_id: int, provider_ids: Iterable[str], since: datetime, until: datetime
) -> list[Row]:
    """Read the messages tried in the window and already known under these jobs of the provider."""
    return await fetch_all(
        session,
        """SELECT id, phone, provider_id FROM sms_message
            WHERE municipality_id = %s AND provider_id = ANY(%s) AND created_at BETWEEN %s AND %s""",
        (municipality_id, sorted(provider_ids), since - REACH, until + AHEAD),
    )


async def in_doubt(session: AsyncSession, municipality_id: int, since: datetime, until: datetime) -> list[Row]:
    """Read every message tried in the window whose fate is not known yet."""
    return await fetch_all(
        session,
        """SELECT id, phone, sent_at FROM sms_message
            WHERE municipality_id = %s AND status IN ('unknown', 'sending') AND created_at BETWEEN %s AND %s
              AND sent_at BETWEEN %s AND %s""",
        (municipality_id, since - REACH, until + AHEAD, since, until),
    )


async def tried_between(session: AsyncSession, municipality_id: int, since: datetime, until: datetime) -> int:
    """Count the messages tried in the window: how long the provider's list of it will be."""
    rows = await fetch_all(
        session,
        """SELECT count(*) AS n FROM sms_message
            WHERE municipality_id = %s AND created_at BETWEEN %s AND %s AND sent_at BETWEEN %s AND %s""",
        (municipality_id, since - REACH, until + AHEAD, since, until),
    )
    return int(rows[0]["n"])


def _before(status: SmsStatus) -> list[str]:
    # A message may be written down twice as what it is already: the second time says the same.
    return sorted({earlier.value for earlier, later in TRANSITIONS.items() if status in later} | _same(status))


def _same(status: SmsStatus) -> set[str]:
    return {status.value} if status in (SmsStatus.SUBMITTED, SmsStatus.UNKNOWN) else set()
