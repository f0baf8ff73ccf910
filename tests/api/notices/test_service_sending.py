"""The SMS outbox is emptied without a lost and without a doubled message."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from api.core import clock
from api.core.jobs import JobContext
from api.notices import jobs as notice_jobs
from api.notices import outbox as outbox_sql
from api.notices import sending, service, workflow
from api.notices.no_gateway import NoGateway
from tests.api.notices.netgsm_setup import OTHER_PHONE, PHONE, make_gateway
from tests.api.notices.outbox_setup import phone
from tests.factories.bare_town import OTHER_TOWN, TOWN

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = pytest.mark.anyio


async def test_a_queued_message_is_sent_once_and_names_the_providers_job(outbox, sms_control):
    message_id = await outbox.queue(body="Başvurunuz alındı: ığüşöç")
    for _ in range(3):
        await notice_jobs.send_sms(outbox.context)
    received = sms_control.wait_for_message(PHONE)
    assert received["text"] == "Başvurunuz alındı: ığüşöç"
    assert len(sms_control.messages(PHONE)) == 1
    row = outbox.row(message_id)
    assert (row["status"], row["provider_id"], row["tries"]) == ("submitted", received["job_id"], 1)


async def test_login_codes_go_before_everything_that_waits_longer(outbox, sms_control):
    for index in range(3):
        await outbox.queue(to=phone(index))
    await outbox.queue(purpose="login_code", to=OTHER_PHONE, body="Kodunuz 123456")
    assert (await sending.send_batch(outbox.context, limit=1)).taken == 1
    assert sms_control.wait_for_message(OTHER_PHONE)["text"] == "Kodunuz 123456"
    assert outbox.statuses() == {"queued": 3, "submitted": 1}


async def test_a_run_for_login_codes_leaves_the_rest_alone(outbox):
    await outbox.queue()
    await outbox.queue(purpose="login_code", to=OTHER_PHONE)
    await notice_jobs.send_sms(outbox.context, login_codes_only=True)
    assert outbox.statuses() == {"queued": 1, "submitted": 1}


async def test_the_text_of_a_login_code_is_gone_once_it_is_sent_and_that_of_a_notice_stays(outbox):
    code, notice = await outbox.queue(purpose="login_code"), await outbox.queue(to=OTHER_PHONE)
    await notice_jobs.send_sms(outbox.context)
    assert outbox.row(code)["body"] is None
    assert outbox.row(notice)["body"] is not None


async def test_the_text_of_a_login_code_is_gone_once_it_has_expired_unsent(outbox, sms_control):
    code = await outbox.queue(purpose="login_code")
    with clock.frozen(clock.now() + timedelta(minutes=4)):
        await notice_jobs.send_sms(outbox.context)
    row = outbox.row(code)
    assert (row["status"], row["body"]) == ("expired", None)
    assert sms_control.log() == []


async def test_workers_side_by_side_never_send_the_same_message_twice(outbox, sms_control):
    await outbox.queue_many(60)
    await asyncio.gather(*(sending.send_batch(outbox.context, limit=10) for _ in range(12)))
    await notice_jobs.send_sms(outbox.context)
    assert outbox.statuses() == {"submitted": 60}
    await asyncio.sleep(0.3)
    received = [message["to"] for message in sms_control.messages()]
    assert sorted(received) == sorted(phone(index) for index in range(60))


async def test_no_transaction_is_open_while_the_provider_is_called(outbox, sms_control):
    await outbox.queue()
    sms_control.script({"kind": "hang", "seconds": 1.5})
    running = asyncio.create_task(notice_jobs.send_sms(outbox.context))
    await asyncio.sleep(0.8)
    with psycopg.connect(outbox.urls.admin, row_factory=dict_row) as connection:
        sessions = connection.execute(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND usename = 'belediye_app'"
        ).fetchall()
    assert not running.done()
    assert outbox.statuses() == {"sending": 1}
    assert {session["state"] for session in sessions} == {"idle"}
    await running
    assert outbox.statuses() == {"submitted": 1}


async def test_a_refusal_that_may_pass_waits_longer_each_time_and_then_passes(outbox, sms_control):
    message_id = await outbox.queue()
    sms_control.script({"kind": "code", "code": "80", "times": 2})
    pauses = []
    for _ in range(2):
        await notice_jobs.send_sms(outbox.context)
        row = outbox.row(message_id)
        assert (row["status"], row["last_error"]) == ("queued", "80")
        pauses.append(row["next_at"] - clock.now())
        await notice_jobs.send_sms(outbox.context)  # not due yet
        outbox.make_due()
    assert timedelta(seconds=13) < pauses[0] < timedelta(seconds=16)
    assert timedelta(seconds=28) < pauses[1] < timedelta(seconds=31)
    await notice_jobs.send_sms(outbox.context)
    row = outbox.row(message_id)
    assert (row["status"], row["tries"], row["last_error"]) == ("submitted", 3, None)


async def test_a_refusal_that_outlasts_the_message_lets_it_expire(outbox, sms_control):
    message_id = await outbox.queue(expires_at=clock.now() + timedelta(seconds=10))
    sms_control.script({"kind": "code", "code": "80"})
    await notice_jobs.send_sms(outbox.context)
    row = outbox.row(message_id)
    assert (row["status"], row["last_error"]) == ("expired", "80")


async def test_a_login_code_refused_for_now_gets_an_urgent_job_of_its_own(outbox, sms_control):
    await outbox.queue(purpose="login_code")
    outbox.execute("DELETE FROM procrastinate_jobs")
    sms_control.script({"kind": "code", "code": "80"})
    await notice_jobs.send_sms(outbox.context, login_codes_only=True)
    (job,) = outbox.jobs()
    assert (job["queue_name"], job["args"]["login_codes_only"]) == ("urgent", True)
    assert timedelta(0) < job["scheduled_at"] - clock.now() < timedelta(seconds=6)


async def test_a_refusal_for_good_is_final_and_names_its_reason(outbox, sms_control):
    message_id = await outbox.queue()
    sms_control.script({"kind": "code", "code": "20"})
    await notice_jobs.send_sms(outbox.context)
    row = outbox.row(message_id)
    assert (row["status"], row["last_error"]) == ("rejected", "20")
    assert row["finished_at"] is not None
    outbox.make_due()
    await notice_jobs.send_sms(outbox.context)
    assert len(sms_control.log()) == 1


@pytest.mark.parametrize(
    "fault", [{"kind": "drop", "accepted": True}, {"kind": "hang", "seconds": 3}, {"kind": "status"}]
)
async def test_silence_makes_a_message_unknown_and_nobody_sends_it_again(outbox, sms_control, fault):
    message_id = await outbox.queue()
    context = JobContext(TOWN, outbox.database, {"sms": make_gateway(sms_control.base_url, deadline=1.0)})
    sms_control.script(fault)
    await notice_jobs.send_sms(context)
    assert outbox.row(message_id)["status"] == "unknown"
    outbox.make_due()
    await notice_jobs.send_sms(context)
    await notice_jobs.retry_due(context)
    sends = [entry for entry in sms_control.log() if entry["path"].endswith("/send")]
    assert len(sends) == 1
    assert outbox.row(message_id)["status"] == "unknown"


async def test_what_a_killed_worker_left_sending_becomes_unknown_after_two_minutes(outbox, sms_control):
    message_id = await outbox.queue()
    async with outbox.database.transaction(TOWN) as session:
        await outbox_sql.take_to_send(
            session, TOWN, clock.now(), lease=workflow.CLAIM_LEASE, limit=10, login_codes_only=False
        )
    await notice_jobs.retry_due(outbox.context)
    assert outbox.row(message_id)["status"] == "sending"
    with clock.frozen(clock.now() + timedelta(minutes=2, seconds=1)):
        await notice_jobs.retry_due(outbox.context)
    row = outbox.row(message_id)
    assert (row["status"], row["last_error"]) == ("unknown", "worker_lost")
    assert sms_control.log() == []


async def test_a_slow_workers_late_answer_is_still_written_down(outbox, sms_control):
    """The lease ran out and the message is unknown already when its worker comes back with the provider's yes."""
    message_id = await outbox.queue()
    sms_control.script({"kind": "hang", "seconds": 1.0})
    running = asyncio.create_task(notice_jobs.send_sms(outbox.context))
    await asyncio.sleep(0.5)
    assert outbox.execute("UPDATE sms_message SET status = 'unknown' WHERE status = 'sending'") == 1
    await running
    assert outbox.row(message_id)["status"] == "submitted"


async def test_a_late_answer_to_an_earlier_try_changes_nothing(outbox, sms_control):
    message_id = await outbox.queue()
    sms_control.script({"kind": "hang", "seconds": 1.0})
    running = asyncio.create_task(notice_jobs.send_sms(outbox.context))
    await asyncio.sleep(0.5)
    assert outbox.execute("UPDATE sms_message SET tries = tries + 1 WHERE status = 'sending'") == 1
    await running
    assert outbox.row(message_id)["status"] == "sending"


async def test_without_a_provider_account_messages_wait(outbox):
    message_id = await outbox.queue()
    await notice_jobs.send_sms(JobContext(TOWN, outbox.database, {"sms": NoGateway()}))
    row = outbox.row(message_id)
    assert (row["status"], row["last_error"]) == ("queued", "not_configured")
    assert row["next_at"] > clock.now()


async def test_a_message_that_does_not_open_is_set_aside_and_the_others_flow(outbox, sms_control):
    poisoned, sound = await outbox.queue(), await outbox.queue(to=OTHER_PHONE)
    outbox.execute("UPDATE sms_message SET body = %s WHERE id = %s", b"\x01" + bytes(60), poisoned)
    await notice_jobs.send_sms(outbox.context)
    row = outbox.row(poisoned)
    assert (row["status"], row["last_error"]) == ("dead", "unreadable")
    assert outbox.row(sound)["status"] == "submitted"
    assert sms_control.wait_for_message(OTHER_PHONE)


async def test_texts_swapped_between_rows_are_not_sent(outbox, sms_control):
    first, second = await outbox.queue(body="bir"), await outbox.queue(to=OTHER_PHONE, body="iki")
    outbox.execute("UPDATE sms_message SET body = %s WHERE id = %s", outbox.row(second)["body"], first)
    await notice_jobs.send_sms(outbox.context)
    assert (outbox.row(first)["status"], outbox.row(second)["status"]) == ("dead", "submitted")
    assert sms_control.messages(PHONE) == []


async def test_a_large_backlog_goes_out_in_batches_of_at_most_five_hundred(outbox):
    async with outbox.database.transaction(TOWN) as session:
        for index in range(510):
            await service.queue_sms(session, TOWN, purpose="complaint", to=phone(index), body="Merhaba.")
    assert (await sending.send_batch(outbox.context)).taken == 500
    assert (await sending.send_batch(outbox.context)).taken == 10
    assert outbox.statuses() == {"submitted": 510}


async def test_a_run_never_touches_another_municipalitys_outbox(outbox, sms_control):
    await outbox.queue()
    await notice_jobs.send_sms(JobContext(OTHER_TOWN, outbox.database, outbox.context.outside))
    assert outbox.statuses() == {"queued": 1}
    assert sms_control.log() == []


async def test_a_run_ends_after_its_batches_and_says_that_more_is_waiting(outbox):
    await outbox.queue_many(5)
    run = await sending.send_due(outbox.context, batches=2, limit=2)
    assert run.is_more_waiting
    assert outbox.statuses() == {"queued": 1, "submitted": 4}
    assert not (await sending.send_due(outbox.context, batches=2, limit=2)).is_more_waiting


async def test_a_provider_that_takes_nothing_for_now_is_not_tried_with_the_whole_backlog(outbox, sms_control):
    await outbox.queue_many(6)
    sms_control.script({"kind": "code", "code": "80", "times": 10})
    assert not (await sending.send_due(outbox.context, batches=3, limit=2)).is_more_waiting
    assert len(sms_control.log()) == 1
