"""The workflow table: every walk stays inside it, every open case can still end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.complaints.workflow import ALL, OPEN, TRANSITIONS, Action, Status, actions_in
from api.identity.permissions import PERMISSIONS

WALKABLE = [action for action in Action if action is not Action.FILE]


@given(st.lists(st.tuples(st.sampled_from(WALKABLE), st.booleans()), max_size=40))
def test_no_walk_leaves_the_table_and_every_open_state_keeps_a_way_to_an_end(steps):
    status = Status.ROUTED
    for action, has_assignee in steps:
        row = TRANSITIONS[action]
        if status not in row.sources:
            continue
        after = row.target(status, has_assignee=has_assignee)
        assert after in ALL
        assert after == status or row.to is not None
        status = after
        if status in OPEN:
            assert Action.REJECT in actions_in(status, "staff")


def test_every_action_has_one_row_and_its_permission_is_known():
    assert set(TRANSITIONS) == set(Action)
    for action in Action:
        assert action.permission in PERMISSIONS


@pytest.mark.parametrize("status", sorted(ALL - OPEN))
def test_a_case_that_is_over_can_be_changed_by_staff_only_by_an_internal_note(status):
    assert actions_in(status, "staff") == [Action.NOTE]


def test_only_the_reporter_reopens_and_only_after_a_result():
    row = TRANSITIONS[Action.REOPEN]
    assert row.by == "citizen"
    assert row.sources == {Status.SOLVED, Status.REJECTED}


def test_whatever_tells_the_reporter_is_public():
    for action, row in TRANSITIONS.items():
        assert row.is_public or not row.tells_reporter, action


def test_a_reply_goes_back_to_the_person_or_without_one_to_the_department():
    reply = TRANSITIONS[Action.REPLY]
    assert reply.target(Status.WAITING, has_assignee=True) == Status.ASSIGNED
    assert reply.target(Status.WAITING, has_assignee=False) == Status.ROUTED
