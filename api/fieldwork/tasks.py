"""Tasks: pieces of work for a department or one of its people, given and finished, also from the field."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, feed, keys
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.pagination import Page, decode_cursor, encode_cursor, query_scope
from api.core.sql import Row, fetch_one
from api.fieldwork import queries
from api.fieldwork.errors import AssigneeUnknown, DepartmentUnknown, IdInUse, ParentUnknown, PhotoUnknown, TaskOver
from api.fieldwork.schemas import TaskCreateIn, TaskFinishIn, TaskOut, TaskPhoto, TaskQuery, WrittenOut
from api.identity import service as identity
from api.municipalities import service as municipalities
from api.municipalities.service import TownConfig

TABLE = "task"
MOST_OF_A_CASE = 100


async def create_task(session: AsyncSession, actor: Actor, new: TaskCreateIn) -> WrittenOut:
    """Give a department, or one of its people, a piece of work; the same id sent again gives the same answer.

    Raises:
        Forbidden: without `task.create` in that department.
        DepartmentUnknown, AssigneeUnknown, ParentUnknown: somebody or something named is not there.
        IdInUse: the id belongs to another task.
    """
    actor.demand("task.create", new.department_id)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    department = town.departments.get(new.department_id)
    if department is None or not department.is_active:
        raise DepartmentUnknown
    if new.assignee_id is not None:
        await _demand_worker(session, actor, town, new.assignee_id, new.department_id)
    values = {
        "municipality_id": actor.municipality_id,
        "at": clock.now(),
        "created_by": actor.id,
        **new.model_dump(),
    }
    if new.complaint_id or new.inspection_id or new.business_id:
        await _demand_parents(session, actor, new, values)
    if not await queries.insert_task(session, values):
        return await _created_before(session, actor, new)
    scopes = [feed.team(new.department_id), feed.user(new.assignee_id)]
    await feed.point(session, actor.municipality_id, TABLE, new.id, scopes)
    await audit.record(
        session, actor, "task.create", "field_task", new.id,
        department=new.department_id, assignee=new.assignee_id, complaint=new.complaint_id,
    )  # fmt: skip
    return WrittenOut(id=new.id, version=1)


async def finish_task(session: AsyncSession, actor: Actor, finish: TaskFinishIn) -> WrittenOut:
    """Say that a task is done, in words and photos; whoever has it may, and everybody who may in its department.

    Raises:
        NotFound: no such task, or not one this actor works on.
        Forbidden: without `task.finish`.
        TaskOver: it is done already. PhotoUnknown: a photo is not the sender's, or used.
    """
    task = await queries.lock_task(session, actor.municipality_id, finish.task_id)
    if task is None or not may_see(actor, task):
        raise NotFound
    actor.demand("task.finish", None if task["assignee_id"] == actor.id else task["department_id"])
    if task["status"] != "open":
        raise TaskOver(status=task["status"])
    written = await fetch_one(
        session,
        queries.FINISH_TASK_SQL,
        {
            "municipality_id": actor.municipality_id,
            "id": task["id"],
            "actor_id": actor.id,
            "at": clock.now(),
            "text": finish.text,
            "photo_ids": finish.photo_ids,
        },
    )
    if written is None or written["photo_count"] != len(set(finish.photo_ids)):
        raise PhotoUnknown
    # The task was in both scopes while it was open, and is in neither now.
    scopes = [feed.team(task["department_id"]), feed.user(task["assignee_id"])]
    await feed.point(session, actor.municipality_id, TABLE, task["id"], scopes)
    await audit.record(session, actor, "task.finish", "field_task", task["id"], photos=len(finish.photo_ids))
    return WrittenOut(id=task["id"], version=written["version"])


async def list_tasks(session: AsyncSession, actor: Actor, wanted: TaskQuery) -> Page[TaskOut]:
    """One page of the tasks of the actor's departments and of their own, newest first; one statement.

    Raises:
        BadCursor: the cursor was changed or belongs to another list.
    """
    conditions, values = ["t.municipality_id = %(municipality_id)s"], _values(actor)
    reach = actor.scope("field.sync")
    if reach is not None:
        conditions.append("(t.department_id = ANY(%(reach)s) OR t.assignee_id = %(reader)s)")
        values["reach"] = list(reach)
    if wanted.mine:
        conditions.append("t.assignee_id = %(reader)s")
    for column in ("status", "department_id", "complaint_id", "business_id"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append(f"t.{column} = %({column})s")
            values[column] = value
    filters = {"actor": actor.id, **wanted.model_dump(mode="json", exclude={"cursor", "limit"})}
    scope, key = query_scope(actor.municipality_id, "field tasks", filters), keys.derived_key("cursor")
    if wanted.cursor:
        (values["after"],) = decode_cursor(key, scope, wanted.cursor)
        conditions.append("t.id < %(after)s")
    rows = await queries.tasks(session, conditions, {**values, "limit": wanted.limit + 1})
    has_more, rows = len(rows) > wanted.limit, rows[: wanted.limit]
    cursor = encode_cursor(key, scope, (rows[-1]["id"],)) if has_more else None
    return Page[TaskOut](items=await _shown(session, actor, rows), next_cursor=cursor)


async def tasks_of_case(session: AsyncSession, actor: Actor, complaint_id: UUID) -> list[TaskOut]:
    """The tasks that hang on a case, newest first; the caller has checked that its reader may see the case."""
    conditions = ["t.municipality_id = %(municipality_id)s", "t.complaint_id = %(complaint_id)s"]
    values = {**_values(actor), "complaint_id": complaint_id, "limit": MOST_OF_A_CASE}
    return await _shown(session, actor, await queries.tasks(session, conditions, values))


async def photo_of_task(session: AsyncSession, actor: Actor, task_id: UUID, photo_id: UUID) -> UUID:
    """Check that a photo belongs to a task this actor may see, by itself or with the case it hangs on.

    Raises:
        NotFound: no such task or photo, or not for this reader.
    """
    task = await fetch_one(session, queries.TASK_PHOTO_SQL, (actor.municipality_id, photo_id, task_id))
    if task is None:
        raise NotFound
    if not may_see(actor, task) and not await _may_see_case(session, actor, task["complaint_id"]):
        raise NotFound
    return photo_id


def may_see(actor: Actor, task: Row) -> bool:
    """Whether the actor works in the task's department, or has it."""
    return actor.kind == "staff" and (
        task["assignee_id"] == actor.id
        or ("field.sync" in actor.grants and actor.can("field.sync", task["department_id"]))
    )


def may_see_case(actor: Actor, case: Row) -> bool:
    """Whether the actor may read a case of this department and person."""
    scope = actor.scope("complaint.read")
    own = str(case["assignee_id"]) == str(actor.id)
    return "complaint.read" in actor.grants and (
        own or scope is None or str(case["department_id"]) in {str(department) for department in scope}
    )


async def _may_see_case(session: AsyncSession, actor: Actor, complaint_id: UUID | None) -> bool:
    if complaint_id is None:
        return False
    values = {**_values(actor), "complaint_id": complaint_id, "inspection_id": None, "business_id": None}
    case = (await queries.parents(session, values))["complaint"]
    return case is not None and may_see_case(actor, case)


async def _demand_parents(session: AsyncSession, actor: Actor, new: TaskCreateIn, values: dict[str, Any]) -> None:
    found = await queries.parents(session, values)
    case = found["complaint"]
    if (
        (new.complaint_id is not None and (case is None or not may_see_case(actor, case)))
        or (new.inspection_id is not None and not found["has_inspection"])
        or (new.business_id is not None and not found["has_business"])
    ):
        raise ParentUnknown


async def _demand_worker(
    session: AsyncSession, actor: Actor, town: TownConfig, staff_user_id: UUID, department_id: UUID
) -> None:
    places = await identity.workplaces(session, actor.municipality_id, staff_user_id)
    if not any(place is None or department_id in town.department_subtree(place) for place in places):
        raise AssigneeUnknown


async def _created_before(session: AsyncSession, actor: Actor, new: TaskCreateIn) -> WrittenOut:
    task = await queries.lock_task(session, actor.municipality_id, new.id)
    if task is None or task["created_by"] != actor.id or task["title"] != new.title:
        raise IdInUse
    return WrittenOut(id=new.id, version=task["version"])


def _values(actor: Actor) -> dict[str, Any]:
    return {"municipality_id": actor.municipality_id, "reader": actor.id}


async def _shown(session: AsyncSession, actor: Actor, rows: Sequence[Row]) -> list[TaskOut]:
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    today = clock.today()
    return [
        TaskOut.model_validate(
            {
                **row,
                "department_name": town.department_name(row["department_id"]),
                "is_late": row["status"] == "open" and row["due_on"] is not None and row["due_on"] < today,
                "photos": [_photo(row["id"], photo) for photo in row["photos"]],
            }
        )
        for row in rows
    ]


def _photo(task_id: UUID, photo: Row) -> TaskPhoto:
    base = f"/v1/field/tasks/{task_id}/photos/{photo['id']}"
    return TaskPhoto(
        id=photo["id"], is_stored=photo["state"] == "stored", thumbnail_url=f"{base}/thumbnail", url=f"{base}/public"
    )
