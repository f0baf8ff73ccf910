"""Tasks: given to a team or a person, finished once, with what was done."""

import pytest

from api.core.ids import uuid7
from tests.api.businesses.conftest import shop
from tests.api.fieldwork.conftest import HEAD, INSPECTOR, OTHER, case_of_works, created, scopes_of, send, task

pytestmark = pytest.mark.anyio


async def listed(server, role=INSPECTOR, **query):
    answer = await server.client.get("/v1/field/tasks", params=query, headers=await server.staff(role))
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_task_reaches_its_team_and_its_person_and_leaves_both_when_it_is_done(server):
    works, person = server.town().staff[INSPECTOR].department_id, server.town().staff[INSPECTOR].id
    task_id = await created(server, assignee_id=str(person), due_on="2020-01-01", text="Köprü altı")
    told = [f"team:{works}", f"user:{person}"]
    assert scopes_of(server, "task", task_id) == told
    (shown,) = [item for item in await listed(server, mine=True) if item["id"] == task_id]
    assert (shown["status"], shown["is_late"], shown["text"]) == ("open", True, "Köprü altı")
    photo = await server.photo(await server.staff(INSPECTOR))
    done = await send(server, f"tasks/{task_id}/finish", {"text": "Temizlendi", "photo_ids": [photo]}, INSPECTOR)
    assert done.json() == {"id": task_id, "version": 2}
    assert scopes_of(server, "task", task_id) == sorted(told * 2)
    (shown,) = [item for item in await listed(server, HEAD, status="done") if item["id"] == task_id]
    assert (shown["done_text"], [photo["id"] for photo in shown["photos"]]) == ("Temizlendi", [photo])
    picture = await server.client.get(shown["photos"][0]["thumbnail_url"], headers=await server.staff(INSPECTOR))
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert (await send(server, f"tasks/{task_id}/finish", {}, HEAD)).json()["code"] == "task_over"


async def test_the_same_id_sent_again_gives_one_task_and_only_to_the_same_person(server):
    body = task(server)
    first, again = await send(server, "tasks", body), await send(server, "tasks", body)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert (await send(server, "tasks", body, INSPECTOR)).json()["code"] == "id_in_use"
    assert len(server.rows("SELECT 1 FROM field_task WHERE id = %s", body["id"])) == 1


async def test_a_task_hangs_on_a_case_or_a_business_that_its_sender_may_see(server):
    case_id, business = await case_of_works(server), shop(server)
    officer = await server.staff("department_officer")
    assert (await server.client.post("/v1/businesses", json=business, headers=officer)).status_code == 201
    task_id = await created(server, complaint_id=case_id, business_id=business["id"])
    assert [item["id"] for item in await listed(server, complaint_id=case_id)] == [task_id]
    assert [item["id"] for item in await listed(server, business_id=business["id"])] == [task_id]
    server.execute(
        "UPDATE complaint SET department_id = %s WHERE id = %s", server.town().staff[OTHER].department_id, case_id
    )
    for changes in ({"complaint_id": case_id}, {"inspection_id": str(uuid7())}, {"business_id": str(uuid7())}):
        answer = await send(server, "tasks", task(server, **changes))
        assert (answer.status_code, answer.json()["code"]) == (422, "task_parent_unknown"), changes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": ""}, "invalid"),
        ({"title": "x" * 201}, "invalid"),
        ({"text": "x" * 2001}, "invalid"),
        ({"status": "done"}, "invalid"),
        ({"due_on": "yarın"}, "invalid"),
    ],
)
async def test_a_task_that_cannot_be_is_refused(server, changes, code):
    answer = await send(server, "tasks", task(server, **changes))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_only_people_of_the_department_get_its_tasks(server):
    other = server.town().staff[OTHER]
    refused = await send(server, "tasks", task(server, assignee_id=str(other.id)))
    assert refused.json()["code"] == "assignee_unknown"
    foreign = await send(server, "tasks", task(server, department_id=str(other.department_id)))
    assert foreign.status_code == 403
    away = server.town("akpinar").staff[INSPECTOR].id
    assert (await send(server, "tasks", task(server, assignee_id=str(away)))).json()["code"] == "assignee_unknown"


async def test_other_departments_and_other_towns_neither_see_nor_finish_a_task(server):
    task_id = await created(server)
    assert all(item["id"] != task_id for item in await listed(server, OTHER))
    assert (await send(server, f"tasks/{task_id}/finish", {}, OTHER)).status_code == 404
    assert (await send(server, f"tasks/{task_id}/finish", {}, HEAD, "akpinar")).status_code == 404
    assert scopes_of(server, "task", task_id) == [f"team:{server.town().staff[INSPECTOR].department_id}"]


async def test_a_photo_that_is_somebody_elses_finishes_nothing(server):
    task_id, photo = await created(server), await server.photo(await server.staff(HEAD))
    answer = await send(server, f"tasks/{task_id}/finish", {"photo_ids": [photo]}, INSPECTOR)
    assert (answer.status_code, answer.json()["code"]) == (422, "photo_unknown")
    assert server.rows("SELECT status FROM field_task WHERE id = %s", task_id) == [{"status": "open"}]


async def test_pages_give_every_task_once(server):
    ids = {await created(server, title=f"Sayfa {number}") for number in range(5)}
    seen, cursor, headers = [], None, await server.staff(INSPECTOR)
    while True:
        params = {"limit": 2, "status": "open", **({"cursor": cursor} if cursor else {})}
        page = (await server.client.get("/v1/field/tasks", params=params, headers=headers)).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen))
    assert ids <= set(seen)
