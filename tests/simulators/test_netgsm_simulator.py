"""The pretend NetGSM itself: as strict as the real one, and unmoved by rubbish."""

import json
import subprocess
import sys
import time
from datetime import timedelta

import httpx
import netgsm.exceptions
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from netgsm import Netgsm

from api.core import clock
from tests.api.notices.netgsm_setup import PHONE, send_one
from tests.simulators.control import SimulatorControl
from tests.simulators.netgsm import HEADER, PASSWORD, USERNAME
from tests.simulators.process import start_simulator

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = pytest.mark.anyio


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@pytest.fixture(scope="module")
def http():
    with httpx.Client(trust_env=False) as client:
        yield client


def test_the_official_client_works_with_the_simulator_directly(sms_control):
    client = Netgsm(USERNAME, PASSWORD, api_url=sms_control.base_url, appname="sinama")
    assert client.sms.get_headers()["msgheaders"] == [HEADER]
    later = clock.now() + timedelta(days=1)
    job = client.sms.send(
        HEADER, [{"msg": "Yarın", "no": "5321112233"}], encoding="tr", startdate=later.strftime("%d%m%Y%H%M")
    )
    assert client.sms.cancel(job["jobid"])["code"] == "00"
    with pytest.raises(netgsm.exceptions.NotAcceptableException) as caught:
        client.sms.cancel(job["jobid"])
    assert caught.value.code == "60"
    with pytest.raises(netgsm.exceptions.NotAcceptableException) as caught:
        client.sms.get_inbox("01012026000000", "02012026000000")
    assert caught.value.code == "40"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"msgheader": "YABANCI"}, "40"),
        ({"msgheader": 5}, "70"),
        ({"messages": []}, "70"),
        ({"messages": [{"msg": "a", "no": "5321112233"}] * 1001}, "70"),
        ({"messages": [{"msg": "a", "no": "123"}]}, "70"),
        ({"messages": [{"msg": "", "no": "5321112233"}]}, "20"),
        ({"messages": [{"msg": "x" * 884, "no": "5321112233"}]}, "20"),
        ({"encoding": "latin5"}, "70"),
        ({"iysfilter": "1"}, "70"),
        ({"iysfilter": "11"}, "50"),
        ({"startdate": "2026-01-01"}, "70"),
        ({"startdate": "010120300000", "stopdate": "010120290000"}, "70"),
    ],
)
def test_the_simulator_refuses_what_the_real_side_refuses(sms_control, http, change, code):
    request = {"msgheader": HEADER, "messages": [{"msg": "a", "no": "5321112233"}]} | change
    answer = http.post(f"{sms_control.base_url}/sms/rest/v2/send", json=request, auth=(USERNAME, PASSWORD))
    assert (answer.status_code, answer.json()["code"]) == (406, code)
    assert sms_control.messages() == []


@pytest.mark.parametrize("authorization", ["", "Basic", "Basic !!", "Basic w4PDgw==", "Bearer x", "Basic \xff"])
def test_the_simulator_refuses_any_other_authorization(sms_control, http, authorization):
    headers = {"authorization": authorization.encode("latin-1")}
    answer = http.post(f"{sms_control.base_url}/sms/rest/v2/send", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (406, "30")


def _to_json(value):
    return json.dumps(value).encode()


PATHS = [
    ("POST", "/sms/rest/v2/send"),
    ("POST", "/sms/rest/v2/report"),
    ("POST", "/sms/rest/v2/cancel"),
    ("POST", "/balance"),
    ("POST", "/_control/script"),
    ("GET", "/sms/rest/v2/msgheader"),
]
FIELDS = [
    "msgheader",
    "messages",
    "encoding",
    "startdate",
    "stopdate",
    "jobids",
    "jobid",
    "pagenumber",
    "stip",
    "faults",
]
RUBBISH = st.binary(max_size=200) | (JSON | st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6)).map(_to_json)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from(PATHS), body=RUBBISH)
def test_no_rubbish_crashes_the_simulator(sms_control, http, where, body):
    answer = http.request(*_request(sms_control, where), content=body, auth=(USERNAME, PASSWORD))
    assert answer.status_code < 500
    assert http.get(f"{sms_control.base_url}/_control/log").status_code == 200
    sms_control.reset()


def _request(sms_control, where):
    return where[0], sms_control.base_url + where[1]


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"messages":' * 20_000, b"9" * 10_000, b'{"msgheader":"\\ud800"}', b"\xff\xfe"]
)
@pytest.mark.parametrize("where", PATHS)
def test_no_hostile_json_crashes_the_simulator(sms_control, http, where, body):
    answer = http.request(*_request(sms_control, where), content=body, auth=(USERNAME, PASSWORD))
    assert answer.status_code < 500
    assert http.get(f"{sms_control.base_url}/_control/log").status_code == 200


def test_a_body_beyond_the_limit_is_not_read(sms_control, http):
    answer = http.post(f"{sms_control.base_url}/sms/rest/v2/send", content=b" " * (7 << 20), auth=(USERNAME, PASSWORD))
    assert answer.status_code == 413


async def test_a_duplicated_message_arrives_twice(sms_gateway, sms_control):
    sms_control.script({"kind": "duplicate"})
    await send_one(sms_gateway)
    sms_control.wait_for_message(PHONE, after=1)
    assert len(sms_control.messages(PHONE)) == 2


async def test_the_phone_page_shows_the_inbox_escaped_and_without_script(sms_gateway, sms_control, http):
    await send_one(sms_gateway, text="<script>alert('x')</script> kodunuz {482913}")
    sms_control.wait_for_message(PHONE)
    page = http.get(f"{sms_control.base_url}/phone/05321112233")
    assert "&lt;script&gt;" in page.text
    assert "{482913}" in page.text
    assert "<script" not in page.text
    assert 'http-equiv="refresh"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "/phone/5321112233" in http.get(f"{sms_control.base_url}/").text


@pytest.mark.parametrize("number", ["abc", "112", "%00", "%ff%fe", "<b>", "..%2f..", "9" * 3000])
def test_a_phone_that_cannot_exist_is_told_in_turkish(sms_control, http, number):
    page = http.get(f"{sms_control.base_url}/phone/{number}")
    assert page.status_code == 404
    assert "Traceback" not in page.text


@pytest.mark.slow
def test_the_simulator_stops_cleanly_even_while_a_request_hangs():
    with start_simulator("netgsm") as running:
        SimulatorControl(running.base_url).script({"kind": "hang", "seconds": 60})
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{running.base_url}/sms/rest/v2/send", timeout=0.3)
        assert running.stop() == 0


@pytest.mark.slow
def test_the_simulator_ends_when_its_parent_is_killed():
    program = (
        "import sys, time; from tests.simulators.process import start_simulator; "
        "running = start_simulator('netgsm'); print(running.base_url, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        base_url = parent.stdout.readline().strip()
        assert httpx.get(f"{base_url}/_control/log").status_code == 200
        parent.kill()
    ends_at = time.monotonic() + 10
    while time.monotonic() < ends_at:
        try:
            httpx.get(f"{base_url}/_control/log")
        except httpx.ConnectError:
            return
        time.sleep(0.1)
    pytest.fail("the simulator outlived its parent")
