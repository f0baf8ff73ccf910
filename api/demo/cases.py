"""Pretend reports as they are filed: when, what about, where, through which channel, and who has to answer by when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from api.complaints.configuration import Category
from api.complaints.routing import Decision, decide
from api.core.clock import ISTANBUL
from api.demo.arrivals import MONTH, Floats, Ints, category_shares, filing_moments
from api.demo.practice import CHANNELS, PLACELESS_SHARE, RANKS, SEASONS
from api.demo.setting import Setting
from api.demo.texts import category_texts
from api.demo.working_time import WorkingTime
from geo.demo.hotspots import sample_points

NONE = -1  # no place, no person, no deadline
_DAY_MS = 86_400_000
_MS = 1000
_FEWEST_TEXTS = 3
# The ruler reaches over the longest service time counted from now, and over a weekend before the first report.
_BEFORE, _AFTER = timedelta(days=10), timedelta(days=500)

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """n cases in the order of filing; numbers point into the lists beside them, moments are ms since the epoch."""

    setting: Setting
    until: int
    categories: tuple[Category, ...]
    decisions: tuple[Decision, ...]
    neighbourhoods: tuple[UUID, ...]
    rulers: tuple[WorkingTime, ...]
    at: Ints
    category: Ints
    channel: Ints
    is_unnamed: Bools
    lon: Floats
    lat: Floats
    street: Ints
    neighbourhood: Ints
    decision: Ints
    ruler: Ints
    first_due: Ints
    solution_due: Ints
    legal_due: Ints

    def __len__(self) -> int:
        return len(self.at)

    @property
    def is_own(self) -> Bools:
        """Cases that this municipality works on; the others were handed over when they were filed."""
        return np.array([decision.authority == "own" for decision in self.decisions], dtype=bool)[self.decision]

    def work(self, rows: Ints, start: Ints, open_ms: Ints) -> Ints:
        """The moments at which each case's department has worked `open_ms` since `start`."""
        moments = np.empty(len(rows), dtype=np.int64)
        for number, ruler in enumerate(self.rulers):
            mine = self.ruler[rows] == number
            moments[mine] = ruler.add(start[mine], open_ms[mine])
        return moments

    def worked(self, start: Ints, end: Ints) -> Ints:
        """Working milliseconds of each case's department between two moments; all cases."""
        elapsed = np.empty(len(self), dtype=np.int64)
        for number, ruler in enumerate(self.rulers):
            mine = self.ruler == number
            elapsed[mine] = ruler.elapsed(end[mine]) - ruler.elapsed(start[mine])
        return elapsed


@dataclass(frozen=True)
class Deadlines:
    """The three clocks of many cases; NONE where one does not run."""

    first: Ints
    solution: Ints
    legal: Ints


def draw_cases(setting: Setting, n: int, until: datetime, rng: np.random.Generator) -> Cases:
    """Draw n reports of the two years before `until`; the same setting, moment and generator give the same."""
    end = round(until.astimezone(UTC).timestamp() * _MS)
    by_code = {item.code: item for item in setting.config.categories.values() if item.is_active and not item.is_group}
    categories = tuple(by_code[code] for code in RANKS[setting.town.kind] if code in by_code)
    at = filing_moments(n, until, rng)
    category = _categories(categories, at, rng)
    channel = rng.choice(len(CHANNELS), size=n, p=[item.share for item in CHANNELS])
    is_unnamed = rng.random(n) < np.array([item.unnamed_share for item in CHANNELS])[channel]
    is_unnamed &= np.array([item.anonymous_allowed for item in categories], dtype=bool)[category]
    has_place = ~np.array([_may_be_placeless(item) for item in categories], dtype=bool)[category]
    has_place |= rng.random(n) >= PLACELESS_SHARE
    lon, lat, street = _places(setting, has_place, rng)
    neighbourhoods, neighbourhood = _neighbourhoods(setting, lon, lat)
    decisions, decision = _decisions(setting, categories, category, neighbourhoods, neighbourhood, lon, lat)
    rulers, ruler = _rulers(setting, categories, category, decisions, decision, until)
    cases = Cases(
        setting, end, categories, decisions, neighbourhoods, rulers,
        at, category, channel, is_unnamed, lon, lat, street, neighbourhood, decision, ruler,
        first_due=at, solution_due=at, legal_due=at,
    )  # fmt: skip
    due = deadlines(cases, np.arange(n), at, has_name=~is_unnamed)
    own = cases.is_own
    return Cases(
        **{
            **cases.__dict__,
            "first_due": np.where(own, due.first, NONE),
            "solution_due": np.where(own, due.solution, NONE),
            "legal_due": np.where(own, due.legal, NONE),
        }
    )


def deadlines(cases: Cases, rows: Ints, start: Ints, *, has_name: Bools) -> Deadlines:
    """Give the clocks of these cases counted from `start`, as `api.complaints.filing.deadlines` does for one."""
    first, solution = (np.full(len(rows), NONE, dtype=np.int64) for _ in range(2))
    for number, ruler in enumerate(cases.rulers):
        for code, category in enumerate(cases.categories):
            mine = (cases.ruler[rows] == number) & (cases.category[rows] == code)
            if not mine.any():
                continue
            if category.first_answer_hours is not None:
                first[mine] = ruler.add_hours(start[mine], category.first_answer_hours)
            if category.solution_hours is not None:
                solution[mine] = ruler.add_hours(start[mine], category.solution_hours)
    return Deadlines(first, solution, np.where(has_name, _legal(cases.setting, start), NONE))


def _legal(setting: Setting, start: Ints) -> Ints:
    day_number = _local_days(start)
    days, place = np.unique(day_number, return_inverse=True)
    allowed = [
        setting.town.petition_days(datetime.combine(_day(int(day)), datetime.min.time(), ISTANBUL)) for day in days
    ]
    return np.asarray(start + np.array(allowed, dtype=np.int64)[place] * _DAY_MS, dtype=np.int64)


def _local_days(at: Ints) -> Ints:
    """Days since the epoch on Turkey's calendar, which has kept one offset since 2016."""
    return np.asarray((at + _OFFSET_MS) // _DAY_MS, dtype=np.int64)


_EPOCH = date(1970, 1, 1)
_OFFSET_MS = 3 * 3_600_000


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def local_years(at: Ints) -> Ints:
    """Calendar years in Turkey, in which numbers are counted."""
    return np.asarray(_local_days(at).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970)


def _months(at: Ints) -> Ints:
    return np.asarray(_local_days(at).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12)


def _categories(categories: tuple[Category, ...], at: Ints, rng: np.random.Generator) -> Ints:
    month_share = np.array(MONTH) / sum(MONTH)
    seasons = np.array([SEASONS.get(item.code, (1.0,) * 12) for item in categories])
    # A season moves a subject's reports within the year and leaves their number.
    weights = category_shares(len(categories))[:, None] * seasons / (seasons @ month_share)[:, None]
    upto = np.cumsum(weights / weights.sum(axis=0), axis=0)
    drawn, month = rng.random(len(at)), _months(at)
    category = np.empty(len(at), dtype=np.int64)
    for number in range(12):
        mine = month == number
        category[mine] = np.minimum(np.searchsorted(upto[:, number], drawn[mine], side="right"), len(categories) - 1)
    return category


def _may_be_placeless(category: Category) -> bool:
    return not category.place_required and len(category_texts()[category.code].placeless) >= _FEWEST_TEXTS


def _places(setting: Setting, has_place: Bools, rng: np.random.Generator) -> tuple[Floats, Floats, Ints]:
    points = sample_points(setting.map, int(has_place.sum()), rng)
    lon, lat = (np.full(len(has_place), np.nan) for _ in range(2))
    street = np.full(len(has_place), NONE, dtype=np.int64)
    lon[has_place], lat[has_place] = np.round(points.lons, 7), np.round(points.lats, 7)
    street[has_place] = points.streets
    return lon, lat, street


def _neighbourhoods(setting: Setting, lon: Floats, lat: Floats) -> tuple[tuple[UUID, ...], Ints]:
    ids = tuple(setting.town.neighbourhood_names)
    number = {identifier: place for place, identifier in enumerate(ids)}
    row = np.full(len(lon), NONE, dtype=np.int64)
    for case, found in enumerate(setting.town.neighbourhoods.find_many(lon, lat)):
        if found is None and not np.isnan(lon[case]):
            found = setting.town.neighbourhood_at(float(lon[case]), float(lat[case]))  # noqa: PLW2901 (on the border)
        if found is not None:
            row[case] = number[found]
    return ids, row


def _decisions(
    setting: Setting,
    categories: tuple[Category, ...],
    category: Ints,
    neighbourhoods: tuple[UUID, ...],
    neighbourhood: Ints,
    lon: Floats,
    lat: Floats,
) -> tuple[tuple[Decision, ...], Ints]:
    """Who is responsible for each case, asked of the same rules as filing; each different question once."""
    indexes = setting.town.service_area_outlines
    areas = list(zip(*(index.find_many(lon, lat) for index in indexes), strict=True)) if indexes else [()] * len(lon)
    config, answers, decisions = setting.config, {}, dict[Decision, int]()
    row = np.empty(len(lon), dtype=np.int64)
    for case, question in enumerate(zip(category.tolist(), neighbourhood.tolist(), areas, strict=True)):
        if question not in answers:
            about = categories[question[0]]
            made = decide(
                config.rules,
                category_line=config.line(about),
                area_ids=frozenset(area for area in question[2] if area is not None),
                neighbourhood_id=None if question[1] == NONE else neighbourhoods[question[1]],
                default=config.default(about),
            )
            answers[question] = decisions.setdefault(made, len(decisions))
        row[case] = answers[question]
    return tuple(decisions), row


def _rulers(
    setting: Setting,
    categories: tuple[Category, ...],
    category: Ints,
    decisions: tuple[Decision, ...],
    decision: Ints,
    until: datetime,
) -> tuple[tuple[WorkingTime, ...], Ints]:
    """The working time of each case: of its department, or round the clock for an emergency."""
    today = until.astimezone(ISTANBUL).date()
    first, last = today - timedelta(days=730) - _BEFORE, today + _AFTER
    known: dict[str, int] = {}
    rulers: list[WorkingTime] = []
    table = np.empty((len(categories), len(decisions)), dtype=np.int64)
    for i, about in enumerate(categories):
        for j, made in enumerate(decisions):
            calendar = setting.town.calendar(made.department_id, round_the_clock=about.is_emergency)
            key = "always" if calendar.round_the_clock else repr(sorted(calendar.hours.items()))
            if key not in known:
                known[key] = len(rulers)
                rulers.append(WorkingTime.of(calendar, first, last))
            table[i, j] = known[key]
    return tuple(rulers), table[category, decision]
