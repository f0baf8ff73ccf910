"""Signed-in devices: opening one at sign-in, showing one's own, ending one."""

from datetime import timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.sql import fetch_all, run
from api.identity import queries
from api.identity.models import Device, StaffUser
from api.identity.schemas import DeviceOut

Reason: TypeAlias = Literal["by_holder", "by_administrator", "signed_out", "password_changed", "holder_closed"]


async def open_device(
    session: AsyncSession,
    actor: Actor,
    *,
    label: str,
    lifetime: timedelta,
    secret_hash: bytes | None = None,
) -> None:
    """Write down the device with which the actor has just signed in (`actor.device_id`, of kind `actor.channel`)."""
    now = clock.now()
    await run(
        session,
        queries.INSERT_DEVICE,
        {
            "municipality_id": actor.municipality_id,
            "id": actor.device_id,
            "holder_kind": actor.kind,
            "holder_id": actor.id,
            "kind": actor.channel,
            "label": label,
            "now": now,
            "expires_at": now + lifetime,
            "secret_hash": secret_hash,
        },
    )


async def list_devices(session: AsyncSession, actor: Actor, staff_user_id: UUID | None = None) -> list[DeviceOut]:
    """Give the actor's own signed-in devices, or with `device.revoke` those of a staff user; newest use first.

    Raises:
        NotFound: the staff user is not within the actor's reach.
    """
    holder_kind, holder_id = actor.kind, actor.id
    if staff_user_id is not None and staff_user_id != actor.id:
        await _demand_reach(session, actor, staff_user_id)
        holder_kind, holder_id = "staff", staff_user_id
    statement = (
        select(Device)
        .where(
            col(Device.municipality_id) == actor.municipality_id,
            col(Device.holder_kind) == holder_kind,
            col(Device.holder_id) == holder_id,
            col(Device.revoked_at).is_(None),
            col(Device.expires_at) > clock.now(),
        )
        .order_by(col(Device.last_seen_at).desc(), col(Device.id))
        .limit(100)
    )
    devices = (await session.exec(statement)).all()
    return [DeviceOut(**_shown(device), is_this=device.id == actor.device_id) for device in devices]


async def revoke_device(session: AsyncSession, actor: Actor, device_id: UUID) -> None:
    """End a device's session and all its tokens: one's own, or with `device.revoke` a staff user's. Twice is once.

    Raises:
        NotFound: there is no such device within the actor's reach.
    """
    device = await session.get(Device, (actor.municipality_id, device_id))
    if device is None:
        raise NotFound
    is_own = (device.holder_kind, device.holder_id) == (actor.kind, actor.id)
    if not is_own:
        if device.holder_kind != "staff":
            raise NotFound
        await _demand_reach(session, actor, device.holder_id)
    reason: Reason = "by_holder" if is_own else "by_administrator"
    await revoke_devices_of(session, actor, device.holder_kind, device.holder_id, reason, only=device_id)


async def sign_out(session: AsyncSession, actor: Actor) -> None:
    """End the session the actor is using: access, refresh and cookie alike."""
    if actor.device_id is not None and actor.id is not None:
        await revoke_devices_of(session, actor, actor.kind, actor.id, "signed_out", only=actor.device_id)


async def revoke_devices_of(
    session: AsyncSession,
    actor: Actor,
    holder_kind: str,
    holder_id: UUID,
    reason: Reason,
    *,
    only: UUID | None = None,
    kept: UUID | None = None,
) -> None:
    """End the devices of a person: all, `only` one, or all but `kept`; one audit row for each."""
    rows = await fetch_all(
        session,
        queries.REVOKE_DEVICES,
        {
            "municipality_id": actor.municipality_id,
            "holder_kind": holder_kind,
            "holder_id": holder_id,
            "device_id": only,
            "kept_id": kept,
            "now": clock.now(),
            "reason": reason,
        },
    )
    for row in rows:
        await audit.record(session, actor, "device.revoke", "device", row["id"], reason=reason)


async def _demand_reach(session: AsyncSession, actor: Actor, staff_user_id: UUID) -> None:
    user = await session.get(StaffUser, (actor.municipality_id, staff_user_id))
    scope = actor.scope("device.revoke")
    if user is None or not (scope is None or user.department_id in scope):
        raise NotFound


def _shown(device: Device) -> dict[str, object]:
    return device.model_dump(include={"id", "kind", "label", "created_at", "last_seen_at"})
