"""A body that no honest program sends is refused in plain words; it never breaks the server or keeps it busy."""

import json
import time
from dataclasses import replace

import pytest

from api.core.middleware import BODY_LIMIT
from api.core.text import clean
from tests.architecture.access.digests import TRAIL, changed
from tests.architecture.access.people import HOME
from tests.architecture.test_openapi import OPERATIONS, SCHEMAS
from tests.security.test_mass_assignment import WITH_BODY

pytestmark = pytest.mark.anyio

DEEP = 10_000
HUGE = "9" * 5_000
MALFORMED = {
    "depth of arrays": b"[" * DEEP + b"]" * DEEP,
    "depth of objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "depth without an end": b'{"a":[' * DEEP,
    "whole number of 5,000 digits": b'{"rating": ' + HUGE.encode() + b"}",
    "number beyond all": b'{"rating": 1e999999}',
    "not a number": b'{"rating": NaN, "lon": Infinity}',
    "nothing": b"",
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "number": b"7",
    "half a text": b'{"text": "',
    "no utf-8": b'{"text": "\xff\xfe"}',
    "lone surrogate": b'{"rating": "\\ud800"}',
    "nul": b'{"text": "a\\u0000b"}',
    "two values": b'{"text": "x"}{"text": "y"}',
    "comment": b'{"text": "x"} // y',
}


@pytest.mark.parametrize("route", WITH_BODY)
async def test_a_body_that_is_no_honest_json_is_refused_and_changes_nothing(asking, route):
    await asking.call(route)
    before, started = asking.digests(), time.process_time()
    for name, content in MALFORMED.items():
        answer = await asking.raw(route, content)
        assert answer.status_code in {400, 401, 422}, f"{name}: {answer.status_code} {answer.text[:300]}"
        assert answer.headers["content-type"] == "application/problem+json"
    assert time.process_time() - started < 4
    assert changed(before, asking.digests(), but=TRAIL | {"login_code", "refresh_token"}) == []


async def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_its_length(asking):
    report = b'{"text": "' + b"x" * BODY_LIMIT + b'"}'

    async def in_pieces():
        for start in range(0, 50 * 1024 * 1024, 64 * 1024):
            taken.append(start)
            yield b"x" * 64 * 1024

    declared = await asking.raw("POST /v1/complaints", report)
    assert (declared.status_code, declared.json()["code"]) == (413, "too_large")
    taken: list[int] = []
    undeclared = await asking.raw("POST /v1/complaints", in_pieces())
    assert (undeclared.status_code, undeclared.json()["code"]) == (413, "too_large")


async def test_the_last_of_two_equal_names_counts_for_the_check_and_for_the_deed_alike(asking):
    call, headers = await asking.call("POST /v1/complaints")
    honest = json.dumps(call.json)
    foreign = asking.world.towns["akpinar"].category_id
    for first, last, status in ((foreign, call.json["category_id"], 201), (call.json["category_id"], foreign, 422)):
        twice = honest.replace(
            f'"category_id": "{call.json["category_id"]}"', f'"category_id": "{first}", "category_id": "{last}"'
        )
        answer = await asking.client.post(
            "/v1/complaints", content=twice.encode(), headers={**headers, "Content-Type": "application/json"}
        )
        assert answer.status_code == status, answer.text


async def test_another_content_type_is_no_json(asking):
    call, headers = await asking.call("POST /v1/complaints")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml"):
        answer = await asking.client.post(
            "/v1/complaints", content=json.dumps(call.json), headers={**headers, "Content-Type": kind}
        )
        assert answer.status_code in {400, 422}, kind


STRANGE = {
    "right to left": "a\u202egnp.exe\u202c",
    "isolates": "\u2066x\u2069",
    "zero width": "a\u200bb\ufeffc",
    "nul": "a\x00b",
    "bell and escape": "a\x07\x1b[31mb",
    "private use and unassigned": "\ue000\U000e0001",
    "stacked marks": "a" + "\u0301" * 500,
    "beyond the basic plane": "😀𐍈",
    "look-alikes": "раурal",
    "turkish i": "İIıi",
    "line separators": "a\u2028b\u2029c\x85d\x0be",
    "longest": "ş" * 4_000,
    "too long": "ş" * 4_001,
    "empty after cleaning": "\u200b\u200b",
}
HALF_A_PAIR = {"half a pair": "a\ud800b", "nothing but half a pair": "\udfff"}


def free_texts(route: str) -> list[str]:
    """Names of the fields of a body in which a person writes freely."""
    reference = OPERATIONS[route]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return [
        name
        for name, schema in SCHEMAS[reference.rsplit("/", 1)[1]]["properties"].items()
        for choice in schema.get("anyOf", [schema])
        if choice.get("type") == "string" and not {"format", "enum", "const", "pattern"} & set(choice)
    ]


def test_free_texts_are_found_in_the_description():
    assert free_texts("POST /v1/complaints") == ["description", "address_text"]
    assert len([name for route in WITH_BODY for name in free_texts(route)]) > 30


@pytest.mark.parametrize("route", WITH_BODY)
async def test_strange_text_is_cleaned_or_refused_and_never_breaks(asking, route):
    for name in free_texts(route):
        for kind, text in (STRANGE | HALF_A_PAIR).items():
            call, headers = await asking.call(route)
            answer = await asking.send(route, replace(call, json={**call.json, name: text}), headers)
            allowed = {200, 201, 204, 409, 422} | ({401} if "/auth/" in route else set())
            assert answer.status_code in allowed, f"{name}, {kind}: {answer.status_code} {answer.text}"


async def test_strange_text_deep_inside_a_body_never_breaks(asking):
    question = [{"code": "neden", "label": {"tr": "Neden?"}, "type": "text"}]
    world = asking.world
    world.admin.execute(
        "UPDATE complaint_category SET questions = %s WHERE id = %s",
        (json.dumps(question), world.towns[HOME].category_id),
    )
    world.renew_configuration()
    for kind, text in (STRANGE | HALF_A_PAIR).items():
        call, _ = await asking.call("POST /v1/complaints")
        answer = await asking.with_body("POST /v1/complaints", {**call.json, "answers": {"neden": text}})
        assert answer.status_code in {201, 422}, f"answers, {kind}: {answer.text}"
        call, _ = await asking.call("PUT /v1/municipality/appearance")
        for part, inside in (
            ("contact", {"address": text}), ("contact", {"email": f"{text}@b.tr"}), ("contact", {"website": text}),
            ("contact", {"website": f"https://b.tr/{text}"}), ("texts", {"welcome": {"tr": text}}),
            ("texts", {text: {"tr": "x"}}), ("working_hours", {"mon": [text, text]}), ("working_hours", {text: []}),
        ):  # fmt: skip
            answer = await asking.with_body("PUT /v1/municipality/appearance", {**call.json, part: inside})
            assert answer.status_code in {204, 422}, f"{part} {inside}: {answer.text}"


@pytest.mark.parametrize("kind", [kind for kind in STRANGE if kind not in ("nul", "too long", "empty after cleaning")])
async def test_what_is_stored_of_a_strange_text_is_the_cleaned_one(asking, kind):
    call, _ = await asking.call("POST /v1/complaints")
    answer = await asking.with_body("POST /v1/complaints", {**call.json, "description": STRANGE[kind]})
    assert answer.status_code == 201, answer.text
    rows = asking.world.server.rows("SELECT description FROM complaint WHERE id = %s", answer.json()["id"])
    assert rows == [{"description": clean(STRANGE[kind], 4_000)}]


async def test_strange_text_in_an_address_is_refused_or_finds_nothing(asking):
    for name in ("text", "search"):
        route = "/v1/complaints" if name == "text" else "/v1/staff"
        for kind, text in STRANGE.items():
            answer = await asking.client.get(route, params={name: text}, headers=asking.person("service_desk").headers)
            assert answer.status_code in {200, 422}, f"{name}, {kind}: {answer.status_code}"
