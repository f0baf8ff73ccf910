"""Every request asks the database anew who its caller is and what he may: two statements, no memory."""

from datetime import date, timedelta

import pytest

from api.core import clock
from api.core.ids import uuid7
from api.identity.permissions import PERMISSIONS
from api.identity.roles import ROLES
from tests.api.identity import harness

pytestmark = pytest.mark.anyio
SUBTREE = """
    WITH RECURSIVE tree AS (
        SELECT municipality_id, id FROM department WHERE municipality_id = %s AND id = %s
         UNION ALL
        SELECT d.municipality_id, d.id FROM department d JOIN tree t ON d.municipality_id = t.municipality_id
                                                                     AND d.parent_id = t.id)
    SELECT id FROM tree"""


@pytest.fixture(autouse=True)
def rested(module_db):
    harness.change(module_db, "UPDATE staff_user SET totp_last_step = NULL, is_active = true")


def give_role(urls, town, user, role, department_id=None, first=date(2024, 1, 1), last=None):
    assignment = uuid7()
    harness.change(
        urls, "INSERT INTO role_assignment VALUES (%s, %s, %s, %s, %s, %s, %s)",
        town.municipality_id, assignment, user, role, department_id, first, last,
    )  # fmt: skip
    return assignment


@pytest.fixture
def lent(module_db, town):
    """Roles and substitutions of one test; taken away at its end."""
    made = []

    def substitution(absent, substitute, first, last):
        made.append(("substitution", uuid7()))
        harness.change(
            module_db, "INSERT INTO substitution VALUES (%s, %s, %s, %s, %s, %s, '')",
            town.municipality_id, made[-1][1], town.staff[absent].id, town.staff[substitute].id, first, last,
        )  # fmt: skip

    def role(user, code, department_id=None, first=date(2024, 1, 1), last=None):
        made.append(
            ("role_assignment", give_role(module_db, town, town.staff[user].id, code, department_id, first, last))
        )

    yield {"substitution": substitution, "role": role}
    for table, key in made:
        harness.change(module_db, f"DELETE FROM {table} WHERE id = %s", key)


async def grants(person) -> dict:
    return (await person.http.get("/v1/probe/staff")).json()["grants"]


async def test_staff_and_citizens_are_told_apart_by_two_statements(desk, phone):
    for caller, path in ((await desk("department_head").pick_up(), "staff"), (await phone.sign_in(), "citizen")):
        answer = await caller.http.get(f"/v1/probe/{path}")
        assert answer.status_code == 200
        assert answer.headers["x-statements"] == "2"


async def test_a_citizen_token_is_refused_at_a_staff_route_and_the_other_way_round(desk, phone, module_db, town):
    await phone.sign_in()
    head = await desk("department_head").pick_up()
    for caller, path in ((phone, "staff"), (phone, "close"), (head, "citizen")):
        answer = await caller.http.get(f"/v1/probe/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        newest = harness.rows(
            module_db,
            "SELECT * FROM audit_record WHERE municipality_id = %s ORDER BY sequence DESC LIMIT 1",
            town.municipality_id,
        )[0]
        assert newest["action"] == "access.refuse"
        assert newest["actor_kind"] == ("citizen" if caller is phone else "staff")


async def test_without_the_permission_a_route_is_closed_and_with_it_open(desk):
    assert (await (await desk("cashier").pick_up()).http.get("/v1/probe/close")).status_code == 403
    assert (await (await desk("field_inspector").pick_up()).http.get("/v1/probe/close")).status_code == 200


async def test_a_user_closed_demoted_or_deleted_is_out_with_the_next_request(desk, module_db, town):
    person = await desk("enforcement_officer").pick_up()
    user = town.staff["enforcement_officer"].id
    assert (await person.http.get("/v1/probe/close")).status_code == 200
    harness.change(module_db, "UPDATE role_assignment SET valid_to = '2025-01-01' WHERE staff_user_id = %s", user)
    assert (await person.http.get("/v1/probe/close")).status_code == 403
    assert (await person.http.get("/v1/probe/staff")).status_code == 200
    harness.change(module_db, "UPDATE role_assignment SET valid_to = NULL WHERE staff_user_id = %s", user)
    assert (await person.http.get("/v1/probe/close")).status_code == 200
    harness.change(module_db, "UPDATE staff_user SET is_active = false WHERE id = %s", user)
    assert (await person.http.get("/v1/probe/staff")).status_code == 401
    harness.change(module_db, "UPDATE staff_user SET is_active = true WHERE id = %s", user)
    assert (await person.http.get("/v1/probe/staff")).status_code == 200
    harness.change(module_db, "DELETE FROM staff_user WHERE id = %s", user)
    assert (await person.http.get("/v1/probe/staff")).status_code == 401


async def test_nobody_of_a_closed_municipality_comes_in(desk, phone, module_db, town):
    mayor = await desk("mayor").pick_up()
    await phone.sign_in()
    harness.change(module_db, "UPDATE municipality SET is_active = false WHERE id = %s", town.municipality_id)
    try:
        assert (await mayor.http.get("/v1/probe/staff")).status_code == 401
        assert (await phone.http.get("/v1/probe/citizen")).status_code == 401
        assert (await phone.http.get(f"/v1/probe/public/{town.slug}")).status_code == 404
    finally:
        harness.change(module_db, "UPDATE municipality SET is_active = true WHERE id = %s", town.municipality_id)


async def test_a_role_in_a_department_reaches_its_whole_subtree_and_nothing_else(desk, module_db, town, lent):
    root, other = town.departments["technical_works"], town.departments["licensing"]
    section, team = uuid7(), uuid7()
    for key, parent in ((section, root), (team, section)):
        harness.change(
            module_db,
            """INSERT INTO department (municipality_id, id, code, name, parent_id, grade, is_round_the_clock, is_active)
               VALUES (%s, %s, %s, 'Ekip', %s, 'team', false, true)""",
            town.municipality_id, key, str(key), parent,
        )  # fmt: skip
    person = await desk("department_head").pick_up()
    reach = set((await grants(person))["complaint.close"])
    assert set(map(str, (root, section, team))) <= reach
    assert reach == {str(row["id"]) for row in harness.rows(module_db, SUBTREE, town.municipality_id, root)}
    assert str(other) not in reach
    lent["role"]("department_head", "department_officer", other)
    assert str(other) in (await grants(person))["complaint.close"]
    assert str(other) not in (await grants(person))["complaint.assign"]
    lent["role"]("department_head", "service_desk")
    assert (await grants(person))["complaint.route"] is None
    assert (await grants(person))["complaint.close"] is not None


async def test_a_ring_of_departments_does_not_hang_the_request(desk, module_db, town):
    one, two = town.departments["enforcement"], town.departments["licensing"]
    before = harness.rows(module_db, "SELECT id, parent_id FROM department WHERE id IN (%s, %s)", one, two)
    for child, parent in ((one, two), (two, one)):
        harness.change(module_db, "UPDATE department SET parent_id = %s WHERE id = %s", parent, child)
    try:
        person = await desk("licence_officer").pick_up()
        assert {str(one), str(two)} <= set((await grants(person))["complaint.answer"])
    finally:
        for row in before:
            harness.change(module_db, "UPDATE department SET parent_id = %s WHERE id = %s", row["parent_id"], row["id"])


async def test_a_department_role_never_opens_what_changes_the_whole_town(desk, town, lent):
    lent["role"]("licence_officer", "municipal_administrator", town.departments["licensing"])
    person = await desk("licence_officer").pick_up()
    held = await grants(person)
    assert held["device.revoke"] == [str(town.departments["licensing"])]
    assert not {name for name, permission in PERMISSIONS.items() if permission.is_town_wide} & set(held)


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [(0, 0, True), (0, None, True), (-5, 0, True), (1, None, False), (-5, -1, False)],
)
async def test_a_role_holds_from_its_first_to_its_last_day_both_included(desk, lent, first, last, holds):
    today = clock.today()
    last_day = None if last is None else today + timedelta(days=last)
    lent["role"]("finance", "field_inspector", None, today + timedelta(days=first), last_day)
    person = await desk("finance").pick_up()
    assert ("complaint.close" in await grants(person)) is holds


async def test_a_role_ends_at_midnight_in_turkey(desk, lent):
    last = clock.today() + timedelta(days=1)
    lent["role"]("finance", "field_inspector", None, clock.today(), last)
    midnight = clock.datetime.combine(last + timedelta(days=1), clock.datetime.min.time(), clock.ISTANBUL)
    with clock.frozen(midnight - timedelta(seconds=2)) as time:
        person = await desk("finance").pick_up()
        assert "complaint.close" in await grants(person)
        time.advance(seconds=2)
        assert "complaint.close" not in await grants(person)


@pytest.mark.parametrize(("first", "last", "holds"), [(0, 0, True), (-3, 3, True), (1, 3, False), (-3, -1, False)])
async def test_a_substitute_holds_the_absent_persons_roles_only_on_the_agreed_days(
    desk, lent, town, first, last, holds
):
    today = clock.today()
    lent["substitution"]("department_head", "mayor", today + timedelta(days=first), today + timedelta(days=last))
    person = await desk("mayor").pick_up()
    held = await grants(person)
    assert ("complaint.assign" in held) is holds
    if holds:
        assert str(town.departments["technical_works"]) in held["complaint.assign"]
        assert str(town.departments["licensing"]) not in held["complaint.assign"]
        assert held["complaint.read"] is None


async def test_substitution_is_not_passed_on_and_ends_with_the_absent_persons_account(desk, lent, module_db):
    today = clock.today()
    lent["substitution"]("municipal_administrator", "auditor", today, today)
    lent["substitution"]("auditor", "cashier", today, today)
    auditor, cashier = await desk("auditor").pick_up(), await desk("cashier").pick_up()
    assert "staff.edit" in await grants(auditor)
    assert "audit.read" in await grants(cashier)
    assert "staff.edit" not in await grants(cashier)
    harness.change(module_db, "UPDATE staff_user SET is_active = false WHERE username = 'municipal_administrator'")
    assert "staff.edit" not in await grants(auditor)


async def test_the_actor_knows_the_configuration_version_of_the_same_moment(desk, module_db, town):
    person = await desk("mayor").pick_up()
    before = (await person.http.get("/v1/probe/staff")).json()["config_version"]
    harness.change(
        module_db, "UPDATE municipality SET config_version = config_version + 1 WHERE id = %s", town.municipality_id
    )
    assert (await person.http.get("/v1/probe/staff")).json()["config_version"] == before + 1


async def test_a_route_may_authenticate_in_a_transaction_of_its_own(desk, app):
    assert (await harness.client(app).get("/v1/probe/alone")).status_code == 401
    assert (await (await desk("mayor").pick_up()).http.get("/v1/probe/alone")).json()["kind"] == "staff"


async def test_a_public_route_enters_the_municipality_of_its_path(app, town):
    await harness.client(app).get("/v1/probe/public/yok")  # the pool's first connection asks the server's version
    answer = await harness.client(app).get(f"/v1/probe/public/{town.slug}")
    assert answer.json() == {"id": town.municipality_id, "entered": town.municipality_id}
    assert answer.headers["x-statements"] == "2"
    assert (await harness.client(app).get("/v1/probe/public/yok")).status_code == 404


async def test_a_user_without_any_role_can_only_use_the_own_account(desk, module_db, town):
    harness.change(module_db, "DELETE FROM role_assignment WHERE staff_user_id = %s", town.staff["manager"].id)
    assert await grants(await desk("manager").pick_up()) == {"account.use": None}


async def test_every_role_of_the_table_opens_exactly_what_the_table_says(desk, town):
    for role in set(ROLES) & set(town.staff) - {"enforcement_officer", "manager"}:
        held = await grants(await desk(role).pick_up())
        assert set(held) == {"account.use", *ROLES[role].permissions}, role
