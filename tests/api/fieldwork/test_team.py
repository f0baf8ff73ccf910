"""Team messages, visits, areas: what the people of a team share, and for how long phones hold it."""

from datetime import timedelta
from uuid import UUID

import pytest

from api.core import clock
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.fieldwork import jobs, service
from api.fieldwork.errors import IdInUse
from api.fieldwork.schemas import VisitIn
from tests.api.fieldwork.conftest import HEAD, INSPECTOR, OTHER, case_of_works, scopes_of, send

pytestmark = pytest.mark.anyio


def message(server, role=INSPECTOR, **changes):
    department = server.town().staff[role].department_id
    return {"id": str(uuid7()), "department_id": str(department), "text": "Köprüde buluşalım", **changes}


def worker(server, role=INSPECTOR, slug="kadikoy"):
    town = server.town(slug)
    person = town.staff[role]
    held = dict.fromkeys(("field.sync", "complaint.read"), frozenset({person.department_id}))
    return Actor("staff", town.municipality_id, person.id, channel="field_app", grants=held)


async def test_a_message_reaches_its_team_and_is_read_by_it_only(server):
    body = message(server)
    first, again = await send(server, "messages", body, INSPECTOR), await send(server, "messages", body, INSPECTOR)
    assert (first.status_code, again.status_code) == (201, 201)
    assert scopes_of(server, "message", body["id"]) == [f"team:{body['department_id']}"]
    params = {"department_id": body["department_id"]}
    told = await server.client.get("/v1/field/messages", params=params, headers=await server.staff(HEAD))
    assert body["text"] in [item["text"] for item in told.json()["items"]]
    for role, slug in ((OTHER, "kadikoy"), (HEAD, "akpinar")):
        other = await server.client.get("/v1/field/messages", params=params, headers=await server.staff(role, slug))
        assert other.status_code == 403
    changed = await send(server, "messages", {**body, "text": "Başka"}, INSPECTOR)
    assert (changed.status_code, changed.json()["code"]) == (409, "id_in_use")
    assert (await send(server, "messages", message(server, OTHER), INSPECTOR)).status_code == 403
    assert (await send(server, "messages", message(server, text=""), INSPECTOR)).status_code == 422


async def test_messages_older_than_thirty_days_leave_the_field_with_a_pointer_and_stay_in_the_office(server):
    old, young = message(server, text="eski"), message(server, text="yeni")
    for body in (old, young):
        assert (await send(server, "messages", body, INSPECTOR)).status_code == 201
    server.execute("UPDATE team_message SET sent_at = now() - interval '31 days' WHERE id = %s", old["id"])

    class Context:
        municipality_id = server.town().municipality_id

        def transaction(self):
            return server.database.transaction(self.municipality_id)

    for _ in range(2):
        await jobs.retire_messages(Context())
    team = f"team:{old['department_id']}"
    assert scopes_of(server, "message", old["id"]) == [team, team]
    assert scopes_of(server, "message", young["id"]) == [team]
    params = {"department_id": old["department_id"]}
    told = await server.client.get("/v1/field/messages", params=params, headers=await server.staff(HEAD))
    assert {"eski", "yeni"} <= {item["text"] for item in told.json()["items"]}


def visit(case_id, **changes):
    start = clock.now() - timedelta(hours=1)
    values = {
        "id": str(uuid7()),
        "complaint_id": case_id,
        "started_at": start,
        "ended_at": start + timedelta(minutes=9),
    }
    return VisitIn.model_validate({**values, **changes})


async def test_a_visit_counts_once_and_stands_beside_its_case(server):
    case_id, actor = await case_of_works(server), worker(server)
    told = visit(case_id, place={"lon": 29.0, "lat": 41.0, "accuracy_m": 6})
    for _ in range(2):
        async with server.database.transaction(actor.municipality_id) as session:
            await service.record_visit(session, actor, told)
            visits = await service.visits_of_case(session, actor, UUID(case_id))
    assert [found.length for found in visits] == [timedelta(minutes=9)]
    trail = server.rows("SELECT 1 FROM audit_record WHERE action = 'complaint.visit' AND object_id = %s", case_id)
    assert len(trail) == 1


async def test_nobody_visits_a_case_that_is_not_theirs_or_under_anothers_id(server):
    case_id, other = await case_of_works(server), worker(server, OTHER)
    told = visit(case_id)
    async with server.database.transaction(other.municipality_id) as session:
        with pytest.raises(NotFound):
            await service.record_visit(session, other, told)
    away = worker(server, INSPECTOR, "akpinar")
    async with server.database.transaction(away.municipality_id) as session:
        with pytest.raises(NotFound):
            await service.record_visit(session, away, told)
    async with server.database.transaction(other.municipality_id) as session:
        await service.record_visit(session, worker(server), told)
        with pytest.raises(IdInUse):
            await service.record_visit(session, worker(server, HEAD), told)


@pytest.mark.parametrize("minutes", [-1, 1441])
def test_a_visit_ends_after_it_began_and_within_a_day(minutes):
    start = clock.now()
    with pytest.raises(ValueError, match="visit_times"):
        VisitIn(id=uuid7(), complaint_id=uuid7(), started_at=start, ended_at=start + timedelta(minutes=minutes))


async def areas(server, method, person, role=HEAD, slug="kadikoy", **body):
    url = f"/v1/field/areas/{person}"
    return await server.client.request(method, url, json=body or None, headers=await server.staff(role, slug))


async def test_areas_are_chosen_by_the_head_of_the_department_and_none_means_all(server):
    town, person = server.town(), server.town().staff[INSPECTOR].id
    actor = worker(server)

    async def held():
        async with server.database.transaction(actor.municipality_id) as session:
            return await service.areas_of(session, actor)

    assert set(await held()) == set(town.neighbourhoods)
    chosen = [str(area) for area in sorted(town.neighbourhoods[:2])]
    assert (await areas(server, "PUT", person, neighbourhood_ids=chosen)).status_code == 200
    assert [str(area) for area in await held()] == chosen
    assert (await areas(server, "PUT", person, neighbourhood_ids=chosen[1:])).json()["neighbourhood_ids"] == chosen[1:]
    assert (await areas(server, "GET", person)).json()["neighbourhood_ids"] == chosen[1:]
    assert (await areas(server, "PUT", person, neighbourhood_ids=[])).status_code == 200
    assert set(await held()) == set(town.neighbourhoods)


async def test_areas_of_other_departments_and_other_towns_are_out_of_reach(server):
    town = server.town()
    assert (await areas(server, "GET", town.staff[OTHER].id)).status_code == 404
    assert (await areas(server, "GET", town.staff[INSPECTOR].id, INSPECTOR)).status_code == 403
    person = server.town("akpinar").staff[INSPECTOR].id
    assert (await areas(server, "PUT", person, neighbourhood_ids=[])).status_code == 404
    foreign = [str(server.town("akpinar").neighbourhoods[0])]
    refused = await areas(server, "PUT", town.staff[INSPECTOR].id, neighbourhood_ids=foreign)
    assert (refused.status_code, refused.json()["code"]) == (422, "neighbourhood_unknown")
