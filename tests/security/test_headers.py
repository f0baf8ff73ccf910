"""Every answer tells browsers and caches what they may do with it; another site may do nothing."""

import re

import pytest

from tests.architecture.access.people import HOME, PHONES
from tests.architecture.access.policy import POLICY, is_public
from tests.architecture.access.world import secret_mark
from tests.security.asking import somebody

pytestmark = pytest.mark.anyio

READING = [route for route in POLICY if route.startswith("GET ")]
POLICY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize("route", POLICY)
async def test_every_answer_carries_the_policy_headers_whatever_its_status(asking, route):
    call, headers = await asking.call(route)
    for sent in (headers, {}):
        answer = await asking.send(route, call, sent)
        assert {name: answer.headers.get(name) for name in POLICY_HEADERS} == POLICY_HEADERS
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"] or (
            "sandbox" in answer.headers["content-security-policy"]
        )
        assert "server" not in answer.headers
        assert "x-powered-by" not in answer.headers


@pytest.mark.parametrize("route", POLICY)
async def test_no_other_site_is_let_in_by_a_browser(asking, route):
    call, headers = await asking.call(route)
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answers = [
        await asking.send(route, call, {**headers, **origin}),
        await asking.client.options(route.split(" ")[1].format(**call.path), headers={**headers, **origin}),
    ]
    for answer in answers:
        assert [name for name in answer.headers if name.startswith("access-control-")] == []


@pytest.mark.parametrize("route", POLICY)
async def test_a_forged_host_reaches_no_answer_and_no_message(asking, route):
    call, headers = await asking.call(route)
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = await asking.send(route, call, {**headers, **forged})
    assert "evil.example" not in answer.text + repr(answer.headers)
    texts = await asking.world.server.outbox(HOME, PHONES[HOME, "citizen"])
    assert [text for text in texts if "evil" in text] == []


@pytest.mark.parametrize("route", READING)
async def test_what_is_guarded_is_kept_by_no_shared_cache_and_by_none_for_another_person(asking, route):
    call, headers = await asking.call(route)
    answer = await asking.send(route, call, headers)
    control = {part.strip() for part in answer.headers["cache-control"].split(",")}
    if is_public(route):
        assert control & {"public", "no-store"}
        return
    assert control & {"private", "no-store"}
    assert not control & {"public"}
    if "no-store" not in control:
        # A browser that two people use keeps what it was told under one address: it has to ask who is asking.
        assert {"authorization", "cookie"} <= {name.strip().lower() for name in answer.headers["vary"].split(",")}


@pytest.mark.parametrize("route", [route for route in POLICY if not route.startswith("GET ")])
async def test_an_answer_to_a_change_is_kept_by_nobody(asking, route):
    call, headers = await asking.call(route)
    assert (await asking.send(route, call, headers)).headers["cache-control"] == "no-store"


async def test_a_kept_version_of_one_reader_is_not_confirmed_to_another_town_or_person(asking):
    call, headers = await asking.call("GET /v1/complaints/{complaint_id}")
    etag = (await asking.send("GET /v1/complaints/{complaint_id}", call, headers)).headers["etag"]
    for person in (asking.person("neighbour"), asking.world.strangers["service_desk"], asking.person("anonymous")):
        answer = await asking.send(
            "GET /v1/complaints/{complaint_id}", call, {**person.headers, "If-None-Match": f'{etag}, "*", *'}
        )
        assert answer.status_code in {401, 404}
    tile = "GET /v1/complaints/tiles/{z}/{x}/{y}.mvt"
    call, headers = await asking.call(tile)
    etag = (await asking.send(tile, call, headers)).headers["etag"]
    other = await asking.send(tile, call, {**asking.person("licence_officer").headers, "If-None-Match": etag})
    assert (other.status_code, other.headers["etag"] != etag) == (200, True)


async def test_a_photo_can_do_nothing_in_a_browser_and_says_what_it_is(asking):
    route = "GET /v1/complaints/{complaint_id}/photos/{photo_id}/{variant}"
    call, headers = await asking.call(route)
    answer = await asking.send(route, call, headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert re.fullmatch(r'(inline|attachment); filename="[0-9a-f-]{36}\.jpg"', answer.headers["content-disposition"])
    assert secret_mark("kadikoy").encode() not in answer.content
    assert somebody(route)


@pytest.mark.parametrize("version", ["x", "-1", "1.5", "²", "1e3", '"1', "*", "9" * 11, "9" * 5_000, "1, 2", "W/1", ""])
async def test_a_version_that_is_none_is_refused(asking, version):
    route = "POST /v1/complaints/{complaint_id}/notes"
    call, headers = await asking.call(route)
    answer = await asking.send(route, call, {**headers, "If-Match": version.encode("latin-1")})
    assert answer.status_code in {400, 412}, answer.text
