"""NetGSM behind the SMS port, driven through its official client `netgsm-sms`.

NetGSM gives one job id per request and no id per message: a message is (job id, number). So a number never stands
twice in one request, and a request is taken or refused as a whole. The client's error texts mix up the tables of
several endpoints and are not used; its `code` and `http_status` are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import requests
from anyio import CapacityLimiter
from netgsm import Netgsm
from netgsm.exceptions import ApiException, ConnectionException, TimeoutException
from netgsm.exceptions.api_exception import create_api_exception

from api.notices.breaker import Attempt, CircuitBreaker
from api.notices.deadline import DeadlinePassedError, NotStartedError, call_within
from api.notices.gateway import (
    Accepted,
    DeliveryReport,
    OutgoingSms,
    Rejected,
    SendResult,
    SmsBalance,
    SmsGatewayError,
    Unknown,
)
from api.notices.netgsm_config import NetgsmConfig, refuse_simulator_in_production
from api.notices.netgsm_transport import NotSentError, bind_client, exchange
from api.notices.netgsm_wire import (
    ACCEPTED_CODES,
    NO_RECORDS,
    PROVIDER_CODES,
    UnreadableAnswerError,
    can_be_sent,
    job_id,
    national_number,
    provider_code,
    read_parts_left,
    read_reports,
    window_time,
)

__all__ = ["NetgsmConfig", "NetgsmGateway", "refuse_simulator_in_production"]

MESSAGES_PER_REQUEST: Final = 1000
REPORTS_PER_PAGE: Final = 100
REPORT_PAGES: Final = 10  # the provider answers ten report queries a minute
CALLS_AT_ONCE: Final = 8
CLOCK_SKEW: Final = timedelta(minutes=2)

BREAKER_OPEN: Final = Rejected("breaker_open", retryable=True, reason="the provider is failing and left alone for now")
SILENCE: Final[Mapping[type[Exception], Rejected | Unknown]] = {
    NotStartedError: Rejected("busy", retryable=True, reason="earlier calls to the provider have not ended"),
    NotSentError: Rejected("unreachable", retryable=True, reason="no connection to the provider"),
    DeadlinePassedError: Unknown("no answer within the deadline"),
}

NO_HTTP_STATUS: Final[Mapping[type[Exception], str]] = {
    TimeoutException: "no answer in time",
    ConnectionException: "the connection was lost",
}
HTTP_REQUEST_TIMEOUT: Final = 408
HTTP_TOO_MANY_REQUESTS: Final = 429
HTTP_SERVER_ERRORS: Final = 500


class NetgsmGateway:
    """One municipality's NetGSM account; keep one object per account, it holds the breaker and the call slots."""

    def __init__(self, config: NetgsmConfig, *, breaker: CircuitBreaker | None = None) -> None:
        """Prepare the client; nothing is sent yet."""
        bind_client()
        self._config = config
        self._password = config.password.get_secret_value()
        self._client = Netgsm(config.username, self._password, api_url=config.base_url)
        self._breaker = breaker or CircuitBreaker()
        self._slots = CapacityLimiter(CALLS_AT_ONCE)

    async def send(self, messages: Sequence[OutgoingSms]) -> list[SendResult]:
        """Hand the messages over as informational SMS (İYS filter 0), up to 1,000 a request; see `SmsGateway.send`."""
        results: list[SendResult | None] = [None] * len(messages)
        fit = []
        for position, message in enumerate(messages):
            refusal = can_be_sent(message)
            if refusal:
                results[position] = refusal
            else:
                fit.append((position, message))
        for batch in _batches(fit):
            result = await self._send_batch([message for _, message in batch])
            for position, _ in batch:
                results[position] = result
        return [result for result in results if result is not None]

    async def report(self, provider_ids: Sequence[str], since: datetime, until: datetime) -> list[DeliveryReport]:
        """Read the reports of these jobs; ask for at most 1,000 messages at a time; see `SmsGateway.report`."""
        if not provider_ids:
            return []
        asked = set(provider_ids)
        return [row for row in await self._read_window(since, until, list(asked)) if row.provider_id in asked]

    async def find_by_number(self, to: str, since: datetime, until: datetime) -> list[DeliveryReport]:
        """Search at most 1,000 messages of a window for a number; see `SmsGateway.find_by_number`."""
        return [row for row in await self._read_window(since, until, None) if row.to == to]

    async def balance(self) -> SmsBalance:
        """Read the SMS parts left; the client lacks this call, so it goes beside it by the same transport."""
        answer = await self._ask(self._post_balance)
        if isinstance(answer, Rejected | Unknown):
            raise _as_error(answer)
        try:
            return SmsBalance(read_parts_left(answer))
        except UnreadableAnswerError as error:
            raise SmsGatewayError("unreadable", retryable=False, reason="the balance could not be read") from error

    async def _send_batch(self, batch: Sequence[OutgoingSms]) -> SendResult:
        wire = [{"msg": message.text, "no": national_number(message.to)} for message in batch]
        answer = await self._ask(
            partial(self._client.sms.send, self._config.header, wire, encoding="TR", iysfilter="0")
        )
        if isinstance(answer, Rejected | Unknown):
            return answer
        provider_id = job_id(answer.get("jobid"))
        if provider_code(answer.get("code")) in ACCEPTED_CODES and provider_id:
            return Accepted(provider_id)
        return Unknown("the provider's answer names no job")

    async def _read_window(self, since: datetime, until: datetime, jobs: list[str] | None) -> list[DeliveryReport]:
        start = window_time(since - CLOCK_SKEW)
        stop = window_time(until + CLOCK_SKEW)
        reports: list[DeliveryReport] = []
        for page in range(REPORT_PAGES):
            answer = await self._ask(
                partial(
                    self._client.sms.get_report,
                    start,
                    stop,
                    jobids=jobs,
                    pagesize=REPORTS_PER_PAGE,
                    pagenumber=page,
                )
            )
            if isinstance(answer, Rejected) and answer.code == NO_RECORDS:
                return reports
            if isinstance(answer, Rejected | Unknown):
                raise _as_error(answer)
            try:
                rows, listed = read_reports(answer)
            except UnreadableAnswerError as error:
                raise SmsGatewayError("unreadable", retryable=True, reason="the report could not be read") from error
            reports += rows
            if listed < REPORTS_PER_PAGE:
                return reports
        raise SmsGatewayError("window_too_wide", retryable=False, reason="ask for a shorter window or fewer jobs")

    async def _ask(self, call: Callable[[], object]) -> dict[str, Any] | Rejected | Unknown:
        """Make one call to the provider; a dict is an answer that carries no known error code."""
        attempt = self._breaker.attempt()
        if attempt is None:
            return BREAKER_OPEN
        try:
            answer = await call_within(self._config.deadline_seconds, call, slots=self._slots, on_slow=attempt.failed)
        except (NotStartedError, NotSentError, DeadlinePassedError) as error:
            attempt.failed()
            return SILENCE[type(error)]
        except ApiException as error:
            return _read_refusal(error, attempt)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            # The client trusts the shape of what it reads; nonsense escapes from it as whatever Python raised.
            answer = None
        if not isinstance(answer, dict):
            attempt.failed()
            return Unknown("the answer could not be read")
        attempt.succeeded()
        return PROVIDER_CODES.get(provider_code(answer.get("code")), answer)

    def _post_balance(self) -> object:
        asked = {"usercode": self._config.username, "password": self._password, "stip": 1}
        try:
            response = exchange(
                "POST", f"{self._config.base_url}/balance", json=asked, timeout=self._config.deadline_seconds
            )
            response.raise_for_status()
            return response.json()
        except requests.RequestException as error:
            raise create_api_exception(error) from error


def _batches(messages: Sequence[tuple[int, OutgoingSms]]) -> Iterator[list[tuple[int, OutgoingSms]]]:
    """Cut into requests so that no number stands twice in one and messages to one number keep their order."""
    seen: Counter[str] = Counter()
    rounds: defaultdict[int, list[tuple[int, OutgoingSms]]] = defaultdict(list)
    for position, message in messages:
        rounds[seen[message.to]].append((position, message))
        seen[message.to] += 1
    for _, members in sorted(rounds.items()):
        for start in range(0, len(members), MESSAGES_PER_REQUEST):
            yield members[start : start + MESSAGES_PER_REQUEST]


def _read_refusal(error: ApiException, attempt: Attempt) -> Rejected | Unknown:
    status = getattr(error, "http_status", None)
    if status is None:
        attempt.failed()
        return Unknown(NO_HTTP_STATUS.get(type(error), "the answer could not be used"))
    if status >= HTTP_SERVER_ERRORS or status == HTTP_REQUEST_TIMEOUT:
        attempt.failed()
        return Unknown(f"the provider failed with HTTP {status}")
    attempt.succeeded()
    code = provider_code(error.code)
    unlisted = Rejected(
        code or f"http_{status}", retryable=status == HTTP_TOO_MANY_REQUESTS, reason=f"refused with HTTP {status}"
    )
    return PROVIDER_CODES.get(code, unlisted)


def _as_error(outcome: Rejected | Unknown) -> SmsGatewayError:
    if isinstance(outcome, Unknown):
        return SmsGatewayError("no_answer", retryable=True, reason=outcome.reason)
    return SmsGatewayError(outcome.code, retryable=outcome.retryable, reason=outcome.reason)
