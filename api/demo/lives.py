"""The lives of pretend cases: which acts happen to each of them, in which order, and when."""

from dataclasses import dataclass

import numpy as np

from api.complaints.workflow import Action, Status
from api.demo import practice
from api.demo.arrivals import Floats, Ints
from api.demo.cases import NONE, Bools, Cases
from api.demo.crew import Crew
from api.demo.endings import Endings
from api.demo.timeline import CODE, Timeline
from api.demo.working_time import HOUR_MS

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_LONG_MS = 90 * HOUR_MS
# Steps of a case by the part of its working time that has passed; each is drawn inside its span, and no spans meet.
_SPANS = {
    Action.ROUTE: (0.01, 0.05),
    Action.TAKE: (0.06, 0.26),
    Action.START: (0.28, 0.48),
    Action.NOTE: (0.50, 0.58),
    Action.ANSWER: (0.60, 0.66),
    Action.ASK_CITIZEN: (0.68, 0.74),
    Action.REPLY: (0.76, 0.92),
}


@dataclass(frozen=True)
class _Life:
    """What all steps work with."""

    cases: Cases
    crew: Crew
    endings: Endings
    timeline: Timeline
    rng: np.random.Generator

    def chosen(self, among: Bools, share: float | Floats) -> Ints:
        """Draw a share of the cases."""
        return np.flatnonzero(among & (self.rng.random(len(self.cases)) < share))

    def chance(self, rows: Ints) -> Ints:
        """Numbers by which people are chosen."""
        return self.rng.integers(0, 1 << 30, len(rows))

    def writer(self, rows: Ints) -> Ints:
        """Who writes to the citizen: the one in charge, or the head."""
        timeline = self.timeline
        return self.crew.spokesman(timeline.assignee[rows], timeline.department[rows], self.chance(rows))

    def when(self, action: Action, rows: Ints) -> Ints:
        """A moment inside the span of the step."""
        first, last = _SPANS[action]
        part = self.rng.uniform(first, last, len(rows))
        worked = self.endings.worked[rows]
        # Steps of the shortest cases must not fall on one millisecond.
        open_ms = np.maximum((worked * part).astype(np.int64), 1)
        return self.cases.work(rows, self.cases.at[rows], open_ms)


def live(cases: Cases, endings: Endings, crew: Crew, rng: np.random.Generator) -> Timeline:
    """Let every case live up to now and give what was done."""
    timeline = Timeline.begun(cases, crew.of_decision, rng)
    life = _Life(cases, crew, endings, timeline, rng)
    # What no department has yet, or one without people, stays as it is.
    own = cases.is_own & crew.is_staffed[timeline.department]
    fate = rng.random(len(cases))
    closed = own & ~endings.is_open
    is_named = ~cases.is_unnamed
    withdrawn = closed & is_named & (fate < practice.WITHDRAWN_SHARE)
    refused = closed & ~withdrawn & (fate < practice.WITHDRAWN_SHARE + practice.REJECTED_SHARE)
    passed_on = closed & ~withdrawn & ~refused & (fate > 1 - practice.FORWARDED_SHARE)
    # Half of what is refused or passed on is decided at the service desk at once.
    at_desk = (refused | passed_on) & (rng.random(len(cases)) < 0.5)  # noqa: PLR2004 (half)
    touched = own & ~withdrawn & ~at_desk & (~endings.is_open | _touched_while_open(endings, rng))
    _begin(life, touched)
    _speak(life, touched & (timeline.status == CODE[Status.IN_PROGRESS]), is_named)
    _end(life, withdrawn, refused, passed_on, at_desk)
    _judge(life, is_named)
    return timeline


def _touched_while_open(endings: Endings, rng: np.random.Generator) -> Bools:
    """Open cases that somebody has in hand: the older, the likelier."""
    untouched = 0.10 + 0.88 * np.exp(-endings.worked / (10 * HOUR_MS))
    # Too little time for all steps: nobody has looked at it yet.
    return np.asarray((rng.random(len(untouched)) > untouched) & (endings.worked > 30 * _MINUTE_MS), dtype=bool)


def _begin(life: _Life, touched: Bools) -> None:
    """Hand over, assign or take, start."""
    timeline, crew = life.timeline, life.crew
    can_move = np.isin(life.cases.category, list(crew.reroutes))
    moved = life.chosen(touched & can_move, practice.REROUTED_SHARE)
    moved = timeline.do(Action.ROUTE, moved, life.when(Action.ROUTE, moved), crew.at_desk(life.chance(moved)))
    timeline.department[moved] = [crew.reroutes[category] for category in life.cases.category[moved].tolist()]

    way = life.rng.random(len(life.cases))
    given = np.flatnonzero(touched & (way < 0.4))  # noqa: PLR2004 (two in five are assigned by the head)
    officers = crew.officer(timeline.department[given], life.chance(given))
    heads = crew.head(timeline.department[given], life.chance(given))
    timeline.do(Action.ASSIGN, given, life.when(Action.TAKE, given), heads, assignee=officers)
    taken = np.flatnonzero(touched & (way >= 0.4) & (way < 0.85))  # noqa: PLR2004 (most others are taken)
    officers = crew.officer(timeline.department[taken], life.chance(taken))
    timeline.do(Action.TAKE, taken, life.when(Action.TAKE, taken), officers)

    is_unassigned = timeline.assignee == NONE
    started = np.flatnonzero(touched & (is_unassigned | (life.rng.random(len(life.cases)) < 0.86)))  # noqa: PLR2004
    officers = crew.officer(timeline.department[started], life.chance(started))
    workers = np.where(timeline.assignee[started] == NONE, officers, timeline.assignee[started])
    timeline.do(Action.START, started, life.when(Action.START, started), workers)


def _speak(life: _Life, working: Bools, is_named: Bools) -> None:
    """Notes, answers, questions and replies while the work goes on."""
    timeline = life.timeline
    noted = life.chosen(working, 0.14)
    timeline.do(Action.NOTE, noted, life.when(Action.NOTE, noted), timeline.assignee[noted])
    answered = life.chosen(working & is_named, np.where(life.endings.worked > _LONG_MS, 0.6, 0.2))
    interim = (life.endings.worked[answered] > _LONG_MS) & (life.rng.random(len(answered)) < 0.6)  # noqa: PLR2004
    timeline.do(Action.ANSWER, answered, life.when(Action.ANSWER, answered), life.writer(answered), interim=interim)
    asked = life.chosen(working & is_named, practice.ASKED_SHARE)
    asked = timeline.do(Action.ASK_CITIZEN, asked, life.when(Action.ASK_CITIZEN, asked), life.writer(asked))
    replied = asked[life.rng.random(len(asked)) < practice.REPLIED_SHARE]
    timeline.do(Action.REPLY, replied, life.when(Action.REPLY, replied))


def _end(life: _Life, withdrawn: Bools, refused: Bools, passed_on: Bools, at_desk: Bools) -> None:
    timeline, endings = life.timeline, life.endings
    closed = life.cases.is_own & life.crew.is_staffed[timeline.department] & ~endings.is_open
    for action, ended in (
        (Action.WITHDRAW, withdrawn),
        (Action.REJECT, refused),
        (Action.FORWARD, passed_on),
        (Action.CLOSE, closed & ~withdrawn & ~refused & ~passed_on),
    ):
        rows = np.flatnonzero(ended)
        at = life.cases.work(rows, life.cases.at[rows], endings.worked[rows])
        match action:
            case Action.WITHDRAW:
                by = np.full(len(rows), NONE, dtype=np.int64)
            case Action.CLOSE:
                by = timeline.assignee[rows]
            case _:
                heads = life.crew.head(timeline.department[rows], life.chance(rows))
                by = np.where(at_desk[rows], life.crew.at_desk(life.chance(rows)), heads)
        timeline.do(action, rows, at, by)


def _judge(life: _Life, is_named: Bools) -> None:
    """Reporters rate the solution; some are not content, and the case begins anew."""
    timeline, rng = life.timeline, life.rng
    is_solved = is_named & (timeline.status == CODE[Status.SOLVED])
    rated = life.chosen(is_solved, practice.RATED_SHARE)
    at = timeline.last_at[rated] + (rng.exponential(0.8, len(rated)).clip(0.005, 4) * _DAY_MS).astype(np.int64)
    stars = np.where(
        life.endings.is_late[rated],
        rng.choice(5, len(rated), p=practice.RATINGS_LATE),
        rng.choice(5, len(rated), p=practice.RATINGS_IN_TIME),
    )
    drawn = np.full(len(life.cases), NONE, dtype=np.int64)
    drawn[rated] = stars + 1
    rated = timeline.do(Action.RATE, rated, at)
    timeline.rating[rated] = drawn[rated]
    timeline.rating_chance[rated] = timeline.acts[-1].chance

    discontent = (timeline.rating >= 1) & (timeline.rating <= 2)  # noqa: PLR2004 (one or two stars)
    share = np.where(discontent, practice.REOPENED_SHARE_IF_DISCONTENT, practice.REOPENED_SHARE)
    rows = life.chosen(is_solved, share)
    left = timeline.reopen_until[rows] - timeline.last_at[rows]
    rows = rows[left > _DAY_MS]
    left = timeline.reopen_until[rows] - timeline.last_at[rows]
    at = timeline.last_at[rows] + (left * rng.uniform(0.03, 0.9, len(rows))).astype(np.int64)
    rows = timeline.do(Action.REOPEN, rows, at)
    again = life.cases.work(rows, timeline.last_at[rows], (rng.uniform(2, 16, len(rows)) * HOUR_MS).astype(np.int64))
    rows = timeline.do(Action.START, rows, again, timeline.assignee[rows])
    done = life.cases.work(rows, timeline.last_at[rows], (rng.uniform(3, 60, len(rows)) * HOUR_MS).astype(np.int64))
    timeline.do(Action.CLOSE, rows, done, timeline.assignee[rows])
