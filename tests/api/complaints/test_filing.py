"""Filing a report: where it goes, what it needs, and that it happens exactly once."""

import asyncio
from datetime import timedelta

import pytest

from api.core.ids import uuid7
from tests.factories.images import photo_bytes

pytestmark = pytest.mark.anyio

PHONE, OTHER_PHONE = "+905321112233", "+905334445566"


async def test_place_and_category_decide_neighbourhood_department_and_deadlines(server):
    citizen = await server.citizen(PHONE)
    filed = await server.filed(citizen, neighbourhood=2)
    assert filed["status"] == "routed"
    assert filed["neighbourhood_name"] == "Şirinevler"
    assert filed["department_name"].startswith("Fen İşleri")
    assert filed["filed_at"] < filed["first_answer_due_at"] < filed["solution_due_at"]
    row = server.rows("SELECT * FROM complaint WHERE id = %s", filed["id"])[0]
    assert row["department_id"] == server.town().departments["technical_works"]
    assert row["legal_due_at"] - row["filed_at"] == timedelta(days=30)
    assert row["channel"] == "citizen_app"


async def test_filing_writes_case_timeline_map_audit_and_job_together(server):
    citizen = await server.citizen(PHONE)
    before = server.rows("SELECT coalesce(sum(total), 0) AS n FROM complaint_map_cell")[0]["n"]
    filed = await server.filed(citizen)
    events = server.rows("SELECT action, to_status FROM complaint_event WHERE complaint_id = %s", filed["id"])
    assert [(event["action"], event["to_status"]) for event in events] == [("file", "routed")]
    assert server.rows("SELECT sum(total) AS n FROM complaint_map_cell")[0]["n"] - before == 6
    audited = server.rows("SELECT action FROM audit_record WHERE object_id = %s", filed["id"])
    assert [row["action"] for row in audited] == ["complaint.file"]
    jobs = server.rows(
        """SELECT j.task_name FROM procrastinate_jobs j JOIN complaint_event e ON e.id::text = j.args ->> 'event_id'
            WHERE e.complaint_id = %s""",
        filed["id"],
    )
    assert [row["task_name"] for row in jobs] == ["complaints.notify_reporter"]


async def test_filing_takes_at_most_twelve_statements(server):
    citizen = await server.citizen(PHONE)
    await server.filed(citizen)
    answer = await server.client.post("/v1/complaints", json=await server.report(), headers=citizen)
    assert int(answer.headers["x-statements"]) <= 4


async def test_the_same_report_sent_twice_is_filed_once_and_answered_the_same(server):
    citizen = await server.citizen(PHONE)
    report = await server.report()
    first = await server.client.post("/v1/complaints", json=report, headers=citizen)
    again = await server.client.post("/v1/complaints", json=report, headers=citizen)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    following = await server.filed(citizen)
    assert int(following["number"][-6:]) == int(first.json()["number"][-6:]) + 1, "a repeated report uses up no number"


async def test_the_same_report_sent_at_the_same_moment_is_filed_once(server):
    citizen = await server.citizen(PHONE)
    report = await server.report()
    answers = await asyncio.gather(
        *(server.client.post("/v1/complaints", json=report, headers=citizen) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert len(server.rows("SELECT 1 FROM complaint_event WHERE complaint_id = %s", report["id"])) == 1


async def test_an_id_of_another_person_or_for_another_text_is_refused_without_a_hint(server):
    mine, other = await server.citizen(PHONE), await server.citizen(OTHER_PHONE)
    report = await server.report()
    assert (await server.client.post("/v1/complaints", json=report, headers=mine)).status_code == 201
    stolen = await server.client.post("/v1/complaints", json=report, headers=other)
    changed = await server.client.post("/v1/complaints", json={**report, "description": "başka"}, headers=mine)
    for answer in (stolen, changed):
        assert answer.status_code == 409
        assert answer.json()["code"] == "id_in_use"
        assert "number" not in answer.json()


async def test_a_photo_belongs_to_the_report_that_names_it_and_to_no_other(server):
    citizen, other = await server.citizen(PHONE), await server.citizen(OTHER_PHONE)
    photo = await server.photo(citizen)
    stolen = await server.client.post("/v1/complaints", json=await server.report(photo_ids=[photo]), headers=other)
    assert stolen.json()["code"] == "photo_unknown"
    filed = await server.filed(citizen, photo_ids=[photo])
    again = await server.client.post("/v1/complaints", json=await server.report(photo_ids=[photo]), headers=citizen)
    assert again.json()["code"] == "photo_unknown"
    case = (await server.client.get(f"/v1/complaints/{filed['id']}", headers=citizen)).json()
    assert [(item["id"], item["phase"]) for item in case["photos"]] == [(photo, "filed")]
    shown = await server.client.get(case["photos"][0]["url"], headers=citizen)
    assert shown.headers["content-type"] == "image/jpeg"
    hidden = await server.client.get(case["photos"][0]["url"], headers=other)
    assert hidden.status_code == 404


async def test_the_public_copy_has_no_exif_and_the_sealed_original_is_byte_for_byte(server, tmp_path):
    citizen = await server.citizen(PHONE)
    original = photo_bytes(640, 480, place=(29.02, 40.99))
    uploaded = await server.client.post("/v1/files", files={"file": ("a.jpg", original)}, headers=citizen)
    assert uploaded.json()["place"] == pytest.approx([29.02, 40.99], abs=1e-4)
    store = server.app.state.store
    place = f"m{server.town().municipality_id}/{uploaded.json()['id']}"
    public, sealed = await store.get(f"{place}/public"), await store.get(f"{place}/original")
    assert b"SERIAL-12345" in original
    assert b"SERIAL-12345" not in public
    assert b"Exif" not in public
    assert original[:200] not in sealed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"place": None}, "place_missing"),
        ({"place": {"lon": 41.0, "lat": 29.0}}, "place_outside"),
        ({"place": {"lon": 32.8, "lat": 39.9}}, "place_outside"),
        ({"place": {"lon": 200, "lat": 40}}, "invalid"),
        ({"description": ""}, "invalid"),
        ({"description": "a\x00b"}, "invalid"),
        ({"description": "x" * 4001}, "invalid"),
        ({"category_id": str(uuid7())}, "category_unknown"),
        ({"answers": {"depth_cm": "derin"}}, "answer_invalid"),
        ({"answers": {"unasked": 1}}, "answer_invalid"),
        ({"photo_ids": [str(uuid7())]}, "photo_unknown"),
        ({"photo_ids": [str(uuid7()) for _ in range(11)]}, "invalid"),
        ({"municipality_id": 2}, "invalid"),
        ({"status": "solved"}, "invalid"),
        ({"citizen_id": str(uuid7())}, "invalid"),
        ({"legal_due_at": "2030-01-01T00:00:00Z"}, "invalid"),
        ({"id": "not-an-id"}, "invalid"),
    ],
)
async def test_a_report_that_cannot_be_taken_is_refused_with_a_code_and_leaves_nothing(server, changes, code):
    citizen = await server.citizen(PHONE)
    report = {**await server.report(), **changes}
    count = "SELECT (SELECT count(*) FROM complaint) AS c, (SELECT sum(last) FROM number_counter) AS n"
    before = server.rows(count)
    answer = await server.client.post("/v1/complaints", json=report, headers=citizen)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert server.rows(count) == before


async def test_a_category_of_another_municipality_is_unknown_here(server):
    citizen = await server.citizen(PHONE)
    foreign = (await server.category("FEN-01", "akpinar"))["id"]
    report = {**await server.report(), "category_id": foreign}
    answer = await server.client.post("/v1/complaints", json=report, headers=citizen)
    assert answer.json()["code"] == "category_unknown"


async def test_water_in_a_metropolitan_district_is_forwarded_to_the_metropolitan_and_the_citizen_learns_it(server):
    citizen = await server.citizen(PHONE)
    filed = await server.filed(citizen, code="SU-02")
    assert filed["status"] == "forwarded"
    assert filed["authority_name"]
    assert filed["solution_due_at"] is None
    in_town = await server.filed(await server.citizen("+905357778899", "akpinar"), slug="akpinar", code="SU-02")
    assert in_town["status"] == "routed", "a town looks after its own water"


async def test_an_unnamed_report_keeps_no_trace_of_who_sent_it(server):
    citizen = await server.citizen(PHONE)
    filed = await server.filed(citizen, is_anonymous=True)
    row = server.rows("SELECT citizen_id, filed_by, legal_due_at FROM complaint WHERE id = %s", filed["id"])[0]
    assert row == {"citizen_id": None, "filed_by": None, "legal_due_at": None}
    traces = server.rows(
        """SELECT actor_id, content FROM audit_record WHERE object_id = %(id)s
           UNION ALL SELECT actor_id, details::text FROM complaint_event WHERE complaint_id::text = %(id)s""".replace(
            "%(id)s", f"'{filed['id']}'"
        )
    )
    me = (await server.client.get("/v1/me", headers=citizen)).json()["id"]
    assert traces
    assert all(row["actor_id"] is None and me not in row["content"] for row in traces)
    refused = await server.client.post(
        "/v1/complaints", json=await server.report("SOS-01", is_anonymous=True, place=None), headers=citizen
    )
    assert refused.json()["code"] == "anonymous_not_allowed"


async def test_an_emergency_runs_round_the_clock(server):
    citizen = await server.citizen(PHONE)
    filed = await server.filed(citizen, code="FEN-03")
    row = server.rows("SELECT * FROM complaint WHERE id = %s", filed["id"])[0]
    assert row["is_emergency"]
    assert row["first_answer_due_at"] - row["filed_at"] == timedelta(hours=1)
    assert row["solution_due_at"] - row["filed_at"] == timedelta(hours=24)


async def test_a_routing_rule_overrides_the_category_for_its_neighbourhood_only(server):
    town = server.town()
    server.execute(
        """INSERT INTO routing_rule (municipality_id, id, position, neighbourhood_id, category_id, authority,
                                     department_id, is_active)
           VALUES (%s, %s, 1, %s, %s, 'own', %s, true)""",
        town.municipality_id, uuid7(), town.neighbourhoods[3], (await server.category("PRK-03"))["id"],
        town.departments["cleaning"],
    )  # fmt: skip
    server.execute("UPDATE municipality SET config_version = config_version + 1 WHERE id = %s", town.municipality_id)
    citizen = await server.citizen(PHONE)
    there = await server.filed(citizen, code="PRK-03", neighbourhood=3)
    elsewhere = await server.filed(citizen, code="PRK-03", neighbourhood=1)
    assert there["department_name"].startswith("Temizlik")
    assert not elsewhere["department_name"].startswith("Temizlik")


async def test_the_service_desk_writes_a_telephone_report_down_for_a_citizen(server):
    desk = await server.staff("service_desk")
    body = {**await server.report(), "channel": "call_centre", "phone": "0532 999 88 77"}
    answer = await server.client.post("/v1/complaints/counter", json=body, headers=desk)
    assert answer.status_code == 201, answer.text
    caller = await server.citizen("+905329998877")
    mine = (await server.client.get("/v1/complaints", headers=caller)).json()["items"]
    assert [item["id"] for item in mine] == [body["id"]]
    officer = await server.staff("department_officer")
    letter = {**await server.report(), "channel": "letter"}
    refused = await server.client.post("/v1/complaints/counter", json=letter, headers=officer)
    assert refused.status_code == 403
