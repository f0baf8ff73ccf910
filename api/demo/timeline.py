"""The timelines of many cases at once: every act goes by the workflow's own table, as `api.complaints.handling` does.

What an act changes of a case besides its state is changed here too, so that a pretend case is what the same acts over
HTTP would have made of it.
"""

from dataclasses import dataclass, field

import numpy as np

from api.complaints.workflow import OPEN, TRANSITIONS, Action, Status
from api.demo.arrivals import Ints
from api.demo.cases import NONE, Bools, Cases, deadlines

STATES = tuple(Status)
STATE_TEXTS = tuple(status.value for status in STATES)
CODE = {status: number for number, status in enumerate(STATES)}
_IS_OPEN = np.array([status in OPEN for status in STATES], dtype=bool)
_DAY_MS = 86_400_000
# Acts that answer the citizen for the first time, and those that are the reasoned answer of law 3071.
_FIRST_ANSWERS = frozenset({Action.ANSWER, Action.ASK_CITIZEN, Action.CLOSE, Action.REJECT, Action.FORWARD})
_RESULTS = frozenset({Action.CLOSE, Action.REJECT, Action.FORWARD})


@dataclass(frozen=True)
class Act:
    """The same act on many cases, rows rising; `by` are workers, NONE for the reporter."""

    action: Action
    rows: Ints
    at: Ints
    before: Ints
    after: Ints
    by: Ints
    chance: Ints
    is_interim: Bools


@dataclass
class Timeline:
    """The state of n cases and everything that was done to them."""

    cases: Cases
    rng: np.random.Generator
    status: Ints
    department: Ints
    assignee: Ints
    last_at: Ints
    first_due: Ints
    solution_due: Ints
    legal_due: Ints
    first_answered: Ints
    legal_answered: Ints
    solved: Ints
    reopen_until: Ints
    reopened: Ints
    rating: Ints
    rating_chance: Ints
    version: Ints
    acts: list[Act] = field(default_factory=list)

    @classmethod
    def begun(cls, cases: Cases, departments: Ints, rng: np.random.Generator) -> "Timeline":
        """Begin with the cases as they are after filing; `departments` number the department of each decision."""
        department = departments[cases.decision]
        filed = np.where(department == NONE, CODE[Status.NEW], CODE[Status.ROUTED])

        def none() -> Ints:
            return np.full(len(cases), NONE, dtype=np.int64)

        return cls(
            cases=cases,
            rng=rng,
            status=np.where(cases.is_own, filed, CODE[Status.FORWARDED]),
            department=department,
            assignee=none(),
            last_at=cases.at.copy(),
            first_due=cases.first_due.copy(),
            solution_due=cases.solution_due.copy(),
            legal_due=cases.legal_due.copy(),
            first_answered=none(),
            legal_answered=none(),
            solved=none(),
            reopen_until=none(),
            reopened=np.zeros(len(cases), dtype=np.int64),
            rating=none(),
            rating_chance=none(),
            version=np.ones(len(cases), dtype=np.int64),
        )

    @property
    def is_open(self) -> Bools:
        """Cases that are open as far as things have gone."""
        return np.asarray(_IS_OPEN[self.status], dtype=bool)

    def do(
        self,
        action: Action,
        rows: Ints,
        at: Ints,
        by: Ints | int = NONE,
        *,
        assignee: Ints | None = None,
        interim: Bools | None = None,
    ) -> Ints:
        """Let an act happen to these cases (rows rising) at these moments; what lies in the future does not happen.

        Gives the rows to which it happened. `assignee` is for ASSIGN, where the head decides and somebody else works.
        ValueError when the workflow does not allow it or time runs backwards.
        """
        past = at < self.cases.until
        rows, at = rows[past], at[past]
        by = np.broadcast_to(np.asarray(by), past.shape)[past]
        worker = by if assignee is None else assignee[past]
        is_interim = np.zeros(len(rows), dtype=bool) if interim is None else interim[past]
        before = self.status[rows]
        row = TRANSITIONS[action]
        if not np.isin(before, [CODE[status] for status in row.sources]).all() or (at <= self.last_at[rows]).any():
            raise ValueError(f"{action} is not possible then")
        after = self._after(action, rows, before)
        self.acts.append(Act(action, rows, at, before, after, by, self.rng.integers(0, 1 << 60, len(rows)), is_interim))
        self.status[rows], self.last_at[rows] = after, at
        self.version[rows] += 1
        self._change(action, rows, at, worker, is_interim)
        return rows

    def _after(self, action: Action, rows: Ints, before: Ints) -> Ints:
        if action in (Action.ASSIGN, Action.TAKE):
            return np.full(len(rows), CODE[Status.ASSIGNED], dtype=np.int64)
        row = TRANSITIONS[action]
        if row.to is None:
            return before
        bare = CODE[row.to_without_assignee or row.to]
        return np.where(self.assignee[rows] == NONE, bare, CODE[row.to]).astype(np.int64)

    def _change(self, action: Action, rows: Ints, at: Ints, worker: Ints, is_interim: Bools) -> None:
        if action in _FIRST_ANSWERS:
            self.first_answered[rows] = np.where(self.first_answered[rows] == NONE, at, self.first_answered[rows])
        answers = rows[~is_interim] if action is Action.ANSWER else rows if action in _RESULTS else rows[:0]
        if len(answers):
            given = at[~is_interim] if action is Action.ANSWER else at
            self.legal_answered[answers] = np.where(
                self.legal_answered[answers] == NONE, given, self.legal_answered[answers]
            )
        if action in (Action.CLOSE, Action.REJECT):
            days = np.array([item.reopen_days for item in self.cases.categories], dtype=np.int64)
            self.reopen_until[rows] = at + days[self.cases.category[rows]] * _DAY_MS
        match action:
            case Action.ROUTE:
                self.assignee[rows] = NONE
            case Action.ASSIGN | Action.TAKE:
                self.assignee[rows] = worker
            case Action.START:
                self.assignee[rows] = np.where(self.assignee[rows] == NONE, worker, self.assignee[rows])
            case Action.CLOSE:
                self.solved[rows] = at
            case Action.REOPEN:
                self._reopen(rows, at)

    def _reopen(self, rows: Ints, at: Ints) -> None:
        due = deadlines(self.cases, rows, at, has_name=np.ones(len(rows), dtype=bool))
        self.first_due[rows], self.solution_due[rows], self.legal_due[rows] = due.first, due.solution, due.legal
        self.reopened[rows] += 1
        for cleared in (self.reopen_until, self.solved, self.first_answered, self.legal_answered):
            cleared[rows] = NONE
