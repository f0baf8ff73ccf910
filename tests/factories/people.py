"""People of the test towns, signed in without the cost of a password: the device is written down, the token is real."""

from datetime import timedelta
from itertools import count

from api.core.actor import Actor
from api.core.db import Database
from api.core.ids import uuid7
from api.identity import signing_keys
from api.identity.citizens import known_or_new_citizen
from api.identity.devices import open_device
from api.identity.tokens import Claims
from tests.factories.towns import Town

_numbers = count(1)


def new_phone() -> str:
    """A mobile number (E.164) that no other test of this process has used."""
    return f"+90533{next(_numbers):07d}"


async def staff_claims(database: Database, town: Town, role: str, *, channel: str = "field_app") -> Claims:
    """Sign the town's staff user of a role in on a new device."""
    return await _signed_in(database, town, "staff", town.staff[role].id, channel)


async def citizen_claims(database: Database, town: Town, phone: str | None = None) -> Claims:
    """Sign a citizen in on a new phone; without a number, a citizen nobody has met."""
    async with database.transaction(town.municipality_id) as session:
        citizen = await known_or_new_citizen(session, town.municipality_id, phone or new_phone())
    return await _signed_in(database, town, "citizen", citizen.id, "citizen_app")


async def bearer(database: Database, claims: Claims) -> dict[str, str]:
    """Headers of a request of the signed-in person; the token holds for ten minutes of the clock."""
    return {"Authorization": f"Bearer {await signing_keys.sign(database, claims)}"}


async def staff_bearer(database: Database, town: Town, role: str) -> dict[str, str]:
    """Headers of a request of the town's staff user of a role."""
    return await bearer(database, await staff_claims(database, town, role))


async def citizen_bearer(database: Database, town: Town, phone: str | None = None) -> dict[str, str]:
    """Headers of a request of a citizen of the town."""
    return await bearer(database, await citizen_claims(database, town, phone))


async def _signed_in(database: Database, town: Town, kind: str, holder_id, channel: str) -> Claims:
    claims = Claims(kind, holder_id, town.municipality_id, uuid7())
    holder = Actor(
        kind=kind, municipality_id=town.municipality_id, id=holder_id, device_id=claims.device_id, channel=channel
    )
    async with database.transaction(town.municipality_id) as session:
        await open_device(session, holder, label="Deneme cihazı", lifetime=timedelta(days=30))
    return claims
