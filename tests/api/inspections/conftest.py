"""A business to visit, and the visits of the municipal police's officer."""

import json
from datetime import timedelta
from typing import Any

import pytest

from api.core import clock
from api.core.actor import Actor
from api.core.ids import uuid7
from api.identity.roles import Assignment, staff_grants
from tests.factories.serving import Served

OFFICER = "enforcement_officer"


def make_business(server: Served, slug: str = "kadikoy", title: str = "Yıldız Lokantası", **changes: Any) -> str:
    """Write a business down; gives its id."""
    town, business_id = server.town(slug), uuid7()
    lon, lat = town.place(0)
    values = {"class_code": "sanitary", "risk": 50, "last_inspected_at": None, "status": "active", **changes}
    server.execute(
        """INSERT INTO business (municipality_id, id, class_code, title, activity, address_text, neighbourhood_id, geom,
               opening_hours, note, risk, search_text, status, source, registered_at, last_inspected_at, version)
           VALUES (%s, %s, %s, %s, 'Lokanta', 'Çınar Sokak No: 4', %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), '', '',
                   %s, 'yildiz', %s, 'office', now(), %s, 1)""",
        town.municipality_id, business_id, values["class_code"], title, town.neighbourhoods[0], lon, lat,
        values["risk"], values["status"], values["last_inspected_at"],
    )  # fmt: skip
    return str(business_id)


@pytest.fixture
def business(server: Served) -> str:
    """A restaurant in Kadıköy."""
    return make_business(server)


def visit(business_id: str | None, answers: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The body of a routine visit that has just ended."""
    now = clock.now()
    return {
        "id": str(uuid7()),
        "business_id": business_id,
        "kind": "spot",
        "form_id": "routine",
        "form_version": 1,
        "answers": {} if answers is None else answers,
        "started_at": (now - timedelta(minutes=30)).isoformat(),
        "ended_at": now.isoformat(),
        **changes,
    }


async def submit(server: Served, body: dict[str, Any], role: str = OFFICER, slug: str = "kadikoy") -> Any:
    """Submit a visit over HTTP; gives the answer as it came."""
    headers = {**await server.staff(role, slug), "Content-Type": "application/json"}
    # Spelt in ASCII, so that a test may send what no honest phone writes: halves of surrogate pairs.
    return await server.client.post(f"/v1/inspections/{body['id']}/submit", content=json.dumps(body), headers=headers)


async def submitted(server: Served, body: dict[str, Any], role: str = OFFICER) -> dict[str, Any]:
    """Submit a visit that is taken."""
    answer = await submit(server, body, role)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def read(server: Served, inspection_id: str, role: str = OFFICER) -> dict[str, Any]:
    """Read a visit."""
    answer = await server.client.get(f"/v1/inspections/{inspection_id}", headers=await server.staff(role))
    assert answer.status_code == 200, answer.text
    return answer.json()


def recheck_of(server: Served, inspection_id: str) -> dict[str, Any]:
    """The planned re-check of a visit."""
    rows = server.rows(
        "SELECT * FROM inspection WHERE previous_id = %s AND status = 'planned' ORDER BY due_on", inspection_id
    )
    assert rows, "no re-check is planned"
    return rows[0]


def rechecking(recheck: dict[str, Any], *results: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """The body of a re-check: (code, result) of each finding."""
    rows = [{"item_code": code, "finding_text": code, "result": result} for code, result in results]
    return visit(
        None,
        {"findings": rows, "signature": {"refused": True}},
        id=str(recheck["id"]),
        kind="recheck",
        form_id=recheck["form_code"],
        form_version=recheck["form_version"],
        **changes,
    )


def actor_of(server: Served, role: str = OFFICER, slug: str = "kadikoy", device_id: Any = None) -> Actor:
    """The staff user of a role as an actor on a phone, for verbs that are called directly."""
    town = server.town(slug)
    department = town.staff[role].department_id
    held = frozenset({department}) if department else None
    grants = staff_grants([Assignment(role, held)])
    version = server.rows("SELECT config_version FROM municipality WHERE id = %s", town.municipality_id)
    return Actor(
        "staff", town.municipality_id, town.staff[role].id, device_id or uuid7(), channel="field_app",
        config_version=version[0]["config_version"], grants=grants,
    )  # fmt: skip


async def planner(server: Served) -> dict[str, str]:
    """Sign in somebody who plans the visits of the municipal police: the head of the town's police."""
    server.execute(
        """INSERT INTO role_assignment (municipality_id, id, staff_user_id, role, department_id, valid_from)
           SELECT %(m)s, gen_random_uuid(), %(staff)s, 'department_head', %(department)s, '2024-01-01'
            WHERE NOT EXISTS (SELECT FROM role_assignment WHERE staff_user_id = %(staff)s AND role = 'department_head'
                              AND department_id = %(department)s)""".replace(
            "%(m)s", str(server.town().municipality_id)
        )
        .replace("%(staff)s", f"'{server.town().staff['department_head'].id}'")
        .replace("%(department)s", f"'{server.town().departments['enforcement']}'")
    )
    return await server.staff("department_head")


async def plan(server: Served, business_id: str, **changes: Any) -> dict[str, Any]:
    """Plan a routine visit for today; gives the answer."""
    body = {"id": str(uuid7()), "business_id": business_id, "due_on": clock.today().isoformat(), **changes}
    answer = await server.client.post("/v1/inspections", json=body, headers=await planner(server))
    assert answer.status_code == 201, answer.text
    return answer.json()
