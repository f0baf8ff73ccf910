"""The faults a simulator can be told to have, queued per endpoint and used up one request at a time."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

Endpoint = Literal["send", "report", "cancel", "msgheader", "balance"]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class Fault(BaseModel):
    """One scripted fault.

    Kinds: `hang` (silence for `seconds`, then the true answer), `drop` (cut the connection), `status` (bare HTTP
    `status`), `code` (HTTP 406 with `code`), `answer` (HTTP `status` with `body`, and a redirect's
    `location`), `drip` (the true answer, one byte every `seconds`); and for deliveries `delay` (by `seconds`),
    `undelivered` (ends in report status `final`), `duplicate` (the phone gets it twice).
    `accepted` says whether the request took effect before the silence, cut, status, code or answer.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["hang", "drop", "status", "code", "answer", "drip", "delay", "undelivered", "duplicate"]
    at: Endpoint = "send"
    times: int = Field(default=1, ge=1, le=10_000)
    accepted: bool = False
    seconds: Seconds = 0
    status: int = Field(default=500, ge=200, le=599)
    code: str = Field(default="30", max_length=10)
    body: str = Field(default="", max_length=2_000_000)
    location: str = Field(default="", max_length=1000)
    final: int = Field(default=3, ge=2, le=200)


class Script(BaseModel):
    """The body of POST /_control/script."""

    model_config = ConfigDict(extra="forbid")

    faults: list[Fault] = Field(max_length=1000)


class FaultQueue:
    """Faults waiting for their request."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, faults: list[Fault]) -> None:
        for fault in faults:
            self._waiting[fault.at].append(fault.model_copy())

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, endpoint: Endpoint) -> Fault | None:
        """The fault for this request, if one waits."""
        waiting = self._waiting[endpoint]
        if not waiting:
            return None
        fault = waiting[0]
        fault.times -= 1
        if fault.times == 0:
            waiting.popleft()
        return fault


class CutConnection(Response):
    """Ends the TCP connection without a byte of answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        scope["simulator.transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def dripping(body: bytes, seconds: float) -> Response:
    """An answer whose body comes one byte at a time."""

    async def drops() -> AsyncIterator[bytes]:
        for byte in body:
            await asyncio.sleep(seconds)
            yield bytes([byte])

    return StreamingResponse(drops(), media_type="application/json")
