"""Pretend cases as rows of the tables `complaint` and `complaint_event`, line by line for COPY."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from api.complaints.workflow import OPEN, TRANSITIONS, Action
from api.core.text import fold
from api.demo.cases import NONE, Cases, local_years
from api.demo.copying import NULL, points_3857, points_4326, timestamps
from api.demo.crew import Crew
from api.demo.identifiers import uuid7_texts
from api.demo.people import Citizens
from api.demo.practice import CHANNELS
from api.demo.saying import Speaker
from api.demo.timeline import STATES, Act, Timeline
from geo.mercator import EARTH_RADIUS_M

COMPLAINT = """complaint (municipality_id, id, number, kind, category_id, department_id, neighbourhood_id, authority,
    status, is_open, is_emergency, channel, description, search_text, answers, address_text, geom, geom_3857,
    citizen_id, filed_by, assignee_id, filed_at, first_answer_due_at, first_answered_at, solution_due_at, solved_at,
    legal_due_at, legal_answered_at, reopen_until, reopen_count, rating, rating_comment, version)"""
EVENT = """complaint_event (municipality_id, id, happened_at, complaint_id, action, from_status, to_status, is_public,
    actor_kind, actor_id, text, details)"""


@dataclass(frozen=True)
class Numbers:
    """Human numbers of all cases (`2026-000123`), and the last one given in each year."""

    texts: Sequence[str]
    last_of_year: Mapping[int, int]


def number_cases(cases: Cases) -> Numbers:
    """Number the cases of each year in the order of filing, from one on, without gaps."""
    years, first, counts = np.unique(local_years(cases.at), return_index=True, return_counts=True)
    texts: list[str] = []
    for year, begins, count in sorted(zip(years.tolist(), first.tolist(), counts.tolist(), strict=True)):
        assert begins == len(texts)  # noqa: S101 (cases lie in the order of their moments)
        texts += [f"{year}-{number:06d}" for number in range(1, count + 1)]
    return Numbers(texts, dict(zip(years.tolist(), counts.tolist(), strict=True)))


@dataclass
class Scribe:
    """Writes the lines of a town; `photos` are ids of stored photos by the row of their case."""

    cases: Cases
    timeline: Timeline
    crew: Crew
    citizens: Citizens
    rng: np.random.Generator
    photos: Mapping[int, Sequence[str]]

    def __post_init__(self) -> None:
        self.ids = uuid7_texts(self.cases.at, self.rng)
        self.numbers = number_cases(self.cases)
        self._chance = self.rng.integers(0, 1 << 60, len(self.cases))
        self._clerk = self.crew.at_desk(self.rng.integers(0, 1 << 30, len(self.cases)))
        self._speaker = Speaker(self.cases.setting)

    @cached_property
    def _workers(self) -> list[str]:
        return [str(worker.id) for worker in self.cases.setting.workers]

    def complaint_lines(self, first: int, last: int) -> Iterator[str]:
        """Lines of `complaint` for cases from `first` up to but not including `last`."""
        cases, timeline, part = self.cases, self.timeline, slice(first, last)
        town = cases.setting.municipality_id
        moments = zip(
            *(
                timestamps(column[part])
                for column in (
                    cases.at, timeline.first_due, timeline.first_answered, timeline.solution_due, timeline.solved,
                    timeline.legal_due, timeline.legal_answered, timeline.reopen_until,
                )
            ),
            strict=True,
        )  # fmt: skip
        lon, lat = cases.lon[part], cases.lat[part]
        x, y = EARTH_RADIUS_M * np.radians(lon), EARTH_RADIUS_M * np.arcsinh(np.tan(np.radians(lat)))
        places = zip(points_4326(lon, lat), points_3857(x, y), strict=True)
        departments = [str(identifier) for identifier in self.crew.departments]
        for row, when, (geom, geom_3857) in zip(range(first, last), moments, places, strict=True):
            category, chance = cases.categories[cases.category[row]], int(self._chance[row])
            said = self._speaker.describe(category, int(cases.street[row]), chance)
            filed, first_due, first_answered, solution_due, solved, legal_due, legal_answered, reopen_until = when
            rating = int(timeline.rating[row])
            comment = NULL if rating == NONE else self._speaker.judge(rating, int(timeline.rating_chance[row]))
            state = STATES[timeline.status[row]]
            yield (
                f"{town}\t{self.ids[row]}\t{self.numbers.texts[row]}\t{said.kind}\t{category.id}\t"
                f"{_at(departments, int(timeline.department[row]))}\t{self._neighbourhood(row)}\t"
                f"{self._authority(row)}\t{state}\t{_bool(state in OPEN)}\t{_bool(category.is_emergency)}\t"
                f"{CHANNELS[cases.channel[row]].code}\t{said.text}\t{fold(f'{said.text} {said.address}')}\t"
                f"{self._speaker.answers(category, chance >> 3)}\t{said.address}\t{geom}\t{geom_3857}\t"
                f"{_at(self.citizens.ids, int(self.citizens.of_case[row]))}\t{self._filed_by(row)}\t"
                f"{_at(self._workers, int(timeline.assignee[row]))}\t{filed}\t{first_due}\t{first_answered}\t"
                f"{solution_due}\t{solved}\t{legal_due}\t{legal_answered}\t{reopen_until}\t{timeline.reopened[row]}\t"
                f"{NULL if rating == NONE else rating}\t{comment}\t{timeline.version[row]}\n"
            )

    def event_lines(self, first: int, last: int) -> Iterator[str]:
        """Lines of `complaint_event` for the same cases: how they were filed, then act by act."""
        yield from self._filing_lines(first, last)
        for act in self.timeline.acts:
            begins, ends = np.searchsorted(act.rows, (first, last)).tolist()
            if begins < ends:
                yield from self._act_lines(act, slice(begins, ends))

    def _filing_lines(self, first: int, last: int) -> Iterator[str]:
        at = self.cases.at[first:last]
        town, ids, moments = self.cases.setting.municipality_id, uuid7_texts(at, self.rng), timestamps(at)
        for row, identifier, moment in zip(range(first, last), ids, moments, strict=True):
            filed_by = self._filed_by(row)
            reporter = _at(self.citizens.ids, int(self.citizens.of_case[row]))
            kind = "staff" if filed_by != NULL else "anonymous" if reporter == NULL else "citizen"
            state = self._filed_state(row)
            details = {"photo_ids": list(self.photos.get(row, ())), "authority_name": self._authority_name(row)}
            yield (
                f"{town}\t{identifier}\t{moment}\t{self.ids[row]}\tfile\t{NULL}\t{state}\tt\t{kind}\t"
                f"{filed_by if filed_by != NULL else reporter}\t\t{json.dumps(details, ensure_ascii=False)}\n"
            )

    def _act_lines(self, act: Act, part: slice) -> Iterator[str]:
        at = act.at[part]
        town, ids, moments = self.cases.setting.municipality_id, uuid7_texts(at, self.rng), timestamps(at)
        is_public = _bool(TRANSITIONS[act.action].is_public)
        columns = (act.rows, act.before, act.after, act.by, act.chance, act.is_interim)
        values = zip(*(column[part].tolist() for column in columns), strict=True)
        for identifier, moment, (row, before, after, by, chance, interim) in zip(ids, moments, values, strict=True):
            kind, actor = ("staff", self._workers[by]) if by != NONE else ("citizen", self._reporter(row))
            text, details = self._told(act.action, row, chance, interim=interim)
            yield (
                f"{town}\t{identifier}\t{moment}\t{self.ids[row]}\t{act.action}\t{STATES[before]}\t{STATES[after]}\t"
                f"{is_public}\t{kind}\t{actor}\t{text}\t{details}\n"
            )

    def _told(self, action: Action, row: int, chance: int, *, interim: bool) -> tuple[str, str]:
        """Words and details of an act."""
        category, street = self.cases.categories[self.cases.category[row]], int(self.cases.street[row])
        match action:
            case Action.RATE:
                rating = int(self.timeline.rating[row])
                return self._speaker.judge(rating, chance), f'{{"rating": {rating}}}'
            case Action.ROUTE:
                name = self.cases.setting.town.department_name(self.crew.departments[self.timeline.department[row]])
                return "", json.dumps({"department": name}, ensure_ascii=False)
            case Action.FORWARD:
                authority = {"authority_name": self._speaker.other_authority(chance >> 20)}
                return self._speaker.say(action, category, street, chance), json.dumps(authority, ensure_ascii=False)
            case Action.ANSWER:
                text = self._speaker.say(action, category, street, chance, interim=interim)
                return text, f'{{"is_interim": {"true" if interim else "false"}}}'
        return self._speaker.say(action, category, street, chance), "{}"

    def _reporter(self, row: int) -> str:
        return self.citizens.ids[self.citizens.of_case[row]]

    def _neighbourhood(self, row: int) -> str:
        number = int(self.cases.neighbourhood[row])
        return NULL if number == NONE else str(self.cases.neighbourhoods[number])

    def _filed_by(self, row: int) -> str:
        return self._workers[self._clerk[row]] if CHANNELS[self.cases.channel[row]].by_staff else NULL

    def _authority(self, row: int) -> str:
        # Who handed a case over later says so as `forward_complaint` does.
        filed = self.cases.decisions[self.cases.decision[row]].authority
        return "external" if filed == "own" and STATES[self.timeline.status[row]] == "forwarded" else filed

    def _authority_name(self, row: int) -> str | None:
        decision = self.cases.decisions[self.cases.decision[row]]
        if decision.authority == "own":
            return None
        if decision.authority == "metropolitan":
            return self.cases.setting.town.parent_name or "Büyükşehir Belediyesi"
        return self.cases.categories[self.cases.category[row]].external_name or "sorumlu kurum"

    def _filed_state(self, row: int) -> str:
        decision = self.cases.decisions[self.cases.decision[row]]
        if decision.authority != "own":
            return "forwarded"
        return "routed" if decision.department_id else "new"


def _at(texts: Sequence[str], row: int) -> str:
    return NULL if row == NONE else texts[row]


def _bool(value: bool) -> str:
    return "t" if value else "f"
