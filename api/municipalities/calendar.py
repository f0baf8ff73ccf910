"""Working time of a town hall: weekly hours, holidays and half days, counted in Turkey's local time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, TypeAlias

from api.core.clock import ISTANBUL

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Law 2429 m.1 and m.2: the eve of a religious holiday and 28 October are free from 13:00 on.
HALF_DAY_CLOSES = 13 * 60
MOST_HOURS = 100_000
_DAY = 24 * 60
_ONE_DAY = timedelta(days=1)

HolidayLength: TypeAlias = Literal["full", "half"]
Hours: TypeAlias = Mapping[str, Sequence[str]]
Spans: TypeAlias = tuple[tuple[int, int], ...]


class CalendarError(ValueError):
    """Working hours or a period that no calendar can be made of; `code` is stable."""

    def __init__(self, code: str, message_tr: str) -> None:
        super().__init__(f"{code}: {message_tr}")
        self.code = code
        self.message_tr = message_tr


def parse_hours(hours: Hours) -> tuple[Spans, ...]:
    """Read weekly hours into minutes of the day, Monday first.

    `hours` maps "mon" … "sun" to opening and closing times in turn: `["08:30", "12:00", "13:00", "17:30"]`. A day that
    is missing or empty is free. Raises CalendarError `bad_working_hours`.
    """
    if unknown := set(hours) - set(WEEKDAYS):
        raise _bad_hours(f"bilinmeyen gün {min(unknown)!r}")
    return tuple(_day_spans(day, hours.get(day, ())) for day in WEEKDAYS)


def _day_spans(day: str, times: Sequence[str]) -> Spans:
    minutes = [_minute(day, text) for text in times]
    if len(minutes) % 2:
        raise _bad_hours(f"{day}: her açılış saatinin bir kapanış saati olmalıdır")
    if any(later <= earlier for earlier, later in pairwise(minutes)):
        raise _bad_hours(f"{day}: saatler artan sırada olmalıdır")
    return tuple(zip(minutes[::2], minutes[1::2], strict=True))


def _minute(day: str, text: str) -> int:
    if text == "24:00":
        return _DAY
    try:
        moment = time.fromisoformat(text)
    except ValueError:
        raise _bad_hours(f"{day}: {text!r} bir saat değildir (örnek: 08:30)") from None
    if len(text) != len("08:30"):
        raise _bad_hours(f"{day}: {text!r} bir saat değildir (örnek: 08:30)")
    return moment.hour * 60 + moment.minute


def _bad_hours(reason: str) -> CalendarError:
    return CalendarError("bad_working_hours", f"Çalışma saatleri geçerli değil: {reason}.")


@dataclass(frozen=True)
class WorkingCalendar:
    """When a department works.

    `hours` are weekly hours as in `parse_hours`; `holidays` says for each holiday whether the whole day is free or
    only the afternoon. A round-the-clock department works through both.

    Raises CalendarError `bad_working_hours`, also when no day of the week has working time.
    """

    hours: Hours
    holidays: Mapping[date, HolidayLength]
    round_the_clock: bool = False
    _week: tuple[Spans, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        week = parse_hours(self.hours)
        # A half day must leave some time too, or a calendar could have none at all.
        if not self.round_the_clock and not any(week):
            raise _bad_hours("haftanın hiçbir gününde çalışma saati yok")
        object.__setattr__(self, "_week", week)

    def is_working(self, at: datetime) -> bool:
        """Say whether work is done at this moment (aware); the closing minute itself is free."""
        if self.round_the_clock:
            return True
        local = at.astimezone(ISTANBUL)
        minute = local.hour * 60 + local.minute
        return any(opening <= minute < closing for opening, closing in self._spans(local.date()))

    def add_working_hours(self, start: datetime, hours: int) -> datetime:
        """Give the moment (UTC) at which `hours` of working time have passed since `start` (aware).

        The answer lies in working time or on its closing moment: what begins after hours counts from the next opening.
        Raises CalendarError `bad_period` for negative or absurdly many hours, or a naive start.
        """
        if not 0 <= hours <= MOST_HOURS or start.utcoffset() is None:
            raise CalendarError("bad_period", "Süre 0–100.000 saat olmalı, başlangıç saat dilimi taşımalıdır.")
        moment, left = start.astimezone(UTC), timedelta(hours=hours)
        if self.round_the_clock:
            return moment + left
        for opening, closing in self._open_from(moment):
            begin = max(opening, moment)
            if left <= closing - begin:
                return begin + left
            left -= closing - begin
        raise CalendarError("bad_period", "Süre takvimin dışına taşıyor.")

    def is_working_day(self, day: date) -> bool:
        """Say whether any work is done on this day; a half day is a working day."""
        return self.round_the_clock or bool(self._spans(day))

    def next_working_day(self, day: date) -> date:
        """Give the day itself if it is a working day, else the first one after it.

        So a legal period whose last day is a holiday ends on the next working day.
        """
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Give the `count`-th working day after `day`, which itself does not count; 0 gives `next_working_day`.

        Raises CalendarError `bad_period` for a negative count.
        """
        if count < 0:
            raise CalendarError("bad_period", "Gün sayısı negatif olamaz.")
        if count == 0:
            return self.next_working_day(day)
        for _ in range(count):
            day = self.next_working_day(day + _ONE_DAY)
        return day

    def _spans(self, day: date) -> Spans:
        spans = self._week[day.weekday()]
        length = self.holidays.get(day)
        if length == "full":
            return ()
        if length == "half":
            return tuple(
                (opening, min(closing, HALF_DAY_CLOSES)) for opening, closing in spans if opening < HALF_DAY_CLOSES
            )
        return spans

    def _open_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing moments (UTC) from the last closing at or before `moment` on."""
        day = moment.astimezone(ISTANBUL).date() - _ONE_DAY
        while day < date.max - _ONE_DAY:
            for opening, closing in self._spans(day):
                closes_at = _at(day, closing)
                if closes_at >= moment:
                    yield _at(day, opening), closes_at
            day += _ONE_DAY


def _at(day: date, minute: int) -> datetime:
    if minute == _DAY:
        day, minute = day + _ONE_DAY, 0
    return datetime.combine(day, time(minute // 60, minute % 60), ISTANBUL).astimezone(UTC)
