"""Changes of the organisation tree."""

import json
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit
from api.core.actor import Actor
from api.core.ids import uuid7
from api.core.sql import Row, run
from api.municipalities import queries
from api.municipalities.config_cache import bump_config
from api.municipalities.errors import DepartmentCircle, DepartmentCodeTaken, DepartmentInUse, DepartmentNotFound
from api.municipalities.schemas import DepartmentChange, DepartmentIn


async def add_department(session: AsyncSession, actor: Actor, new: DepartmentIn) -> UUID:
    """Add a unit to the organisation and give its id.

    Raises:
        Forbidden: without `department.edit`.
        DepartmentNotFound: there is no such superior unit.
        DepartmentCodeTaken: another unit has the code.
    """
    actor.demand("department.edit")
    # Growing the version first locks the town's configuration: two changes of the tree never cross.
    await bump_config(session, actor.municipality_id)
    tree = await _tree(session, actor.municipality_id)
    if new.parent_id not in tree:
        raise DepartmentNotFound
    if any(row["code"] == new.code for row in tree.values()):
        raise DepartmentCodeTaken
    department_id = uuid7()
    await run(
        session,
        """INSERT INTO department (municipality_id, id, code, name, parent_id, grade, working_hours,
                                   is_round_the_clock, phone, is_active)
           VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, true)""",
        (actor.municipality_id, department_id, new.code, new.name, new.parent_id, new.grade,
         json.dumps(new.working_hours), new.is_round_the_clock, new.phone),
    )  # fmt: skip
    await audit.record(session, actor, "department.edit", "department", department_id, added=new.code)
    return department_id


async def edit_department(session: AsyncSession, actor: Actor, department_id: UUID, change: DepartmentChange) -> None:
    """Rename, move, close or reopen a unit, or change when it works; fields not set stay as they are.

    Raises:
        Forbidden: without `department.edit` in this unit.
        DepartmentNotFound: no such unit, or no such superior unit; the root cannot be moved.
        DepartmentCircle: the new superior unit lies below it.
        DepartmentInUse: it is to be closed, but open units hang on it.
    """
    actor.demand("department.edit", department_id)
    await bump_config(session, actor.municipality_id)
    tree = await _tree(session, actor.municipality_id)
    before = tree.get(department_id)
    if before is None:
        raise DepartmentNotFound
    fields = change.model_dump(exclude_unset=True)
    # Only these three may be emptied; None for another field means "as it is".
    fields = {key: value for key, value in fields.items() if value is not None or key in ("working_hours", "phone")}
    if "parent_id" in fields:
        _check_move(tree, department_id, fields["parent_id"])
    if fields.get("is_active") is False and any(
        row["parent_id"] == department_id and row["is_active"] for row in tree.values()
    ):
        raise DepartmentInUse
    after = {**before, **fields}
    await run(
        session,
        """UPDATE department SET name = %(name)s, parent_id = %(parent_id)s, grade = %(grade)s,
                  working_hours = %(working_hours)s::jsonb, is_round_the_clock = %(is_round_the_clock)s,
                  phone = %(phone)s, is_active = %(is_active)s
            WHERE municipality_id = %(municipality_id)s AND id = %(id)s""",
        {**after, "municipality_id": actor.municipality_id, "working_hours": json.dumps(after["working_hours"])},
    )
    await audit.record(
        session, actor, "department.edit", "department", department_id, **_difference(before, after, fields)
    )


async def _tree(session: AsyncSession, municipality_id: int) -> dict[UUID, Row]:
    return {row["id"]: row for row in await queries.departments(session, municipality_id)}


def _check_move(tree: dict[UUID, Row], department_id: UUID, parent_id: UUID) -> None:
    if parent_id not in tree or tree[department_id]["parent_id"] is None:
        raise DepartmentNotFound
    above: UUID | None = parent_id
    while above is not None:
        if above == department_id:
            raise DepartmentCircle
        above = tree[above]["parent_id"]


def _difference(before: Row, after: Row, fields: dict[str, Any]) -> dict[str, Any]:
    return {key: [before[key], after[key]] for key in fields if before[key] != after[key]}
