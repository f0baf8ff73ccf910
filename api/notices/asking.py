"""Asks the SMS provider: what became of the messages it took, and whether it took those in doubt.

Like sending: take and commit, ask without a transaction, write down the answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from api.core import clock, keys
from api.core.crypto import DecryptError, Keyring
from api.core.jobs import JobContext
from api.core.metrics import SMS_SENT
from api.core.sql import Row
from api.notices import matching, outbox, question_budget, workflow
from api.notices.gateway import DeliveryReport, SmsGatewayError
from api.notices.matching import Doubt, Verdict
from api.notices.outbox import Outcome
from api.notices.sending import gateway_of
from api.notices.workflow import SmsStatus

log = structlog.get_logger("belediye.notices")

REPORTS_AT_ONCE = question_budget.ROWS_A_PAGE * (question_budget.QUERIES_AT_ONCE - 1) - 1
DOUBTS_AT_ONCE = 50


async def poll_reports(context: JobContext) -> int:
    """Read the delivery reports that are due, in one question; gives how many messages were asked about."""
    now, town = clock.now(), context.municipality_id
    async with context.transaction() as session:
        ring = await keys.keyring(session, town)
        await outbox.give_up_asking(
            session, town, now, SmsStatus.SUBMITTED, tried_before=now - workflow.FOLLOWED_AT_MOST
        )
        rows = await outbox.take_to_ask(
            session, town, now, SmsStatus.SUBMITTED, lease=workflow.CLAIM_LEASE, limit=REPORTS_AT_ONCE
        )
        wait_until = await question_budget.pay(session, question_budget.queries_for(len(rows)), now) if rows else None
        if wait_until:
            await outbox.postpone(session, town, rows, wait_until)
    if not rows or wait_until:
        return 0
    try:
        reports = await gateway_of(context).report(
            sorted({row["provider_id"] for row in rows}),
            min(row["sent_at"] for row in rows),
            max(row["sent_at"] for row in rows) + workflow.CLAIM_LEASE,
        )
    except SmsGatewayError as error:
        log.warning("sms reports were not read", code=error.code, reason=error.reason)
        reports = []
    said = {(report.provider_id, report.to): report for report in reports}
    outcomes = [_after_report(row, said.get((row["provider_id"], _phone(ring, row))), clock.now()) for row in rows]
    await _write_down(context, outcomes)
    return len(rows)


async def resolve_unknown(context: JobContext) -> int:
    """Ask about messages in doubt, number by number while the budget lasts; gives how many were decided or postponed.

    Found means submitted. Not found after the settling time means that it may be sent again, but for login codes,
    which nobody waits for any more.
    """
    now, town = clock.now(), context.municipality_id
    async with context.transaction() as session:
        ring = await keys.keyring(session, town)
        await outbox.give_up_asking(session, town, now, SmsStatus.UNKNOWN, tried_before=now - workflow.ASKED_AT_MOST)
        rows = await outbox.take_to_ask(
            session, town, now, SmsStatus.UNKNOWN, lease=workflow.CLAIM_LEASE, limit=DOUBTS_AT_ONCE
        )
    by_number: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_number[_phone(ring, row)].append(row)
    waiting = dict(by_number)
    for number, members in by_number.items():
        if number not in waiting:
            continue
        wait_until = await _pay_for_search(context, members)
        if wait_until:
            await _postpone(context, [row for left in waiting.values() for row in left], wait_until)
            break
        del waiting[number]
        try:
            listed = await gateway_of(context).find_by_number(number, *_window(members))
        except SmsGatewayError as error:
            log.warning("sms in doubt: the provider gave no answer", code=error.code, reason=error.reason)
            await _postpone(context, members, clock.now() + workflow.pause_by_age(now - members[0]["sent_at"]))
            continue
        jobs = await _decide(context, ring, number, members, listed)
        await _decide_siblings(context, ring, jobs, waiting)
    return len(rows)


async def _decide(
    context: JobContext, ring: Keyring, number: str, members: Sequence[Row], listed: Iterable[DeliveryReport]
) -> set[str]:
    """Write down what the provider's list says about the messages to one number; gives the jobs found to be ours."""
    now, town = clock.now(), context.municipality_id
    since, until = _window(members)
    found = [report for report in listed if report.to == number]
    async with context.transaction() as session:
        known = await outbox.known_under(session, town, {report.provider_id for report in found}, since, until)
        rivals = await outbox.in_doubt(session, town, since - workflow.CLAIM_LEASE, until)
        free = matching.unowned(found, ((row["provider_id"], _phone(ring, row)) for row in known))
        doubts = [Doubt(row["id"], row["sent_at"], number) for row in rivals if _phone(ring, row) == number]
        verdicts = matching.judge(doubts, free, now, workflow.SETTLING)
        outcomes = [
            _after_verdict(row, *verdicts.get(row["id"], (Verdict.TOO_EARLY, None)), now=now) for row in members
        ]
        await outbox.record(session, town, outcomes)
    _count(outcomes)
    return {each.provider_id for each in outcomes if each.provider_id}


async def _decide_siblings(context: JobContext, ring: Keyring, jobs: set[str], waiting: dict[str, list[Row]]) -> None:
    """Messages of one batch share the provider's job: once the job is found, one report tells of all of them."""
    members = [row for rows in waiting.values() for row in rows]
    if not jobs or not members:
        return
    async with context.transaction() as session:
        if await question_budget.pay(session, question_budget.queries_for(len(members) + 1), clock.now()):
            return
    try:
        listed = await gateway_of(context).report(sorted(jobs), *_window(members))
    except SmsGatewayError as error:
        log.warning("sms in doubt: the provider gave no answer", code=error.code, reason=error.reason)
        return
    for number in {report.to for report in listed} & waiting.keys():
        if len(waiting[number]) == 1:  # with more, only a search of the number itself tells them apart
            await _decide(context, ring, number, waiting.pop(number), listed)


async def _pay_for_search(context: JobContext, members: Sequence[Row]) -> datetime | None:
    since, until = _window(members)
    async with context.transaction() as session:
        listed = await outbox.tried_between(
            session, context.municipality_id, since - workflow.CLAIM_LEASE, until + workflow.CLAIM_LEASE
        )
        return await question_budget.pay(session, question_budget.queries_for(listed), clock.now())


def _window(members: Sequence[Row]) -> tuple[datetime, datetime]:
    return min(row["sent_at"] for row in members), max(row["sent_at"] for row in members) + workflow.CLAIM_LEASE


def _after_report(row: Row, report: DeliveryReport | None, now: datetime) -> Outcome:
    status = workflow.AFTER_REPORT[report.status] if report else SmsStatus.SUBMITTED
    said = Outcome(
        row["id"], row["created_at"], row["tries"], status, now + workflow.pause_by_age(now - row["sent_at"])
    )
    if status == SmsStatus.SUBMITTED or report is None:
        return said
    error = None if status == SmsStatus.DELIVERED else report.status.value
    return replace(said, error=error, finished_at=report.at or now)


def _after_verdict(row: Row, verdict: Verdict, report: DeliveryReport | None, *, now: datetime) -> Outcome:
    if report is not None:
        return replace(_after_report(row, report, now), provider_id=report.provider_id)
    said = Outcome(row["id"], row["created_at"], row["tries"], SmsStatus.UNKNOWN, now, error="no_answer")
    if verdict == Verdict.TOO_EARLY:
        return replace(said, next_at=max(row["sent_at"] + workflow.SETTLING, now + timedelta(seconds=30)))
    if verdict == Verdict.AMBIGUOUS:
        return replace(said, status=SmsStatus.DEAD, error="ambiguous", finished_at=now)
    if row["purpose"] == workflow.LOGIN_CODE or row["expires_at"] <= now:
        return replace(said, status=SmsStatus.EXPIRED, error="not_taken", finished_at=now)
    return replace(said, status=SmsStatus.QUEUED, error="not_taken")


async def _write_down(context: JobContext, outcomes: Sequence[Outcome]) -> None:
    async with context.transaction() as session:
        await outbox.record(session, context.municipality_id, outcomes)
    _count(outcomes)


async def _postpone(context: JobContext, rows: Sequence[Row], next_at: datetime) -> None:
    async with context.transaction() as session:
        await outbox.postpone(session, context.municipality_id, rows, next_at)


def _count(outcomes: Iterable[Outcome]) -> None:
    for each in outcomes:
        if each.status in workflow.FINAL:
            SMS_SENT.labels(each.status.value).inc()


def _phone(ring: Keyring, row: Row) -> str:
    try:
        return ring.decrypt("sms_message", "phone", row["id"], row["phone"])
    except DecryptError:
        return ""  # no number; the provider lists none such
