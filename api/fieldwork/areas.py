"""Areas: the neighbourhoods in which somebody works, whose businesses are on the phone."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.sql import fetch_all, fetch_one, run
from api.fieldwork import queries
from api.fieldwork.errors import NeighbourhoodUnknown
from api.fieldwork.schemas import AreasOut
from api.municipalities import service as municipalities

# More of them would fill a phone with businesses that nobody visits.
MOST_AREAS = 60


async def areas_of(session: AsyncSession, actor: Actor) -> list[UUID]:
    """Give the neighbourhoods whose businesses the actor's phone holds; without a choice, those of the whole town.

    At most 60, by id: in a larger town somebody has to choose.
    """
    rows = await fetch_all(session, queries.AREAS_SQL, (actor.municipality_id, actor.id))
    chosen = [row["neighbourhood_id"] for row in rows]
    if not chosen:
        town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
        chosen = sorted(town.neighbourhood_names)
    return chosen[:MOST_AREAS]


async def read_areas(session: AsyncSession, actor: Actor, staff_user_id: UUID) -> AreasOut:
    """Give the neighbourhoods that were chosen for somebody; an empty list means all.

    Raises:
        Forbidden: without `field_area.edit`.
        NotFound: nobody of that id within the actor's reach.
    """
    await _demand_reach(session, actor, staff_user_id)
    rows = await fetch_all(session, queries.AREAS_SQL, (actor.municipality_id, staff_user_id))
    return AreasOut(staff_user_id=staff_user_id, neighbourhood_ids=[row["neighbourhood_id"] for row in rows])


async def set_areas(
    session: AsyncSession, actor: Actor, staff_user_id: UUID, neighbourhood_ids: Sequence[UUID]
) -> AreasOut:
    """Choose the neighbourhoods in which somebody works; none means all. Phones learn it with their next sync.

    Raises:
        Forbidden: without `field_area.edit`.
        NotFound: nobody of that id within the actor's reach.
        NeighbourhoodUnknown: one of them is not in this municipality.
    """
    await _demand_reach(session, actor, staff_user_id)
    town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
    chosen = sorted(set(neighbourhood_ids))
    if not set(chosen) <= set(town.neighbourhood_names):
        raise NeighbourhoodUnknown
    values = {
        "municipality_id": actor.municipality_id,
        "staff_user_id": staff_user_id,
        "neighbourhood_ids": chosen,
    }
    await run(session, queries.SET_AREAS_SQL, values)
    await audit.record(session, actor, "field_area.edit", "staff_user", staff_user_id, neighbourhoods=chosen)
    return AreasOut(staff_user_id=staff_user_id, neighbourhood_ids=chosen)


async def _demand_reach(session: AsyncSession, actor: Actor, staff_user_id: UUID) -> None:
    actor.demand("field_area.edit")
    row = await fetch_one(session, queries.STAFF_SQL, (actor.municipality_id, staff_user_id))
    scope = actor.scope("field_area.edit")
    if row is None or not (scope is None or row["department_id"] in scope):
        raise NotFound
