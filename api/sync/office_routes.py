"""The HTTP face of what stands around sync: the phone's profile, phones and decisions of the office."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.core.actor import Actor
from api.core.deps import SessionDep
from api.core.pagination import Page
from api.identity.deps import Permitted
from api.sync import service
from api.sync.office_schemas import ConflictOut, FieldDeviceOut, ProfileOut, ResolveIn, RevokeIn

router = APIRouter(tags=["field"])

Keeper = Annotated[Actor, Depends(Permitted("device.revoke", side="staff"))]


@router.get("/sync/profile")
async def read_profile(
    session: SessionDep, actor: Annotated[Actor, Depends(Permitted("field.sync", side="staff"))]
) -> ProfileOut:
    """What a phone keeps from its sign-in, for the days without a network."""
    return await service.read_profile(session, actor)


@router.get("/sync/conflicts")
async def list_conflicts(
    session: SessionDep,
    actor: Annotated[Actor, Depends(Permitted("sync_conflict.read", side="staff"))],
    cursor: Annotated[str | None, Query(max_length=2_048)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Page[ConflictOut]:
    """What came from the field, took no effect and waits for a decision, the oldest first."""
    return await service.list_conflicts(session, actor, cursor, limit)


@router.post("/sync/conflicts/{conflict_id}/resolve", status_code=204)
async def resolve_conflict(
    session: SessionDep,
    actor: Annotated[Actor, Depends(Permitted("sync_conflict.resolve", side="staff"))],
    conflict_id: UUID,
    wanted: ResolveIn,
) -> None:
    """Have the field's act take effect now, or leave the record as it is."""
    await service.resolve_conflict(session, actor, conflict_id, wanted)


@router.get("/field/devices")
async def list_devices(session: SessionDep, actor: Keeper) -> list[FieldDeviceOut]:
    """The phones that work in the field, the last heard of first."""
    return await service.list_field_devices(session, actor)


@router.post("/field/devices/{device_id}/revoke")
async def revoke_device(session: SessionDep, actor: Keeper, device_id: UUID, wanted: RevokeIn) -> FieldDeviceOut:
    """Take a phone back: emptied first, or wiped with its next contact."""
    return await service.revoke_field_device(session, actor, device_id, wanted.how)
