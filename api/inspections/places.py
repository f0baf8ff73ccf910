"""Which department inspects, and how long the town lets things be cured where nobody says a term."""

from datetime import date
from uuid import UUID

from api.core.actor import Actor
from api.inspections.errors import VisitUnknown
from api.municipalities import service as municipalities

ZABITA = "enforcement"
CURE_DAYS = "licence_cure_days"


def default_days(town: municipalities.TownConfig, visited_on: date) -> int | None:
    """Give the term (calendar days) of findings for which neither inspector nor form says one; None: there is none."""
    row = town.parameters.find(CURE_DAYS, visited_on)
    return int(row.value) if row else None


def department_of(actor: Actor, town: municipalities.TownConfig, told: UUID | None, of_class: UUID | None) -> UUID:
    """Choose the department of a new visit: the one that is told, that of the business's class, or the actor's own.

    Raises:
        VisitUnknown: the department that is told is not there or closed.
        Forbidden: it is none in which the actor inspects.
    """
    if told is not None:
        department = town.departments.get(told)
        if department is None or not department.is_active:
            raise VisitUnknown
        actor.demand("inspection.submit", told)
        return told
    usual = of_class or zabita_of(town)
    scope = actor.scope("inspection.submit")
    if scope is None or usual in scope:
        return usual
    if not scope:
        actor.refuse("inspection.submit")
    # The uppermost of the departments that the actor's role was given for.
    own = [town.departments[one] for one in scope if one in town.departments]
    return min(own, key=lambda one: (one.parent_id in scope, one.name)).id


def zabita_of(town: municipalities.TownConfig) -> UUID:
    """Give the department that does the municipal police's work."""
    department = town.department_by_code(municipalities.department_code(town.kind, ZABITA))
    if department is None:
        raise VisitUnknown
    return department.id
