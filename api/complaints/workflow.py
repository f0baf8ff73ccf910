"""The life of a complaint as one table: which act is allowed in which state, to whom, and what follows from it.

Nothing here touches the database; `service` asks this table and writes, screens ask it which buttons to show.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a case stands."""

    NEW = "new"  # no department yet: the service desk decides
    ROUTED = "routed"  # in a department's list
    ASSIGNED = "assigned"  # in a person's list
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"  # the citizen was asked something
    SOLVED = "solved"
    REJECTED = "rejected"
    FORWARDED = "forwarded"  # to another authority, and the citizen told (3071 m.5)
    WITHDRAWN = "withdrawn"


OPEN = frozenset({Status.NEW, Status.ROUTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING})
WORKED = frozenset({Status.ROUTED, Status.ASSIGNED, Status.IN_PROGRESS})
ALL = frozenset(Status)


class Action(StrEnum):
    """What can be done to a case; also the last part of its permission and audit name (`complaint.<action>`)."""

    FILE = "file"
    ROUTE = "route"
    ASSIGN = "assign"
    TAKE = "take"
    START = "start"
    HAND_OVER = "hand_over"
    NOTE = "note"
    ANSWER = "answer"
    ASK_CITIZEN = "ask_citizen"
    REPLY = "reply"
    CLOSE = "close"
    REJECT = "reject"
    FORWARD = "forward"
    WITHDRAW = "withdraw"
    RATE = "rate"
    REOPEN = "reopen"

    @property
    def permission(self) -> str:
        """Name of the permission the act needs."""
        return f"complaint.{self.value}"


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    `to` None leaves the state as it is; `to_without_assignee` replaces `to` where nobody is in charge of the case.
    """

    sources: frozenset[Status]
    to: Status | None
    by: str  # "citizen" (the reporter) or "staff"
    is_public: bool  # whether the citizen sees the line in the timeline
    tells_reporter: bool = False  # side job: inbox and SMS
    to_without_assignee: Status | None = None

    def target(self, current: Status, *, has_assignee: bool) -> Status:
        """State after the act."""
        if self.to is None:
            return current
        return self.to if has_assignee or self.to_without_assignee is None else self.to_without_assignee


TRANSITIONS: dict[Action, Transition] = {
    Action.FILE: Transition(frozenset(), Status.ROUTED, "citizen", is_public=True, tells_reporter=True),
    Action.ROUTE: Transition(WORKED | {Status.NEW}, Status.ROUTED, "staff", is_public=True),
    Action.ASSIGN: Transition(WORKED, Status.ASSIGNED, "staff", is_public=False),
    Action.TAKE: Transition(frozenset({Status.ROUTED, Status.ASSIGNED}), Status.ASSIGNED, "staff", is_public=False),
    Action.START: Transition(
        frozenset({Status.ROUTED, Status.ASSIGNED}), Status.IN_PROGRESS, "staff", is_public=True
    ),
    Action.HAND_OVER: Transition(WORKED, Status.ASSIGNED, "staff", is_public=False),
    Action.NOTE: Transition(ALL, None, "staff", is_public=False),
    Action.ANSWER: Transition(OPEN, None, "staff", is_public=True, tells_reporter=True),
    Action.ASK_CITIZEN: Transition(WORKED, Status.WAITING, "staff", is_public=True, tells_reporter=True),
    Action.REPLY: Transition(
        frozenset({Status.WAITING}), Status.ASSIGNED, "citizen", is_public=True, to_without_assignee=Status.ROUTED
    ),
    Action.CLOSE: Transition(
        WORKED | {Status.WAITING}, Status.SOLVED, "staff", is_public=True, tells_reporter=True
    ),
    Action.REJECT: Transition(OPEN, Status.REJECTED, "staff", is_public=True, tells_reporter=True),
    Action.FORWARD: Transition(OPEN, Status.FORWARDED, "staff", is_public=True, tells_reporter=True),
    Action.WITHDRAW: Transition(OPEN, Status.WITHDRAWN, "citizen", is_public=True),
    Action.RATE: Transition(frozenset({Status.SOLVED}), None, "citizen", is_public=True),
    Action.REOPEN: Transition(
        frozenset({Status.SOLVED, Status.REJECTED}), Status.ASSIGNED, "citizen", is_public=True,
        to_without_assignee=Status.ROUTED,
    ),
}  # fmt: skip


def actions_in(status: Status, by: str) -> list[Action]:
    """Acts that the state allows to staff or to the reporter, in the order of the table."""
    return [action for action, row in TRANSITIONS.items() if status in row.sources and row.by == by]
