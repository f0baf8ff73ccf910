"""Working time of many cases at once: `WorkingCalendar` as one long ruler of open milliseconds.

`add_hours` gives to the millisecond what `WorkingCalendar.add_working_hours` gives; a test compares them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from api.core.clock import ISTANBUL
from api.demo.arrivals import Ints
from api.municipalities.calendar import HALF_DAY_CLOSES, WorkingCalendar, parse_hours

HOUR_MS = 3_600_000
_MINUTE_MS = 60_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Open spans by opening and closing (ms since the epoch), and the open time before each opening (ms).

    Without spans every moment is open.
    """

    opens: Ints
    closes: Ints
    before: Ints

    @classmethod
    def of(cls, calendar: WorkingCalendar, first: date, last: date) -> "WorkingTime":
        """Lay the ruler of a calendar over the days from `first` to `last`."""
        if calendar.round_the_clock:
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none)
        week = parse_hours(calendar.hours)
        spans: list[tuple[int, int]] = []
        day = first
        while day <= last:
            midnight = _midnight(day)
            length = calendar.holidays.get(day)
            for opening, closing in () if length == "full" else week[day.weekday()]:
                shut = min(closing, HALF_DAY_CLOSES) if length == "half" else closing
                if opening < shut:
                    spans.append((midnight + opening * _MINUTE_MS, midnight + shut * _MINUTE_MS))
            day += _DAY
        opens, closes = (np.array(side, dtype=np.int64) for side in zip(*spans, strict=True))
        before = np.concatenate([[0], np.cumsum(closes - opens)[:-1]]).astype(np.int64)
        return cls(opens, closes, before)

    def elapsed(self, at: Ints) -> Ints:
        """Open milliseconds from the beginning of the ruler up to each moment."""
        if not len(self.opens):
            return at
        span = np.maximum(np.searchsorted(self.opens, at, side="right") - 1, 0)
        inside: Ints = np.clip(at, self.opens[span], self.closes[span]) - self.opens[span]
        return np.asarray(self.before[span] + inside, dtype=np.int64)

    def moment(self, elapsed: Ints) -> Ints:
        """The first moment at which so much open time has passed; `elapsed` counts from the ruler's beginning."""
        if not len(self.opens):
            return elapsed
        span = np.searchsorted(self.before + (self.closes - self.opens), elapsed, side="left")
        return np.asarray(self.opens[span] + (elapsed - self.before[span]), dtype=np.int64)

    def add(self, at: Ints, open_ms: Ints) -> Ints:
        """The moments at which `open_ms` of working time have passed since `at`; more than none."""
        return self.moment(self.elapsed(at) + open_ms)

    def add_hours(self, at: Ints, hours: int) -> Ints:
        """`WorkingCalendar.add_working_hours` for many moments."""
        if hours:
            return self.add(at, np.int64(hours * HOUR_MS))  # type: ignore[arg-type]
        if not len(self.opens):
            return at
        # No time at all: the moment itself, or the next opening when nobody works.
        span = np.searchsorted(self.closes, at, side="left")
        return np.maximum(at, self.opens[span])


def _midnight(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=ISTANBUL).timestamp()) * 1000
