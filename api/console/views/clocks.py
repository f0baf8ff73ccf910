"""The three clocks of a case as bars: first answer, solution, and the thirty days of the petition law."""

from dataclasses import dataclass
from datetime import datetime

from api.complaints.schemas import ComplaintOut
from api.console.language import Catalogue
from api.console.views.wording import SOON, Tone, duration, full_time

FULL = 100


@dataclass(frozen=True)
class ClockView:
    """One bar: how much of the time is used (0–100), and in words what that means."""

    name: str
    used: int
    text: str
    tone: Tone
    icon: str
    due: str


def clocks(t: Catalogue, case: ComplaintOut, now: datetime) -> list[ClockView]:
    """Give the clocks that this case has."""
    answered = case.first_answered_at or case.legal_answered_at or case.solved_at
    # A case that ended without a solution (rejected, forwarded, withdrawn) stops the clock where it ended.
    ended = case.solved_at or (None if case.is_open else case.legal_answered_at or _last_event(case))
    found = (
        _clock(t, t("clock.first_answer"), case.filed_at, case.first_answer_due_at, answered or ended, now),
        _clock(t, t("clock.solution"), case.filed_at, case.solution_due_at, ended, now),
        _clock(t, t("clock.legal"), case.filed_at, case.legal_due_at, case.legal_answered_at or ended, now),
    )
    return [clock for clock in found if clock is not None]


def _last_event(case: ComplaintOut) -> datetime | None:
    return max((line.happened_at for line in case.timeline), default=None)


def _clock(
    t: Catalogue, name: str, start: datetime, due_at: datetime | None, stopped: datetime | None, now: datetime
) -> ClockView | None:
    if due_at is None:
        return None
    at = stopped or now
    length = due_at - start
    used = FULL if length.total_seconds() <= 0 else min(FULL, max(0, int(FULL * ((at - start) / length))))
    due = t("clock.due", at=full_time(t, due_at))
    if stopped is not None and stopped <= due_at:
        return ClockView(name, used, t("clock.met", duration=duration(t, stopped - start)), Tone.DONE, "check", due)
    if stopped is not None:
        text = t("clock.met_late", duration=duration(t, stopped - due_at))
        return ClockView(name, FULL, text, Tone.LATE, "alert", due)
    if now > due_at:
        text = t("due.late", duration=duration(t, now - due_at))
        return ClockView(name, FULL, text, Tone.LATE, "alert", due)
    tone = Tone.SOON if due_at - now < SOON else Tone.CALM
    return ClockView(name, used, t("due.left", duration=duration(t, due_at - now)), tone, "clock", due)
