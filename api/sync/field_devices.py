"""The phones of the municipality that work in the field: who has them, how they are, and taking them back.

A phone that is taken back is emptied first (`drain`: it sends what it holds and then deletes everything), or wiped at
once. It learns of it at its next contact, does it, and signs out; with that its session ends. Its unused record numbers
go to others a week later (`inspections.return_numbers`).
"""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor
from api.core.errors import Conflict, Forbidden, NotFound
from api.sync import blob_queries
from api.sync import device_queries as queries
from api.sync.office_schemas import FieldDeviceOut

SHOWN_AFTER_END = timedelta(days=30)
MOST_SHOWN = 500

How = Literal["drain", "wipe"]


class DeviceRevoked(Forbidden):
    """The phone has been taken back; `wipe` tells it what to do with what it holds."""

    code = "device_revoked"
    tr = "Bu telefonun saha yetkisi kaldırıldı."
    en = "This phone may no longer work in the field."


class DeviceGone(Conflict):
    """The phone's session has ended: it cannot be told anything."""

    code = "device_gone"
    tr = "Bu telefonun oturumu zaten kapanmış."
    en = "This phone's session has already ended."


async def demand_not_wiped(session: AsyncSession, actor: Actor) -> None:
    """Go on unless the actor's phone is to be wiped; one that is being emptied may still send.

    Raises:
        DeviceRevoked: it is to be wiped.
    """
    if await blob_queries.device_state(session, actor.municipality_id, actor.device_id) == "wipe":
        raise DeviceRevoked(wipe="now")


async def list_field_devices(session: AsyncSession, actor: Actor) -> list[FieldDeviceOut]:
    """Give the phones of the people within the actor's reach, the last heard of first.

    Raises:
        Forbidden: without `device.revoke`.
    """
    actor.demand("device.revoke")
    values = {**_reach(actor), "since": clock.now() - SHOWN_AFTER_END, "limit": MOST_SHOWN}
    return [FieldDeviceOut.model_validate(row) for row in await queries.devices(session, values)]


async def revoke_field_device(session: AsyncSession, actor: Actor, device_id: UUID, how: How) -> FieldDeviceOut:
    """Take a phone back; what is to be emptied may still be wiped at once, not the other way round.

    Raises:
        Forbidden: without `device.revoke`. NotFound: no such phone within the actor's reach.
        DeviceGone: its session has ended.
    """
    actor.demand("device.revoke")
    values = {**_reach(actor), "id": device_id}
    device = await queries.device(session, values)
    if device is None:
        raise NotFound
    if device["state"] == "gone":
        raise DeviceGone
    if device["state"] not in (how, "wipe"):
        await queries.revoke(session, {**values, "how": how, "revoked_by": actor.id})
        await audit.record(session, actor, "device.revoke", "field_device", device_id, how=how)
        device = {**device, "state": how, "revoked_at": values["now"]}
    return FieldDeviceOut.model_validate(device)


def _reach(actor: Actor) -> dict[str, Any]:
    return {
        "municipality_id": actor.municipality_id,
        "departments": queries.reach(actor.scope("device.revoke")),
        "now": clock.now(),
    }
