"""Lists, searches, counts and page links tell nothing of what their reader may not open."""

import itertools

import pytest

from tests.architecture.access.people import AWAY, HOME
from tests.architecture.access.world import PARTS, secret_mark

pytestmark = pytest.mark.anyio

OUTSIDERS = {"works": ("neighbour", "licence_officer", "enforcement_officer"),
             "licensing": ("citizen", "department_officer", "enforcement_officer")}  # fmt: skip


async def listed(asking, headers, **query):
    answer = await asking.client.get("/v1/complaints", params={"limit": 100, **query}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("part", PARTS)
async def test_searching_for_the_very_words_or_number_of_somebody_elses_case_finds_nothing(asking, part):
    things = asking.world.towns[HOME].parts[part]
    number = asking.world.server.rows("SELECT number FROM complaint WHERE id = %s", things.case_id)[0]["number"]
    for words in (secret_mark(HOME, part), "açıklama", number, number[-4:], "%", "_"):
        for name in OUTSIDERS[part]:
            found = await listed(asking, asking.person(name).headers, text=words)
            assert str(things.case_id) not in [item["id"] for item in found["items"]], f"{name}: {words}"


async def test_searching_across_the_wall_finds_nothing_by_any_filter(asking):
    things, headers = asking.world.towns[AWAY].parts["works"], asking.person("service_desk").headers
    row = asking.world.server.rows("SELECT * FROM complaint WHERE id = %s", things.case_id)[0]
    for query in (
        {"text": secret_mark(AWAY)}, {"category_id": str(row["category_id"])},
        {"department_id": str(row["department_id"])}, {"neighbourhood_id": str(row["neighbourhood_id"])},
        {"assignee_id": str(things.staff_id)}, {"bbox": "29.10,40.90,29.12,40.92"},
    ):  # fmt: skip
        found = await listed(asking, headers, **query)
        assert found["items"] == [], query
    staff = await asking.client.get("/v1/staff", params={"search": secret_mark(AWAY)}, headers=headers)
    assert staff.json()["items"] == []


async def test_a_full_page_without_a_next_one_does_not_count_what_is_hidden(asking):
    own = await listed(asking, asking.person("enforcement_officer").headers)
    assert own == {"items": [], "next_cursor": None}
    citizen = await listed(asking, asking.person("citizen").headers)
    for limit in range(1, len(citizen["items"]) + 1):
        page = await listed(asking, asking.person("citizen").headers, limit=limit)
        assert (page["next_cursor"] is None) == (limit == len(citizen["items"]))


async def test_a_cluster_of_the_map_counts_only_what_its_reader_may_open(asking):
    world = asking.world
    by_zoom = {}
    for name in ("service_desk", "department_officer", "licence_officer", "enforcement_officer"):
        answer = await asking.client.get("/v1/complaints/tiles/6/37/24.mvt", headers=world.home[name].headers)
        assert answer.status_code == 200
        by_zoom[name] = len(answer.content)
    assert by_zoom["enforcement_officer"] == 0
    assert by_zoom["service_desk"] > 0


async def test_a_page_link_opens_for_its_reader_its_list_and_its_filter_only(asking):
    world = asking.world
    for name, path in (("service_desk", "/v1/complaints"), ("service_desk", "/v1/staff"), ("citizen", "/v1/inbox")):
        if path != "/v1/staff":
            _double(world, path)
        first = await asking.client.get(path, params={"limit": 1}, headers=world.home[name].headers)
        cursor = first.json()["next_cursor"]
        assert cursor, path
        again = {"limit": 1, "cursor": cursor}
        assert (await asking.client.get(path, params=again, headers=world.home[name].headers)).status_code == 200
        others = [
            *itertools.product([path], ("manager", "neighbour", "citizen", "department_head"), [world.home]),
            *itertools.product([path], ("service_desk", "citizen"), [world.strangers]),
            *((other, name, world.home) for other in ("/v1/complaints", "/v1/staff", "/v1/inbox") if other != path),
        ]
        for other, person, people in others:
            if (other, person, people) == (path, name, world.home):
                continue
            answer = await asking.client.get(other, params=again, headers=people[person].headers)
            assert answer.status_code in {403, 422}, f"{other} {person}: {answer.text}"
        filtered = {"text": "x"} if path == "/v1/complaints" else {"search": "x"}
        if path != "/v1/inbox":
            answer = await asking.client.get(path, params={**again, **filtered}, headers=world.home[name].headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


def _double(world, path: str) -> None:
    if path == "/v1/inbox":
        things = world.towns[HOME].parts["works"]
        world.admin.execute(
            """INSERT INTO inbox_message (municipality_id, id, created_at, citizen_id, kind, title, body)
               SELECT municipality_id, gen_random_uuid(), created_at, citizen_id, kind, title, body
                 FROM inbox_message WHERE id = %s""",
            (things.message_id,),
        )


async def test_a_citizen_is_never_shown_a_name_of_staff_an_inner_note_or_somebody_elses_number(asking):
    world = asking.world
    citizen = world.home["citizen"]
    case_id = world.towns[HOME].parts["works"].case_id
    for who, act, body in (
        ("department_officer", "take", None), ("department_officer", "notes", {"text": "gizli-iç-not"}),
        ("department_officer", "answers", {"text": "Bakıyoruz."}),
        ("department_head", "questions", {"text": "Nerede?"}),
    ):  # fmt: skip
        done = await asking.client.post(f"/v1/complaints/{case_id}/{act}", json=body, headers=world.home[who].headers)
        assert done.status_code == 200, done.text
    names = [row["full_name"] for row in world.server.rows("SELECT full_name FROM staff_user")]
    for path in (
        "/v1/complaints",
        f"/v1/complaints/{case_id}",
        "/v1/inbox",
        "/v1/me",
        "/v1/me/devices",
        "/v1/consents",
    ):
        told = (await asking.client.get(path, headers=citizen.headers)).text
        assert [name for name in names if name in told] == [], path
        assert "gizli-iç-not" not in told
        assert "iç not" not in told
        assert "4177701" not in told, "even the own number is masked"
    case = (await asking.client.get(f"/v1/complaints/{case_id}", headers=citizen.headers)).json()
    assert case["reporter"] is None
    assert (case["assignee_name"], case["assignee_id"]) == (None, None)
