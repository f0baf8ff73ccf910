"""The life of an SMS as a table, and how long to wait between its steps.

    queued ──claimed──> sending ──> submitted ──> delivered | undelivered
       ^                   │  └───> rejected
       └── refused, again ─┤
       ^                   └───> unknown ──found──> submitted
       └────────── not found after the settling time ──┘

`unknown` means that the provider may have taken the message: it leaves that state only by asking the provider.
`expired` means that it was given up unsent; `dead`, that nobody can say any more and an operator has to look.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from api.notices.gateway import DeliveryStatus


class SmsStatus(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    REJECTED = "rejected"
    DEAD = "dead"


FINAL: Final = frozenset({
    SmsStatus.DELIVERED, SmsStatus.UNDELIVERED, SmsStatus.EXPIRED, SmsStatus.REJECTED, SmsStatus.DEAD,
})  # fmt: skip

TRANSITIONS: Final[dict[SmsStatus, frozenset[SmsStatus]]] = {
    SmsStatus.QUEUED: frozenset({SmsStatus.SENDING, SmsStatus.EXPIRED}),
    SmsStatus.SENDING: frozenset({
        SmsStatus.SUBMITTED, SmsStatus.REJECTED, SmsStatus.UNKNOWN, SmsStatus.QUEUED, SmsStatus.EXPIRED,
        SmsStatus.DEAD,
    }),
    SmsStatus.UNKNOWN: frozenset({
        SmsStatus.SUBMITTED, SmsStatus.REJECTED, SmsStatus.QUEUED, SmsStatus.EXPIRED, SmsStatus.DEAD,
        SmsStatus.DELIVERED, SmsStatus.UNDELIVERED,
    }),
    SmsStatus.SUBMITTED: frozenset({SmsStatus.DELIVERED, SmsStatus.UNDELIVERED, SmsStatus.REJECTED, SmsStatus.DEAD}),
    **{status: frozenset() for status in FINAL},
}  # fmt: skip

AFTER_REPORT: Final[dict[DeliveryStatus, SmsStatus]] = {
    DeliveryStatus.PENDING: SmsStatus.SUBMITTED,
    DeliveryStatus.DELIVERED: SmsStatus.DELIVERED,
    DeliveryStatus.UNDELIVERED: SmsStatus.UNDELIVERED,
    DeliveryStatus.EXPIRED: SmsStatus.UNDELIVERED,
    DeliveryStatus.REJECTED: SmsStatus.REJECTED,
    DeliveryStatus.BLOCKED: SmsStatus.REJECTED,
}

LOGIN_CODE: Final = "login_code"
LOGIN_CODE_VALIDITY: Final = timedelta(minutes=3)
VALIDITY: Final = timedelta(hours=24)
"""How long a message is worth sending when its writer says nothing; a login code is worthless much sooner."""

CLAIM_LEASE: Final = timedelta(minutes=2)
"""A claimed message without a result for so long was left behind by a killed worker."""

SETTLING: Final = timedelta(minutes=5)
"""Only after so long does the provider's silence about a number mean that the message was not taken."""

FIRST_QUESTION: Final = timedelta(minutes=1)
ASKED_AT_MOST: Final = timedelta(hours=24)
FOLLOWED_AT_MOST: Final = timedelta(hours=72)

BATCH: Final = 500
BATCHES_A_RUN: Final = 20


def validity(purpose: str) -> timedelta:
    """How long a message of this purpose is worth sending."""
    return LOGIN_CODE_VALIDITY if purpose == LOGIN_CODE else VALIDITY


def pause_after_refusal(purpose: str, tries: int) -> timedelta:
    """Give the growing pause after the `tries`-th refusal that may pass: 15 s … 30 min, for login codes 4 … 32 s."""
    if purpose == LOGIN_CODE:
        return timedelta(seconds=min(2 ** (tries + 1), 32))
    return timedelta(seconds=min(15 * 2 ** (min(tries, 10) - 1), 1800))


def pause_by_age(age: timedelta) -> timedelta:
    """Give the pause before the provider is asked again about a message of this age: half the age, 30 s … 1 h."""
    return min(max(age / 2, timedelta(seconds=30)), timedelta(hours=1))
