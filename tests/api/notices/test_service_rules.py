"""The rules of the outbox by themselves: the table of states, who owns a listed message, how often may be asked."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.core.db import Database
from api.notices import outbox as outbox_sql
from api.notices import question_budget, workflow
from api.notices.gateway import DeliveryReport, DeliveryStatus
from api.notices.matching import Doubt, Verdict, judge, unowned
from api.notices.outbox import Outcome
from api.notices.workflow import FINAL, TRANSITIONS, SmsStatus
from tests.factories.bare_town import TOWN

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SETTLING = timedelta(minutes=5)
NUMBER = "+905321112233"


def test_every_state_is_in_the_table_and_final_ones_lead_nowhere():
    assert set(TRANSITIONS) == set(SmsStatus)
    assert {status for status, later in TRANSITIONS.items() if not later} == FINAL


def test_a_message_in_doubt_never_goes_back_to_sending_without_being_queued():
    assert SmsStatus.SENDING not in TRANSITIONS[SmsStatus.UNKNOWN]
    assert [status for status, later in TRANSITIONS.items() if SmsStatus.SENDING in later] == [SmsStatus.QUEUED]


async def test_a_result_is_written_down_only_where_the_table_allows_it(outbox):
    message_id = await outbox.queue()
    row = outbox.row(message_id)
    for before in SmsStatus:
        for after in SmsStatus:
            outbox.execute("UPDATE sms_message SET status = %s, tries = 1 WHERE id = %s", before, message_id)
            outcome = Outcome(message_id, row["created_at"], 1, after, NOON)
            async with outbox.database.transaction(TOWN) as session:
                written = await outbox_sql.record(session, TOWN, [outcome])
            is_same = before == after and after in (SmsStatus.SUBMITTED, SmsStatus.UNKNOWN)
            assert bool(written) == (after in TRANSITIONS[before] or is_same), (before, after)


@given(st.integers(1, 60))
def test_pauses_after_refusals_never_shrink_and_have_an_end(tries):
    for purpose, longest in ((workflow.LOGIN_CODE, 32), ("complaint", 1800)):
        now, later = (workflow.pause_after_refusal(purpose, each) for each in (tries, tries + 1))
        assert timedelta(0) < now <= later <= timedelta(seconds=longest)


@given(st.timedeltas(timedelta(0), timedelta(days=4)))
def test_questions_grow_rarer_with_age(age):
    assert timedelta(seconds=30) <= workflow.pause_by_age(age) <= timedelta(hours=1)


def doubts_and_list(ages, listed):
    doubts = [Doubt(UUID(int=index), NOON - age, NUMBER) for index, age in enumerate(ages)]
    reports = [DeliveryReport(f"{index}", NUMBER, DeliveryStatus.PENDING, None) for index in range(listed)]
    return doubts, reports


AGES = st.lists(st.timedeltas(timedelta(0), timedelta(minutes=20)), min_size=1, max_size=6)


@given(AGES, st.integers(0, 8))
def test_nothing_is_judged_untaken_that_may_have_been_taken(ages, listed):
    doubts, reports = doubts_and_list(ages, listed)
    verdicts = judge(doubts, reports, NOON, SETTLING)
    assert verdicts.keys() == {doubt.id for doubt in doubts}
    untaken = [verdict for verdict, _ in verdicts.values() if verdict == Verdict.NOT_TAKEN]
    if untaken:
        assert listed == 0
        assert min(ages) >= SETTLING


@given(AGES, st.integers(0, 8))
def test_no_listed_message_is_given_to_two_of_ours_and_the_oldest_comes_first(ages, listed):
    doubts, reports = doubts_and_list(ages, listed)
    verdicts = judge(doubts, reports, NOON, SETTLING)
    given_out = [report.provider_id for _, report in verdicts.values() if report]
    assert len(given_out) == len(set(given_out)) <= min(len(doubts), listed)
    taken = [doubt for doubt in doubts if verdicts[doubt.id][0] == Verdict.TAKEN]
    left = [doubt for doubt in doubts if verdicts[doubt.id][0] != Verdict.TAKEN]
    assert all(mine.sent_at <= other.sent_at for mine in taken for other in left)


@given(AGES, st.integers(0, 8))
def test_before_everything_has_settled_a_short_list_decides_nothing(ages, listed):
    doubts, reports = doubts_and_list(ages, listed)
    verdicts = {verdict for verdict, _ in judge(doubts, reports, NOON, SETTLING).values()}
    if min(ages) < SETTLING and listed < len(doubts):
        assert verdicts == {Verdict.TOO_EARLY}
    else:
        assert Verdict.TOO_EARLY not in verdicts


def test_a_job_owned_for_one_number_is_free_for_another_and_older_jobs_come_first():
    def listed(job, number):
        return DeliveryReport(job, number, DeliveryStatus.PENDING, None)

    reports = [listed("100", NUMBER), listed("99", NUMBER), listed("98", NUMBER)]
    free = unowned(reports, [("98", NUMBER), ("99", "+905321112234")])
    assert [report.provider_id for report in free] == ["99", "100"]


@pytest.fixture
async def budget(towns_db):
    database = Database(towns_db.app, pool_size=1)
    yield database
    await database.close()


RUNS = count()


@pytest.mark.parametrize("steps", [[0] * 30, [1, 0, 7, 30, 2, 2, 2] * 6, [13] * 20, [60, 0, 0, 0, 0, 0, 0] * 4])
@pytest.mark.parametrize("queries", [1, 2, 5])
async def test_no_minute_ever_holds_more_than_ten_questions(budget, steps, queries):
    now, asked = NOON + timedelta(days=next(RUNS)), []
    async with budget.transaction() as session:
        for step in steps:
            now += timedelta(seconds=step)
            if await question_budget.pay(session, queries, now) is None:
                asked += [now] * queries
    assert asked
    for start in asked:
        assert sum(start <= at < start + timedelta(minutes=1) for at in asked) <= 10


async def test_whoever_is_told_to_come_back_may_then_ask(budget):
    now = NOON + timedelta(days=next(RUNS))
    async with budget.transaction() as session:
        while (wait_until := await question_budget.pay(session, 2, now)) is None:
            pass
        assert wait_until > now
        assert await question_budget.pay(session, 2, wait_until) is None


async def test_a_question_larger_than_the_budget_is_asked_once_nothing_is_owed(budget):
    now = NOON + timedelta(days=next(RUNS))
    async with budget.transaction() as session:
        assert await question_budget.pay(session, 8, now) is None
        wait_until = await question_budget.pay(session, 8, now + timedelta(seconds=1))
        assert wait_until is not None
        assert await question_budget.pay(session, 8, wait_until) is None


@given(st.integers(0, 2000))
def test_enough_queries_are_reserved_to_see_the_end_of_a_list(rows):
    assert question_budget.queries_for(rows) * question_budget.ROWS_A_PAGE > rows
