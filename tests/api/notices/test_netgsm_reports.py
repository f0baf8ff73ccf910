"""Delivery reports, the search by number and the balance at NetGSM."""

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.notices.gateway import DeliveryStatus, SmsGatewayError
from api.notices.netgsm_wire import e164_number, national_number, read_reports
from tests.api.notices.netgsm_setup import PHONE, make_gateway, send_one, sms, window

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = pytest.mark.anyio


async def test_a_report_moves_from_pending_to_delivered_with_the_time_in_utc(sms_gateway, sms_control):
    sms_control.script({"kind": "delay", "seconds": 0.7})
    accepted = await send_one(sms_gateway)
    since, until = window()
    [before] = await sms_gateway.report([accepted.provider_id], since, until)
    assert (before.status, before.at, before.to) == (DeliveryStatus.PENDING, None, PHONE)
    await asyncio.sleep(1.0)
    [after] = await sms_gateway.report([accepted.provider_id], since, until)
    assert after.status is DeliveryStatus.DELIVERED
    assert abs(after.at - until) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("final", "status"),
    [
        (2, DeliveryStatus.EXPIRED),
        (3, DeliveryStatus.UNDELIVERED),
        (4, DeliveryStatus.UNDELIVERED),
        (11, DeliveryStatus.REJECTED),
        (13, DeliveryStatus.REJECTED),
        (15, DeliveryStatus.BLOCKED),
        (16, DeliveryStatus.BLOCKED),
        (99, DeliveryStatus.PENDING),
    ],
)
async def test_each_final_status_is_told_and_an_undescribed_one_is_not_final(sms_gateway, sms_control, final, status):
    sms_control.script({"kind": "undelivered", "final": final})
    accepted = await send_one(sms_gateway)
    await asyncio.sleep(0.3)
    [report] = await sms_gateway.report([accepted.provider_id], *window())
    assert report.status is status
    assert sms_control.messages(PHONE) == []


async def test_a_job_of_several_pages_is_read_whole(sms_gateway, sms_control):
    numbers = [f"+905{number:09d}" for number in range(250)]
    results = await sms_gateway.send([sms(to=number) for number in numbers])
    reports = await sms_gateway.report([results[0].provider_id], *window())
    assert sorted(report.to for report in reports) == numbers
    assert [entry["request"]["pagenumber"] for entry in sms_control.log()[1:]] == [0, 1, 2]


async def test_a_window_that_cannot_be_read_whole_proves_nothing(sms_gateway):
    await sms_gateway.send([sms(to=f"+905{number:09d}") for number in range(1_001)])
    with pytest.raises(SmsGatewayError) as caught:
        await sms_gateway.find_by_number(PHONE, *window())
    assert (caught.value.code, caught.value.retryable) == ("window_too_wide", False)


async def test_the_eleventh_report_query_within_a_minute_is_refused_as_retryable(sms_gateway):
    for _ in range(10):
        assert await sms_gateway.report(["17000"], *window()) == []
    with pytest.raises(SmsGatewayError) as caught:
        await sms_gateway.report(["17000"], *window())
    assert (caught.value.code, caught.value.retryable) == ("80", True)


@pytest.mark.parametrize("body", ["[]", '{"code": "00", "jobs": "none"}', '{"code": "00", "jobs": {"a": 1}}', "{}"])
async def test_an_unreadable_report_is_an_error_and_not_an_empty_one(sms_gateway, sms_control, body):
    sms_control.script({"kind": "answer", "at": "report", "status": 200, "body": body})
    with pytest.raises(SmsGatewayError):
        await sms_gateway.find_by_number(PHONE, *window())


async def test_a_report_about_jobs_nobody_asked_for_is_dropped(sms_gateway, sms_control):
    row = '{"jobid": "666", "number": "905321112233", "status": 1, "deliveredDate": "01.01.2026 00:00:00"}'
    sms_control.script({"kind": "answer", "at": "report", "status": 200, "body": f'{{"code": "00", "jobs": [{row}]}}'})
    assert await sms_gateway.report(["17000"], *window()) == []


async def test_report_windows_must_be_aware(sms_gateway):
    with pytest.raises(ValueError, match="aware"):
        await sms_gateway.report(["17000"], datetime(2026, 1, 1), datetime(2026, 1, 2))  # noqa: DTZ001


async def test_the_balance_counts_ordinary_sms_parts_only(sms_gateway):
    before = (await sms_gateway.balance()).parts
    await send_one(sms_gateway, text="x" * 160)
    assert (await sms_gateway.balance()).parts == before - 2


async def test_the_balance_of_a_wrong_account_is_refused(sms_control):
    with pytest.raises(SmsGatewayError) as caught:
        await make_gateway(sms_control.base_url, password="wrong").balance()
    assert caught.value.code == "30"


@given(st.from_regex(r"5[0-9]{9}", fullmatch=True), st.sampled_from(["", "0", "90", "+90", "0090"]))
def test_every_way_the_provider_writes_a_number_comes_back_to_what_was_sent(digits, prefix):
    assert e164_number(prefix + digits) == f"+90{digits}"
    assert national_number(f"+90{digits}") == digits


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
ROW = st.fixed_dictionaries({}, optional=dict.fromkeys(("jobid", "number", "status", "deliveredDate"), JSON))


@given(st.lists(JSON | ROW, max_size=5))
def test_any_rows_in_a_report_are_read_or_skipped_without_an_error(rows):
    reports, listed = read_reports({"code": "00", "jobs": rows})
    assert listed == len(rows)
    assert len(reports) <= len(rows)
