"""One address, one method, one spelling: nothing beside it opens the same door."""

import pytest

from tests.architecture.access.calls import MAKERS
from tests.architecture.access.digests import TRAIL, changed
from tests.architecture.access.policy import POLICY
from tests.architecture.test_openapi import DESCRIPTION

pytestmark = pytest.mark.anyio

CHANGING = [route for route in POLICY if not route.startswith("GET ")]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "post")
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


def path_of(route: str, call) -> str:
    return route.split(" ")[1].format(**call.path)


def refusals_at(path: str) -> set[int]:
    """What a wrong call may get: beside records, a wrong address is that of a record with a strange id."""
    folder = path.rpartition("/")[0]
    others = (other.split(" ")[1].rpartition("/") for other in POLICY)
    is_beside_records = any(parent == folder and last.startswith("{") for parent, _, last in others)
    return {404, 405} | ({403, 422} if is_beside_records else set())


@pytest.mark.parametrize("route", POLICY)
async def test_only_the_described_methods_are_answered(asking, route):
    call, headers = await asking.call(route)
    described = {method.upper() for method in DESCRIPTION["paths"][route.split(" ")[1]]}
    before = asking.digests()
    for method in METHODS:
        if method in described:
            continue
        status = await asking.at_address(method, path_of(route, call), headers)
        assert status in refusals_at(route.split(" ")[1]), f"{method}: {status}"
    # That somebody was refused at a record's address may be on record.
    assert changed(before, asking.digests(), but=TRAIL) == []


@pytest.mark.parametrize("route", CHANGING)
async def test_a_header_or_a_parameter_does_not_change_the_method(asking, route):
    method, _ = route.split(" ")
    call, headers = await asking.call(route)
    before = asking.digests()
    for name in OVERRIDES:
        for sent in ("GET", "POST"):
            if sent == method:
                continue
            answer = await asking.client.request(
                sent, path_of(route, call), headers={**headers, name: method}, params={"_method": method}
            )
            assert answer.status_code == 405 or sent == "GET" or answer.status_code in {401, 403, 404, 422}
    assert changed(before, asking.digests(), but=TRAIL) == []


@pytest.mark.parametrize("route", POLICY)
async def test_another_spelling_of_an_address_is_another_address(asking, route):
    call, headers = await asking.call(route)
    method, path = route.split(" ")[0], path_of(route, call)
    for spelling in (
        f"{path}/", f"/{path}", path.replace("/v1/", "/v1//"), path.replace("/v1/", "/V1/"), path.upper(),
        f"/console/..{path}", f"/./{path[1:]}", path.replace("/v1/", "/v1/%2e/"), f"{path};x=1", f"{path}%00",
        path.replace("/v1", "/v1%2f", 1), f"{path}.json",
    ):  # fmt: skip
        if spelling == path:
            continue
        status = await asking.at_address(method, spelling, headers)
        allowed = refusals_at(route.split(" ")[1]) | ({422} if "{" in route else set())
        assert status in allowed, f"{spelling}: {status}"


async def test_the_same_without_a_session_opens_nothing_either(asking):
    for route in sorted(set(MAKERS) - {route for route in POLICY if "/public/" in route or "/auth/" in route}):
        if "jwks" in route or route.startswith("OPTIONS "):
            continue  # the same for everybody
        call, _ = await asking.call(route)
        path = path_of(route, call)
        for spelling in (path, f"{path}/", path.replace("/v1/", "/v1//"), path.upper()):
            assert await asking.at_address(route.split(" ")[0], spelling, {}) in {401, 404, 405}, spelling
