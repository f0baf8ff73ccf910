"""The port through which every SMS leaves the platform: what may be asked of a provider and what it may answer.

The one rule behind these types: silence is not refusal. `Rejected` says that the provider certainly has not taken
the message, so it may be sent again; `Unknown` says that it may have been taken, so nobody resends it before
`find_by_number` or `report` has been asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias
from uuid import UUID


class DeliveryStatus(StrEnum):
    """Where a message that the provider has taken stands; all but `pending` are final."""

    PENDING = "pending"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # the number does not exist or the operator could not reach it
    EXPIRED = "expired"  # the phone stayed unreachable until the message's validity ran out
    REJECTED = "rejected"  # refused after acceptance: by the operator, as a duplicate, for lack of credit
    BLOCKED = "blocked"  # the person has opted out (black list or İYS)


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """One message to one phone; number and text stay out of reprs, and so out of logs."""

    id: UUID
    to: str = field(repr=False)  # E.164, +905xxxxxxxxx
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken the message; (provider_id, number) names it in reports."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider has certainly not taken the message; `retryable` if the same message may pass later."""

    code: str
    retryable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The message may or may not have been taken."""

    reason: str


SendResult: TypeAlias = Accepted | Rejected | Unknown


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What the provider says about one message to one number; `at` is UTC and None until something happened."""

    provider_id: str
    to: str = field(repr=False)  # E.164
    status: DeliveryStatus
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SmsBalance:
    """How many message parts are left in the municipality's package."""

    parts: int


class SmsGatewayError(Exception):
    """A report, search or balance query got no usable answer; `retryable` if asking later may help."""

    def __init__(self, code: str, *, retryable: bool, reason: str) -> None:
        """Keep the provider's or our own code beside the reason."""
        self.code = code
        self.retryable = retryable
        self.reason = reason
        super().__init__(f"{code}: {reason}")


class SmsGateway(Protocol):
    """One municipality's account at one SMS provider."""

    async def send(self, messages: Sequence[OutgoingSms]) -> list[SendResult]:
        """Hand the messages over; one result per message, in the same order, whatever the provider answers."""
        ...

    async def report(self, provider_ids: Sequence[str], since: datetime, until: datetime) -> list[DeliveryReport]:
        """Read how the messages of these jobs fared; `since`..`until` (aware) must span their sending.

        Raises:
            SmsGatewayError: no complete answer was had.
        """
        ...

    async def find_by_number(self, to: str, since: datetime, until: datetime) -> list[DeliveryReport]:
        """Look whether an `Unknown` message was taken: everything the provider has for that number in the window.

        The caller leaves out the provider_ids it already knows. An empty list means the provider listed the whole
        window without the number; shortly after a send it may still be too early to conclude from that.

        Raises:
            SmsGatewayError: the window could not be read completely, so nothing follows from it.
        """
        ...

    async def balance(self) -> SmsBalance:
        """Read what is left of the package.

        Raises:
            SmsGatewayError: no usable answer was had.
        """
        ...
