"""What a phone is granted: scopes as they follow from the person's roles and areas at this moment."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from api.core import feed
from api.core.actor import Actor
from api.municipalities.service import TownConfig

PERMISSION = "field.sync"
MOST_AREAS = 60


class Scope(NamedTuple):
    """A scope of a phone, and how early its news are wanted (1 first)."""

    sid: str
    title: str
    priority: Literal[1, 2, 3, 4]


def granted_scopes(
    actor: Actor, town: TownConfig, own_department_id: UUID | None, areas: Sequence[UUID]
) -> list[Scope]:
    """Give all scopes of the actor, the most wanted first.

    Args:
        actor: with `field.sync`, everywhere or in departments.
        town: for the names.
        own_department_id: of the actor; who may sync everywhere works in its subtree.
        areas: neighbourhoods that were chosen for the actor; none means all of the town.
    """
    reach = actor.scope(PERMISSION)
    if reach is None:
        reach = town.department_subtree(own_department_id) if own_department_id else frozenset()
    teams = [town.departments[department] for department in reach if department in town.departments]
    places = [town.neighbourhood_names[area] for area in areas or town.neighbourhood_names if area in
              town.neighbourhood_names]  # fmt: skip
    return [
        Scope(feed.user(actor.id) or "", "Üzerimdeki işler", 1),
        *(
            Scope(f"team:{department.id}", department.name, 2)
            for department in sorted(teams, key=lambda department: (department.name, department.id))
            if department.is_active
        ),
        Scope(feed.REF, town.name, 3),
        *(
            Scope(f"area:{place.id}", place.name, 4)
            for place in sorted(places, key=lambda place: (place.name, place.id))[:MOST_AREAS]
        ),
    ]
