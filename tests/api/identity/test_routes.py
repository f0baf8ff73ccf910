"""Every route of this domain is public on purpose or names a permission; bodies are closed and bounded."""

from uuid import UUID

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api.identity.deps import Permitted
from api.identity.routes import PUBLIC_ROUTES
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


def routes(app):
    return [
        route
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute) and not route.path.startswith("/v1/probe")
    ]


def guards(dependant) -> list[Permitted]:
    found = [dependant.call] if isinstance(dependant.call, Permitted) else []
    return found + [guard for inner in dependant.dependencies for guard in guards(inner)]


async def test_every_route_is_listed_as_public_or_asks_for_a_permission(app):
    seen = set()
    for route in routes(app):
        for method in route.methods:
            seen.add((method, route.path))
            assert bool(guards(route.dependant)) != ((method, route.path) in PUBLIC_ROUTES), (method, route.path)
    assert len(seen) > 25
    assert seen >= PUBLIC_ROUTES


async def test_every_body_refuses_unknown_fields(app):
    schemas = app.openapi()["components"]["schemas"]
    bodies = [name for name in schemas if name.endswith(("In", "Edit", "Credentials"))]
    assert len(bodies) >= 12
    for name in bodies:
        assert schemas[name]["additionalProperties"] is False, name


async def test_without_a_session_every_guarded_route_answers_401(app):
    caller = harness.client(app)
    for route in routes(app):
        for method in route.methods:
            if (method, route.path) in PUBLIC_ROUTES:
                continue
            path = route.path
            for name in ("user_id", "assignment_id", "device_id", "substitution_id"):
                path = path.replace("{" + name + "}", str(UUID(int=7)))
            answer = await caller.request(method, path)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"


async def test_answers_of_sign_in_are_kept_by_no_cache(app, town):
    body = {"municipality": town.slug, "phone": harness.new_phone()}
    answer = await harness.client(app).post("/v1/auth/code", json=body)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["code", "staff", "refresh", "code/verify"])
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'{"a":' * 5_000, b'{"municipality": "\\u0000"}'],
    ids=["empty", "list", "null", "cut", "deep", "nul"],
)
async def test_a_malformed_body_is_refused_and_nothing_breaks(app, path, body):
    answer = await harness.client(app).post(
        f"/v1/auth/{path}", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code in (400, 422)
