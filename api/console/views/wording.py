"""Times and states in words: how old, how long left, and the tone in which a screen says it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from api.complaints.workflow import Status
from api.console.language import Catalogue
from api.core.clock import ISTANBUL

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_HOURS_READ_UNTIL = timedelta(hours=48)
SOON = timedelta(hours=24)


class Tone(StrEnum):
    """What a colour means on every screen; each is always said in words and with an icon as well."""

    NEW = "new"
    CALM = "calm"
    SOON = "soon"
    LATE = "late"
    DONE = "done"
    QUIET = "quiet"
    WAITING = "waiting"


@dataclass(frozen=True)
class Said:
    """Something said in words, with its tone and icon; `iso` and `full` give the exact time where there is one."""

    text: str
    tone: Tone
    icon: str
    iso: str = ""
    full: str = ""


STATUS_TONES: dict[Status, tuple[Tone, str]] = {
    Status.NEW: (Tone.NEW, "star"),
    Status.ROUTED: (Tone.CALM, "forward"),
    Status.ASSIGNED: (Tone.CALM, "person"),
    Status.IN_PROGRESS: (Tone.CALM, "play"),
    Status.WAITING: (Tone.WAITING, "question"),
    Status.SOLVED: (Tone.DONE, "check"),
    Status.REJECTED: (Tone.QUIET, "reject"),
    Status.FORWARDED: (Tone.QUIET, "leave"),
    Status.WITHDRAWN: (Tone.QUIET, "back"),
}


def duration(t: Catalogue, length: timedelta) -> str:
    """Say a length of time in one unit, rounded down: minutes, hours below two days, then days."""
    if length < _HOUR:
        return t.count("duration.minutes", max(0, length // _MINUTE))
    if length < _HOURS_READ_UNTIL:
        return t.count("duration.hours", length // _HOUR)
    return t.count("duration.days", length // _DAY)


def full_time(t: Catalogue, at: datetime) -> str:
    """Say day and time in Turkey, such as `22 Kasım 2026 14:05`."""
    local = at.astimezone(ISTANBUL)
    return t(
        "time.full", day=local.day, month=t(f"month.{local.month}"), year=local.year, clock=local.strftime("%H:%M")
    )


def age(t: Catalogue, at: datetime, now: datetime) -> Said:
    """Say how long ago something happened."""
    length = now - at
    text = t("time.just_now") if length < _MINUTE else t("time.ago", duration=duration(t, length))
    return Said(text, Tone.QUIET, "clock", at.isoformat(), full_time(t, at))


def status(t: Catalogue, state: Status) -> Said:
    """Say where a case stands."""
    tone, icon = STATUS_TONES[state]
    return Said(t(f"status.{state.value}"), tone, icon)


def due(t: Catalogue, due_at: datetime | None, now: datetime, *, is_open: bool) -> Said | None:
    """Say how the time for the solution stands; None for a case that is over or has no such time."""
    if due_at is None or not is_open:
        return None
    if now > due_at:
        return Said(
            t("due.late", duration=duration(t, now - due_at)), Tone.LATE, "alert", due_at.isoformat(),
            full_time(t, due_at),
        )  # fmt: skip
    tone = Tone.SOON if due_at - now < SOON else Tone.CALM
    return Said(
        t("due.left", duration=duration(t, due_at - now)), tone, "clock", due_at.isoformat(), full_time(t, due_at)
    )
