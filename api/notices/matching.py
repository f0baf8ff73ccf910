"""Which of our messages are the ones that the provider lists: pure, no clock and no database.

The provider names a message by its job and the number; it does not repeat the text. So for one number the messages in
doubt are laid beside the listed ones that nobody owns yet, both in the order in which they were made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from api.notices.gateway import DeliveryReport


class Verdict(StrEnum):
    """What the provider's list says about a message in doubt."""

    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    TOO_EARLY = "too_early"
    AMBIGUOUS = "ambiguous"  # fewer were taken than are in doubt, and nobody can say which


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message of which nobody knows whether the provider took it."""

    id: UUID
    sent_at: datetime
    to: str = field(repr=False)


def unowned(reports: Iterable[DeliveryReport], owned: Iterable[tuple[str, str]]) -> list[DeliveryReport]:
    """Leave out what is already known as (job, number); the oldest job first."""
    known = set(owned)
    return sorted(
        (report for report in reports if (report.provider_id, report.to) not in known),
        key=lambda report: (len(report.provider_id), report.provider_id),
    )


def judge(
    doubts: Sequence[Doubt], listed: Sequence[DeliveryReport], now: datetime, settling: timedelta
) -> dict[UUID, tuple[Verdict, DeliveryReport | None]]:
    """Say of every message to one number whether it was taken.

    Silence counts only after the settling time; a shorter list than there are messages in doubt never makes one of
    them be sent again.
    """
    doubts = sorted(doubts, key=lambda doubt: (doubt.sent_at, doubt.id))
    is_settled = all(now - doubt.sent_at >= settling for doubt in doubts)
    if not is_settled and len(listed) < len(doubts):
        return {doubt.id: (Verdict.TOO_EARLY, None) for doubt in doubts}
    missing = Verdict.AMBIGUOUS if listed else Verdict.NOT_TAKEN
    verdicts: dict[UUID, tuple[Verdict, DeliveryReport | None]] = {}
    for position, doubt in enumerate(doubts):
        if position < len(listed):
            verdicts[doubt.id] = (Verdict.TAKEN, listed[position])
        else:
            verdicts[doubt.id] = (missing, None)
    return verdicts
