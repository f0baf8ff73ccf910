"""How businesses and field work look on phones: short keys, nothing empty, only what the scope holds."""

import pytest

from api.businesses import service as businesses
from api.fieldwork import service as fieldwork
from tests.api.businesses.conftest import registered, shop
from tests.api.fieldwork.conftest import created

pytestmark = pytest.mark.anyio


def on_phones(server, table, kind, key, row_id):
    """What a phone of the scope gets of a row: its data and version, or nothing."""
    member = table.scopes[kind]
    sql = f"""SELECT {table.data} AS data, {table.version} AS version FROM {table.source}
               WHERE t.municipality_id = %s AND t.{member.column} = %s AND {member.condition} AND t.id = %s"""
    rows = server.rows(sql, server.town().municipality_id, key, row_id)
    return rows[0] if rows else None


async def test_a_business_is_on_the_phones_of_its_area_while_it_is_active(server):
    (table,) = businesses.FIELD_TABLES
    business_id, area = await registered(server, licence_no="R-7"), server.town().neighbourhoods[0]
    found = on_phones(server, table, "area", area, business_id)
    place = shop(server)["place"]
    assert found["version"] == 1
    assert found["data"] == {
        "title": "Yıldız Kasap", "class_code": "sanitary", "activity": "Kasap", "address": "Çınar Sokak No: 4",
        "neighbourhood_id": str(area), "lon": pytest.approx(place["lon"]), "lat": pytest.approx(place["lat"]),
        "licence_no": "R-7", "risk": 50, "status": "active",
    }  # fmt: skip
    assert on_phones(server, table, "area", server.town().neighbourhoods[1], business_id) is None
    server.execute("UPDATE business SET status = 'closed' WHERE id = %s", business_id)
    assert on_phones(server, table, "area", area, business_id) is None


async def test_a_task_is_on_the_phones_of_team_and_person_while_it_is_open(server):
    task, message = fieldwork.FIELD_TABLES
    person = server.town().staff["field_inspector"]
    task_id = await created(server, assignee_id=str(person.id))
    for kind, key in (("user", person.id), ("team", person.department_id)):
        found = on_phones(server, task, kind, key, task_id)
        assert set(found["data"]) == {"title", "department_id", "assignee_id", "status", "created_by", "created_at"}
        assert found["data"]["title"] == "Menfez temizliği"
    server.execute("UPDATE field_task SET status = 'done' WHERE id = %s", task_id)
    assert on_phones(server, task, "user", person.id, task_id) is None
    assert on_phones(server, message, "team", person.department_id, task_id) is None
