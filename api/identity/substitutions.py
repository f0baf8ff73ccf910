"""Substitutions (vekâlet): while one lasts, somebody else also holds the roles of an absent person."""

from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.sql import fetch_all, fetch_one
from api.identity import queries
from api.identity.errors import BadPeriod, OwnRights, StaffNotFound
from api.identity.models import StaffUser, Substitution
from api.identity.schemas import SubstitutionIn, SubstitutionOut


async def list_substitutions(session: AsyncSession, actor: Actor) -> list[SubstitutionOut]:
    """Give the substitutions that are or will be in force, within the actor's reach; the first to begin first.

    Raises:
        Forbidden: without `substitution.edit`.
    """
    actor.demand("substitution.edit")
    scope = actor.scope("substitution.edit")
    rows = await fetch_all(
        session,
        queries.SUBSTITUTIONS,
        {
            "municipality_id": actor.municipality_id,
            "today": clock.today(),
            "scope": None if scope is None else list(scope),
        },
    )
    return [SubstitutionOut(**row) for row in rows]


async def arrange_substitution(session: AsyncSession, actor: Actor, new: SubstitutionIn) -> UUID:
    """Let a colleague stand in for an absent person, from a day to a day, both included. Gives its id.

    Raises:
        Forbidden: without `substitution.edit`, or the absent person has roles outside the actor's departments.
        OwnRights: nobody makes himself a substitute.
        BadPeriod: the dates are turned round or past.
        StaffNotFound: one of the two is not there, or not active.
    """
    actor.demand("substitution.edit")
    if new.substitute_id in (actor.id, new.absent_id):
        raise OwnRights
    if new.valid_to < max(new.valid_from, clock.today()):
        raise BadPeriod
    for user_id in (new.absent_id, new.substitute_id):
        user = await session.get(StaffUser, (actor.municipality_id, user_id))
        if user is None or not user.is_active:
            raise StaffNotFound
    await _demand_reach(session, actor, new.absent_id)
    substitution = Substitution(municipality_id=actor.municipality_id, id=uuid7(), **new.model_dump())
    session.add(substitution)
    await session.flush()
    await audit.record(
        session, actor, "substitution.arrange", "substitution", substitution.id,
        absent=new.absent_id, substitute=new.substitute_id, valid_from=new.valid_from, valid_to=new.valid_to,
    )  # fmt: skip
    return substitution.id


async def end_substitution(session: AsyncSession, actor: Actor, substitution_id: UUID) -> None:
    """End a substitution now; the days on which it held stay known.

    Raises:
        Forbidden: without `substitution.edit`, or the absent person has roles outside the actor's departments.
        NotFound: there is no such substitution.
    """
    actor.demand("substitution.edit")
    substitution = await session.get(Substitution, (actor.municipality_id, substitution_id))
    if substitution is None:
        raise NotFound
    await _demand_reach(session, actor, substitution.absent_id)
    yesterday = clock.today() - timedelta(days=1)
    if substitution.valid_from > yesterday:
        await session.delete(substitution)
    else:
        substitution.valid_to = min(substitution.valid_to, yesterday)
        session.add(substitution)
    await session.flush()
    await audit.record(session, actor, "substitution.end", "substitution", substitution_id)


async def _demand_reach(session: AsyncSession, actor: Actor, absent_id: UUID) -> None:
    # Who may arrange it in some departments only must not lend out roles that reach further.
    scope = actor.scope("substitution.edit")
    if scope is None:
        return
    beyond = await fetch_one(
        session,
        queries.ROLES_BEYOND,
        {
            "municipality_id": actor.municipality_id,
            "staff_user_id": absent_id,
            "scope": list(scope),
            "today": clock.today(),
        },
    )
    if beyond:
        actor.refuse("substitution.edit")
