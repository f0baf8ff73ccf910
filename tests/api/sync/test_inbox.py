"""What came from the field without effect waits for somebody's word, and gets it once."""

import hashlib
from datetime import timedelta

import pytest

from api.core import clock
from api.core.jobs import JobContext
from api.sync import jobs
from tests.api.sync.phones import Wire
from tests.api.sync.uploading import Sender
from tests.factories.images import photo_bytes
from tests.factories.people import staff_bearer

pytestmark = pytest.mark.anyio

PHOTO = photo_bytes(80, 60)


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


@pytest.fixture(autouse=True)
def _empty_inbox(server):
    server.execute("DELETE FROM sync_mutation")


async def listed(server, role="department_head", slug="kadikoy", **query):
    answer = await server.client.get("/v1/sync/conflicts", params=query, headers=await server.staff(role, slug))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decided(server, conflict_id, decision, note="", role="department_head", slug="kadikoy"):
    return await server.client.post(
        f"/v1/sync/conflicts/{conflict_id}/resolve", json={"decision": decision, "note": note},
        headers=await server.staff(role, slug),
    )  # fmt: skip


async def taken_twice(server, case):
    """Two people take one case without a network; gives the id of what the second one sent."""
    first, second = await Wire.of(server), await Wire.of(server, "department_officer")
    await first.pushed(first.mutation("complaint.take", {"complaint_id": case["id"]}))
    mutation = second.mutation("complaint.take", {"complaint_id": case["id"]}, base={f"complaint/{case['id']}": 1})
    (result,) = (await second.pushed(mutation))["results"]
    assert result["state"] == "conflict", result
    return mutation["id"]


def stored(server, mutation_id):
    return server.rows("SELECT * FROM sync_mutation WHERE id = %s", mutation_id)[0]


async def test_a_conflict_is_shown_with_what_was_seen_what_is_and_what_was_sent(server, case):
    mutation_id = await taken_twice(server, case)
    (item,) = (await listed(server))["items"]
    staff = server.town().staff
    assert (item["id"], item["kind"], item["state"]) == (mutation_id, "complaint.take", "conflict")
    assert item["staff_user_id"] == str(staff["department_officer"].id)
    assert item["department_id"] == str(staff["department_officer"].department_id)
    assert item["base"] == {f"complaint/{case['id']}": 1}
    assert item["theirs"] == {"complaint_id": case["id"]}
    assert item["ours"]["assignee_id"] == str(staff["field_inspector"].id)
    assert item["authored_at"] is not None


async def test_the_field_is_right_has_the_act_take_effect_as_its_authors(server, case):
    inspector = await Wire.of(server)
    staff = server.town().staff
    server.execute(
        "UPDATE complaint SET department_id = %s WHERE id = %s", staff["licence_officer"].department_id, case["id"]
    )
    photo = {"id": inspector.new_id(), "sha256": hashlib.sha256(PHOTO).hexdigest(), "size": len(PHOTO),
             "mime": "image/jpeg"}  # fmt: skip
    note = inspector.mutation(
        "complaint.note", {"complaint_id": case["id"], "text": "Kapı kilitliydi.", "photos": [photo]},
        base={f"complaint/{case['id']}": 1},
    )  # fmt: skip
    (result,) = (await inspector.pushed(note))["results"]
    assert result["state"] == "conflict"
    sender = Sender(server.client, inspector.headers)
    assert (await sender.send(PHOTO, photo["id"])).status_code == 204
    # The licence officer may write notes there, so the inspector's can be let through.
    assert (await decided(server, note["id"], "field", role="licence_officer")).status_code == 204
    (event,) = server.rows("SELECT * FROM complaint_event WHERE complaint_id = %s AND action = 'note'", case["id"])
    assert (event["text"], event["actor_id"]) == ("Kapı kilitliydi.", staff["field_inspector"].id)
    (file,) = server.rows("SELECT attached_kind, attached_id FROM stored_file WHERE id = %s", photo["id"])
    assert (file["attached_kind"], str(file["attached_id"])) == ("complaint", case["id"])
    row = stored(server, note["id"])
    assert (row["resolution"], row["resolved_by"]) == ("applied", staff["licence_officer"].id)
    trail = server.rows("SELECT actor_id FROM audit_record WHERE action = 'sync_conflict.resolve'")
    assert staff["licence_officer"].id in {line["actor_id"] for line in trail}


async def test_the_office_is_right_leaves_everything_as_it_is(server, case):
    mutation_id = await taken_twice(server, case)
    before = server.rows("SELECT assignee_id, version FROM complaint WHERE id = %s", case["id"])
    assert (await decided(server, mutation_id, "office", "Ayşe Hanım ilgileniyor.")).status_code == 204
    assert server.rows("SELECT assignee_id, version FROM complaint WHERE id = %s", case["id"]) == before
    row = stored(server, mutation_id)
    assert (row["resolution"], row["resolution_note"]) == ("dropped", "Ayşe Hanım ilgileniyor.")
    assert (await listed(server))["items"] == []


async def test_one_decision_is_enough(server, case):
    mutation_id = await taken_twice(server, case)
    assert (await decided(server, mutation_id, "office")).status_code == 204
    assert (await decided(server, mutation_id, "field")).status_code == 404


async def test_what_the_verb_still_refuses_stays_undecided_and_changes_nothing(server, case):
    mutation_id = await taken_twice(server, case)
    refused = await decided(server, mutation_id, "field")
    assert refused.status_code == 409, refused.text
    assert stored(server, mutation_id)["resolved_at"] is None


async def test_what_cannot_be_read_is_done_by_hand(server, case):
    wire = await Wire.of(server)
    broken = wire.mutation("complaint.note", {"complaint_id": case["id"], "words": "?"})
    assert (await wire.pushed(broken))["results"][0]["state"] == "quarantined"
    refused = await decided(server, broken["id"], "field", role="municipal_administrator")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_applicable")


async def test_departments_see_and_decide_only_what_is_theirs(server, case):
    mutation_id = await taken_twice(server, case)
    assert (await listed(server, "licence_officer"))["items"] == []
    assert (await decided(server, mutation_id, "office", role="licence_officer")).status_code == 404
    assert len((await listed(server, "municipal_administrator"))["items"]) == 1
    inspector = await server.staff("field_inspector")
    assert (await server.client.get("/v1/sync/conflicts", headers=inspector)).status_code == 403


async def test_another_town_sees_and_decides_nothing(server, case):
    mutation_id = await taken_twice(server, case)
    assert (await listed(server, "municipal_administrator", "akpinar"))["items"] == []
    assert (
        await decided(server, mutation_id, "office", role="municipal_administrator", slug="akpinar")
    ).status_code == 404
    assert stored(server, mutation_id)["resolved_at"] is None


async def test_a_long_inbox_is_read_in_pages_the_oldest_first(server):
    wire = await Wire.of(server)
    sent = [wire.mutation("complaint.note", {"complaint_id": wire.new_id(), "text": "x"}) for _ in range(5)]
    await wire.pushed(*sent)
    seen, cursor = [], None
    while True:
        page = await listed(server, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [mutation["id"] for mutation in sent]


async def test_what_waits_too_long_is_told_to_the_department_once(server, case, monkeypatch):
    mutation_id, town, real = await taken_twice(server, case), server.town(), clock.now
    context = JobContext(town.municipality_id, server.database, {})
    department = town.staff["department_officer"].department_id

    async def tasks_after(hours):
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=hours))
        await jobs.escalate_conflicts(context)
        return server.rows("SELECT title, text FROM field_task WHERE department_id = %s", department)

    assert await tasks_after(71) == []
    (task,) = await tasks_after(73)
    assert task["text"].startswith("1 kayıt 72 saattir")
    assert len(await tasks_after(200)) == 1
    assert stored(server, mutation_id)["escalated_at"] is not None


async def test_somebody_who_left_can_still_be_right(server, case):
    town = server.town()
    headers = await staff_bearer(server.database, town, "department_officer")
    wire = Wire(server, headers)
    mutation = wire.mutation("complaint.note", {"complaint_id": case["id"], "text": "Yerinde yok."})
    staff_id = town.staff["department_officer"].id
    server.execute(
        "UPDATE complaint SET department_id = %s WHERE id = %s", town.staff["licence_officer"].department_id, case["id"]
    )
    assert (await wire.pushed(mutation))["results"][0]["state"] != "ok"
    server.execute("UPDATE staff_user SET is_active = false WHERE id = %s", staff_id)
    try:
        answer = await decided(server, mutation["id"], "field", role="service_desk")
        assert answer.status_code == 204, answer.text
    finally:
        server.execute("UPDATE staff_user SET is_active = true WHERE id = %s", staff_id)
    (event,) = server.rows(
        "SELECT actor_id FROM complaint_event WHERE complaint_id = %s AND action = 'note'", case["id"]
    )
    assert event["actor_id"] == staff_id
