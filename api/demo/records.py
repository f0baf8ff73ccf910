"""Pretend cases as rows of the tables `complaint` and `complaint_event`, line by line for COPY."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from api.complaints.routing import Decision
from api.complaints.workflow import OPEN, TRANSITIONS, Action, Status
from api.core.text import fold
from api.demo.arrivals import Ints
from api.demo.cases import NONE, Bools, Cases, local_years
from api.demo.copying import NULL, points_3857, points_4326, timestamps
from api.demo.crew import Crew
from api.demo.identifiers import uuid7_texts
from api.demo.people import Citizens
from api.demo.practice import CHANNELS
from api.demo.saying import Speaker
from api.demo.timeline import STATE_TEXTS, STATES, Act, Timeline
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
    years, counts = np.unique(local_years(cases.at), return_counts=True)
    texts: list[str] = []
    for year, count in zip(years.tolist(), counts.tolist(), strict=True):
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
        cases, setting = self.cases, self.cases.setting
        self.ids = uuid7_texts(cases.at, self.rng)
        self.numbers = number_cases(cases)
        self._chance = self.rng.integers(0, 1 << 60, len(cases))
        self._speaker = Speaker(setting)
        # The last of each list is what NONE (-1) points to.
        self._workers = [*(str(worker.id) for worker in setting.workers), NULL]
        self._departments = [*(str(identifier) for identifier in self.crew.departments), NULL]
        self._neighbourhoods = [*(str(identifier) for identifier in cases.neighbourhoods), NULL]
        self._citizens = [*self.citizens.ids, NULL]
        self._categories = [str(category.id) for category in cases.categories]
        by_staff = np.array([channel.by_staff for channel in CHANNELS], dtype=bool)[cases.channel]
        clerk = self.crew.at_desk(self.rng.integers(0, 1 << 30, len(cases)))
        self._filed_by = np.where(by_staff, clerk, NONE)

    def complaint_lines(self, first: int, last: int) -> Iterator[str]:
        """Lines of `complaint` for cases from `first` up to but not including `last`."""
        cases, timeline, part = self.cases, self.timeline, slice(first, last)
        head = f"{cases.setting.municipality_id}\t"
        moments = (
            cases.at, timeline.first_due, timeline.first_answered, timeline.solution_due, timeline.solved,
            timeline.legal_due, timeline.legal_answered, timeline.reopen_until,
        )  # fmt: skip
        whens = map("\t".join, zip(*(timestamps(column[part]) for column in moments), strict=True))
        lon, lat = cases.lon[part], cases.lat[part]
        x, y = EARTH_RADIUS_M * np.radians(lon), EARTH_RADIUS_M * np.arcsinh(np.tan(np.radians(lat)))
        columns = (
            cases.category, cases.street, cases.decision, cases.neighbourhood, cases.channel, self._chance,
            self.citizens.of_case, self._filed_by, timeline.status, timeline.department, timeline.assignee,
            timeline.reopened, timeline.rating, timeline.rating_chance, timeline.version,
        )  # fmt: skip
        rows = zip(
            range(first, last), whens, points_4326(lon, lat), points_3857(x, y), *_lists(columns, part), strict=True
        )
        for (
            row, when, geom, geom_3857, category_row, street, decision, neighbourhood, channel, chance,
            citizen, filed_by, status, department, assignee, reopened, rating, rating_chance, version,
        ) in rows:  # fmt: skip
            category, state = cases.categories[category_row], STATES[status]
            said = self._speaker.describe(category, street, chance)
            comment = NULL if rating == NONE else self._speaker.judge(rating, rating_chance)
            authority = cases.decisions[decision].authority
            if authority == "own" and state is Status.FORWARDED:
                authority = "external"
            yield (
                f"{head}{self.ids[row]}\t{self.numbers.texts[row]}\t{said.kind}\t{self._categories[category_row]}\t"
                f"{self._departments[department]}\t{self._neighbourhoods[neighbourhood]}\t{authority}\t{STATE_TEXTS[status]}\t"
                f"{'t' if state in OPEN else 'f'}\t{'t' if category.is_emergency else 'f'}\t{CHANNELS[channel].code}\t"
                f"{said.text}\t{folded(f'{said.text} {said.address}')}\t"
                f"{self._speaker.answers(category, chance >> 3)}\t{said.address}\t{geom}\t{geom_3857}\t"
                f"{self._citizens[citizen]}\t{self._workers[filed_by]}\t"
                f"{self._workers[assignee]}\t{when}\t{reopened}\t{NULL if rating == NONE else rating}\t{comment}\t"
                f"{version}\n"
            )

    def event_lines(self, first: int, last: int) -> Iterator[str]:
        """Lines of `complaint_event` for the same cases: how they were filed, then act by act."""
        yield from self._filing_lines(first, last)
        for act in self.timeline.acts:
            begins, ends = np.searchsorted(act.rows, (first, last)).tolist()
            if begins < ends:
                yield from self._act_lines(act, slice(begins, ends))

    def _filing_lines(self, first: int, last: int) -> Iterator[str]:
        part = slice(first, last)
        at, head = self.cases.at[part], f"{self.cases.setting.municipality_id}\t"
        columns = _lists((self.cases.decision, self.cases.category, self.citizens.of_case, self._filed_by), part)
        rows = zip(range(first, last), uuid7_texts(at, self.rng), timestamps(at), *columns, strict=True)
        for row, identifier, moment, decision, category, citizen, filed_by in rows:
            kind = "staff" if filed_by != NONE else "anonymous" if citizen == NONE else "citizen"
            actor = self._citizens[citizen] if filed_by == NONE else self._workers[filed_by]
            state = self._filed_state(self.cases.decisions[decision])
            details = self._filing_details(decision, category, tuple(self.photos.get(row, ())))
            yield (
                f"{head}{identifier}\t{moment}\t{self.ids[row]}\tfile\t{NULL}\t{state}\tt\t{kind}\t{actor}\t\t"
                f"{details}\n"
            )

    def _act_lines(self, act: Act, part: slice) -> Iterator[str]:
        at, head = act.at[part], f"{self.cases.setting.municipality_id}\t"
        rows = act.rows[part]
        columns = (
            *_lists((act.rows, act.before, act.after, act.by, act.chance, act.is_interim), part),
            self.citizens.of_case[rows].tolist(), self.cases.category[rows].tolist(), self.cases.street[rows].tolist(),
        )  # fmt: skip
        middle, is_public = f"\t{act.action.value}\t", "t" if TRANSITIONS[act.action].is_public else "f"
        for identifier, moment, row, before, after, by, chance, interim, citizen, category, street in zip(
            uuid7_texts(at, self.rng), timestamps(at), *columns, strict=True
        ):
            who = f"citizen\t{self._citizens[citizen]}" if by == NONE else f"staff\t{self._workers[by]}"
            text, details = self._told(act.action, row, category, street, chance, interim=interim)
            yield (
                f"{head}{identifier}\t{moment}\t{self.ids[row]}{middle}{STATE_TEXTS[before]}\t{STATE_TEXTS[after]}\t"
                f"{is_public}\t{who}\t{text}\t{details}\n"
            )

    def _told(
        self, action: Action, row: int, category: int, street: int, chance: int, *, interim: bool
    ) -> tuple[str, str]:
        """Words and details of an act."""
        match action:
            case Action.RATE:
                rating = int(self.timeline.rating[row])
                return self._speaker.judge(rating, chance), f'{{"rating": {rating}}}'
            case Action.ROUTE:
                name = self.cases.setting.town.department_name(self.crew.departments[self.timeline.department[row]])
                return "", json.dumps({"department": name}, ensure_ascii=False)
        text = self._speaker.say(action, self.cases.categories[category], street, chance, interim=interim)
        match action:
            case Action.FORWARD:
                authority = self._speaker.other_authority(chance >> 20)
                return text, json.dumps({"authority_name": authority}, ensure_ascii=False)
            case Action.ANSWER:
                return text, f'{{"is_interim": {"true" if interim else "false"}}}'
        return text, "{}"

    def _filing_details(self, decision: int, category: int, photos: tuple[str, ...]) -> str:
        key = (decision, category, photos)
        if key not in self._details:
            details = {"photo_ids": list(photos), "authority_name": self._authority_name(decision, category)}
            self._details[key] = json.dumps(details, ensure_ascii=False)
        return self._details[key]

    @cached_property
    def _details(self) -> dict[tuple[int, int, tuple[str, ...]], str]:
        return {}

    def _authority_name(self, decision: int, category: int) -> str | None:
        authority = self.cases.decisions[decision].authority
        if authority == "own":
            return None
        if authority == "metropolitan":
            return self.cases.setting.town.parent_name or "Büyükşehir Belediyesi"
        return self.cases.categories[category].external_name or "sorumlu kurum"

    @staticmethod
    def _filed_state(decision: Decision) -> str:
        if decision.authority != "own":
            return Status.FORWARDED.value
        return Status.ROUTED.value if decision.department_id else Status.NEW.value


def folded(text: str) -> str:
    """`fold` word by word: the few words of pretend texts come again and again."""
    return " ".join(map(_folded_word, text.split(" ")))


_folded_word = lru_cache(maxsize=100_000)(fold)


def _lists(columns: Sequence[Ints | Bools], part: slice) -> list[list[Any]]:
    return [column[part].tolist() for column in columns]
