"""How pretend cases end: which are still open, which were closed too late, and after how much working time."""

from dataclasses import dataclass

import numpy as np

from api.demo.arrivals import OPEN_SHARE, OVERDUE_SHARE, Floats, Ints
from api.demo.cases import NONE, Bools, Cases
from api.demo.working_time import HOUR_MS

_DAY_MS = 86_400_000
_SHORTEST_MS = 15 * 60_000
# Of the newest reports this part is open, of the oldest that.
_NEWEST_OPEN, _OLDEST_OPEN = 0.93, 0.02
# A subject without a service time is thought to be done in this many working hours.
_UNTIMED_HOURS = 27
_LOOKED_AT_HOURS = 40


@dataclass(frozen=True)
class Endings:
    """`worked` is the working time from filing to closing in ms, for open cases the time in which things happened."""

    is_open: Bools
    is_late: Bools
    worked: Ints


def draw_endings(cases: Cases, rng: np.random.Generator) -> Endings:
    """Draw the end of every case, so that the shares of open and of overdue ones are the fitted ones."""
    now = np.full(len(cases), cases.until, dtype=np.int64)
    available = cases.worked(cases.at, now)
    own = cases.is_own
    is_open = own & (rng.random(len(cases)) < _open_part(cases, own, available))
    hours = np.array([item.solution_hours or _UNTIMED_HOURS for item in cases.categories], dtype=np.int64)
    target = hours[cases.category] * HOUR_MS
    is_late = _late(cases, own & ~is_open, is_open, available - target, rng)
    in_time = np.minimum(target, available * 0.97) * np.clip(rng.beta(1.2, 1.6, len(cases)), 0.02, 0.995)
    beyond = np.minimum(target * rng.lognormal(-0.6, 0.9, len(cases)), (available - target) * 0.97)
    worked = np.where(is_late, target + beyond, np.maximum(in_time, _SHORTEST_MS)).astype(np.int64)
    # Open cases are looked at soon after they came, and then wait.
    looked_at = np.minimum(available, _LOOKED_AT_HOURS * HOUR_MS * rng.lognormal(0, 0.8, len(cases)))
    return Endings(is_open, is_late, np.where(is_open, looked_at, worked).astype(np.int64))


def _open_part(cases: Cases, own: Bools, available: Ints) -> Floats:
    """How likely each case is still open: falling with its age, and in the mean the fitted share."""
    age = (cases.until - cases.at) / _DAY_MS
    # What came so late that nobody could work on it yet is open in any case.
    fresh = available < 2 * _SHORTEST_MS

    def part(days: float) -> Floats:
        falling = _OLDEST_OPEN + (_NEWEST_OPEN - _OLDEST_OPEN) * np.exp(-age / days)
        return np.where(own, np.where(fresh, 1.0, falling), 0.0)

    low, high = 1.0, 5_000.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if part(middle).mean() < OPEN_SHARE else (low, middle)
    return part(high)


def _late(cases: Cases, closed: Bools, is_open: Bools, room: Ints, rng: np.random.Generator) -> Bools:
    timed = cases.solution_due != NONE
    overdue_and_open = (is_open & timed & (cases.solution_due < cases.until)).sum()
    could_be_late = closed & timed & (room > _SHORTEST_MS)
    wanted = OVERDUE_SHARE * timed.sum() - overdue_and_open
    likely = np.clip(wanted / max(could_be_late.sum(), 1), 0, 1)
    return np.asarray(could_be_late & (rng.random(len(cases)) < likely), dtype=bool)
