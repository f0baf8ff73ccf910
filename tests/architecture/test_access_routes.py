"""No door without a lock: every route of the server names the permission it asks for, or is public for a reason."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from starlette.routing import Mount

from api.console.guard import ConsolePermitted
from api.identity.deps import Permitted
from tests.architecture.access.application import unstarted_app
from tests.architecture.access.matrix import routes_of
from tests.architecture.access.policy import EVERYBODY, POLICY

# What anybody may call, and why.
PUBLIC = {
    "GET /.well-known/jwks.json": "public keys, so that others can verify tokens",
    "GET /livez": "the process supervisor asks it; it says that the process answers",
    "GET /readyz": "the load balancer asks it; it names the schema's revision and nothing else",
    "GET /metrics": "guarded by the caller's network and not by a person (tests/security/test_closed_doors.py)",
    "GET /openapi.json": "the description of the API; not served in production",
    "POST /v1/auth/code": "nobody is signed in yet; limited by number, address and town",
    "POST /v1/auth/code/verify": "nobody is signed in yet; five tries for a code",
    "POST /v1/auth/staff": "nobody is signed in yet; limited by account and address",
    "POST /v1/auth/refresh": "the refresh token itself is the proof",
    "GET /v1/public/municipalities": "a citizen chooses the municipality before signing in",
    "GET /v1/public/{municipality_slug}/categories": "what can be reported is shown before signing in",
    "GET /v1/public/{municipality_slug}/config": "name and look of the town, for the app's first page",
    "GET /v1/public/{municipality_slug}/consent-texts": "must be read before any data is given (6698 m.10)",
    "GET /v1/public/{municipality_slug}/neighbourhoods": "the town's map",
    "GET /v1/public/{municipality_slug}/tiles/base/{z}/{x}/{y}.mvt": "the town's map",
    "OPTIONS /v1/sync/blobs": "says what of tus 1.0 is spoken here",
    "GET /console/sign-in": "the page on which staff sign in",
    "POST /console/sign-in": "nobody is signed in yet; limited by account and address",
    "POST /console/sign-in/step": "the sealed first step is the proof",
    "GET /console/preferences": "language and colours of this browser only",
    "GET /console/theme/{municipality_slug}.css": "the town's colours, also on the sign-in page",
    "MOUNT /static": "style sheets, scripts and pictures of the console",
}


def every_route(router: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Walk all routes, however deeply routers are nested, with the path under which they are served."""
    for route in router.routes:
        nested = getattr(route, "original_router", None)
        if nested is not None:
            yield from every_route(nested, prefix + route.include_context.prefix)
        elif isinstance(route, Mount):
            yield f"MOUNT {prefix}{route.path}", route
        else:
            for method in sorted(route.methods - ({"HEAD"} if "GET" in route.methods else set())):
                yield f"{method} {prefix}{route.path}", route


def guards_of(dependant: Dependant) -> Iterator[Permitted]:
    """The locks that a request has to pass, also those inside other dependencies."""
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Permitted):
            yield dependency.call
        yield from guards_of(dependency)


def unlocked(app: FastAPI) -> list[str]:
    return [
        name
        for name, route in every_route(app)
        if not (hasattr(route, "dependant") and len(list(guards_of(route.dependant))) == 1)
    ]


def test_every_route_has_exactly_one_lock_or_is_public_for_a_reason():
    assert sorted(unlocked(unstarted_app())) == sorted(PUBLIC)


def test_the_walk_finds_every_described_route_and_every_page():
    walked = {name for name, _ in every_route(unstarted_app())}
    assert walked >= set(routes_of(unstarted_app().openapi()))
    assert len([name for name in walked if " /console" in name]) > 15


def test_pages_are_locked_by_the_lock_for_pages_and_the_api_by_its_own():
    for name, route in every_route(unstarted_app()):
        for guard in guards_of(route.dependant) if hasattr(route, "dependant") else ():
            assert isinstance(guard, ConsolePermitted) == (" /console" in name), name


def test_what_is_public_here_is_public_in_the_access_table():
    table = {route for route, targets in POLICY.items() if targets.get("-") == EVERYBODY}
    assert table == {name for name in PUBLIC if name in POLICY}


def test_a_route_without_a_lock_would_be_seen_however_deeply_it_is_nested():
    inner, outer, app = (
        APIRouter(),
        APIRouter(prefix="/outer"),
        FastAPI(openapi_url=None, docs_url=None, redoc_url=None),
    )

    @inner.get("/open")
    async def stand_open() -> None:
        """Ask nobody."""

    @inner.get("/locked", dependencies=[Depends(Permitted("complaint.read"))])
    async def stand_locked() -> None:
        """Ask for a permission."""

    outer.include_router(inner, prefix="/inner")
    app.include_router(outer, prefix="/v9")
    assert unlocked(app) == ["GET /v9/outer/inner/open"]


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_route_says_why(name):
    assert len(PUBLIC[name]) > 10
