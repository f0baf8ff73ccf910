"""Who acts: made once for each request, handed explicitly to every service verb."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NoReturn
from uuid import UUID

from api.core.errors import Forbidden

Scope = frozenset[UUID] | None
"""Departments in which a permission holds; None = everywhere in the municipality."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A citizen, a staff user or the system itself, inside one municipality."""

    kind: Literal["citizen", "staff", "anonymous", "system", "operator"]
    municipality_id: int
    id: UUID | None = None
    device_id: UUID | None = None
    channel: str = "system"
    language: str = "tr"
    config_version: int = 0
    grants: Mapping[str, Scope] = field(default_factory=dict)

    def can(self, permission: str, department_id: UUID | None = None) -> bool:
        """Whether the actor holds the permission, in the given department where one is named."""
        if permission not in self.grants:
            return False
        scope = self.grants[permission]
        return scope is None or department_id is None or department_id in scope

    def demand(self, permission: str, department_id: UUID | None = None) -> None:
        """Go on only with the permission.

        Raises:
            Forbidden: the actor lacks it.
        """
        if not self.can(permission, department_id):
            self.refuse(permission)

    def refuse(self, permission: str) -> NoReturn:
        """Refuse the actor this act, so that the audit trail tells of it.

        Raises:
            Forbidden: always.
        """
        refusal = Forbidden()
        refusal.refused = (self, permission)
        raise refusal

    def scope(self, permission: str) -> Scope:
        """Departments in which the permission holds (None = all); an empty set without the permission."""
        return self.grants.get(permission, frozenset())


def system_actor(municipality_id: int) -> Actor:
    """The actor of jobs and imports."""
    return Actor(kind="system", municipality_id=municipality_id)
