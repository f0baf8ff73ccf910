"""What makes calls of routes: the attempt that is made, the call it becomes, and short ways to write plain ones."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.architecture.access.people import AWAY, HOME, Person
from tests.architecture.access.world import Place, Things, World

SQUARE = [[29.0, 41.0], [29.01, 41.0], [29.01, 41.01], [29.0, 41.01], [29.0, 41.0]]
OUTLINE = {"type": "Polygon", "coordinates": [SQUARE]}


@dataclass(frozen=True)
class Attempt:
    """Who tries what on whose object."""

    world: World
    person: Person
    target: str

    @property
    def own(self) -> Place:
        """The caller's town."""
        return self.world.towns[self.person.slug]

    @property
    def other(self) -> Place:
        """The town that is not the caller's."""
        return self.world.towns[AWAY if self.person.slug == HOME else HOME]

    @property
    def town(self) -> Place:
        """The town whose objects the address names: a stranger always tries home's."""
        if self.target == "foreign":
            return self.world.towns[AWAY]
        return self.own if self.target == "-" else self.world.towns[HOME]

    @property
    def things(self) -> Things:
        """The objects that the address names."""
        part = "licensing" if self.target == "licensing" or self._is_neighbour_in_body() else "works"
        return self.town.parts[part]

    def _is_neighbour_in_body(self) -> bool:
        # So that nothing but the id in the body is wrong.
        return "in body" in self.target and self.person.name in ("neighbour", "licence_officer")

    def photos(self) -> list[str]:
        """The photos that the body names: somebody else's where the target says so."""
        if self.target == "foreign photo in body":
            return [str(self.world.towns[AWAY].parts["works"].spare_photo_id)]
        if self.target == "other's photo in body":
            other = "works" if self.person.name == "neighbour" else "licensing"
            return [str(self.world.towns[HOME].parts[other].spare_photo_id)]
        return []


@dataclass(frozen=True)
class Call:
    """What is sent: values for the path, then query, body (as JSON, or as it is with its own headers) or files."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    files: Any = None
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


Maker = Callable[[Attempt], Awaitable[Call]]
MAKERS: dict[str, Maker] = {}


def maker(route: str) -> Callable[[Maker], Maker]:
    """Register how the route is called."""

    def register(make: Maker) -> Maker:
        assert route not in MAKERS
        MAKERS[route] = make
        return make

    return register


def plain(route: str, **body: Any) -> None:
    """Register a route that is called with the same body by everybody."""

    async def make(_: Attempt) -> Call:
        return Call(json=body or None)

    maker(route)(make)


def case_act(act: str, **body: Any) -> None:
    """Register an act on a case; bodies that take photos name them."""

    async def make(at: Attempt) -> Call:
        sent = {**body, **({"photo_ids": at.photos()} if "photo_ids" in body else {})}
        return Call({"complaint_id": at.things.case_id}, json=sent or None)

    maker(f"POST /v1/complaints/{{complaint_id}}/{act}")(make)


def own_town(route: str, named: str, /, **body: Any) -> None:
    """Register a route that changes one entry of the town's set-up."""

    async def make(at: Attempt) -> Call:
        values = {"area_id": at.town.area_id, "neighbourhood_id": at.town.neighbourhood_id, "day": at.town.holiday}
        return Call({named: values[named]}, json=body or None)

    maker(route)(make)
