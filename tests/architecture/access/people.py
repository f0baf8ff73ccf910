"""The people of the access matrix: everybody of one town, some of the other, and a phone that was revoked."""

from dataclasses import dataclass
from uuid import UUID

from tests.architecture.access.policy import ROLES
from tests.factories.people import bearer, citizen_claims, staff_claims
from tests.factories.serving import Headers, Served

HOME, AWAY = "kadikoy", "akpinar"
PHONES = {
    (HOME, "citizen"): "+905417770101",
    (HOME, "neighbour"): "+905417770202",
    (AWAY, "citizen"): "+905418880303",
    (AWAY, "neighbour"): "+905418880404",
}
# Who comes from the other town to try this town's objects.
STRANGERS = ("citizen", "service_desk", "department_head", "municipal_administrator")


@dataclass(frozen=True)
class Person:
    """A caller: `name` is the one of the policy table."""

    name: str
    slug: str
    headers: Headers
    id: UUID | None = None
    device_id: UUID | None = None

    def __str__(self) -> str:
        """Give the name as it stands in a message."""
        return f"{self.slug}:{self.name}"


async def people_of(server: Served, slug: str, names: tuple[str, ...]) -> dict[str, Person]:
    """Sign people of a town in, each on a new device."""
    town, found = server.town(slug), {}
    for name in names:
        if name in ROLES:
            claims = await staff_claims(server.database, town, name)
        else:
            claims = await citizen_claims(server.database, town, PHONES[slug, name])
        headers = await bearer(server.database, claims)
        found[name] = Person(name, slug, headers, claims.holder_id, claims.device_id)
    return found


async def outsiders(server: Served) -> dict[str, Person]:
    """Somebody who is not signed in, and a service desk's phone that was revoked."""
    claims = await staff_claims(server.database, server.town(HOME), "service_desk")
    headers = await bearer(server.database, claims)
    server.execute("UPDATE device SET revoked_at = now(), revoked_reason = 'test' WHERE id = %s", claims.device_id)
    return {
        "anonymous": Person("anonymous", HOME, {}),
        "revoked": Person("revoked", HOME, headers, claims.holder_id, claims.device_id),
    }
