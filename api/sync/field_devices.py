"""The phones of the municipality that work in the field: who has them, how they are, and taking them back."""

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.actor import Actor
from api.core.errors import Forbidden
from api.sync import blob_queries


class DeviceRevoked(Forbidden):
    """The phone has been taken back; `wipe` tells it what to do with what it holds."""

    code = "device_revoked"
    tr = "Bu telefonun saha yetkisi kaldırıldı."
    en = "This phone may no longer work in the field."


async def demand_not_wiped(session: AsyncSession, actor: Actor) -> None:
    """Go on unless the actor's phone is to be wiped; one that is being emptied may still send.

    Raises:
        DeviceRevoked: it is to be wiped.
    """
    if await blob_queries.device_state(session, actor.municipality_id, actor.device_id) == "wipe":
        raise DeviceRevoked(wipe="now")
