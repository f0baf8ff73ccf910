"""A refusal that a verb meets after the route let its caller in leaves one row in the trail, and nothing else."""

import pytest

pytestmark = pytest.mark.anyio

REFUSALS = """SELECT content::json -> 'object' ->> 1 AS permission, actor_id FROM audit_record
               WHERE municipality_id = %s AND action = 'access.refuse' ORDER BY sequence"""


async def test_an_act_on_a_case_of_another_department_is_refused_and_told_once(server):
    inspector, town = await server.staff("field_inspector"), server.town()
    case = await server.filed(await server.citizen(), code="RUH-01")
    # It is his task although it lies in another department: he sees it, and his rights do not reach it.
    server.execute("UPDATE complaint SET assignee_id = %s WHERE id = %s", town.staff["field_inspector"].id, case["id"])
    before = server.rows(REFUSALS, town.municipality_id)
    seen = await server.client.get(f"/v1/complaints/{case['id']}", headers=inspector)
    assert seen.status_code == 200
    refused = await server.client.post(f"/v1/complaints/{case['id']}/start", headers=inspector)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    after = server.rows(REFUSALS, town.municipality_id)
    assert after[len(before) :] == [{"permission": "complaint.start", "actor_id": town.staff["field_inspector"].id}]
    assert (await server.client.get(f"/v1/complaints/{case['id']}", headers=inspector)).json() == seen.json()
