"""A shop to work with, and who works with it."""

from typing import Any

from api.core.actor import Actor
from api.core.ids import uuid7
from tests.factories.serving import Served


def shop(server: Served, slug: str = "kadikoy", neighbourhood: int = 0, **changes: Any) -> dict[str, Any]:
    """The body of a registration that would be taken."""
    lon, lat = server.town(slug).place(neighbourhood)
    return {
        "id": str(uuid7()),
        "class_code": "sanitary",
        "title": "Yıldız Kasap",
        "activity": "Kasap",
        "address_text": "Çınar Sokak No: 4",
        "place": {"lon": lon, "lat": lat},
        **changes,
    }


async def registered(server: Served, role: str = "licence_officer", slug: str = "kadikoy", **changes: Any) -> str:
    """Register a business; gives its id."""
    body = shop(server, slug, **changes)
    answer = await server.client.post("/v1/businesses", json=body, headers=await server.staff(role, slug))
    assert answer.status_code == 201, answer.text
    return body["id"]


async def shown(server: Served, business_id: str, role: str = "licence_officer") -> dict[str, Any]:
    """Read a business."""
    answer = await server.client.get(f"/v1/businesses/{business_id}", headers=await server.staff(role))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def patched(server: Served, business_id: str, role: str, **changes: tuple[Any, Any]) -> dict[str, str]:
    """Change fields, each given as (base, value); gives what became of each."""
    body = {"changes": {name: {"base": base, "value": value} for name, (base, value) in changes.items()}}
    answer = await server.client.patch(f"/v1/businesses/{business_id}", json=body, headers=await server.staff(role))
    assert answer.status_code == 200, answer.text
    return answer.json()["outcomes"]


def staff_actor(server: Served, role: str, channel: str = "console", **grants: Any) -> Actor:
    """Somebody of the staff at a desk or in the field, with the grants that are named and those of businesses."""
    town = server.town()
    held = dict.fromkeys(("business.read", "business.edit"))
    return Actor("staff", town.municipality_id, town.staff[role].id, channel=channel, grants={**held, **grants})


def pointed(server: Served, business_id: str) -> set[str]:
    """The scopes that were told of a business."""
    rows = server.rows("SELECT DISTINCT scope FROM sync_pointer WHERE tbl = 'business' AND row_id = %s", business_id)
    return {row["scope"] for row in rows}
