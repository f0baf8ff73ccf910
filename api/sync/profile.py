"""What a phone is told once it has signed in, and keeps while it has no network."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.actor import Actor
from api.core.errors import NotFound
from api.municipalities import service as municipalities
from api.sync import device_queries, disaster
from api.sync.bundle_keys import public_key
from api.sync.office_schemas import PolicyKey, ProfileOut, StaffProfile, TownProfile

# mobile/sdk/lease.py counts them; after so many days without contact a phone shows nothing any more.
LEASE_DAYS = 14
NUMBER_SERIES = ("finding_record",)


async def read_profile(session: AsyncSession, actor: Actor) -> ProfileOut:
    """Give the caller's profile for the phone; the first one makes the municipality's bundle key.

    Raises:
        NotFound: the caller is no member of staff.
    """
    person = await device_queries.staff_person(session, actor.municipality_id, actor.id)
    if person is None:
        raise NotFound
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    kid, key = await public_key(session, actor.municipality_id)
    held = actor.scope("field.sync")
    own: UUID | None = person["department_id"]
    departments = (town.department_subtree(own) if own else frozenset[UUID]()) if held is None else held
    return ProfileOut(
        staff=StaffProfile.model_validate(person),
        municipality=TownProfile(id=town.municipality_id, slug=town.slug, name=town.name),
        permissions=sorted(actor.grants),
        departments=sorted(departments),
        bundle_key=key,
        bundle_kid=kid,
        policy_keys=[PolicyKey.model_validate(told) for told in disaster.policy_keys()],
        lease_days=LEASE_DAYS,
        number_series=list(NUMBER_SERIES),
    )
