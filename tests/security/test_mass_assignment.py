"""Nobody sets what is not theirs to set: a field that a body does not name is refused, also deep inside it."""

import copy
from typing import Any

import pytest

from tests.architecture.access.calls import MAKERS
from tests.architecture.access.digests import TRAIL, changed
from tests.architecture.access.policy import POLICY
from tests.architecture.test_openapi import OPERATIONS, SCHEMAS

pytestmark = pytest.mark.anyio

PLANTED = {
    "municipality_id": 2,
    "role": "municipal_administrator",
    "roles_": ["municipal_administrator"],
    "permissions": ["staff.edit"],
    "status": "solved",
    "is_active": True,
    "is_blocked": False,
    "owner_id": "00000000-0000-7000-8000-000000000000",
    "citizen_id": "00000000-0000-7000-8000-000000000000",
    "filed_by": "00000000-0000-7000-8000-000000000000",
    "version": 99,
    "created_at": "2020-01-01T00:00:00Z",
    "password_hash": "x",
    "__proto__": {"is_admin": True},
}
WITH_BODY = sorted(route for route in POLICY if "application/json" in str(OPERATIONS[route].get("requestBody")))


def named_in(route: str) -> set[str]:
    reference = OPERATIONS[route]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return set(SCHEMAS[reference.rsplit("/", 1)[1]]["properties"])


@pytest.mark.parametrize("route", WITH_BODY)
async def test_a_field_that_the_body_does_not_name_is_refused_and_changes_nothing(asking, route):
    call, headers = await asking.call(route)
    before = asking.digests()
    for name, value in PLANTED.items():
        if name in named_in(route):
            continue
        body = {**(call.json or {}), name: value}
        answer = await asking.with_body(route, body)
        assert answer.status_code == 422, f"{name}: {answer.status_code} {answer.text}"
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
            (f"body.{name}", "extra_forbidden")
        ]
    # Making the call may write a code or a token down; nothing else has changed.
    assert changed(before, asking.digests(), but=TRAIL | {"login_code", "refresh_token"}) == []
    assert headers or "/auth/" in route


def nested(body: Any, path: tuple = ()) -> list[tuple]:
    """Where objects stand inside a body."""
    found = []
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in items:
        if isinstance(value, dict):
            found.append((*path, key))
        found += nested(value, (*path, key))
    return found


# Free maps, where any key is a value: their values are checked in their own tests.
FREE = {("outline",), ("texts",), ("working_hours",), ("answers",)}


@pytest.mark.parametrize("route", WITH_BODY)
async def test_a_foreign_field_deep_inside_a_body_is_refused_too(asking, route):
    call, _ = await asking.call(route)
    places = [path for path in nested(call.json) if path[:1] not in FREE]
    for path in places:
        body = copy.deepcopy(call.json)
        inner = body
        for key in path:
            inner = inner[key]
        inner["municipality_id"] = 2
        answer = await asking.with_body(route, body)
        assert answer.status_code == 422, f"{path}: {answer.text}"
    assert set(WITH_BODY) <= set(MAKERS)
