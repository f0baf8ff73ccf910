"""Visits as inspectors hand them in: what they find, what follows, and that nothing of it changes afterwards."""

from datetime import timedelta

import pytest

from api.core import clock
from api.core.ids import uuid7
from api.core.sql import StatementCount, statement_count
from api.inspections import service
from api.inspections.schemas import InspectionSubmitIn
from api.inspections.seeding import seed
from tests.api.inspections.conftest import (
    OFFICER,
    actor_of,
    make_business,
    plan,
    planner,
    read,
    recheck_of,
    rechecking,
    submit,
    submitted,
    visit,
)

pytestmark = pytest.mark.anyio


async def test_a_visit_without_findings_passes_and_the_business_counts_as_seen(server, business):
    done = await submitted(server, visit(business, {"m02": "yes", "m03": "yes"}))
    assert done["outcome"] == "passed"
    assert done["finding_count"] == 0
    assert done["number"].startswith(f"ZB-{clock.today().year}-")
    row = server.rows("SELECT last_inspected_at, risk FROM business WHERE id = %s", business)[0]
    assert row["last_inspected_at"] is not None
    assert row["risk"] == 25  # everything in order: halfway from 50 to 0


async def test_a_finding_with_a_term_gives_a_warning_and_plans_its_recheck_on_the_first_working_day_after(
    server, business
):
    answers = {"m05": {"v": "no", "note": "Tarife yok", "deadline_days": 7}, "m02": {"v": "no"}}
    done = await submitted(server, visit(business, answers))
    assert done["outcome"] == "warned"
    warnings = server.rows("SELECT * FROM cure_warning WHERE inspection_id = %s ORDER BY deadline_on", done["id"])
    today = clock.today()
    assert [row["deadline_on"] - today for row in warnings] == [timedelta(days=7), timedelta(days=15)]
    for warning in warnings:
        recheck = server.rows("SELECT * FROM inspection WHERE id = %s", warning["recheck_id"])[0]
        assert recheck["due_on"] > warning["deadline_on"]
        assert recheck["due_on"].weekday() < 5
        assert (recheck["kind"], recheck["status"], recheck["form_code"]) == ("recheck", "planned", "recheck")
    finding = server.rows("SELECT * FROM finding WHERE inspection_id = %s AND item_code = 'm05'", done["id"])[0]
    assert finding["text"].endswith("— Tarife yok")
    assert finding["law"] == "6502; Fiyat Etiketi Yönetmeliği"
    assert finding["severity"] == "minor"


async def test_what_is_cured_on_the_spot_leaves_nothing_open(server, business):
    done = await submitted(server, visit(business, {"m24": {"v": "no", "deadline_days": 0}}))
    assert done["outcome"] == "passed"
    rows = server.rows("SELECT status, deadline_on FROM finding WHERE inspection_id = %s", done["id"])
    assert rows == [{"status": "cured_at_once", "deadline_on": None}]
    assert done["recheck_due_on"] == []


async def test_a_critical_finding_for_which_nobody_says_a_term_fails_without_a_warning(server, business):
    done = await submitted(server, visit(business, {"m01": "no"}))
    assert done["outcome"] == "failed"
    assert not server.rows("SELECT 1 FROM cure_warning WHERE inspection_id = %s", done["id"])


async def test_missing_answers_are_kept_beside_the_visit_and_become_a_task(server, business):
    done = await submitted(server, visit(business, {"m02": "yes", "serves_food": 12}))
    assert {one["path"] for one in done["missing"]} >= {"signature", "serves_food"}
    unread = next(one for one in done["missing"] if one["path"] == "serves_food")
    assert unread["raw"] == "12"
    task = server.rows("SELECT title, text FROM field_task WHERE inspection_id = %s", done["id"])
    assert task[0]["title"] == "Denetimde eksik kalanları tamamla"
    assert "serves_food" in task[0]["text"]


async def test_a_visit_that_could_not_be_made_has_no_findings_no_number_and_leaves_the_business_as_it_was(
    server, business
):
    done = await submitted(server, visit(business, {"m01": "no"}, nobody_there=True))
    assert (done["outcome"], done["number"], done["missing"]) == ("nobody_there", None, [])
    row = server.rows("SELECT last_inspected_at, risk FROM business WHERE id = %s", business)[0]
    assert row == {"last_inspected_at": None, "risk": 50}


async def test_the_same_visit_sent_twice_is_taken_once_and_answered_alike(server, business):
    body = visit(business, {"m05": "no"})
    first, second = await submitted(server, body), await submitted(server, body)
    assert second | {"recheck_due_on": []} == first | {"recheck_due_on": []}
    assert len(server.rows("SELECT 1 FROM finding WHERE inspection_id = %s", body["id"])) == 1


@pytest.mark.parametrize(
    "change",
    [{"answers": {"m05": "yes"}}, {"nobody_there": True}, {"form_id": "finding"}, {"number": "ZB-2026-000999"}],
)
async def test_a_submitted_visit_cannot_be_submitted_with_other_content(server, business, change):
    body = visit(business, {"m05": "no"})
    await submitted(server, body)
    before = server.rows("SELECT * FROM inspection WHERE id = %s", body["id"])
    answer = await submit(server, {**body, **change})
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] == "inspection_submitted"
    assert server.rows("SELECT * FROM inspection WHERE id = %s", body["id"]) == before


async def test_a_recheck_that_finds_everything_cured_keeps_the_warning(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    recheck = recheck_of(server, first["id"])
    done = await submitted(server, rechecking(recheck, ("m05", "cured")))
    assert done["outcome"] == "passed"
    finding = server.rows("SELECT status, cured_by_id FROM finding WHERE inspection_id = %s", first["id"])[0]
    assert finding == {"status": "cured", "cured_by_id": recheck["id"]}
    assert server.rows("SELECT status FROM cure_warning WHERE inspection_id = %s", first["id"]) == [{"status": "kept"}]


async def test_a_recheck_that_finds_it_uncured_breaks_the_warning_and_raises_the_risk(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    risk = server.rows("SELECT risk FROM business WHERE id = %s", business)[0]["risk"]
    done = await submitted(server, rechecking(recheck_of(server, first["id"]), ("m05", "not_cured")))
    assert done["outcome"] == "failed"
    assert done["finding_count"] == 1
    assert server.rows("SELECT status FROM finding WHERE inspection_id = %s", first["id"]) == [{"status": "open"}]
    assert server.rows("SELECT status FROM cure_warning WHERE inspection_id = %s", first["id"]) == [
        {"status": "broken"}
    ]
    assert server.rows("SELECT risk FROM business WHERE id = %s", business)[0]["risk"] == min(100, risk + 15)


async def test_more_time_replaces_the_warning_by_one_with_the_longer_term(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    body = rechecking(recheck_of(server, first["id"]), ("m05", "more_time"))
    longer = clock.today() + timedelta(days=40)
    body["answers"]["findings"][0] |= {"new_deadline_on": longer.isoformat(), "result_note": "Malzeme bekleniyor"}
    done = await submitted(server, body)
    assert done["outcome"] == "warned"
    warnings = server.rows(
        "SELECT status, deadline_on FROM cure_warning WHERE inspection_id = %s ORDER BY deadline_on", first["id"]
    )
    assert [row["status"] for row in warnings] == ["cancelled", "running"]
    assert warnings[1]["deadline_on"] == longer
    assert server.rows("SELECT deadline_on FROM finding WHERE inspection_id = %s", first["id"]) == [
        {"deadline_on": longer}
    ]
    assert recheck_of(server, first["id"])["due_on"] > longer


async def test_a_recheck_at_a_closed_door_comes_again_on_the_next_working_day(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    recheck = recheck_of(server, first["id"])
    done = await submitted(server, rechecking(recheck, nobody_there=True))
    assert done["outcome"] == "nobody_there"
    again = recheck_of(server, first["id"])
    assert again["id"] != recheck["id"]
    assert again["due_on"] > clock.today()
    warning = server.rows("SELECT status, recheck_id FROM cure_warning WHERE inspection_id = %s", first["id"])[0]
    assert warning == {"status": "running", "recheck_id": again["id"]}


async def test_a_finding_form_makes_one_finding_of_its_act_with_its_law(server):
    answers = {"act": "5326-38-1", "description": "Kaldırıma tezgâh açılmış.", "found_at": "10:30"}
    done = await submitted(server, visit(None, answers, form_id="finding"))
    assert done["outcome"] == "failed"
    row = server.rows("SELECT text, law, business_id FROM finding WHERE inspection_id = %s", done["id"])[0]
    assert row == {"text": "İşgal, izinsiz satış — Kaldırıma tezgâh açılmış.", "law": "5326 m.38/1",
                   "business_id": None}  # fmt: skip


async def test_a_planned_visit_keeps_its_business_kind_and_department_whatever_the_phone_says(server, business):
    planned = await plan(server, business)
    done = await submitted(server, visit(None, {"m02": "yes"}, id=planned["id"], kind="spot"))
    assert done["version"] == 2
    seen = await read(server, planned["id"])
    assert (seen["kind"], seen["business_id"], seen["status"]) == ("routine", business, "submitted")


async def test_a_planned_visit_is_not_submitted_for_another_business(server, business):
    planned = await plan(server, business)
    answer = await submit(server, visit(make_business(server), id=planned["id"]))
    assert answer.json()["code"] == "inspection_of_another_business"


async def test_a_visit_that_was_called_off_is_a_conflict_for_the_office(server, business):
    planned = await plan(server, business)
    cancelled = await server.client.post(
        f"/v1/inspections/{planned['id']}/cancel", json={"reason": "İşyeri taşındı"},
        headers=await planner(server),
    )  # fmt: skip
    assert cancelled.status_code == 200, cancelled.text
    answer = await submit(server, visit(None, id=planned["id"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "inspection_action_not_allowed")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"form_version": 9}, "form_unknown"),
        ({"form_id": "olmayan"}, "form_unknown"),
        ({"business_id": str(uuid7())}, "business_unknown"),
        ({"complaint_id": str(uuid7())}, "reference_unknown"),
        ({"previous_id": str(uuid7())}, "reference_unknown"),
        ({"department_id": str(uuid7())}, "reference_unknown"),
        ({"photos": [{"id": str(uuid7())}]}, "photo_unknown"),
        ({"number": "ZB-2026-800001"}, "record_number_unknown"),
    ],
)
async def test_what_a_visit_names_must_be_there(server, business, change, code):
    body = visit(business, {}) | change
    answer = await submit(server, body)
    assert answer.json().get("code") == code, answer.text
    assert not server.rows("SELECT 1 FROM inspection WHERE id = %s", body["id"])


@pytest.mark.parametrize(
    "change",
    [
        {"answers": "evet"},
        {"answers": {f"x{number}": "y" * 300 for number in range(690)}},
        {"started_at": "dün"},
        {"ended_at": "2020-01-01T10:00:00Z"},
        {"place": {"lon": 500, "lat": 0}},
        {"number": "1"},
        {"kind": "baskın"},
        {"extra": 1},
    ],
)
async def test_a_body_that_is_no_visit_is_refused_before_anything_is_done(server, business, change):
    answer = await submit(server, visit(business) | change)
    assert answer.status_code == 422, answer.text


async def test_answers_of_every_wrong_type_are_taken_and_none_breaks_the_server(server, business):
    wrong = [None, True, -1, 1e308, "\ud800", "a\0b", [[["x"]]], {"v": ["no"]}, {"v": "no", "photos": "x", "note": 7}]
    for value in wrong:
        answers = dict.fromkeys(("m01", "m05", "signature", "views", "serves_food", "business_class"), value)
        done = await submitted(server, visit(business, answers | {"unknown": value}))
        assert done["missing"]


async def test_an_officer_of_another_department_cannot_submit_a_planned_visit(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    body = rechecking(recheck_of(server, first["id"]), ("m05", "cured"))
    answer = await submit(server, body, role="field_inspector")
    assert answer.status_code == 403, answer.text


async def test_every_scope_that_holds_the_visit_is_told(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    recheck = recheck_of(server, first["id"])
    town = server.town()
    officer, team = town.staff[OFFICER].id, town.departments["enforcement"]
    rows = server.rows("SELECT scope, row_id FROM sync_pointer WHERE tbl = 'inspection' AND row_id = ANY(%s::uuid[])",
                       [first["id"], str(recheck["id"])])  # fmt: skip
    told = {(row["scope"], str(row["row_id"])) for row in rows}
    assert told == {
        (scope, str(row_id)) for scope in (f"user:{officer}", f"team:{team}") for row_id in (first["id"], recheck["id"])
    }
    await submitted(server, rechecking(recheck, ("m05", "cured")))
    again = server.rows("SELECT count(*) AS n FROM sync_pointer WHERE row_id = %s", first["id"])
    assert again == [{"n": 4}], "the first visit shows one open finding less"


async def test_a_submission_is_three_statements_and_one_audit_row(server, business):
    await submitted(server, visit(business, {"m02": "yes"}))  # fills the caches
    actor = actor_of(server)
    async with server.database.transaction(actor.municipality_id) as session:
        given = await service.give_numbers(session, actor)
    number = f"ZB-{given.blocks[0].year}-{given.blocks[0].next:06d}"
    checks = {item["code"]: "yes" for group in seed("forms")[0]["items"] for item in group.get("items", ())
              if item["type"] == "check"}  # fmt: skip
    photo = str(uuid7())
    answers = checks | {"m04": {"v": "no", "deadline_days": 5, "photos": [photo]}, "signature": {"refused": True},
                        "business_class": "public_leisure", "serves_food": True}  # fmt: skip
    body = InspectionSubmitIn.model_validate(visit(business, answers, number=number))
    async with server.database.transaction(actor.municipality_id) as session:
        counted = StatementCount()
        token = statement_count.set(counted)
        done = await service.submit_inspection(session, actor, body)
        statement_count.reset(token)
    assert done.number == number
    assert done.missing == []
    assert counted.value == 3, "look, write, the business with its pointer"
    rows = server.rows("SELECT action FROM audit_record WHERE object_id = %s", str(body.id))
    assert [row["action"] for row in rows] == ["inspection.submit"]
