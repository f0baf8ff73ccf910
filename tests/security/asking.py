"""Calls any route as somebody whom it lets in, with one thing about the call changed."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import httpx

from tests.architecture.access.calls import MAKERS, Attempt, Call
from tests.architecture.access.matrix import Matrix
from tests.architecture.access.people import HOME, Person
from tests.architecture.access.policy import POLICY
from tests.architecture.access.resetting import reset
from tests.factories.serving import Headers

_FIRST = ("citizen", "municipal_administrator", "service_desk", "department_head")


def somebody(route: str) -> tuple[str, str]:
    """A target of the route and a person who is let in there."""
    target, names = next((target, names) for target, names in POLICY[route].items() if names)
    return target, next(name for name in (*_FIRST, *sorted(names)) if name in names)


def _body_of(call: Call, headers: Headers) -> dict[str, Any]:
    """A body in ASCII, so that it may carry what no UTF-8 can: halves of surrogate pairs."""
    if call.json is None:
        return {"content": call.content, "headers": {**call.headers, **headers}}
    return {"content": json.dumps(call.json), "headers": {"Content-Type": "application/json", **headers}}


class Asking:
    """One caller's view of the API of the planted towns."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix, self.world = matrix, matrix.world
        self.client = matrix.world.server.client

    def person(self, name: str) -> Person:
        """Somebody of the home town."""
        return self.world.home[name]

    async def call(self, route: str, *, is_fresh: bool = True) -> tuple[Call, Headers]:
        """What somebody who is let in would send, and as whom."""
        target, name = somebody(route)
        at = Attempt(self.world, self.world.home[name], target)
        if is_fresh:
            reset(at, route)
        return await MAKERS[route](at), at.person.headers

    async def send(self, route: str, call: Call, headers: Headers, **extra: Any) -> httpx.Response:
        """Send it."""
        method, path = route.split(" ")
        return await self.client.request(
            method, path.format(**call.path), params=call.query or None, files=call.files, **_body_of(call, headers),
            **extra,
        )  # fmt: skip

    async def with_body(self, route: str, body: Any) -> httpx.Response:
        """Send the usual call with another body."""
        call, headers = await self.call(route)
        return await self.send(route, replace(call, json=body), headers)

    async def raw(self, route: str, content: bytes | Any) -> httpx.Response:
        """Send the usual call with these bytes as JSON."""
        call, headers = await self.call(route)
        method, path = route.split(" ")
        return await self.client.request(
            method, path.format(**call.path), content=content, headers={**headers, "Content-Type": "application/json"}
        )

    async def at_address(self, method: str, raw_path: str, headers: Headers) -> int:
        """Send exactly this method and path, which no client has tidied up; gives the status."""
        sent: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                sent.append(message["status"])

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote(raw_path), "raw_path": raw_path.encode(), "query_string": b"", "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        }  # fmt: skip
        await self.world.server.app(scope, receive, send)
        return sent[0]

    def digests(self, slug: str = HOME) -> dict[str, str]:
        """What a town holds now."""
        return self.matrix.digester.read(self.world.towns[slug].municipality_id)
