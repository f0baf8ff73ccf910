"""Calls every cell of the policy table and says what went wrong: let in, refused, seen or changed against the table."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from tests.architecture.access.calls import MAKERS, Attempt, Call
from tests.architecture.access.digests import TRAIL, Digester, changed
from tests.architecture.access.people import AWAY, HOME, Person
from tests.architecture.access.policy import POLICY, UNAUDITED, is_public
from tests.architecture.access.resetting import reset
from tests.architecture.access.world import World, open_mark, secret_mark, secrets_of

REFUSED = frozenset({401, 403, 404})
FORBIDDEN = 403
NOTHING = frozenset[str]()
READING = ("GET ", "HEAD ", "OPTIONS ")
# A failed sign-in is written down in the town that was named.
AWAY_TRAIL = {"POST /v1/auth/staff": TRAIL}
# What of one's own town is not for everybody in it: the part whose case and message must not be seen.
HIDDEN_PARTS = {
    "citizen": ("licensing",),
    "neighbour": ("works",),
    "department_officer": ("licensing",),
    "department_head": ("licensing",),
    "field_inspector": ("licensing",),
    "licence_officer": ("works",),
    "enforcement_officer": ("works", "licensing"),
}
# Phones know the names of all colleagues of their town, but nothing else of other departments.
NAMES_COLLEAGUES = frozenset({"POST /v1/sync/pull"})


@dataclass
class Findings:
    """What a run of cells found, and how much it looked at."""

    faults: list[str] = field(default_factory=list)
    cells: int = 0
    allowed: int = 0


@dataclass
class Matrix:
    """The policy table against a running server."""

    world: World
    digester: Digester

    async def run(self, route: str) -> Findings:
        """Call all cells of a route: first all that must be refused, with both towns unchanged; then the others."""
        found = Findings()
        for target, allowed in POLICY[route].items():
            home, strangers = self.world.home.values(), self.world.strangers.values()
            stays_out = [person for person in home if person.name not in allowed]
            at_home = target == "-" and not is_public(route)
            comes_in = [person for person in home if person.name in allowed]
            visitors = [person for person in strangers if at_home and person.name in allowed]
            outside = [person for person in strangers if self._tries(route, target) and person not in visitors]
            for what, people, act, untouched in (
                ("refused", stays_out, self.refused, {HOME: TRAIL, AWAY: AWAY_TRAIL.get(route, NOTHING)}),
                ("strangers", outside, self.refused, {HOME: NOTHING, AWAY: TRAIL}),
                ("allowed", comes_in, self.let_in, {AWAY: NOTHING}),
                ("visitors", visitors, self.let_in, {HOME: NOTHING}),
            ):
                if not people:
                    continue
                attempts = [Attempt(self.world, person, target) for person in people]
                reset(attempts[0], route)
                # What is sent may have to be written down first, so it is made before the digests are taken.
                calls = [await MAKERS[route](attempt) for attempt in attempts]
                with Untouched(self, found, f"{route} [{target}] {what}", untouched):
                    for attempt, call in zip(attempts, calls, strict=True):
                        await act(found, route, attempt, call)
        return found

    async def run_across(self, route: str) -> Findings:
        """Call what crosses the wall: foreign objects, strangers here, and lists that must not show the other town.

        Only people come who are let in to something on this route: the others never reach the wall.
        """
        found = Findings()
        able = frozenset().union(*POLICY[route].values())
        for target, allowed in POLICY[route].items():
            is_foreign, is_list = "foreign" in target, target == "-" and route.startswith("GET ")
            for person in self.world.home.values():
                attempt = Attempt(self.world, person, target)
                if (is_foreign or is_list) and person.name in allowed:
                    await self.let_in(found, route, attempt)
                elif is_foreign and person.name in able:
                    await self.refused(found, route, attempt)
            for person in self.world.strangers.values():
                if self._tries(route, target) and target != "-" and person.name in able:
                    await self.refused(found, route, Attempt(self.world, person, target))
        return found

    @staticmethod
    def _tries(route: str, target: str) -> bool:
        """Whether somebody of the other town has something to try there: an object of this one, or a list at home."""
        return not is_public(route) and not any(word in target for word in ("foreign", "body", "filter"))

    async def refused(self, found: Findings, route: str, at: Attempt, call: Call | None = None) -> None:
        """Call a cell that must refuse, and tell nothing of either town."""
        before = self._trail(at.person)
        answer = await self._send(route, at, call)
        cell = f"{route} [{at.target}] {at.person}"
        # Whoever may do it to other objects is refused by the verb itself, whose transaction is rolled back.
        is_able = any(at.person.name in names for names in POLICY[route].values())
        if answer.status_code == FORBIDDEN and not is_able and self._trail(at.person) != before + 1:
            found.faults.append(f"{cell}: refused without a row in the audit trail")
        found.cells += 1
        is_refused = 400 <= answer.status_code < 500 if "in body" in at.target else answer.status_code in REFUSED
        if not is_refused:
            found.faults.append(f"{cell}: let in ({answer.status_code}) {answer.text[:200]}")
        for slug in (HOME, AWAY):
            self._look(found, cell, answer, (open_mark(slug), *self._secrets(slug)))

    async def let_in(self, found: Findings, route: str, at: Attempt, call: Call | None = None) -> None:
        """Call a cell that must succeed, show nothing of the other town, and leave a row in the trail if it changed."""
        person = at.person
        reset(at, route)
        before = self._trail(person)
        answer = await self._send(route, at, call)
        found.cells += 1
        found.allowed += 1
        cell = f"{route} [{at.target}] {person}"
        if not 200 <= answer.status_code < 300:
            found.faults.append(f"{cell}: refused ({answer.status_code}) {answer.text[:200]}")
            return
        if not route.startswith(READING) and self._trail(person) == before and route not in UNAUDITED:
            found.faults.append(f"{cell}: changed something without a row in the audit trail")
        # Marks alone would not show a count of somebody else's cases.
        if "foreign" in at.target and not is_public(route) and not is_empty(answer):
            found.faults.append(f"{cell}: is not empty")
        other = AWAY if person.slug == HOME else HOME
        marks = self._secrets(other) if is_public(route) else (open_mark(other), *self._secrets(other))
        after = ("açıklama", "iç not", "adı") if route in NAMES_COLLEAGUES else ("",)
        hidden = [
            f"{secret_mark(person.slug, part)} {word}".rstrip()
            for part in HIDDEN_PARTS.get(person.name, ())
            for word in after
        ]
        self._look(found, cell, answer, (*marks, *hidden) if person.slug == HOME else marks)

    async def _send(self, route: str, at: Attempt, call: Call | None) -> httpx.Response:
        method, path = route.split(" ")
        made = call or await MAKERS[route](at)
        return await self.world.server.client.request(
            method, path.format(**made.path), params=made.query or None, json=made.json, files=made.files,
            content=made.content, headers={**at.person.headers, **made.headers},
        )  # fmt: skip

    def _secrets(self, slug: str) -> tuple[str, ...]:
        return secrets_of(self.world.towns[slug])

    def _trail(self, person: Person) -> int:
        row = self.world.admin.execute(
            "SELECT sequence FROM audit_head WHERE municipality_id = %s",
            (self.world.towns[person.slug].municipality_id,),
        ).fetchone()
        assert row is not None
        return int(row[0])

    @staticmethod
    def _look(found: Findings, cell: str, answer: httpx.Response, marks: tuple[str, ...]) -> None:
        told = answer.content + repr(dict(answer.headers)).encode()
        found.faults += [f"{cell}: shows {mark}" for mark in marks if mark.encode() in told]


class Untouched:
    """A block in which the named towns do not change, but for the named tables."""

    def __init__(self, matrix: Matrix, found: Findings, what: str, but: dict[str, frozenset[str]]) -> None:
        self.matrix, self.found, self.what, self.but = matrix, found, what, but

    def __enter__(self) -> None:
        self.before = {slug: self._read(slug) for slug in self.but}

    def __exit__(self, *_: object) -> None:
        for slug, tables in self.but.items():
            for table in changed(self.before[slug], self._read(slug), but=tables):
                self.found.faults.append(f"{self.what}: {slug}.{table} was changed")

    def _read(self, slug: str) -> dict[str, str]:
        return self.matrix.digester.read(self.matrix.world.towns[slug].municipality_id)


def is_empty(answer: httpx.Response) -> bool:
    """Whether a list has no rows or a map tile nothing in it."""
    is_list = answer.headers["content-type"] == "application/json"
    return answer.json()["items"] == [] if is_list else answer.content == b""


def routes_of(openapi: dict[str, object]) -> Iterator[str]:
    """Every route of the API as the policy table names it."""
    paths = openapi["paths"]
    assert isinstance(paths, dict)
    for path, methods in paths.items():
        for method in methods:
            yield f"{method.upper()} {path}"
