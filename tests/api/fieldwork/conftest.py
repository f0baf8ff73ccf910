"""Tasks and cases to work with."""

from typing import Any

from api.core.ids import uuid7
from tests.factories.serving import Served

HEAD, INSPECTOR, OTHER = "department_head", "field_inspector", "licence_officer"


def task(server: Served, **changes: Any) -> dict[str, Any]:
    """The body of a task of technical works that would be taken."""
    works = server.town().staff[INSPECTOR].department_id
    return {"id": str(uuid7()), "title": "Menfez temizliği", "department_id": str(works), **changes}


async def send(server: Served, path: str, body: dict[str, Any], role: str = HEAD, slug: str = "kadikoy") -> Any:
    """Post to a route of field work."""
    return await server.client.post(f"/v1/field/{path}", json=body, headers=await server.staff(role, slug))


async def created(server: Served, role: str = HEAD, **changes: Any) -> str:
    """Create a task; gives its id."""
    body = task(server, **changes)
    answer = await send(server, "tasks", body, role)
    assert answer.status_code == 201, answer.text
    return body["id"]


async def case_of_works(server: Served) -> str:
    """File a case and give it to technical works; gives its id."""
    filed = await server.filed(await server.citizen())
    works = server.town().staff[INSPECTOR].department_id
    server.execute("UPDATE complaint SET department_id = %s WHERE id = %s", works, filed["id"])
    return filed["id"]


def scopes_of(server: Served, table: str, row_id: str) -> list[str]:
    """The scopes that were told of a row, once for each transaction."""
    rows = server.rows("SELECT scope FROM sync_pointer WHERE tbl = %s AND row_id = %s ORDER BY scope", table, row_id)
    return [row["scope"] for row in rows]
