"""What the provider is asked: delivery reports, and whether it took the messages in doubt."""

import asyncio
from datetime import timedelta

import pytest

from api.core import clock
from api.core.jobs import JobContext
from api.notices import asking, workflow
from api.notices import jobs as notice_jobs
from tests.api.notices.netgsm_setup import OTHER_PHONE, PHONE, make_gateway
from tests.api.notices.outbox_setup import phone
from tests.factories.bare_town import TOWN

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = pytest.mark.anyio
SETTLED = workflow.SETTLING + timedelta(seconds=5)


def count(control, path):
    return sum(entry["path"].endswith(path) for entry in control.log())


async def send_into_doubt(outbox, control, *, taken):
    """Let every send end without an answer, whether or not the provider took it."""
    fault = {"kind": "drop", "accepted": True} if taken else {"kind": "status", "status": 500}
    control.script({**fault, "times": 1})
    await notice_jobs.send_sms(outbox.context)
    assert "unknown" in outbox.statuses()
    outbox.make_due()


async def test_a_delivered_message_is_delivered_at_the_time_the_provider_says(outbox, sms_control):
    message_id = await outbox.queue()
    await notice_jobs.send_sms(outbox.context)
    sms_control.wait_for_message(PHONE)
    outbox.make_due()
    await notice_jobs.poll_reports(outbox.context)
    row = outbox.row(message_id)
    assert row["status"] == "delivered"
    assert abs(row["finished_at"] - clock.now()) < timedelta(seconds=20)


@pytest.mark.parametrize(
    ("final", "status", "error"),
    [
        (3, "undelivered", "undelivered"), (2, "undelivered", "expired"),
        (13, "rejected", "rejected"), (16, "rejected", "blocked"),
    ],
)  # fmt: skip
async def test_the_providers_bad_news_is_written_down(outbox, sms_control, final, status, error):
    message_id = await outbox.queue()
    sms_control.script({"kind": "undelivered", "final": final})
    await notice_jobs.send_sms(outbox.context)
    await asyncio.sleep(0.2)
    outbox.make_due()
    await notice_jobs.poll_reports(outbox.context)
    row = outbox.row(message_id)
    assert (row["status"], row["last_error"]) == (status, error)


async def test_a_message_still_under_way_is_asked_about_again_later(outbox, sms_control):
    message_id = await outbox.queue()
    sms_control.script({"kind": "delay", "seconds": 30})
    await notice_jobs.send_sms(outbox.context)
    outbox.make_due()
    await notice_jobs.poll_reports(outbox.context)
    row = outbox.row(message_id)
    assert row["status"] == "submitted"
    assert row["next_at"] - clock.now() > timedelta(seconds=25)


async def test_many_messages_are_asked_about_in_one_question(outbox, sms_control):
    await outbox.queue_many(40)
    await notice_jobs.send_sms(outbox.context)
    await asyncio.sleep(0.3)
    outbox.make_due()
    await notice_jobs.poll_reports(outbox.context)
    assert outbox.statuses() == {"delivered": 40}
    assert count(sms_control, "/report") == 1


async def test_a_failing_report_leaves_everything_as_it_is(outbox, sms_control):
    message_id = await outbox.queue()
    await notice_jobs.send_sms(outbox.context)
    outbox.make_due()
    sms_control.script({"at": "report", "kind": "status", "status": 500})
    await notice_jobs.poll_reports(outbox.context)
    row = outbox.row(message_id)
    assert row["status"] == "submitted"
    assert row["next_at"] > clock.now()


async def test_after_three_days_without_a_final_report_an_operator_has_to_look(outbox):
    message_id = await outbox.queue()
    await notice_jobs.send_sms(outbox.context)
    with clock.frozen(clock.now() + timedelta(hours=73)):
        await notice_jobs.poll_reports(outbox.context)
    row = outbox.row(message_id)
    assert (row["status"], row["last_error"]) == ("dead", "no_answer")


async def test_a_message_in_doubt_that_was_taken_is_submitted_and_never_sent_again(outbox, sms_control):
    message_id = await outbox.queue()
    await send_into_doubt(outbox, sms_control, taken=True)
    await notice_jobs.resolve_unknown(outbox.context)
    row = outbox.row(message_id)
    assert row["status"] in ("submitted", "delivered")
    assert row["provider_id"] == sms_control.wait_for_message(PHONE)["job_id"]
    with clock.frozen(clock.now() + SETTLED):
        await notice_jobs.retry_due(outbox.context)
    assert len(sms_control.messages(PHONE)) == 1


async def test_a_message_in_doubt_that_was_not_taken_is_sent_again_only_after_the_settling_time(outbox, sms_control):
    message_id = await outbox.queue(body="bir kez")
    await send_into_doubt(outbox, sms_control, taken=False)
    await notice_jobs.resolve_unknown(outbox.context)
    row = outbox.row(message_id)
    assert row["status"] == "unknown"
    assert row["next_at"] == row["sent_at"] + workflow.SETTLING
    with clock.frozen(clock.now() + SETTLED):
        outbox.forget_questions()
        await notice_jobs.resolve_unknown(outbox.context)
        assert outbox.row(message_id)["status"] == "queued"
        await notice_jobs.send_sms(outbox.context)
    sms_control.wait_for_message(PHONE)
    assert [message["text"] for message in sms_control.messages(PHONE)] == ["bir kez"]


async def test_a_login_code_in_doubt_is_never_sent_again(outbox, sms_control):
    message_id = await outbox.queue(purpose="login_code", expires_at=clock.now() + timedelta(hours=1))
    await send_into_doubt(outbox, sms_control, taken=False)
    assert outbox.row(message_id)["body"] is None
    with clock.frozen(clock.now() + SETTLED):
        await notice_jobs.resolve_unknown(outbox.context)
        await notice_jobs.send_sms(outbox.context)
    assert outbox.row(message_id)["status"] == "expired"
    assert count(sms_control, "/send") == 1


async def test_a_message_in_doubt_that_nobody_needs_any_more_expires(outbox, sms_control):
    message_id = await outbox.queue(expires_at=clock.now() + timedelta(minutes=1))
    await send_into_doubt(outbox, sms_control, taken=False)
    with clock.frozen(clock.now() + SETTLED):
        await notice_jobs.resolve_unknown(outbox.context)
    assert outbox.row(message_id)["status"] == "expired"


async def test_while_the_provider_gives_no_answer_a_message_stays_in_doubt_and_then_an_operator_has_to_look(
    outbox, sms_control
):
    message_id = await outbox.queue()
    await send_into_doubt(outbox, sms_control, taken=False)
    sms_control.script({"at": "report", "kind": "status", "status": 500, "times": 5})
    with clock.frozen(clock.now() + SETTLED):
        await notice_jobs.resolve_unknown(outbox.context)
        row = outbox.row(message_id)
        assert row["status"] == "unknown"
        assert row["next_at"] > clock.now()
    with clock.frozen(clock.now() + timedelta(hours=25)):
        await notice_jobs.resolve_unknown(outbox.context)
    row = outbox.row(message_id)
    assert (row["status"], row["last_error"]) == ("dead", "no_answer")


async def test_a_batch_in_doubt_is_resolved_with_one_search_and_one_report(outbox, sms_control):
    await outbox.queue_many(30)
    await send_into_doubt(outbox, sms_control, taken=True)
    await notice_jobs.resolve_unknown(outbox.context)
    assert set(outbox.statuses()) <= {"submitted", "delivered"}
    assert count(sms_control, "/report") == 2
    await asyncio.sleep(0.3)
    assert len(sms_control.messages()) == 30


async def test_an_earlier_message_to_the_same_number_is_not_taken_for_the_one_in_doubt(outbox, sms_control):
    known = await outbox.queue(body="birinci")
    await notice_jobs.send_sms(outbox.context)
    lost = await outbox.queue(body="ikinci")
    await send_into_doubt(outbox, sms_control, taken=False)
    with clock.frozen(clock.now() + SETTLED):
        await notice_jobs.resolve_unknown(outbox.context)
    assert outbox.row(known)["status"] == "submitted"
    assert outbox.row(lost)["status"] == "queued"


async def test_when_fewer_were_taken_than_are_in_doubt_nothing_is_sent_again(outbox, sms_control):
    for taken in (True, False):
        await outbox.queue(body=f"{taken}")
        await send_into_doubt(outbox, sms_control, taken=taken)
    with clock.frozen(clock.now() + SETTLED):
        outbox.forget_questions()
        await notice_jobs.resolve_unknown(outbox.context)
        await notice_jobs.send_sms(outbox.context)
    assert sorted(row["status"] for row in outbox.rows()) in (["dead", "delivered"], ["dead", "submitted"])
    assert len(sms_control.messages(PHONE)) == 1


async def test_questions_keep_to_ten_a_minute_and_the_rest_waits_its_turn(outbox, sms_control):
    """Twelve numbers in doubt; the simulator answers the eleventh query of a minute with code 80."""
    for index in range(12):
        await outbox.queue(to=phone(index))
        await send_into_doubt(outbox, sms_control, taken=False)
    before = count(sms_control, "/report")
    for _ in range(4):
        outbox.make_due()
        await notice_jobs.resolve_unknown(outbox.context)
    asked = [entry for entry in sms_control.log() if entry["path"].endswith("/report")][before:]
    assert 0 < len(asked) <= 10
    assert all(entry["code"] != "80" for entry in asked)
    assert outbox.statuses() == {"unknown": 12}


async def test_one_number_in_doubt_does_not_hold_up_the_reports_of_others_for_ever(outbox, sms_control):
    gateway = make_gateway(sms_control.base_url)
    sent = await outbox.queue(to=OTHER_PHONE)
    await notice_jobs.send_sms(outbox.context)
    sms_control.wait_for_message(OTHER_PHONE)
    outbox.make_due()
    assert await asking.resolve_unknown(JobContext(TOWN, outbox.database, {"sms": gateway})) == 0
    assert await asking.poll_reports(JobContext(TOWN, outbox.database, {"sms": gateway})) == 1
    assert outbox.row(sent)["status"] == "delivered"
