"""What NetGSM checks before it takes a request, as (code, reason) refusals or the parsed request."""

import base64
import binascii
import json
import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.core import clock
from tests.simulators.phones import ten_digits

MESSAGES_A_REQUEST = 1000
LONGEST_TEXT = 883
A_MINUTE = 60.0
MESSAGES_A_MINUTE_TO_ONE_NUMBER = 20
REPORT_QUERIES_A_MINUTE = 10

REASONS = {
    "20": "message text or length is wrong",
    "30": "invalid username, password or no API permission",
    "40": "message header is not defined",
    "50": "IYS controlled messages cannot be sent from this account",
    "60": "no record found",
    "70": "a parameter is wrong or missing",
    "80": "limit exceeded",
    "85": "more than 20 tasks in a minute to one number",
}


class RefusedError(Exception):
    """The request is answered with HTTP 406 and this code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Account:
    username: str
    password: str
    headers: tuple[str, ...]

    def check_basic(self, authorization: str) -> None:
        """Code 30 unless the Authorization header carries this account."""
        scheme, _, token = authorization.partition(" ")
        try:
            given = base64.b64decode(token, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            given = ""
        if scheme.lower() != "basic" or given != f"{self.username}:{self.password}":
            raise RefusedError("30")

    def check_fields(self, request: dict[str, Any]) -> None:
        """Code 30 unless the body carries this account (the balance call has no Authorization header)."""
        if (request.get("usercode"), request.get("password")) != (self.username, self.password):
            raise RefusedError("30")


@dataclass(frozen=True)
class SendRequest:
    header: str
    messages: tuple[tuple[str, str], ...]  # (ten digits, text)
    starts_at: float | None


@dataclass(frozen=True)
class ReportRequest:
    job_ids: frozenset[str] | None
    since: float
    until: float
    page: int
    page_size: int


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body, whatever was sent; code 70 for anything else."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError("70") from None
    if not isinstance(parsed, dict):
        raise RefusedError("70")
    return parsed


def parse_send(request: dict[str, Any], account: Account) -> SendRequest:
    """A send request as the real side would take it."""
    header = request.get("msgheader")
    if not isinstance(header, str) or not header:
        raise RefusedError("70")
    if header not in account.headers:
        raise RefusedError("40")
    _check_choice(request.get("encoding"), {"TR", "tr", "UTF-8", "UNICODE"})
    _check_choice(request.get("iysfilter"), {"0", "11", "12"})
    for name in ("partnercode", "appname"):
        if not isinstance(request.get(name, ""), str):
            raise RefusedError("70")
    if request.get("iysfilter") in ("11", "12"):
        raise RefusedError("50")  # this account has no İYS brand
    starts_at = _optional_time(request.get("startdate"))
    stops_at = _optional_time(request.get("stopdate"))
    if stops_at is not None and stops_at <= (starts_at or clock.now().timestamp()):
        raise RefusedError("70")
    messages = request.get("messages")
    if not isinstance(messages, list) or not 1 <= len(messages) <= MESSAGES_A_REQUEST:
        raise RefusedError("70")
    return SendRequest(header, tuple(_parse_message(message) for message in messages), starts_at)


def parse_report(request: dict[str, Any]) -> ReportRequest:
    """A report query as the real side would take it."""
    since = _time(request.get("startdate"), "%d.%m.%Y %H:%M:%S")
    until = _time(request.get("stopdate"), "%d.%m.%Y %H:%M:%S")
    page, page_size = request.get("pagenumber", 0), request.get("pagesize", 100)
    job_ids = request.get("jobids")
    jobs_are_texts = isinstance(job_ids, list) and all(isinstance(job_id, str) for job_id in job_ids)
    if (
        until < since
        or type(page) is not int
        or type(page_size) is not int
        or page < 0
        or not 1 <= page_size <= 100
        or not (job_ids is None or jobs_are_texts)
    ):
        raise RefusedError("70")
    return ReportRequest(frozenset(job_ids) if job_ids else None, since, until, page, page_size)


class Limits:
    """Sliding one-minute windows: messages to one number, report queries of the account."""

    def __init__(self) -> None:
        self._sent: defaultdict[str, deque[float]] = defaultdict(deque)
        self._queried: deque[float] = deque()

    def take_messages(self, numbers: list[str]) -> None:
        """Code 85 for the whole request if one number has had enough."""
        now = time.monotonic()
        for number in set(numbers):
            window = _recent(self._sent[number], now)
            if len(window) + numbers.count(number) > MESSAGES_A_MINUTE_TO_ONE_NUMBER:
                raise RefusedError("85")
        for number in numbers:
            self._sent[number].append(now)

    def take_query(self) -> None:
        """Code 80 for the eleventh report query within a minute."""
        now = time.monotonic()
        if len(_recent(self._queried, now)) >= REPORT_QUERIES_A_MINUTE:
            raise RefusedError("80")
        self._queried.append(now)


def _recent(window: deque[float], now: float) -> deque[float]:
    while window and now - window[0] >= A_MINUTE:
        window.popleft()
    return window


def _check_choice(value: object, allowed: set[str]) -> None:
    if value is not None and not (isinstance(value, str) and value in allowed):
        raise RefusedError("70")


def _parse_message(message: object) -> tuple[str, str]:
    if not isinstance(message, dict):
        raise RefusedError("70")
    number, text = message.get("no"), message.get("msg")
    digits = ten_digits(number) if isinstance(number, str) else None
    if digits is None or not isinstance(text, str):
        raise RefusedError("70")
    if not text.strip() or len(text) > LONGEST_TEXT or re.search(r"[\x00\ud800-\udfff]", text):
        raise RefusedError("20")
    return digits, text


def _optional_time(value: object) -> float | None:
    return None if value is None else _time(value, "%d%m%Y%H%M")


def _time(value: object, pattern: str) -> float:
    try:
        return datetime.strptime(str(value), pattern).replace(tzinfo=clock.ISTANBUL).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise RefusedError("70") from None
