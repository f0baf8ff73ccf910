"""The NetGSM gateway under a failing or hanging provider."""

import asyncio
import time

import pytest

from api.notices.breaker import CircuitBreaker
from api.notices.gateway import Accepted, Rejected, SmsGatewayError, Unknown
from api.notices.netgsm import NetgsmGateway
from tests.api.notices.netgsm_setup import make_config, make_gateway, send_one, window
from tests.simulators.process import start_simulator

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_the_breaker_opens_within_ten_seconds_of_a_hang_with_the_default_deadline(sms_control):
    breaker = CircuitBreaker()
    gateway = NetgsmGateway(make_config(sms_control.base_url), breaker=breaker)
    sms_control.script({"kind": "hang", "seconds": 60, "times": 3})
    started = time.monotonic()
    hanging = [asyncio.create_task(send_one(gateway)) for _ in range(3)]
    for _ in range(200):
        if breaker.is_open:
            break
        await asyncio.sleep(0.05)
    assert breaker.is_open
    assert time.monotonic() - started < 10
    refused_after = time.monotonic()
    result = await send_one(gateway)
    assert time.monotonic() - refused_after < 0.5
    assert (result.code, result.retryable) == ("breaker_open", True)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_the_breaker_recovers_with_one_probe(sms_control):
    gateway = make_gateway(sms_control.base_url, breaker=CircuitBreaker(failures=3, cool_down_seconds=0.5))
    sms_control.script({"kind": "status", "status": 500, "times": 3})
    assert [type(await send_one(gateway)) for _ in range(3)] == [Unknown] * 3
    assert (await send_one(gateway)).code == "breaker_open"
    assert len(sms_control.log()) == 3
    await asyncio.sleep(0.6)
    assert isinstance(await send_one(gateway), Accepted)
    assert isinstance(await send_one(gateway), Accepted)


async def test_refusals_for_cause_do_not_open_the_breaker(sms_control):
    gateway = make_gateway(sms_control.base_url, breaker=CircuitBreaker(failures=2))
    sms_control.script({"kind": "code", "code": "20", "times": 5})
    for _ in range(5):
        await send_one(gateway)
    assert isinstance(await send_one(gateway), Accepted)


async def test_an_open_breaker_answers_questions_with_a_retryable_error(sms_control):
    gateway = make_gateway(sms_control.base_url, breaker=CircuitBreaker(failures=1))
    sms_control.script({"kind": "status", "status": 500})
    await send_one(gateway)
    with pytest.raises(SmsGatewayError) as caught:
        await gateway.report(["1"], *window())
    assert (caught.value.code, caught.value.retryable) == ("breaker_open", True)


async def test_a_call_that_finds_no_free_slot_before_the_deadline_is_never_made(sms_control):
    gateway = make_gateway(sms_control.base_url, deadline=0.6)
    sms_control.script({"kind": "hang", "seconds": 5, "times": 8})
    results = await asyncio.gather(*(send_one(gateway, to=f"+90532000000{n}") for n in range(9)))
    busy = [result for result in results if isinstance(result, Rejected)]
    assert [(result.code, result.retryable) for result in busy] == [("busy", True)]
    await asyncio.sleep(0.3)
    assert len(sms_control.log()) == 8


async def test_a_message_whose_sender_gave_up_in_the_queue_is_never_sent(sms_control):
    gateway = make_gateway(sms_control.base_url, deadline=2)
    sms_control.script({"kind": "hang", "seconds": 0.5, "times": 8})
    ahead = [asyncio.create_task(send_one(gateway, to=f"+90532000000{n}")) for n in range(8)]
    await asyncio.sleep(0.2)
    waiting = asyncio.create_task(send_one(gateway))
    await asyncio.sleep(0.1)
    waiting.cancel()
    assert all(isinstance(result, Accepted) for result in await asyncio.gather(*ahead))
    await asyncio.sleep(0.3)
    assert len(sms_control.log()) == 8


async def test_one_municipalitys_hanging_provider_does_not_delay_another(sms_control):
    hanging = make_gateway(sms_control.base_url, deadline=3)
    with start_simulator("netgsm") as other:
        healthy = make_gateway(other.base_url, deadline=3)
        sms_control.script({"kind": "hang", "seconds": 10, "times": 20})
        waiting = [asyncio.create_task(send_one(hanging)) for _ in range(20)]
        await asyncio.sleep(0.2)
        started = time.monotonic()
        assert isinstance(await send_one(healthy), Accepted)
        assert time.monotonic() - started < 1.0
        assert not any(isinstance(result, Accepted) for result in await asyncio.gather(*waiting))
