"""The acts on a case, as the people of the municipality and the reporter do them."""

import asyncio
from datetime import timedelta

import pytest

from api.core import clock
from api.core.ids import uuid7

pytestmark = pytest.mark.anyio


class Case:
    """One filed report and short words for acting on it."""

    def __init__(self, server, filed, citizen):
        self.server, self.filed, self.citizen = server, filed, citizen
        self.url = f"/v1/complaints/{filed['id']}"

    async def act(self, headers, what, body=None, **extra):
        return await self.server.client.post(f"{self.url}/{what}", json=body, headers={**headers, **extra})

    async def do(self, headers, what, body=None):
        answer = await self.act(headers, what, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def read(self, headers):
        answer = await self.server.client.get(self.url, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def case(server):
    citizen = await server.citizen()
    return Case(server, await server.filed(citizen), citizen)


async def close(case, officer):
    photo = await case.server.photo(officer)
    return await case.do(officer, "close", {"text": "Çukur dolduruldu.", "photo_ids": [photo]})


async def test_the_main_job_from_report_to_solution_rating_and_reopening(server):
    citizen = await server.citizen()
    # An emergency's clocks run round the clock, so that each begins at another moment whatever day this is.
    case = Case(server, await server.filed(citizen, code="FEN-03"), citizen)
    officer = await server.staff("department_officer")
    await case.do(officer, "take")
    await case.do(officer, "start")
    await case.do(officer, "answers", {"text": "Ekibimiz yarın sabah orada olacak."})
    await close(case, officer)
    seen = await case.read(case.citizen)
    assert seen["status"] == "solved"
    assert [event["action"] for event in seen["timeline"]] == ["file", "start", "answer", "close"]
    assert [photo["phase"] for photo in seen["photos"]] == ["closing"]
    assert seen["allowed_actions"] == ["rate", "reopen"]
    await case.do(case.citizen, "rating", {"rating": 2, "comment": "Yeniden açıldı çukur."})
    await case.do(case.citizen, "reopen", {"text": "Çukur yine açıldı."})
    again = await case.read(officer)
    assert again["status"] == "assigned"
    assert again["reopen_count"] == 1
    assert again["rating"] == 2
    assert again["solved_at"] is None
    assert again["solution_due_at"] > seen["solution_due_at"]


async def test_every_act_of_the_main_job_is_audited_in_its_order(case, server):
    officer = await server.staff("department_officer")
    await case.do(officer, "take")
    await case.do(officer, "notes", {"text": "Malzeme istendi."})
    await close(case, officer)
    rows = server.rows("SELECT action FROM audit_record WHERE object_id = %s ORDER BY sequence", case.filed["id"])
    assert [row["action"] for row in rows] == [
        "complaint.file", "complaint.take", "complaint.note", "complaint.close",
    ]  # fmt: skip


async def test_internal_lines_and_names_of_staff_are_never_shown_to_the_citizen(case, server):
    officer = await server.staff("department_officer")
    await case.do(officer, "take")
    await case.do(officer, "notes", {"text": "GİZLİ-NOT-7", "photo_ids": [await server.photo(officer)]})
    await case.do(officer, "answers", {"text": "İlgileniyoruz."})
    answer = await server.client.get(case.url, headers=case.citizen)
    assert "GİZLİ-NOT-7" not in answer.text
    assert "Deneme department_officer" not in answer.text
    assert answer.json()["photos"] == []
    assert answer.json()["reporter"] is None
    staff_view = await case.read(officer)
    assert "GİZLİ-NOT-7" in [event["text"] for event in staff_view["timeline"]]


async def test_the_reporter_is_masked_for_staff_and_shown_only_with_a_reason_that_is_kept(case, server):
    officer = await server.staff("department_officer")
    seen = await server.client.get(case.url, headers=officer)
    assert "1112233" not in seen.text
    assert seen.json()["reporter"]["is_clear"] is False
    assert (await case.act(officer, "reporter", {"reason": ""})).status_code == 422
    clear = await case.do(officer, "reporter", {"reason": "Adres sormak için aranacak"})
    assert clear["phone"] == "+905321112233"
    rows = server.rows(
        "SELECT content FROM audit_record WHERE object_id = %s AND action = 'complaint.read_person'", case.filed["id"]
    )
    assert len(rows) == 1
    assert "Adres sormak için aranacak" in rows[0]["content"]
    assert "1112233" not in rows[0]["content"]


async def test_reading_a_case_by_staff_leaves_a_trace_and_by_its_reporter_does_not(case, server):
    count = "SELECT count(*) AS n FROM audit_record WHERE object_id = %s AND action = 'complaint.read'"
    await case.read(case.citizen)
    assert server.rows(count, case.filed["id"])[0]["n"] == 0
    await case.read(await server.staff("auditor"))
    assert server.rows(count, case.filed["id"])[0]["n"] == 1


async def test_closing_needs_a_photo_where_the_category_asks_for_one(case, server):
    officer = await server.staff("department_officer")
    refused = await case.act(officer, "close", {"text": "Bitti."})
    assert (refused.status_code, refused.json()["code"]) == (422, "photo_missing")
    assert (await case.read(officer))["status"] == "routed"


async def test_an_act_that_the_state_does_not_allow_is_refused_and_changes_nothing(case, server):
    officer = await server.staff("department_officer")
    await close(case, officer)
    version = (await case.read(officer))["version"]
    for what, body in (("take", None), ("start", None), ("answers", {"text": "geç"}), ("close", {"text": "x"})):
        answer = await case.act(officer, what, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "complaint_action_not_allowed"), what
    assert (await case.read(officer))["version"] == version


async def test_a_stale_version_is_refused_and_says_which_one_is_current(case, server):
    officer = await server.staff("department_officer")
    await case.do(officer, "take")
    stale = await case.act(officer, "start", None, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (412, "stale_version", 2)
    fresh = await case.act(officer, "start", None, **{"If-Match": '"2"'})
    assert fresh.status_code == 200


async def test_two_officers_who_take_the_same_case_at_once_only_one_has_it(server):
    citizen = await server.citizen()
    case = Case(server, await server.filed(citizen), citizen)
    officer, head = await server.staff("department_officer"), await server.staff("department_head")
    answers = await asyncio.gather(case.act(officer, "take"), case.act(head, "take"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_the_same_idempotency_key_acts_once_and_gives_the_first_answer_again(case, server):
    officer = await server.staff("department_officer")
    key = {"Idempotency-Key": str(uuid7())}
    first = await case.act(officer, "notes", {"text": "Bir kez"}, **key)
    again = await case.act(officer, "notes", {"text": "Bir kez"}, **key)
    assert first.json() == again.json()
    notes = [event for event in (await case.read(officer))["timeline"] if event["action"] == "note"]
    assert len(notes) == 1
    other = await case.act(officer, "notes", {"text": "Başka"}, **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    head = await case.act(await server.staff("department_head"), "notes", {"text": "Bir kez"}, **key)
    assert head.json() != first.json(), "another person's key is another key"


async def test_the_desk_routes_to_another_department_and_the_officer_there_takes_over(case, server):
    desk, officer = await server.staff("service_desk"), await server.staff("department_officer")
    enforcement = server.town().departments["enforcement"]
    await case.do(desk, "route", {"department_id": str(enforcement), "note": "İşgal konusu"})
    assert (await server.client.get(case.url, headers=officer)).status_code == 404, "no longer theirs to see"
    await case.do(await server.staff("enforcement_officer"), "take")
    unknown = await case.act(desk, "route", {"department_id": str(uuid7())})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "department_unknown")


async def test_the_head_assigns_to_a_person_of_the_department_and_to_nobody_else(case, server):
    head = await server.staff("department_head")
    staff = server.town().staff
    ok = await case.act(head, "assign", {"staff_user_id": str(staff["department_officer"].id)})
    assert ok.status_code == 200, ok.text
    foreign = await case.act(head, "assign", {"staff_user_id": str(staff["enforcement_officer"].id)})
    assert (foreign.status_code, foreign.json()["code"]) == (422, "assignee_unknown")
    other_town = server.town("akpinar").staff["department_officer"].id
    assert (await case.act(head, "assign", {"staff_user_id": str(other_town)})).status_code == 422


async def test_a_question_waits_for_the_reporter_and_the_reply_goes_back_to_the_officer(case, server):
    officer = await server.staff("department_officer")
    await case.do(officer, "take")
    await case.do(officer, "questions", {"text": "Tam olarak hangi kapının önünde?"})
    seen = await case.read(case.citizen)
    assert (seen["status"], seen["allowed_actions"]) == ("waiting", ["reply", "withdraw"])
    await case.do(case.citizen, "replies", {"text": "12 numaranın önünde."})
    assert (await case.read(officer))["status"] == "assigned"


async def test_after_an_interim_answer_the_legal_term_runs_on_until_the_final_one(case, server):
    officer = await server.staff("department_officer")
    await case.do(officer, "answers", {"text": "İnceleme sürüyor.", "is_interim": True})
    seen = await case.read(officer)
    assert seen["first_answered_at"] is not None
    assert seen["legal_answered_at"] is None
    await case.do(officer, "answers", {"text": "Yol gelecek ay yenilenecek, programa alındı."})
    seen = await case.read(officer)
    assert seen["is_open"]
    assert seen["legal_answered_at"] is not None


async def test_reopening_ends_with_its_window(case, server):
    officer = await server.staff("department_officer")
    await close(case, officer)
    server.execute(
        "UPDATE complaint SET reopen_until = %s WHERE id = %s", clock.now() - timedelta(minutes=1), case.filed["id"]
    )
    answer = await case.act(case.citizen, "reopen", {"text": "Geç kaldım"})
    assert (answer.status_code, answer.json()["code"]) == (409, "reopening_over")
    assert "reopen" not in (await case.read(case.citizen))["allowed_actions"]


async def test_open_counts_of_the_map_follow_closing_and_reopening(case, server):
    def opened():
        return server.rows("SELECT sum(open) AS n, sum(total) AS t FROM complaint_map_cell")[0]

    officer, before = await server.staff("department_officer"), opened()
    await close(case, officer)
    assert opened() == {"n": before["n"] - 6, "t": before["t"]}
    await case.do(case.citizen, "reopen", {"text": "Olmadı"})
    assert opened() == before


async def test_forwarding_names_the_authority_and_ends_the_case_here(case, server):
    desk = await server.staff("service_desk")
    body = {"authority_name": "Karayolları 17. Bölge", "text": "Yol karayollarının sorumluluğunda."}
    await case.do(desk, "forward", body)
    seen = await case.read(case.citizen)
    assert (seen["status"], seen["is_open"]) == ("forwarded", False)


@pytest.mark.parametrize(
    ("role", "what", "body"),
    [
        ("mayor", "take", None),
        ("auditor", "notes", {"text": "x"}),
        ("manager", "close", {"text": "x"}),
        ("service_desk", "close", {"text": "x"}),
        ("department_officer", "reject", {"text": "x"}),
        ("department_officer", "rating", {"rating": 5}),
        ("department_officer", "reopen", {"text": "x"}),
        ("mayor", "reporter", {"reason": "merak"}),
    ],
)
async def test_a_role_without_the_permission_is_refused(case, server, role, what, body):
    answer = await case.act(await server.staff(role), what, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_another_citizen_and_another_municipality_see_nothing_of_the_case(case, server):
    stranger = await server.citizen("+905551234567")
    foreign = await server.staff("service_desk", "akpinar")
    for headers in (stranger, foreign):
        assert (await server.client.get(case.url, headers=headers)).status_code == 404
    assert (await case.act(foreign, "route", {"department_id": str(uuid7())})).status_code == 404
    assert (await case.act(stranger, "rating", {"rating": 5})).status_code == 404
