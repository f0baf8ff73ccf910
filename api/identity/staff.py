"""Staff users and their roles, as a municipality's administrator keeps them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock, keys
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.pagination import Page, decode_cursor, encode_cursor, query_scope
from api.core.sql import fetch_all, fetch_one
from api.core.text import fold
from api.identity import passwords, queries
from api.identity.devices import revoke_devices_of
from api.identity.errors import BadPeriod, OwnRights, StaffNotFound, UnknownDepartment, UsernameTaken
from api.identity.models import RoleAssignment, StaffUser
from api.identity.schemas import (
    OneTimePasswordOut,
    RoleAssignmentIn,
    RoleAssignmentOut,
    StaffEdit,
    StaffIn,
    StaffOut,
    StaffQuery,
    StaffRow,
)


async def list_staff(session: AsyncSession, actor: Actor, wanted: StaffQuery) -> Page[StaffRow]:
    """Give a page of the staff within the actor's reach, in Turkish order of names, with the roles of today.

    Raises:
        Forbidden: without `staff.read`.
        BadCursor: the cursor is of another list.
    """
    actor.demand("staff.read")
    scope = actor.scope("staff.read")
    filters = {"actor": actor.id, "scope": scope, "department": wanted.department_id, "search": wanted.search}
    cursor_scope = query_scope(actor.municipality_id, "staff", filters)
    key = keys.derived_key("cursors")
    after = cast("tuple[str, UUID]", decode_cursor(key, cursor_scope, wanted.cursor)) if wanted.cursor else None
    rows = await fetch_all(
        session,
        queries.STAFF_PAGE,
        {
            "municipality_id": actor.municipality_id,
            "scope": None if scope is None else list(scope),
            "department_id": wanted.department_id,
            "search": f"%{_like(fold(wanted.search))}%" if wanted.search else None,
            "after_name": after[0] if after else None,
            "after_id": after[1] if after else None,
            "today": clock.today(),
            "size": wanted.limit + 1,
        },
    )
    last = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return Page(
        items=[StaffRow(**row) for row in rows[: wanted.limit]],
        next_cursor=encode_cursor(key, cursor_scope, (last["full_name"], last["id"])) if last else None,
    )


async def staff_names(session: AsyncSession, municipality_id: int, user_ids: frozenset[UUID]) -> dict[UUID, str]:
    """Give the names of staff users, for histories and lists: one statement for all of them."""
    if not user_ids:
        return {}
    rows = await fetch_all(
        session,
        "SELECT id, full_name FROM staff_user WHERE municipality_id = %s AND id = ANY(%s)",
        (municipality_id, list(user_ids)),
    )
    return {row["id"]: row["full_name"] for row in rows}


async def read_staff(session: AsyncSession, actor: Actor, user_id: UUID) -> StaffOut:
    """Give one staff user with every role that is or will be held.

    Raises:
        StaffNotFound: nobody of that id within the actor's reach.
    """
    user = await _user(session, actor, user_id)
    scope = actor.scope("staff.read")
    if not (scope is None or user.department_id in scope):
        raise StaffNotFound
    return await _shown(session, user)


async def add_staff(session: AsyncSession, actor: Actor, new: StaffIn) -> OneTimePasswordOut:
    """Add a staff user with roles; the answer tells the one-time password, which is stored nowhere.

    Raises:
        Forbidden: without `staff.edit`.
        UsernameTaken, UnknownDepartment, BadPeriod: the entry cannot stand.
    """
    actor.demand("staff.edit")
    taken = select(StaffUser.id).where(
        col(StaffUser.municipality_id) == actor.municipality_id, col(StaffUser.username) == new.username
    )
    if (await session.exec(taken)).first() is not None:
        raise UsernameTaken
    await _demand_department(session, actor, new.department_id)
    password = passwords.one_time_password()
    user = StaffUser(
        municipality_id=actor.municipality_id,
        id=uuid7(),
        username=new.username,
        full_name=new.full_name,
        title=new.title,
        registry_no=new.registry_no,
        department_id=new.department_id,
        password_hash=await passwords.hash_password(password),
        must_change_password=True,
        created_at=clock.now(),
    )
    session.add(user)
    await session.flush()
    await audit.record(session, actor, "staff.add", "staff_user", user.id)
    for role in new.roles:
        await assign_role(session, actor, user.id, role)
    return OneTimePasswordOut(staff_user_id=user.id, username=user.username, one_time_password=password)


async def edit_staff(session: AsyncSession, actor: Actor, user_id: UUID, edit: StaffEdit) -> StaffOut:
    """Change a staff user's entry, or close or reopen the account; closing ends all devices at once.

    Raises:
        Forbidden: without `staff.edit`.
        OwnRights: nobody closes the own account.
        StaffNotFound, UnknownDepartment: the entry or the department is not there.
    """
    actor.demand("staff.edit")
    user = await _user(session, actor, user_id)
    changes = edit.model_dump(exclude_unset=True)
    if "is_active" in changes and user_id == actor.id:
        raise OwnRights
    await _demand_department(session, actor, changes.get("department_id"))
    user.sqlmodel_update(changes)
    session.add(user)
    await session.flush()
    await audit.record(
        session, actor, "staff.edit", "staff_user", user_id, changed=sorted(changes), is_active=user.is_active
    )
    if not user.is_active:
        await revoke_devices_of(session, actor, "staff", user_id, "holder_closed")
    return await _shown(session, user)


async def reset_sign_in(
    session: AsyncSession, actor: Actor, user_id: UUID, *, with_authenticator: bool
) -> OneTimePasswordOut:
    """Give a staff user a new one-time password, and if the phone was lost a new authenticator; all devices end.

    Raises:
        Forbidden: without `staff.edit`.
        OwnRights: one's own password is changed, not reset.
        StaffNotFound: nobody of that id.
    """
    actor.demand("staff.edit")
    if user_id == actor.id:
        raise OwnRights
    user = await _user(session, actor, user_id)
    password = passwords.one_time_password()
    user.password_hash, user.must_change_password = await passwords.hash_password(password), True
    if with_authenticator:
        user.totp_secret = user.totp_last_step = None
    session.add(user)
    await session.flush()
    await audit.record(
        session, actor, "staff.reset_sign_in", "staff_user", user_id, with_authenticator=with_authenticator
    )
    await revoke_devices_of(session, actor, "staff", user_id, "password_changed")
    return OneTimePasswordOut(staff_user_id=user_id, username=user.username, one_time_password=password)


async def assign_role(session: AsyncSession, actor: Actor, user_id: UUID, new: RoleAssignmentIn) -> RoleAssignmentOut:
    """Give a staff user a role, everywhere or in one department with what lies under it; it counts from its first day.

    Raises:
        Forbidden: without `staff.edit`.
        OwnRights: nobody gives rights to himself.
        StaffNotFound, UnknownDepartment, BadPeriod: the entry cannot stand.
    """
    actor.demand("staff.edit")
    if user_id == actor.id:
        raise OwnRights
    await _user(session, actor, user_id)
    await _demand_department(session, actor, new.department_id)
    today = clock.today()
    first = new.valid_from or today
    if new.valid_to is not None and new.valid_to < max(first, today):
        raise BadPeriod
    assignment = RoleAssignment(
        municipality_id=actor.municipality_id,
        id=uuid7(),
        staff_user_id=user_id,
        role=new.role,
        department_id=new.department_id,
        valid_from=first,
        valid_to=new.valid_to,
    )
    session.add(assignment)
    await session.flush()
    await audit.record(
        session, actor, "role.assign", "staff_user", user_id,
        role=new.role, department=new.department_id, valid_from=first, valid_to=new.valid_to,
    )  # fmt: skip
    return RoleAssignmentOut.model_validate(assignment)


async def end_role(session: AsyncSession, actor: Actor, user_id: UUID, assignment_id: UUID) -> None:
    """Take a role away from now on; the days on which it was held stay known.

    Raises:
        Forbidden: without `staff.edit`.
        OwnRights: nobody changes the own rights.
        NotFound: the user has no such assignment.
    """
    actor.demand("staff.edit")
    if user_id == actor.id:
        raise OwnRights
    assignment = await session.get(RoleAssignment, (actor.municipality_id, assignment_id))
    if assignment is None or assignment.staff_user_id != user_id:
        raise NotFound
    yesterday = clock.today() - timedelta(days=1)
    if assignment.valid_from > yesterday:
        await session.delete(assignment)
    else:
        assignment.valid_to = min(assignment.valid_to or yesterday, yesterday)
        session.add(assignment)
    await session.flush()
    await audit.record(
        session, actor, "role.end", "staff_user", user_id, role=assignment.role, department=assignment.department_id
    )


async def _user(session: AsyncSession, actor: Actor, user_id: UUID) -> StaffUser:
    user = await session.get(StaffUser, (actor.municipality_id, user_id))
    if user is None:
        raise StaffNotFound
    return user


async def _demand_department(session: AsyncSession, actor: Actor, department_id: UUID | None) -> None:
    if department_id is not None and not await fetch_one(
        session,
        "SELECT 1 FROM department WHERE municipality_id = %s AND id = %s",
        (actor.municipality_id, department_id),
    ):
        raise UnknownDepartment


async def _shown(session: AsyncSession, user: StaffUser) -> StaffOut:
    roles = await _roles(session, user)
    return StaffOut(
        **user.model_dump(include=set(StaffOut.model_fields)),
        is_totp_enrolled=user.totp_last_step is not None,
        roles=[RoleAssignmentOut.model_validate(role) for role in roles],
    )


async def _roles(session: AsyncSession, user: StaffUser) -> Sequence[RoleAssignment]:
    statement = (
        select(RoleAssignment)
        .where(
            col(RoleAssignment.municipality_id) == user.municipality_id,
            col(RoleAssignment.staff_user_id) == user.id,
            col(RoleAssignment.valid_to).is_(None) | (col(RoleAssignment.valid_to) >= clock.today()),
        )
        .order_by(col(RoleAssignment.valid_from), col(RoleAssignment.id))
    )
    return (await session.exec(statement)).all()


def _like(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
