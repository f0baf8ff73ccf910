"""Who of the staff does what: officers and heads of each department, and the service desk."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from api.demo.arrivals import Ints
from api.demo.cases import NONE, Cases
from api.demo.practice import REROUTED
from api.demo.setting import Setting, Worker

_OFFICERS = frozenset({"department_officer", "field_inspector", "enforcement_officer"})


@dataclass(frozen=True)
class Crew:
    """Departments in a fixed order, and rows of `setting.workers` who work in each of them."""

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
        return cls(
            departments=departments,
            of_decision=np.array(
                [number[made.department_id] if made.department_id else NONE for made in cases.decisions], dtype=np.int64
            ),
            reroutes={
                row: by_code[REROUTED[item.code]]
                for row, item in enumerate(cases.categories)
                if REROUTED.get(item.code) in by_code
            },
            officers=tuple(_workers(setting, department, _OFFICERS) for department in departments),
            heads=tuple(_workers(setting, department, frozenset({"department_head"})) for department in departments),
            desk=np.array([row for row, item in enumerate(setting.workers) if item.role == "service_desk"]),
        )

    def officer(self, department: Ints, chance: Ints) -> Ints:
        """Somebody who works in each department; the service desk where nobody does."""
        return self._one_of(self.officers, department, chance)

    def head(self, department: Ints, chance: Ints) -> Ints:
        """The head of each department; the service desk where there is none."""
        return self._one_of(self.heads, department, chance)

    def at_desk(self, chance: Ints) -> Ints:
        """Somebody at the service desk."""
        return np.asarray(self.desk[chance % len(self.desk)], dtype=np.int64)

    def _one_of(self, people: tuple[Ints, ...], department: Ints, chance: Ints) -> Ints:
        chosen = self.at_desk(chance)
        for number, workers in enumerate(people):
            mine = department == number
            if len(workers):
                chosen[mine] = workers[chance[mine] % len(workers)]
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
