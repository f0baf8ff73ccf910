"""A pretend NetGSM: speaks REST v2 as the official `netgsm-sms` client expects it, and delivers to pretend phones.

Run it with `python -m tests.simulators.netgsm --port 8090`; all state is in memory.
    /sms/rest/v2/send, report, cancel, msgheader, inbox and /balance   as the real side
    GET  /phone/{number}   the inbox of a pretend phone, for people; GET / lists the phones
    POST /_control/script  {"faults": [...]}, see `faults.Fault`
    POST /_control/reset   forget messages, limits, faults and log
    GET  /_control/messages?to=%2B905..   what a phone (or, without `to`, all) received, newest last
    GET  /_control/log     the requests that came
"""

import asyncio
import json
import math
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.core import clock
from tests.simulators.faults import CutConnection, Endpoint, Fault, FaultQueue, Script, dripping
from tests.simulators.netgsm_rules import (
    REASONS,
    Account,
    Limits,
    RefusedError,
    parse_object,
    parse_report,
    parse_send,
)
from tests.simulators.phones import DELIVERED, Phones, Sms, ten_digits
from tests.simulators.serving import serve, simulator_arguments

USERNAME = "8500000000"
PASSWORD = "pretend-password"
HEADER = "CEPBELEDIYE"

LONGEST_BODY = 6 << 20
LOG_ENTRIES = 1000
PACKAGE_PARTS = 10_000
ONE_PART = 155


class NetgsmSimulator:
    """One account and everything that happened on it since the last reset."""

    def __init__(self, account: Account, delivery_seconds: float) -> None:
        self.account = account
        self.delivery_seconds = delivery_seconds
        self.faults = FaultQueue()
        self.reset()

    def reset(self) -> None:
        self.phones = Phones()
        self.limits = Limits()
        self.faults.clear()
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_ENTRIES)

    def take(self, request: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        """Accept a send request into the phones; the answer names the job."""
        sending = parse_send(request, self.account)
        self.limits.take_messages([number for number, _ in sending.messages])
        now = clock.now().timestamp()
        job_id = self.phones.new_job_id()
        kind = fault.kind if fault else None
        delay = self.delivery_seconds + (fault.seconds if fault and kind == "delay" else 0)
        self.phones.messages.extend(
            Sms(
                job_id,
                sending.header,
                number,
                text,
                taken_at=now,
                arrives_at=max(now, sending.starts_at or 0) + delay,
                final_status=fault.final if fault and kind == "undelivered" else DELIVERED,
                copies=2 if kind == "duplicate" else 1,
            )
            for number, text in sending.messages
        )
        return {"code": "00", "jobid": job_id, "description": "queued"}

    def report(self, request: dict[str, Any]) -> dict[str, Any]:
        """One page of what became of the messages of a window."""
        self.limits.take_query()
        query = parse_report(request)
        found = [
            message
            for message in self.phones.messages
            if query.since <= math.floor(message.taken_at) <= query.until
            and (query.job_ids is None or message.job_id in query.job_ids)
        ]
        page = found[query.page * query.page_size : (query.page + 1) * query.page_size]
        if not page:
            raise RefusedError("60")
        now = clock.now().timestamp()
        return {"code": "00", "jobs": [_report_row(message, now) for message in page], "description": "success"}

    def cancel(self, request: dict[str, Any]) -> dict[str, Any]:
        """Withdraw a job none of whose messages has arrived."""
        job_id = request.get("jobid")
        if not isinstance(job_id, str):
            raise RefusedError("70")
        waiting = [message for message in self.phones.messages if message.job_id == job_id]
        if not waiting or any(message.arrives_at <= clock.now().timestamp() for message in waiting):
            raise RefusedError("60")
        for message in waiting:
            self.phones.messages.remove(message)
        return {"code": "00", "jobid": job_id, "description": "cancelled"}

    def headers(self, _request: dict[str, Any]) -> dict[str, Any]:
        return {"code": "00", "msgheaders": list(self.account.headers), "description": "success"}

    def inbox(self, _request: dict[str, Any]) -> dict[str, Any]:
        raise RefusedError("40")  # "no messages to show"

    def balance(self, request: dict[str, Any]) -> dict[str, Any]:
        """Packages for stip 1, money for 2."""
        self.account.check_fields(request)
        if request.get("stip") == 1:
            used = sum(_parts(message.text) for message in self.phones.messages)
            packages = [
                {"amount": 250, "balance_name": "Adet OTP SMS"},
                {"amount": max(PACKAGE_PARTS - used, 0), "balance_name": "Adet SMS"},
            ]
            return {"balance": packages}
        if request.get("stip") == 2:
            return {"code": "00", "balance": "125,40"}
        raise RefusedError("70")


def make_app(simulator: NetgsmSimulator) -> Starlette:
    """The web application of one simulator."""

    def provider(endpoint: Endpoint | None, answer: Callable[..., dict[str, Any]]) -> Callable[[Request], Any]:
        async def respond(request: Request) -> Response:
            return await _answer(simulator, request, endpoint, answer)

        return respond

    async def phone(request: Request) -> Response:
        return simulator.phones.inbox_page(request.path_params["number"])

    async def phones(_request: Request) -> Response:
        return simulator.phones.overview_page()

    rest = "/sms/rest/v2"
    return Starlette(
        routes=[
            Route(f"{rest}/send", provider("send", simulator.take), methods=["POST"]),
            Route(f"{rest}/report", provider("report", simulator.report), methods=["POST"]),
            Route(f"{rest}/cancel", provider("cancel", simulator.cancel), methods=["POST"]),
            Route(f"{rest}/msgheader", provider("msgheader", simulator.headers), methods=["GET"]),
            Route(f"{rest}/inbox", provider(None, simulator.inbox), methods=["GET"]),
            Route("/balance", provider("balance", simulator.balance), methods=["POST"]),
            Route("/phone/{number}", phone, methods=["GET"]),
            Route("/", phones, methods=["GET"]),
            *_control_routes(simulator),
        ],
        exception_handlers={BodyTooLongError: _body_too_long},
    )


def _control_routes(simulator: NetgsmSimulator) -> list[Route]:
    async def script(request: Request) -> Response:
        try:
            simulator.faults.add(Script.model_validate_json(await _read_body(request)).faults)
        except ValidationError as error:
            return JSONResponse({"error": [found["msg"] for found in error.errors()]}, status_code=422)
        return JSONResponse({"ok": True})

    async def reset(_request: Request) -> Response:
        simulator.reset()
        return JSONResponse({"ok": True})

    async def messages(request: Request) -> Response:
        to = request.query_params.get("to")
        # A "+" that was not percent-encoded arrives as a space, which `ten_digits` skips.
        number = ten_digits(to) if to is not None else None
        if to is not None and number is None:
            return JSONResponse({"error": "to is not a Turkish mobile number"}, status_code=422)
        return JSONResponse([_received(message) for message in simulator.phones.received(number)])

    async def log(_request: Request) -> Response:
        return JSONResponse(list(simulator.log))

    return [
        Route("/_control/script", script, methods=["POST"]),
        Route("/_control/reset", reset, methods=["POST"]),
        Route("/_control/messages", messages, methods=["GET"]),
        Route("/_control/log", log, methods=["GET"]),
    ]


class BodyTooLongError(Exception):
    """More than the simulator is willing to read."""


async def _body_too_long(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"code": "70", "description": "body too long"}, status_code=413)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                raise BodyTooLongError
    except ClientDisconnect:
        return b""
    return bytes(body)


async def _answer(
    simulator: NetgsmSimulator,
    request: Request,
    endpoint: Endpoint | None,
    answer: Callable[..., dict[str, Any]],
) -> Response:
    body = await _read_body(request)
    fault = simulator.faults.take(endpoint) if endpoint else None
    entry: dict[str, Any] = {
        "path": request.url.path,
        "at": _utc(clock.now().timestamp()),
        "fault": fault.kind if fault else None,
    }
    simulator.log.append(entry)

    def true_answer() -> Response:
        try:
            if endpoint != "balance":
                simulator.account.check_basic(request.headers.get("authorization", ""))
            asked = parse_object(body) if request.method == "POST" else {}
            entry["request"] = _summary(asked)
            given = answer(asked, fault) if endpoint == "send" else answer(asked)
        except RefusedError as refusal:
            entry["code"] = refusal.code
            return _refusal(refusal.code)
        entry["code"] = given.get("code", "00")
        return JSONResponse(given)

    return await _with_fault(fault, true_answer)


async def _with_fault(fault: Fault | None, true_answer: Callable[[], Response]) -> Response:
    if fault is None or fault.kind in ("delay", "undelivered", "duplicate"):
        return true_answer()
    if fault.kind == "drip":
        return dripping(bytes(true_answer().body), fault.seconds)
    taken = true_answer() if fault.accepted else None
    if fault.kind == "hang":
        await asyncio.sleep(fault.seconds)
        return taken or true_answer()
    return _spoilt_answer(fault)


def _spoilt_answer(fault: Fault) -> Response:
    if fault.kind == "drop":
        return CutConnection()
    if fault.kind == "code":
        return _refusal(fault.code)
    if fault.kind == "status":
        return Response(status_code=fault.status)
    headers = {"location": fault.location} if fault.location else None
    return Response(fault.body, fault.status, headers, "application/json")


def _refusal(code: str) -> Response:
    return JSONResponse({"code": code, "jobid": None, "description": REASONS.get(code, "system error")}, 406)


def _summary(asked: dict[str, Any]) -> dict[str, Any]:
    """What came, short enough to keep, and sure to be writable as JSON."""
    short = {name: value for name, value in asked.items() if name not in ("messages", "password")}
    messages = asked.get("messages")
    short["message_count"] = len(messages) if isinstance(messages, list) else 0
    try:
        return short if len(json.dumps(short, ensure_ascii=False, allow_nan=False).encode()) < 4096 else {}
    except (ValueError, RecursionError):
        return {}


def _report_row(message: Sms, now: float) -> dict[str, Any]:
    status = message.status_at(now)
    arrived = datetime.fromtimestamp(message.arrives_at, UTC).astimezone(clock.ISTANBUL)
    return {
        "jobid": message.job_id,
        "number": f"90{message.number}",
        "status": status,
        "operator": 30,
        "msglen": _parts(message.text),
        "deliveredDate": arrived.strftime("%d.%m.%Y %H:%M:%S") if status else "",
        "errorCode": 0 if status <= DELIVERED else 102,
        "referansID": "",
    }


def _received(message: Sms) -> dict[str, Any]:
    return {
        "to": f"+90{message.number}",
        "text": message.text,
        "at": _utc(message.arrives_at),
        "header": message.header,
        "job_id": message.job_id,
    }


def _parts(text: str) -> int:
    return max(1, math.ceil(len(text) / ONE_PART))


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def main() -> None:
    """Serve one account; its credentials are pretend ones and so may stand on the command line."""
    parser = simulator_arguments("A pretend NetGSM with pretend phones")
    parser.add_argument("--username", default=USERNAME)
    parser.add_argument("--password", default=PASSWORD)
    parser.add_argument("--header", action="append", help="an approved sender header; may be repeated")
    parser.add_argument("--delivery-seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    account = Account(arguments.username, arguments.password, tuple(arguments.header or (HEADER,)))
    serve(make_app(NetgsmSimulator(account, arguments.delivery_seconds)), arguments)


if __name__ == "__main__":
    main()
