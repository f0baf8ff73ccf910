"""Nothing that is typed becomes SQL: every field, filter, path and header takes it as a value or refuses it."""

import time
from dataclasses import replace
from urllib.parse import quote

import pytest

from api.core.text import clean, fold, multiline
from tests.architecture.access.digests import changed
from tests.architecture.access.people import AWAY
from tests.architecture.access.policy import POLICY
from tests.architecture.access.world import secret_mark
from tests.architecture.test_openapi import OPERATIONS
from tests.security.payloads import PAYLOADS, SAMPLE
from tests.security.test_bodies import free_texts
from tests.security.test_mass_assignment import WITH_BODY

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

SLOWEST = 2.5  # seconds of a whole request; three of them sleep for longer


def parameters(route: str, place: str) -> list[str]:
    return [item["name"] for item in OPERATIONS[route].get("parameters", []) if item["in"] == place]


def sound(answer, what: str, started: float) -> None:
    assert answer.status_code < 500, f"{what}: {answer.status_code} {answer.text}"
    assert time.monotonic() - started < SLOWEST, what
    if answer.status_code < 300:
        return  # what others typed may be in it
    for word in ("psycopg", "SELECT", "syntax error", "pg_", "relation "):
        assert word not in answer.text.replace(what, ""), f"{what}: {answer.text}"


def test_the_corpus_is_large_enough_and_has_no_doubles():
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 60


WITH_TEXTS = [route for route in WITH_BODY if free_texts(route) and "password" not in route and "/auth/" not in route]


@pytest.mark.parametrize("route", WITH_TEXTS)
async def test_every_free_text_takes_it_as_text(asking, route):
    before = asking.digests(AWAY)
    for payload in PAYLOADS:
        call, headers = await asking.call(route)
        body = {**call.json, **dict.fromkeys(free_texts(route), payload)}
        started = time.monotonic()
        answer = await asking.send(route, replace(call, json=body), headers)
        assert answer.status_code < 300 or answer.status_code in {409, 422}, f"{payload}: {answer.text}"
        assert time.monotonic() - started < SLOWEST, payload
    assert [table for table in changed(before, asking.digests(AWAY)) if table not in _RESET] == []


# What the fixtures themselves put back between calls.
_RESET = {"complaint", "inbox_message", "role_assignment", "substitution", "device"}


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_what_was_typed_is_what_is_stored_and_found(asking, payload):
    call, headers = await asking.call("POST /v1/complaints")
    answer = await asking.send(
        "POST /v1/complaints", replace(call, json={**call.json, "description": f"{payload} çukur"}), headers
    )
    assert answer.status_code == 201, answer.text
    shown = (await asking.client.get(f"/v1/complaints/{answer.json()['id']}", headers=headers)).json()
    assert shown["description"] == multiline(f"{payload} çukur")


@pytest.mark.parametrize("route", [route for route in POLICY if parameters(route, "query")])
async def test_every_filter_takes_it_as_a_value_or_refuses_it(asking, route):
    call, headers = await asking.call(route)
    for name in parameters(route, "query"):
        for payload in PAYLOADS if name in ("text", "search") else SAMPLE:
            started = time.monotonic()
            answer = await asking.send(route, replace(call, query={name: payload}), headers)
            sound(answer, payload, started)
            assert secret_mark(AWAY) not in answer.text
            if answer.status_code == 200 and name == "text" and route == "GET /v1/complaints":
                # Found only where the words themselves stand: nothing was turned into a condition that always holds.
                words = fold(clean(payload, 100))
                told = [fold(item["description_start"]) for item in answer.json()["items"]]
                assert [text for text in told if words not in text] == [], payload


@pytest.mark.parametrize("route", [route for route in POLICY if parameters(route, "path")])
async def test_every_part_of_an_address_takes_it_as_a_value_or_refuses_it(asking, route):
    call, headers = await asking.call(route)
    for name in parameters(route, "path"):
        for payload in SAMPLE:
            started = time.monotonic()
            path = {**call.path, name: quote(payload, safe="")}
            answer = await asking.send(route, replace(call, path=path), headers)
            sound(answer, payload, started)
            assert answer.status_code in {404, 405, 422}, f"{payload}: {answer.status_code}"


@pytest.mark.parametrize("route", [route for route in POLICY if parameters(route, "header")])
async def test_every_header_takes_it_as_a_value_or_refuses_it(asking, route):
    for name in (*parameters(route, "header"), "Accept-Language", "User-Agent", "X-Request-Id", "Cookie"):
        for payload in SAMPLE:
            call, headers = await asking.call(route)
            started = time.monotonic()
            answer = await asking.send(route, call, {**headers, name: payload})
            sound(answer, payload, started)
            assert payload not in answer.headers.values()


async def test_nothing_was_dropped_or_switched_off_by_all_this(asking):
    for payload in SAMPLE:
        await asking.client.get(
            "/v1/complaints", params={"text": payload}, headers=asking.person("service_desk").headers
        )
    walled = asking.world.server.rows(
        "SELECT count(*) AS n FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind IN ('r', 'p')"
    )
    assert walled[0]["n"] >= len(asking.matrix.digester.tables)
