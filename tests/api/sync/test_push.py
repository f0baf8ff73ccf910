"""Push: each command once, in its order, and whatever is refused is kept and shown."""

import asyncio
import json

import pytest

from api.core import keys
from api.core.errors import AppError
from api.core.sql import run
from api.sync import push as pushing
from api.sync.acts import ACTS, Act
from mobile.wire import codec
from mobile.wire.kinds import KINDS
from mobile.wire.limits import MOST_BODY_BYTES, MOST_CODED_BYTES
from tests.api.sync.phones import Phone, Wire, post

pytestmark = pytest.mark.anyio


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


@pytest.fixture
async def wire(server):
    return await Wire.of(server)


def take(case):
    return "complaint.take", {"complaint_id": case["id"]}


def note(case, text="Bakıldı.", **more):
    return "complaint.note", {"complaint_id": case["id"], "text": text, "photos": [], **more}


def stored(server, mutation):
    (row,) = server.rows("SELECT * FROM sync_mutation WHERE id = %s", mutation["id"])
    return row


def lines(server, case, action="note"):
    return [
        row["text"]
        for row in server.rows(
            "SELECT text FROM complaint_event WHERE complaint_id = %s AND action = %s ORDER BY happened_at, id",
            case["id"], action,
        )
    ]  # fmt: skip


async def test_a_phone_takes_a_case_offline_and_everybody_sees_it(server, case):
    phone, other = await Phone.of(server), await Phone.of(server, "department_officer", seed=2)
    await phone.sync()
    key = ("complaint", case["id"])
    assert phone.engine.view()[key]["status"] == "routed"
    phone.engine.record(*take(case))
    assert phone.engine.view()[key]["status"] == "assigned"
    await phone.sync()
    await other.sync()
    numbers = phone.engine.numbers()
    assert (numbers["waiting"], numbers["sent"], numbers["attention"]) == (0, 1, 0)
    assert phone.held()[key] == other.held()[key]
    assert other.engine.view()[key]["assignee_id"] == str(server.town().staff["field_inspector"].id)


async def test_a_command_that_is_sent_again_has_its_effect_once_and_the_same_result(server, wire, case):
    first = wire.mutation(*note(case))
    taken = await wire.pushed(first)
    again = await wire.pushed(first)
    assert again["results"] == taken["results"]
    assert (again["expected_seq"], again["stopped"]) == (2, None)
    assert lines(server, case) == ["Bakıldı."]


async def test_two_requests_at_once_with_the_same_commands_have_their_effect_once(server, wire, case):
    batch = [wire.mutation(*note(case, f"Not {number}")) for number in range(6)]
    answers = await asyncio.gather(*(wire.push(*batch) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    told = await wire.pushed(*batch)
    assert {result["state"] for result in told["results"]} == {"ok"}
    assert lines(server, case) == [f"Not {number}" for number in range(6)]


async def test_the_same_commands_in_two_streams_at_once_have_their_effect_once(server, wire, case):
    batch = [wire.mutation(*note(case, f"Not {number}")) for number in range(6)]
    copy = Wire(server, wire.headers)
    answers = await asyncio.gather(wire.push(*batch), copy.push(*batch))
    assert {answer.status_code for answer in answers} == {200}
    for stream in (wire, copy):
        told = await stream.pushed(*batch)
        assert told["expected_seq"] == 7
    assert lines(server, case) == [f"Not {number}" for number in range(6)]


async def test_an_id_with_another_content_is_refused_by_name(wire, case):
    first = wire.mutation(*note(case))
    await wire.pushed(first)
    other = wire.mutation(*note(case, "Başka"), seq=1)
    refused = await wire.push({**other, "id": first["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "mutation_reused")
    assert refused.json()["id"] == first["id"]


async def test_a_number_that_another_command_has_means_a_copied_phone(wire, case):
    await wire.pushed(wire.mutation(*note(case)))
    refused = await wire.push(wire.mutation(*note(case, "Kopya"), seq=1))
    assert (refused.status_code, refused.json()["code"]) == (409, "device_forked")


async def test_a_gap_stops_the_batch_and_nothing_behind_it_is_taken(server, wire, case):
    told = await wire.pushed(wire.mutation(*note(case)), wire.mutation(*note(case, "Sonraki"), seq=3))
    assert (told["stopped"], told["expected_seq"], len(told["results"])) == ("gap", 2, 1)
    assert lines(server, case) == ["Bakıldı."]


@pytest.mark.parametrize(("kind", "kv"), [("balloon.fly", 1), ("complaint.note", 2)])
async def test_a_kind_or_version_that_is_not_known_yet_is_deferred_and_not_counted(server, wire, case, kind, kv):
    body = {"complaint_id": case["id"], "text": "Sonra"}
    told = await wire.pushed(wire.mutation(*note(case)), wire.mutation(kind, body, kv=kv), wire.mutation(*note(case)))
    assert (told["stopped"], told["expected_seq"], len(told["results"])) == ("defer", 2, 1)
    assert len(lines(server, case)) == 1


async def test_what_the_office_was_quicker_with_is_a_conflict_kept_sealed_for_its_department(server, wire, case):
    officer = await server.staff("department_officer")
    await server.client.post(f"/v1/complaints/{case['id']}/take", headers=officer)
    mutation = wire.mutation(*take(case), base={f"complaint/{case['id']}": 1})
    told = await wire.pushed(mutation)
    (result,) = told["results"]
    assert (result["state"], result["code"], result["rows"]) == ("conflict", "complaint_already_assigned", [])
    row = stored(server, mutation)
    assert (row["target_kind"], str(row["target_id"])) == ("complaint", case["id"])
    assert row["department_id"] == server.town().staff["field_inspector"].department_id
    assert row["authored"] == mutation["at"]
    assert case["id"].encode() not in bytes(row["body"])
    async with server.database.transaction(1) as session:
        ring = await keys.keyring(session, server.town().municipality_id)
    assert json.loads(ring.decrypt_bytes("sync_mutation", "body", row["id"], row["body"])) == mutation["body"]
    (audited,) = server.rows("SELECT action, content FROM audit_record WHERE object_id = %s", mutation["id"])
    assert audited["action"] == "sync.quarantine"
    assert json.loads(audited["content"])["channel"] == "field_app"


async def test_a_refusal_holds_nothing_up_and_nothing_of_it_stays(server, wire, case):
    photo = {"id": wire.new_id(), "sha256": "ab" * 32, "size": 10, "mime": "image/jpeg"}
    bad = wire.mutation("complaint.close", {"complaint_id": case["id"], "text": "Bitti", "photos": [photo], "ne": 1})
    unreadable = wire.mutation("complaint.note", ["no", "object"])
    elsewhere = wire.mutation("complaint.note", {"complaint_id": wire.new_id(), "text": "Yok", "photos": []})
    told = await wire.pushed(bad, unreadable, elsewhere, wire.mutation(*note(case, "Sonrası")))
    assert [(result["state"], result["code"]) for result in told["results"]] == [
        ("quarantined", "invalid"), ("quarantined", "invalid"), ("quarantined", "not_found"), ("ok", None),
    ]  # fmt: skip
    assert lines(server, case, "close") == []
    assert lines(server, case) == ["Sonrası"]
    # The evidence arrives all the same, and belongs to what was kept.
    (file,) = server.rows("SELECT state, attached_kind, attached_id FROM stored_file WHERE id = %s", photo["id"])
    assert (file["state"], file["attached_kind"], str(file["attached_id"])) == ("awaited", "sync_mutation", bad["id"])


async def test_photos_that_a_command_names_belong_to_the_record_before_their_bytes_come(server, wire, case):
    photo = {
        "id": wire.new_id(),
        "sha256": "cd" * 32,
        "size": 20_000,
        "mime": "image/jpeg",
        "taken_at": 1_795_000_000_000,
    }
    told = await wire.pushed(
        wire.mutation(*take(case)),
        wire.mutation("complaint.close", {"complaint_id": case["id"], "text": "Onarıldı.", "photos": [photo]}),
    )
    assert [result["state"] for result in told["results"]] == ["ok", "ok"]
    (file,) = server.rows("SELECT * FROM stored_file WHERE id = %s", photo["id"])
    assert (file["state"], file["attached_kind"], str(file["attached_id"])) == ("awaited", "complaint", case["id"])
    assert file["followed_by"] == server.town().staff["field_inspector"].id
    officer = await server.staff("department_officer")
    shown = await server.client.get(f"/v1/complaints/{case['id']}/photos/{photo['id']}/public", headers=officer)
    assert shown.status_code == 404


async def test_somebody_elses_photo_is_not_taken(server, wire, case):
    other = await Wire.of(server, "department_officer")
    photo = {"id": wire.new_id(), "sha256": "ef" * 32, "size": 10, "mime": "image/jpeg"}
    await other.pushed(other.mutation(*note(case, photos=[photo])))
    told = await wire.pushed(wire.mutation(*note(case, photos=[photo])))
    assert (told["results"][0]["state"], told["results"][0]["code"]) == ("quarantined", "photo_unknown")


async def test_a_body_that_is_too_large_or_was_changed_is_kept_aside(wire, case):
    large = wire.mutation(*note(case, "x" * (MOST_BODY_BYTES + 1)))
    changed = {**wire.mutation(*note(case)), "sha": "0" * 64}
    told = await wire.pushed(large, changed)
    assert [result["code"] for result in told["results"]] == ["too_large", "sha_mismatch"]


async def test_a_fault_of_ours_is_kept_aside_and_the_day_goes_on(server, wire, case, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(pushing, "act_of", lambda *_: Act(broken, "complaint", "complaint_id"))
    told = await wire.pushed(wire.mutation(*note(case)))
    assert (told["results"][0]["state"], told["results"][0]["code"]) == ("quarantined", "internal")
    monkeypatch.undo()
    told = await wire.pushed(wire.mutation(*note(case, "Sonrası")))
    assert told["results"][0]["state"] == "ok"


async def test_a_lock_that_is_not_let_go_is_no_result_and_what_came_before_it_counts(server, wire, case):
    locked = await server.filed(await server.citizen())
    async with server.database.transaction(server.town().municipality_id) as session:
        await run(session, "SELECT 1 FROM complaint WHERE id = %s FOR UPDATE", (locked["id"],))
        first, second = wire.mutation(*note(case)), wire.mutation(*note(locked))
        told = await wire.pushed(first, second)
        assert (told["stopped"], len(told["results"]), told["expected_seq"]) == ("busy", 1, 2)
        alone = await wire.push(second)
        assert (alone.status_code, alone.json()["code"]) == (503, "unavailable")
    told = await wire.pushed(second)
    assert told["results"][0]["state"] == "ok"


async def test_a_batch_that_takes_too_long_is_answered_so_far(wire, case, monkeypatch):
    monkeypatch.setattr(pushing, "MOST_SECONDS", 0.0)
    told = await wire.pushed(wire.mutation(*note(case)), wire.mutation(*note(case)))
    assert (told["stopped"], len(told["results"]), told["expected_seq"]) == ("time", 1, 2)


async def test_a_phone_that_is_taken_back_may_still_send_into_quarantine_and_then_no_more(server, wire, case):
    await wire.pushed(wire.mutation(*note(case, "Önce")))
    state = "UPDATE field_device SET state = %s WHERE id = (SELECT device_id FROM sync_stream WHERE id = %s)"
    server.execute(state, "drain", wire.device)
    told = await wire.pushed(wire.mutation(*note(case, "Sonra")))
    assert (told["results"][0]["state"], told["results"][0]["code"]) == ("quarantined", "device_revoked")
    assert lines(server, case) == ["Önce"]
    server.execute(state, "wipe", wire.device)
    for refused in (await wire.push(wire.mutation(*note(case))), await wire.pull()):
        assert (refused.status_code, refused.json()["code"]) == (403, "device_revoked")
        assert refused.json()["wipe"] == "now"


async def test_messages_that_are_none_are_refused(server, wire, case):
    message = {"device": wire.device, "epoch": None, "mutations": [wire.mutation(*note(case))]}
    whole = codec.encode(message, codec.DEFLATED)
    for content, media, status in (
        (whole[:-5], codec.DEFLATED, 400), (b"{}", "application/json", 400), (b"[1]", codec.PLAIN, 400),
        (b"{}", codec.PLAIN, 422), (b"x" * (MOST_CODED_BYTES + 1), codec.PLAIN, 413),
    ):  # fmt: skip
        answer = await server.client.post(
            "/v1/sync/push", content=content, headers={**wire.headers, "Content-Type": media}
        )
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    many = {**message, "mutations": [wire.mutation(*note(case)) for _ in range(51)]}
    assert (await post(server, wire.headers, "/v1/sync/push", many)).status_code in (413, 422)
    assert lines(server, case) == []


async def test_the_answer_comes_in_the_coding_of_the_question(server, wire, case):
    message = {"device": wire.device, "epoch": None, "mutations": [wire.mutation(*note(case))]}
    answer = await post(server, wire.headers, "/v1/sync/push", message, codec.DEFLATED)
    assert answer.headers["content-type"] == codec.DEFLATED
    assert codec.decode(codec.DEFLATED, answer.content)["results"][0]["state"] == "ok"


async def test_who_does_not_work_in_the_field_cannot_push(server, case):
    wire = await Wire.of(server, "mayor")
    assert (await wire.push(wire.mutation(*note(case)))).status_code == 403


async def test_a_refusal_that_says_no_more_than_forbidden_is_a_conflict_only_for_what_the_phone_had_seen(server, case):
    # Work of another department: seen before it was routed away, or never seen.
    wire = await Wire.of(server, "licence_officer")
    seen = wire.mutation(*note(case), base={f"complaint/{case['id']}": 1})
    told = await wire.pushed(seen, wire.mutation(*note(case)))
    assert [(result["state"], result["code"]) for result in told["results"]] == [
        ("conflict", "not_found"), ("quarantined", "not_found"),
    ]  # fmt: skip


async def test_a_visit_that_somebody_else_completed_first_is_a_conflict_where_the_phone_had_it_as_planned(server, wire):
    visit = {
        "id": wire.new_id(), "kind": "spot", "form_id": "finding", "form_version": 1, "answers": {},
        "started_at": "2026-11-20T08:00:00Z", "ended_at": "2026-11-20T08:20:00Z",
    }  # fmt: skip
    (first,) = (await wire.pushed(wire.mutation("inspection.submit", visit)))["results"]
    assert first["state"] == "ok"
    second = await Wire.of(server, "department_officer")
    late = {**visit, "ended_at": "2026-11-20T09:20:00Z"}
    seen = second.mutation("inspection.submit", late, base={f"inspection/{visit['id']}": 1})
    told = await second.pushed(seen, second.mutation("inspection.submit", late))
    assert [(result["state"], result["code"]) for result in told["results"]] == [
        ("conflict", "inspection_submitted"), ("quarantined", "inspection_submitted"),
    ]  # fmt: skip


async def statements(answer):
    return int(answer.headers["x-statements"])


async def test_the_number_of_statements_of_a_command_does_not_grow(server, wire, case):
    await wire.pushed(wire.mutation(*note(case)))
    one = await wire.push(wire.mutation(*note(case)))
    six = await wire.push(*(wire.mutation(*note(case)) for _ in range(6)))
    assert one.status_code == six.status_code == 200
    each = (await statements(six) - await statements(one)) / 5
    # Behind the wall, the stream, the case, its change, the audit link, the result.
    assert each == 6
    assert await statements(one) == 2 + each


def test_every_kind_that_phones_know_has_an_act():
    assert set(KINDS) == set(ACTS)


def test_infrastructure_is_told_from_refusals():
    assert pushing.is_infrastructure(OSError())
    assert not pushing.is_infrastructure(AppError())
