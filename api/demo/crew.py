"""Who of the staff does what: officers and heads of each department, and the service desk."""

from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from api.demo.arrivals import Ints
from api.demo.cases import NONE, Bools, Cases
from api.demo.practice import REROUTED
from api.demo.setting import Setting, Worker

_OFFICERS = frozenset({"department_officer", "field_inspector", "enforcement_officer"})
_WRITERS = frozenset({"department_officer", "department_head"})


@dataclass(frozen=True)
class Crew:
    """Departments in a fixed order, and rows of `setting.workers` who work in each of them."""

    workers: tuple[Worker, ...]
    departments: tuple[UUID, ...]
    of_decision: Ints
    reroutes: dict[int, int]
    officers: tuple[Ints, ...]
    heads: tuple[Ints, ...]
    desk: Ints

    @classmethod
    def of(cls, cases: Cases) -> "Crew":
        """Read who works on these cases."""
        setting = cases.setting
        departments = tuple(sorted(setting.town.departments))
        number = {identifier: place for place, identifier in enumerate(departments)}
        by_code = {item.code: number[item.id] for item in setting.town.departments.values()}
        crew = cls(
            workers=setting.workers,
            departments=departments,
            of_decision=np.array(
                [number[made.department_id] if made.department_id else NONE for made in cases.decisions], dtype=np.int64
            ),
            reroutes={},
            officers=tuple(_workers(setting, department, _OFFICERS) for department in departments),
            heads=tuple(_workers(setting, department, frozenset({"department_head"})) for department in departments),
            desk=np.array([row for row, item in enumerate(setting.workers) if item.role == "service_desk"]),
        )
        staffed = crew.is_staffed
        reroutes = {row: by_code.get(REROUTED.get(item.code, "")) for row, item in enumerate(cases.categories)}
        return replace(crew, reroutes={row: to for row, to in reroutes.items() if to is not None and staffed[to]})

    @property
    def is_staffed(self) -> Bools:
        """Whether each department has people of its own; the last answer is for no department (NONE)."""
        staffed = [
            len(officers) > 0 and len(heads) > 0 for officers, heads in zip(self.officers, self.heads, strict=True)
        ]
        return np.array([*staffed, False], dtype=bool)

    def officer(self, department: Ints, chance: Ints) -> Ints:
        """Somebody who works in each department."""
        return _one_of(self.officers, department, chance)

    def head(self, department: Ints, chance: Ints) -> Ints:
        """The head of each department."""
        return _one_of(self.heads, department, chance)

    def spokesman(self, worker: Ints, department: Ints, chance: Ints) -> Ints:
        """The worker, if people of that role write to citizens, else the head of the department."""
        writes = np.array([person.role in _WRITERS for person in self.workers], dtype=bool)
        return np.where(writes[worker], worker, self.head(department, chance))

    def at_desk(self, chance: Ints) -> Ints:
        """Somebody at the service desk."""
        return np.asarray(self.desk[chance % len(self.desk)], dtype=np.int64)


def _one_of(people: tuple[Ints, ...], department: Ints, chance: Ints) -> Ints:
    chosen = np.empty(len(department), dtype=np.int64)
    for number in np.unique(department).tolist():
        mine = department == number
        chosen[mine] = people[number][chance[mine] % len(people[number])]
    return chosen


def _workers(setting: Setting, department: UUID, roles: frozenset[str]) -> Ints:
    """Rows of those who hold one of the roles in the department or in one above it."""
    people = [
        row
        for row, worker in enumerate(setting.workers)
        if worker.role in roles and _reaches(setting, worker, department)
    ]
    return np.array(people, dtype=np.int64)


def _reaches(setting: Setting, worker: Worker, department: UUID) -> bool:
    return worker.department_id is not None and department in setting.town.department_subtree(worker.department_id)
