"""HTTP of staff users, roles and substitutions, for those who administer them (under /v1)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.core.actor import Actor
from api.core.deps import SessionDep
from api.core.pagination import Page
from api.identity import service
from api.identity.deps import Permitted, StaffDep
from api.identity.permissions import PERMISSIONS
from api.identity.roles import ROLES
from api.identity.schemas import (
    CreatedOut,
    DeviceOut,
    OneTimePasswordOut,
    ResetIn,
    RoleAssignmentIn,
    RoleAssignmentOut,
    RoleOut,
    StaffEdit,
    StaffIn,
    StaffOut,
    StaffQuery,
    StaffRow,
    SubstitutionIn,
    SubstitutionOut,
)

router = APIRouter()

ReaderDep = Annotated[Actor, Depends(Permitted("staff.read"))]
EditorDep = Annotated[Actor, Depends(Permitted("staff.edit"))]
DeviceRevokerDep = Annotated[Actor, Depends(Permitted("device.revoke"))]
SubstitutionEditorDep = Annotated[Actor, Depends(Permitted("substitution.edit"))]


@router.get("/roles")
async def list_roles(actor: StaffDep) -> list[RoleOut]:
    """Give the roles that can be held, and what each opens."""
    return [
        RoleOut(
            code=code,
            label=role.label_tr,
            permissions=[PERMISSIONS[name].label_tr for name in sorted(role.permissions)],
        )
        for code, role in ROLES.items()
    ]


@router.get("/staff")
async def list_staff(session: SessionDep, actor: ReaderDep, wanted: Annotated[StaffQuery, Query()]) -> Page[StaffRow]:
    """Give a page of the staff in one's reach."""
    return await service.list_staff(session, actor, wanted)


@router.post("/staff", status_code=201)
async def add_staff(body: StaffIn, session: SessionDep, actor: EditorDep) -> OneTimePasswordOut:
    """Add a staff user; tells the one-time password once."""
    return await service.add_staff(session, actor, body)


@router.get("/staff/{user_id}")
async def read_staff(user_id: UUID, session: SessionDep, actor: ReaderDep) -> StaffOut:
    """Show a staff user."""
    return await service.read_staff(session, actor, user_id)


@router.patch("/staff/{user_id}")
async def edit_staff(user_id: UUID, body: StaffEdit, session: SessionDep, actor: EditorDep) -> StaffOut:
    """Change a staff user's entry, or close or reopen the account."""
    return await service.edit_staff(session, actor, user_id, body)


@router.post("/staff/{user_id}/reset-sign-in")
async def reset_sign_in(user_id: UUID, body: ResetIn, session: SessionDep, actor: EditorDep) -> OneTimePasswordOut:
    """Give a new one-time password, and for a lost phone a new authenticator."""
    return await service.reset_sign_in(session, actor, user_id, with_authenticator=body.with_authenticator)


@router.post("/staff/{user_id}/roles", status_code=201)
async def assign_role(
    user_id: UUID, body: RoleAssignmentIn, session: SessionDep, actor: EditorDep
) -> RoleAssignmentOut:
    """Give a role."""
    return await service.assign_role(session, actor, user_id, body)


@router.delete("/staff/{user_id}/roles/{assignment_id}", status_code=204)
async def end_role(user_id: UUID, assignment_id: UUID, session: SessionDep, actor: EditorDep) -> None:
    """Take a role away."""
    await service.end_role(session, actor, user_id, assignment_id)


@router.get("/staff/{user_id}/devices")
async def list_devices(user_id: UUID, session: SessionDep, actor: DeviceRevokerDep) -> list[DeviceOut]:
    """Show a staff user's signed-in devices."""
    return await service.list_devices(session, actor, user_id)


@router.get("/substitutions")
async def list_substitutions(session: SessionDep, actor: SubstitutionEditorDep) -> list[SubstitutionOut]:
    """Give the substitutions that are or will be in force."""
    return await service.list_substitutions(session, actor)


@router.post("/substitutions", status_code=201)
async def arrange_substitution(body: SubstitutionIn, session: SessionDep, actor: SubstitutionEditorDep) -> CreatedOut:
    """Let a colleague stand in for an absent person."""
    return CreatedOut(id=await service.arrange_substitution(session, actor, body))


@router.post("/substitutions/{substitution_id}/end", status_code=204)
async def end_substitution(substitution_id: UUID, session: SessionDep, actor: SubstitutionEditorDep) -> None:
    """End a substitution now."""
    await service.end_substitution(session, actor, substitution_id)
