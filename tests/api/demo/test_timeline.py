from collections import defaultdict

import numpy as np
import pytest

from api.complaints.workflow import OPEN, TRANSITIONS, Action, Status
from api.demo.cases import NONE
from api.demo.staff import POSTS, posts_of
from api.demo.timeline import CODE, STATES, Timeline
from api.identity.roles import ROLES


@pytest.fixture(scope="module")
def courses(drawn):
    """Acts of every case in the order in which they happened: (moment, act, state before, state after, by)."""
    found = defaultdict(list)
    for act in drawn.timeline.acts:
        columns = (act.rows, act.at, act.before, act.after, act.by)
        for row, at, before, after, by in zip(*(column.tolist() for column in columns), strict=True):
            found[row].append((at, act.action, STATES[before], STATES[after], by))
    return found


def test_every_act_follows_the_one_before_it(drawn, courses):
    for row, course in courses.items():
        filed = int(drawn.cases.at[row])
        assert [step[0] for step in course] == sorted({step[0] for step in course})
        assert filed < course[0][0]
        assert course[-1][0] < drawn.cases.until


def test_every_act_is_one_that_the_workflow_allows(drawn, courses):
    for row, course in courses.items():
        state = Status.ROUTED
        for _, action, before, after, _ in course:
            assert before is state
            assert before in TRANSITIONS[action].sources
            state = after
        assert STATES[drawn.timeline.status[row]] is state
        assert drawn.timeline.version[row] == 1 + len(course)


def test_every_kind_of_act_happens(courses):
    done = {step[1] for course in courses.values() for step in course}
    # Filing begins a case; handing over is played by nobody in the past, only by a phone.
    assert done == set(Action) - {Action.FILE, Action.HAND_OVER}


def test_open_cases_are_those_whose_state_is_open(drawn):
    assert drawn.timeline.is_open.tolist() == [STATES[status] in OPEN for status in drawn.timeline.status.tolist()]


def test_only_those_act_who_may(drawn, courses):
    workers = drawn.cases.setting.workers
    for course in courses.values():
        for _, action, _, _, by in course:
            if TRANSITIONS[action].by == "citizen":
                assert by == NONE
            else:
                assert action.permission in ROLES[workers[by].role].permissions


def test_who_works_on_a_case_works_in_its_department(drawn):
    timeline, setting = drawn.timeline, drawn.cases.setting
    assigned = np.flatnonzero(timeline.assignee != NONE)
    assert len(assigned) > 5_000
    for row in assigned.tolist():
        department = drawn.crew.departments[timeline.department[row]]
        place = setting.workers[timeline.assignee[row]].department_id
        assert department in setting.town.department_subtree(place)


def test_reporters_without_a_name_are_never_asked_and_never_judge(drawn, courses):
    unnamed = np.flatnonzero(drawn.cases.is_unnamed).tolist()
    done = {step[1] for row in unnamed for step in courses.get(row, ())}
    assert not done & {Action.ASK_CITIZEN, Action.REPLY, Action.RATE, Action.REOPEN, Action.WITHDRAW}


def test_solved_cases_know_when_and_until_when_they_may_be_reopened(drawn):
    timeline = drawn.timeline
    is_solved = timeline.status == CODE[Status.SOLVED]
    assert ((timeline.solved != NONE) == is_solved).all()
    assert (timeline.reopen_until[is_solved] > timeline.solved[is_solved]).all()
    is_rejected = timeline.status == CODE[Status.REJECTED]
    assert ((timeline.reopen_until != NONE) == (is_solved | is_rejected)).all()


def test_reopened_cases_begin_their_clocks_anew(drawn):
    timeline, cases = drawn.timeline, drawn.cases
    reopened = np.flatnonzero(timeline.reopened)
    assert len(reopened) > 50
    assert (timeline.reopened <= 1).all()
    timed = reopened[cases.solution_due[reopened] != NONE]
    assert (timeline.solution_due[timed] > cases.solution_due[timed]).all()
    untouched = np.flatnonzero(timeline.reopened == 0)
    assert (timeline.solution_due[untouched] == cases.solution_due[untouched]).all()


def test_late_solutions_are_rated_worse(drawn):
    timeline = drawn.timeline
    rated = timeline.rating != NONE
    late = rated & (timeline.solved > timeline.solution_due)
    assert rated.sum() > 2_000
    assert timeline.rating[late].mean() < timeline.rating[rated & ~late].mean() - 0.8


def test_an_act_that_the_workflow_does_not_allow_is_refused(drawn):
    timeline = Timeline.begun(drawn.cases, drawn.crew.of_decision, np.random.default_rng(1))
    row = np.flatnonzero(drawn.cases.is_own)[:1]
    with pytest.raises(ValueError, match="reopen"):
        timeline.do(Action.REOPEN, row, drawn.cases.at[row] + 1)


def test_an_act_before_the_last_one_is_refused(drawn):
    timeline = Timeline.begun(drawn.cases, drawn.crew.of_decision, np.random.default_rng(1))
    row = np.flatnonzero(drawn.cases.is_own)[:1]
    with pytest.raises(ValueError, match="take"):
        timeline.do(Action.TAKE, row, drawn.cases.at[row], 0)


def test_what_lies_in_the_future_does_not_happen(drawn):
    timeline = Timeline.begun(drawn.cases, drawn.crew.of_decision, np.random.default_rng(1))
    row = np.flatnonzero(drawn.cases.is_own)[:1]
    assert len(timeline.do(Action.TAKE, row, np.array([drawn.cases.until]), 0)) == 0
    assert timeline.version[row] == 1


def test_there_is_somebody_for_every_role():
    assert {post.role for post in POSTS} | {"municipal_administrator"} == set(ROLES)


@pytest.mark.parametrize("kind", ["metropolitan_district", "district"])
def test_nobody_signs_in_twice(kind):
    names = [post.username for post in posts_of(kind)]
    assert len(set(names)) == len(names) > 30
