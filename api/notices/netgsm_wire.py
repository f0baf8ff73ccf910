"""NetGSM's codes, numbers, times and answer shapes in our terms; every answer is read as if a stranger had written it.

Sources: the vendor's Python client 1.1.2 and, for report rows, statuses and balance, its JavaScript client and
OpenAPI file. The two clients contradict each other on report statuses (Python: 0 not delivered, 2 pending;
JavaScript: 0 pending, 2 expired). The JavaScript table agrees with NetGSM's older documents and is followed here;
confirm it on a live account.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from api.core.clock import ISTANBUL
from api.notices.gateway import DeliveryReport, DeliveryStatus, OutgoingSms, Rejected, Unknown

# 01 and 02 report a corrected start or stop date; the job is taken all the same.
ACCEPTED_CODES: Final = frozenset({"00", "01", "02"})
NO_RECORDS: Final = "60"

# Faults of the account are retryable: an operator mends them, and what waits is still worth sending until it expires.
PROVIDER_CODES: Final[Mapping[str, Rejected | Unknown]] = {
    "20": Rejected("20", retryable=False, reason="message text refused or too long"),
    "30": Rejected("30", retryable=True, reason="credentials, API permission or source address refused"),
    "40": Rejected("40", retryable=True, reason="sender header not approved"),
    "50": Rejected("50", retryable=True, reason="the account cannot send with İYS control"),
    "51": Rejected("51", retryable=True, reason="the account has no İYS brand"),
    "60": Rejected(NO_RECORDS, retryable=False, reason="no such record"),
    "70": Rejected("70", retryable=False, reason="a parameter is wrong or missing"),
    "80": Rejected("80", retryable=True, reason="sending or query limit reached"),
    "85": Rejected("85", retryable=True, reason="more than 20 messages a minute to one number"),
    "100": Unknown("system error at the provider"),
    "101": Unknown("system error at the provider"),
    "110": Unknown("system error at the provider"),
    "5000": Unknown("undefined error at the provider"),
}

REPORT_STATUSES: Final[Mapping[int, DeliveryStatus]] = {
    0: DeliveryStatus.PENDING,
    1: DeliveryStatus.DELIVERED,
    2: DeliveryStatus.EXPIRED,
    3: DeliveryStatus.UNDELIVERED,  # wrong or restricted number
    4: DeliveryStatus.UNDELIVERED,  # could not be handed to the operator
    11: DeliveryStatus.REJECTED,  # by the operator
    12: DeliveryStatus.UNDELIVERED,
    13: DeliveryStatus.REJECTED,  # same text to the same number within the hour
    14: DeliveryStatus.REJECTED,  # no credit
    15: DeliveryStatus.BLOCKED,  # black list
    16: DeliveryStatus.BLOCKED,  # İYS
    17: DeliveryStatus.BLOCKED,  # İYS
    22: DeliveryStatus.EXPIRED,
}

LONGEST_TEXT: Final = 883  # characters with encoding TR, six parts

_MOBILE_E164 = re.compile(r"\+90(5[0-9]{9})")
_MOBILE_AT_PROVIDER = re.compile(r"(?:\+|00)?(?:90)?0?(5[0-9]{9})")
_UNSENDABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


class UnreadableAnswerError(Exception):
    """An answer lacks what it must carry."""


def can_be_sent(message: OutgoingSms) -> Rejected | None:
    """Refuse here what would make the provider refuse the whole request: None, or why this one cannot go."""
    if not _MOBILE_E164.fullmatch(message.to):
        return Rejected("number", retryable=False, reason="not a Turkish mobile number")
    if not message.text.strip() or _UNSENDABLE.search(message.text):
        return Rejected("text", retryable=False, reason="empty text or control characters")
    if len(message.text) > LONGEST_TEXT:
        return Rejected("text_too_long", retryable=False, reason=f"longer than {LONGEST_TEXT} characters")
    return None


def national_number(e164: str) -> str:
    """Turn +905xxxxxxxxx into the ten digits that NetGSM takes."""
    found = _MOBILE_E164.fullmatch(e164)
    if not found:
        raise ValueError("not a Turkish mobile number in E.164")
    return found.group(1)


def e164_number(provider_number: object) -> str | None:
    """Turn a number as NetGSM reports it (5.., 05.., 905..) into E.164; None for anything else."""
    found = _MOBILE_AT_PROVIDER.fullmatch(str(provider_number)) if isinstance(provider_number, str | int) else None
    return f"+90{found.group(1)}" if found else None


def provider_code(value: object) -> str:
    """Give an answer's code as text; empty if it is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[0-9]{1,4}", text) else ""


def job_id(value: object) -> str | None:
    """Give an answer's job id; None if it is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[0-9A-Za-z-]{1,64}", text) else None


def window_time(at: datetime) -> str:
    """Write an aware time as the report query wants it: Istanbul time, whole seconds."""
    if at.tzinfo is None:
        raise ValueError("the report window needs aware times")
    return at.astimezone(ISTANBUL).strftime("%d.%m.%Y %H:%M:%S")


def read_reports(answer: Mapping[str, Any]) -> tuple[list[DeliveryReport], int]:
    """Read one page: the rows that make sense, and how many rows the page had.

    Raises:
        UnreadableAnswerError: there is no list of rows.
    """
    rows = answer.get("jobs")
    if rows is None and provider_code(answer.get("code")) in ACCEPTED_CODES:
        return [], 0
    if not isinstance(rows, list):
        raise UnreadableAnswerError
    return [report for row in rows if (report := _read_row(row))], len(rows)


def read_parts_left(answer: Mapping[str, Any]) -> int:
    """Add up the ordinary SMS packages of a balance answer (not OTP, flash or voice).

    Raises:
        UnreadableAnswerError: no such package is listed.
    """
    packages = answer.get("balance")
    amounts = [
        int(str(package.get("amount")))
        for package in (packages if isinstance(packages, list) else [])
        if isinstance(package, dict)
        and re.fullmatch(r"[0-9]{1,12}", str(package.get("amount")))
        and re.fullmatch(r"(?i)\s*adet\W*sms\s*", str(package.get("balance_name")))
    ]
    if not amounts:
        raise UnreadableAnswerError
    return sum(amounts)


def _read_row(row: object) -> DeliveryReport | None:
    if not isinstance(row, dict):
        return None
    provider_id = job_id(row.get("jobid"))
    to = e164_number(row.get("number"))
    if provider_id is None or to is None:
        return None
    code = provider_code(row.get("status"))
    # A status nobody has described is not a final one.
    status = REPORT_STATUSES.get(int(code), DeliveryStatus.PENDING) if code else DeliveryStatus.PENDING
    return DeliveryReport(provider_id, to, status, _read_time(row.get("deliveredDate")))


def _read_time(value: object) -> datetime | None:
    try:
        local = datetime.strptime(str(value), "%d.%m.%Y %H:%M:%S").replace(tzinfo=ISTANBUL)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
