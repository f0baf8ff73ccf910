"""The acts on a case: each is one row of the workflow table, one change, one timeline line, one audit row."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import field, queries
from api.complaints.configuration import configuration
from api.complaints.errors import (
    ActionNotAllowed,
    AssigneeUnknown,
    DepartmentUnknown,
    NoNeedToTake,
    PhotoMissing,
    PhotoUnknown,
    ReopeningOver,
)
from api.complaints.filing import deadlines
from api.complaints.schemas import (
    AnswerIn,
    AssignmentIn,
    ClosingIn,
    ForwardingIn,
    HandingOverIn,
    NoteIn,
    QuestionIn,
    RatingIn,
    RejectionIn,
    ReopeningIn,
    ReplyIn,
    RoutingIn,
)
from api.complaints.workflow import OPEN, TRANSITIONS, Action, Status
from api.core import audit, clock, feed, jobs
from api.core.actor import Actor
from api.core.errors import NotFound, StaleVersion
from api.core.ids import uuid7
from api.core.sql import Row
from api.identity import service as identity
from api.municipalities import service as municipalities
from geo.grid import cells_of
from geo.morton import morton


async def access_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, action: Action, expected_version: int | None = None
) -> Row:
    """Lock a case for an act of this actor.

    Raises:
        NotFound: no such case, or not one this actor may see.
        Forbidden: seen, but not allowed the act in its department.
        StaleVersion: the case is not at `expected_version` any more.
        ActionNotAllowed: its state does not allow the act.
    """
    case = await queries.lock(session, actor.municipality_id, complaint_id)
    if case is None or not may_read(actor, case):
        raise NotFound
    actor.demand(action.permission, case["department_id"])
    if expected_version is not None and case["version"] != expected_version:
        raise StaleVersion(version=case["version"])
    if Status(case["status"]) not in TRANSITIONS[action].sources:
        raise ActionNotAllowed(status=case["status"], action=action.value)
    return case


def may_read(actor: Actor, case: Mapping[str, Any]) -> bool:
    """A citizen sees their own cases; staff those of their departments, and their own tasks."""
    if actor.kind == "citizen":
        return case["citizen_id"] is not None and case["citizen_id"] == actor.id
    if "complaint.read" not in actor.grants:
        return False
    scope = actor.scope("complaint.read")
    return scope is None or case["department_id"] in scope or case["assignee_id"] == actor.id


async def _act(
    session: AsyncSession,
    actor: Actor,
    case: Row,
    action: Action,
    *,
    text: str = "",
    photo_ids: Sequence[UUID] = (),
    changes: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
    target: Status | None = None,
) -> int:
    """Write one act and what follows from it by the table; gives the new version."""
    row = TRANSITIONS[action]
    current = Status(case["status"])
    new = target or row.target(current, has_assignee=case["assignee_id"] is not None)
    at = clock.now()
    opens_by = int(new in OPEN) - int(current in OPEN)
    cells = cells_of(case["lon"], case["lat"]) if opens_by and case["lon"] is not None else ()
    event_id = uuid7()
    all_changes = {"status": new, "is_open": new in OPEN, **(changes or {})}
    told = {**(details or {}), **({"photo_ids": [str(photo) for photo in photo_ids]} if photo_ids else {})}
    written = await queries.act(
        session,
        all_changes,
        {
            "municipality_id": actor.municipality_id,
            "id": case["id"],
            "event_id": event_id,
            "at": at,
            "action": action,
            "from_status": current,
            "to_status": new,
            "is_public": row.is_public,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "text": text,
            "details": json.dumps(told, ensure_ascii=False),
            "open_delta": opens_by,
            "levels": [level for level, _, _ in cells],
            "cells": [morton(gx, gy) for _, gx, gy in cells],
            "photo_ids": list(photo_ids),
            "uploader_id": actor.id,
            **feed.parameters(
                field.TABLE, case["id"], field.scopes_of(case) + field.scopes_of({**case, **all_changes})
            ),
        },
    )
    if written["photo_count"] != len(set(photo_ids)):
        raise PhotoUnknown
    await audit.record(
        session, actor, action.permission, "complaint", case["id"], before=current, after=new, **_audited(changes)
    )
    if row.tells_reporter and case["citizen_id"] is not None:
        await jobs.enqueue(
            session, "complaints.notify_reporter", actor.municipality_id, event_id=event_id, happened_at=at
        )
    return int(written["version"])


def _audited(changes: Mapping[str, Any] | None) -> dict[str, Any]:
    # A rating comment is the citizen's own words; the trail says that it was given, not what it says.
    return {key: value for key, value in (changes or {}).items() if key != "rating_comment"}


def _first_answer(case: Row) -> dict[str, Any]:
    return {} if case["first_answered_at"] else {"first_answered_at": clock.now()}


def _result(case: Row) -> dict[str, Any]:
    """The reasoned answer of law 3071 m.7 has been given."""
    return {**_first_answer(case), **({} if case["legal_answered_at"] else {"legal_answered_at": clock.now()})}


async def _reopen_until(session: AsyncSession, actor: Actor, case: Row) -> dict[str, Any]:
    config = await configuration(session, actor.municipality_id, actor.config_version)
    days = config.categories[case["category_id"]].reopen_days
    return {"reopen_until": clock.now() + timedelta(days=days)}


async def route_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, routing: RoutingIn, expected_version: int | None = None
) -> int:
    """Hand the case to a department; whoever had it is released.

    Raises:
        DepartmentUnknown: not there or closed. And those of `access_complaint`.
    """
    case = await access_complaint(session, actor, complaint_id, Action.ROUTE, expected_version)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    name = town.department_name(routing.department_id)
    if name is None:
        raise DepartmentUnknown
    return await _act(
        session, actor, case, Action.ROUTE, text=routing.note,
        changes={"department_id": routing.department_id, "assignee_id": None},
        details={"department": name},
    )  # fmt: skip


async def assign_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, assignment: AssignmentIn,
    expected_version: int | None = None,
) -> int:  # fmt: skip
    """Give the case to a person who works in its department.

    Raises:
        AssigneeUnknown: the person holds no role there today. And those of `access_complaint`.
    """
    case = await access_complaint(session, actor, complaint_id, Action.ASSIGN, expected_version)
    await _demand_worker(session, actor, case, assignment.staff_user_id)
    return await _act(
        session, actor, case, Action.ASSIGN, changes={"assignee_id": assignment.staff_user_id}, target=Status.ASSIGNED
    )


async def _demand_worker(session: AsyncSession, actor: Actor, case: Row, staff_user_id: UUID) -> None:
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    places = await identity.workplaces(session, actor.municipality_id, staff_user_id)
    if not any(
        place is None or case["department_id"] is None or case["department_id"] in town.department_subtree(place)
        for place in places
    ):
        raise AssigneeUnknown


async def hand_over_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, handing: HandingOverIn,
    expected_version: int | None = None,
) -> int:  # fmt: skip
    """Give a case that one has, or might take, to a colleague of its department.

    Raises:
        NoNeedToTake: somebody else has it.
        AssigneeUnknown: no colleague who works in its department today. And those of `access_complaint`.
    """
    case = await access_complaint(session, actor, complaint_id, Action.HAND_OVER, expected_version)
    if case["assignee_id"] != actor.id:
        actor.demand(Action.TAKE.permission, case["department_id"])
        if case["assignee_id"] is not None:
            raise NoNeedToTake
    if handing.staff_user_id == actor.id:
        raise AssigneeUnknown
    await _demand_worker(session, actor, case, handing.staff_user_id)
    return await _act(
        session, actor, case, Action.HAND_OVER, text=handing.text, changes={"assignee_id": handing.staff_user_id}
    )


async def take_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, expected_version: int | None = None
) -> int:
    """Take a case of the own department.

    Raises:
        NoNeedToTake: somebody else has it. And those of `access_complaint`.
    """
    case = await access_complaint(session, actor, complaint_id, Action.TAKE, expected_version)
    if case["assignee_id"] not in (None, actor.id):
        raise NoNeedToTake
    return await _act(session, actor, case, Action.TAKE, changes={"assignee_id": actor.id}, target=Status.ASSIGNED)


async def start_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, expected_version: int | None = None
) -> int:
    """Begin the work; whoever begins an unassigned case has it."""
    case = await access_complaint(session, actor, complaint_id, Action.START, expected_version)
    changes = {} if case["assignee_id"] else {"assignee_id": actor.id}
    return await _act(session, actor, case, Action.START, changes=changes)


async def add_note(
    session: AsyncSession, actor: Actor, complaint_id: UUID, note: NoteIn, expected_version: int | None = None
) -> int:
    """Write a line that only staff see."""
    case = await access_complaint(session, actor, complaint_id, Action.NOTE, expected_version)
    return await _act(session, actor, case, Action.NOTE, text=note.text, photo_ids=note.photo_ids)


async def answer_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, answer: AnswerIn, expected_version: int | None = None
) -> int:
    """Answer the citizen; after an interim answer the legal term runs on until the result is told (3071 m.7)."""
    case = await access_complaint(session, actor, complaint_id, Action.ANSWER, expected_version)
    changes = _first_answer(case) if answer.is_interim else _result(case)
    return await _act(
        session, actor, case, Action.ANSWER, text=answer.text, photo_ids=answer.photo_ids, changes=changes,
        details={"is_interim": answer.is_interim},
    )  # fmt: skip


async def ask_citizen(
    session: AsyncSession, actor: Actor, complaint_id: UUID, question: QuestionIn, expected_version: int | None = None
) -> int:
    """Ask the reporter something; the case waits for the reply."""
    case = await access_complaint(session, actor, complaint_id, Action.ASK_CITIZEN, expected_version)
    if case["citizen_id"] is None:
        raise ActionNotAllowed(status=case["status"], action=Action.ASK_CITIZEN.value)
    return await _act(session, actor, case, Action.ASK_CITIZEN, text=question.text, changes=_first_answer(case))


async def reply_to_question(
    session: AsyncSession, actor: Actor, complaint_id: UUID, reply: ReplyIn, expected_version: int | None = None
) -> int:
    """The reporter replies; the case goes back to whoever had it."""
    case = await access_complaint(session, actor, complaint_id, Action.REPLY, expected_version)
    return await _act(session, actor, case, Action.REPLY, text=reply.text, photo_ids=reply.photo_ids)


async def close_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, closing: ClosingIn, expected_version: int | None = None
) -> int:
    """Close the case as solved, with a photo where its category asks for one, and tell the reporter.

    Raises:
        PhotoMissing: the category needs a photo of the solution. And those of `access_complaint`.
    """
    case = await access_complaint(session, actor, complaint_id, Action.CLOSE, expected_version)
    config = await configuration(session, actor.municipality_id, actor.config_version)
    if config.categories[case["category_id"]].closing_photo_required and not closing.photo_ids:
        raise PhotoMissing
    changes = {"solved_at": clock.now(), **_result(case), **await _reopen_until(session, actor, case)}
    return await _act(
        session, actor, case, Action.CLOSE, text=closing.text, photo_ids=closing.photo_ids, changes=changes
    )


async def reject_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, rejection: RejectionIn, expected_version: int | None = None
) -> int:
    """End the case without a solution, with the reason, and tell the reporter."""
    case = await access_complaint(session, actor, complaint_id, Action.REJECT, expected_version)
    changes = {**_result(case), **await _reopen_until(session, actor, case)}
    return await _act(session, actor, case, Action.REJECT, text=rejection.text, changes=changes)


async def forward_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, forwarding: ForwardingIn,
    expected_version: int | None = None,
) -> int:  # fmt: skip
    """Hand the case to the authority that is responsible for it, and tell the reporter (3071 m.5)."""
    case = await access_complaint(session, actor, complaint_id, Action.FORWARD, expected_version)
    return await _act(
        session, actor, case, Action.FORWARD, text=forwarding.text,
        changes={"authority": "external", **_result(case)},
        details={"authority_name": forwarding.authority_name},
    )  # fmt: skip


async def withdraw_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, expected_version: int | None = None
) -> int:
    """The reporter takes the report back."""
    case = await access_complaint(session, actor, complaint_id, Action.WITHDRAW, expected_version)
    return await _act(session, actor, case, Action.WITHDRAW)


async def rate_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, rating: RatingIn, expected_version: int | None = None
) -> int:
    """The reporter says how content they are, 1–5; the last word counts."""
    case = await access_complaint(session, actor, complaint_id, Action.RATE, expected_version)
    return await _act(
        session, actor, case, Action.RATE, text=rating.comment,
        changes={"rating": rating.rating, "rating_comment": rating.comment},
        details={"rating": rating.rating},
    )  # fmt: skip


async def reopen_complaint(
    session: AsyncSession, actor: Actor, complaint_id: UUID, reopening: ReopeningIn, expected_version: int | None = None
) -> int:
    """The reporter is not content: the case goes back to its department and its clocks begin anew.

    Raises:
        ReopeningOver: the window of its category has closed. And those of `access_complaint`.
    """
    case = await access_complaint(session, actor, complaint_id, Action.REOPEN, expected_version)
    now = clock.now()
    if case["reopen_until"] is None or now > case["reopen_until"]:
        raise ReopeningOver
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    config = await configuration(session, actor.municipality_id, actor.config_version)
    due = deadlines(town, config.categories[case["category_id"]], case["department_id"], now, has_name=True)
    changes = {
        "reopen_count": case["reopen_count"] + 1,
        "reopen_until": None,
        "solved_at": None,
        "first_answered_at": None,
        "first_answer_due_at": due.first_answer,
        "solution_due_at": due.solution,
        "legal_due_at": due.legal,
        "legal_answered_at": None,
    }
    # Rejected before any department had it: the service desk decides again.
    target = Status.NEW if case["department_id"] is None else None
    return await _act(session, actor, case, Action.REOPEN, text=reopening.text, changes=changes, target=target)
