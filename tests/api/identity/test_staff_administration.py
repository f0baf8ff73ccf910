"""Administrators keep staff, roles and substitutions; nobody keeps his own."""

from datetime import timedelta
from uuid import UUID

import pytest

from api.core import clock
from api.core.ids import uuid7
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def rested(module_db):
    harness.change(module_db, "UPDATE staff_user SET totp_last_step = NULL, is_active = true")


@pytest.fixture
async def administrator(desk):
    return await desk("municipal_administrator").pick_up()


def username() -> str:
    return f"u{uuid7().hex}"


async def add(administrator, **body) -> dict:
    answer = await administrator.http.post("/v1/staff", json={"username": username(), "full_name": "Can Öz", **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def code(answer) -> str:
    return answer.json()["code"]


def newest_audit(urls, town) -> dict:
    return harness.rows(
        urls,
        "SELECT * FROM audit_record WHERE municipality_id = %s ORDER BY sequence DESC LIMIT 1",
        town.municipality_id,
    )[0]


async def test_an_added_user_has_the_roles_given_and_a_password_told_once(administrator, town, module_db):
    department = str(town.departments["technical_works"])
    added = await add(
        administrator,
        department_id=department,
        title="Tekniker",
        registry_no="2026/15",
        roles=[{"role": "field_inspector", "department_id": department}],
    )
    shown = (await administrator.http.get(f"/v1/staff/{added['staff_user_id']}")).json()
    assert shown["must_change_password"] is True
    assert shown["is_totp_enrolled"] is False
    assert [(role["role"], role["department_id"]) for role in shown["roles"]] == [("field_inspector", department)]
    assert added["one_time_password"] not in str(harness.rows(module_db, "SELECT s::text FROM staff_user s"))
    assert added["one_time_password"] not in str(harness.rows(module_db, "SELECT content FROM audit_record"))


async def test_a_user_name_is_taken_whatever_its_casing(administrator):
    name = f"ilgin{uuid7().hex}"
    await add(administrator, username=name)
    again = await administrator.http.post("/v1/staff", json={"username": name.upper(), "full_name": "İkinci"})
    assert (again.status_code, await code(again)) == (409, "username_taken")


@pytest.mark.parametrize("name", ["ab", "a b c", "ahmet@x", "аhmet", "ahmet\u202e", "x" * 81, "", "../etc"])
async def test_a_user_name_holds_plain_letters_only(administrator, name):
    answer = await administrator.http.post("/v1/staff", json={"username": name, "full_name": "Biri"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "extra",
    [{"municipality_id": 2}, {"password_hash": "x"}, {"is_active": False}, {"totp_last_step": 1}, {"id": str(uuid7())}],
)
async def test_an_entry_takes_no_field_that_it_does_not_name(administrator, extra):
    body = {"username": username(), "full_name": "Biri", **extra}
    assert (await administrator.http.post("/v1/staff", json=body)).status_code == 422
    added = await add(administrator)
    if "is_active" not in extra:
        edited = await administrator.http.patch(f"/v1/staff/{added['staff_user_id']}", json=extra)
        assert edited.status_code == 422


async def test_only_an_administrator_adds_edits_and_gives_roles(desk, administrator, phone):
    user = (await add(administrator))["staff_user_id"]
    for caller in (await desk("department_head").pick_up(), await desk("mayor").pick_up(), await phone.sign_in()):
        for method, path, body in (
            ("POST", "/v1/staff", {"username": username(), "full_name": "Biri"}),
            ("PATCH", f"/v1/staff/{user}", {"title": "x"}),
            ("POST", f"/v1/staff/{user}/roles", {"role": "mayor"}),
            ("DELETE", f"/v1/staff/{user}/roles/{uuid7()}", None),
            ("POST", f"/v1/staff/{user}/reset-sign-in", {}),
        ):
            assert (await caller.http.request(method, path, json=body)).status_code == 403, (method, path)


async def test_nobody_gives_himself_a_role_resets_or_closes_himself(administrator, town):
    own = f"/v1/staff/{town.staff['municipal_administrator'].id}"
    for method, path, body in (
        ("POST", f"{own}/roles", {"role": "mayor"}),
        ("DELETE", f"{own}/roles/{uuid7()}", None),
        ("PATCH", own, {"is_active": False}),
        ("POST", f"{own}/reset-sign-in", {}),
    ):
        answer = await administrator.http.request(method, path, json=body)
        assert (answer.status_code, await code(answer)) == (403, "own_rights")


async def test_a_role_given_counts_at_once_and_taken_away_is_gone_at_once(administrator, desk, town, module_db):
    person = await desk("cashier").pick_up()
    path = f"/v1/staff/{town.staff['cashier'].id}/roles"
    given = await administrator.http.post(path, json={"role": "field_inspector"})
    assert given.status_code == 201
    assert (await person.http.get("/v1/probe/close")).status_code == 200
    assert (await administrator.http.delete(f"{path}/{given.json()['id']}")).status_code == 204
    assert (await person.http.get("/v1/probe/close")).status_code == 403
    audited = harness.rows(
        module_db, "SELECT action FROM audit_record WHERE object_id = %s", str(town.staff["cashier"].id)
    )
    assert {"role.assign", "role.end"} <= {row["action"] for row in audited}


async def test_a_role_that_was_held_stays_known_when_it_ends(administrator, town, module_db):
    user = (await add(administrator))["staff_user_id"]
    first = clock.today() - timedelta(days=30)
    body = {"role": "manager", "valid_from": first.isoformat()}
    given = (await administrator.http.post(f"/v1/staff/{user}/roles", json=body)).json()
    await administrator.http.delete(f"/v1/staff/{user}/roles/{given['id']}")
    kept = harness.rows(module_db, "SELECT valid_from, valid_to FROM role_assignment WHERE id = %s", given["id"])
    assert kept == [{"valid_from": first, "valid_to": clock.today() - timedelta(days=1)}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role": "emperor"}, 422),
        ({"role": "manager", "department_id": str(uuid7())}, 422),
        ({"role": "manager", "valid_from": "2026-05-02", "valid_to": "2026-05-01"}, 422),
        ({"role": "manager", "valid_to": "2020-01-01"}, 422),
        ({"role": "manager", "valid_from": "99999-01-01"}, 422),
    ],
)
async def test_a_role_that_cannot_stand_is_refused(administrator, body, status):
    user = (await add(administrator))["staff_user_id"]
    assert (await administrator.http.post(f"/v1/staff/{user}/roles", json=body)).status_code == status


async def test_a_department_of_another_municipality_is_unknown_here(administrator, other_town):
    foreign = str(next(iter(other_town.departments.values())))
    for body in ({"department_id": foreign}, {"roles": [{"role": "manager", "department_id": foreign}]}):
        answer = await administrator.http.post("/v1/staff", json={"username": username(), "full_name": "Biri", **body})
        assert (answer.status_code, await code(answer)) == (422, "unknown_department")


async def test_a_user_of_another_municipality_is_not_found(administrator, other_town):
    foreign = other_town.staff["mayor"].id
    for method, path, body in (
        ("GET", f"/v1/staff/{foreign}", None),
        ("PATCH", f"/v1/staff/{foreign}", {"title": "x"}),
        ("POST", f"/v1/staff/{foreign}/roles", {"role": "mayor"}),
        ("POST", f"/v1/staff/{foreign}/reset-sign-in", {}),
        ("GET", f"/v1/staff/{foreign}/devices", None),
    ):
        assert (await administrator.http.request(method, path, json=body)).status_code == 404, path


async def test_closing_an_account_ends_its_devices_and_reopening_does_not_bring_them_back(administrator, desk, town):
    person = await desk("licence_officer").pick_up()
    path = f"/v1/staff/{town.staff['licence_officer'].id}"
    assert (await administrator.http.patch(path, json={"is_active": False})).json()["is_active"] is False
    assert (await person.http.get("/v1/me")).status_code == 401
    assert (await administrator.http.patch(path, json={"is_active": True})).json()["is_active"] is True
    assert (await person.http.get("/v1/me")).status_code == 401
    assert (await person.refresh()).status_code == 401


async def test_a_field_that_is_sent_empty_is_refused_and_an_absent_one_stays(administrator):
    user = (await add(administrator, title="Tekniker"))["staff_user_id"]
    assert (await administrator.http.patch(f"/v1/staff/{user}", json={"full_name": None})).status_code == 422
    edited = (await administrator.http.patch(f"/v1/staff/{user}", json={"full_name": "Can Şen"})).json()
    assert (edited["full_name"], edited["title"]) == ("Can Şen", "Tekniker")


async def test_a_reset_ends_the_devices_and_makes_password_and_authenticator_new(administrator, desk, app, town):
    person = await desk("auditor").pick_up()
    path = f"/v1/staff/{town.staff['auditor'].id}/reset-sign-in"
    reset = (await administrator.http.post(path, json={"with_authenticator": True})).json()
    assert (await person.http.get("/v1/me")).status_code == 401
    assert (await desk("auditor").try_sign_in(totp_code=desk("auditor").totp(1))).status_code == 401
    again = harness.Desk(app, town, "auditor", password=reset["one_time_password"])
    answer = (await again.try_sign_in(totp_code=None)).json()
    assert (answer["state"], answer["must_change_password"]) == ("enrol_totp", True)


async def test_the_list_is_in_turkish_order_and_its_pages_meet_without_gap_or_double(administrator):
    names = ["Çağla", "Cem", "Iraz", "İpek", "Özge", "Osman"]
    mark = f"Q{uuid7().hex[-10:]}"
    for name in names:
        await add(administrator, full_name=f"{name} {mark}")
    seen, cursor = [], None
    while True:
        params = {"search": mark, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await administrator.http.get("/v1/staff", params=params)).json()
        seen += [row["full_name"].split()[0] for row in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == ["Cem", "Çağla", "Iraz", "İpek", "Osman", "Özge"]


async def test_the_search_knows_no_difference_of_i_and_takes_wildcards_literally(administrator):
    mark = uuid7().hex[-10:]
    await add(administrator, full_name=f"İlker Işık {mark}")
    found = (await administrator.http.get("/v1/staff", params={"search": f"ilker ışik {mark}"})).json()["items"]
    assert len(found) == 1
    assert (await administrator.http.get("/v1/staff", params={"search": f"%{mark}%"})).json()["items"] == []


async def test_a_head_sees_only_the_own_departments_staff(desk, administrator, town):
    department = str(town.departments["technical_works"])
    inside = (await add(administrator, department_id=department))["staff_user_id"]
    outside = (await add(administrator, department_id=str(town.departments["licensing"])))["staff_user_id"]
    homeless = (await add(administrator))["staff_user_id"]
    head = await desk("department_head").pick_up()
    listed = [row["id"] for row in (await head.http.get("/v1/staff", params={"limit": 100})).json()["items"]]
    assert inside in listed
    assert outside not in listed
    assert homeless not in listed
    assert (await head.http.get(f"/v1/staff/{inside}")).status_code == 200
    assert (await head.http.get(f"/v1/staff/{outside}")).status_code == 404


async def test_a_page_of_the_list_costs_three_statements_however_long(administrator):
    for limit in (1, 100):
        answer = await administrator.http.get("/v1/staff", params={"limit": limit})
        assert answer.headers["x-statements"] == "3"


@pytest.mark.parametrize("cursor", ["x", "A" * 200, "%00"])
async def test_a_forged_cursor_is_refused(administrator, cursor):
    assert (await administrator.http.get("/v1/staff", params={"cursor": cursor})).status_code == 422


async def test_a_head_ends_the_session_of_an_own_inspectors_lost_phone_and_of_nobody_else(desk, town, module_db):
    head = await desk("department_head").pick_up()
    inspector, officer = await desk("field_inspector").pick_up(), await desk("licence_officer").pick_up()
    devices = (await head.http.get(f"/v1/staff/{town.staff['field_inspector'].id}/devices")).json()
    assert [device["id"] for device in devices] == [inspector.tokens["device_id"]]
    assert (await head.http.post(f"/v1/devices/{officer.tokens['device_id']}/revoke")).status_code == 404
    assert (await head.http.post(f"/v1/devices/{inspector.tokens['device_id']}/revoke")).status_code == 204
    assert (await inspector.http.get("/v1/me")).status_code == 401
    assert (await officer.http.get("/v1/me")).status_code == 200
    assert newest_audit(module_db, town)["action"] == "device.revoke"


async def test_an_administrator_arranges_and_ends_a_substitution(administrator, desk, town, module_db):
    today = clock.today().isoformat()
    body = {
        "absent_id": str(town.staff["service_desk"].id),
        "substitute_id": str(town.staff["finance"].id),
        "valid_from": today,
        "valid_to": today,
        "reason": "Yıllık izin",
    }
    person = await desk("finance").pick_up()
    made = await administrator.http.post("/v1/substitutions", json=body)
    assert made.status_code == 201
    assert "complaint.file_for_citizen" in (await person.http.get("/v1/me")).json()["permissions"]
    listed = (await administrator.http.get("/v1/substitutions")).json()
    assert [row["absent_name"] for row in listed if row["id"] == made.json()["id"]] == ["Deneme service_desk"]
    assert (await administrator.http.post(f"/v1/substitutions/{made.json()['id']}/end")).status_code == 204
    assert "complaint.file_for_citizen" not in (await person.http.get("/v1/me")).json()["permissions"]
    assert newest_audit(module_db, town)["action"] == "substitution.end"
    assert (await administrator.http.post(f"/v1/substitutions/{uuid7()}/end")).status_code == 404


async def test_a_head_lends_out_roles_of_the_own_department_only(desk, town):
    head = await desk("department_head").pick_up()
    today = clock.today().isoformat()

    async def arrange(absent: UUID, substitute: UUID):
        body = {"absent_id": str(absent), "substitute_id": str(substitute), "valid_from": today, "valid_to": today}
        return await head.http.post("/v1/substitutions", json=body)

    staff = {role: user.id for role, user in town.staff.items()}
    assert (await arrange(staff["field_inspector"], staff["department_officer"])).status_code == 201
    assert (await arrange(staff["department_head"], staff["department_officer"])).status_code == 201
    assert (await arrange(staff["municipal_administrator"], staff["department_officer"])).status_code == 403
    assert (await arrange(staff["licence_officer"], staff["department_officer"])).status_code == 403
    own = await arrange(staff["field_inspector"], staff["department_head"])
    assert (own.status_code, await code(own)) == (403, "own_rights")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"valid_to": "2020-01-01", "valid_from": "2019-01-01"}, "bad_period"),
        ({"valid_from": "2099-01-02", "valid_to": "2099-01-01"}, "bad_period"),
        ({"absent_id": str(uuid7())}, "staff_not_found"),
        ({"substitute_id": "same"}, "own_rights"),
    ],
)
async def test_a_substitution_that_cannot_stand_is_refused(administrator, town, change, expected):
    today = clock.today().isoformat()
    body = {
        "absent_id": str(town.staff["mayor"].id),
        "substitute_id": str(town.staff["manager"].id),
        "valid_from": today,
        "valid_to": today,
    } | change
    if body["substitute_id"] == "same":
        body["substitute_id"] = body["absent_id"]
    assert await code(await administrator.http.post("/v1/substitutions", json=body)) == expected


async def test_the_roles_page_tells_each_role_in_turkish_words(administrator):
    roles = {role["code"]: role for role in (await administrator.http.get("/v1/roles")).json()}
    assert roles["service_desk"]["label"] == "Beyaz Masa görevlisi"
    assert "Vatandaş adına başvuru kaydetme" in roles["service_desk"]["permissions"]
