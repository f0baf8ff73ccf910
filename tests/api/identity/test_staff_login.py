"""Staff sign in with user name, password and authenticator code; nothing tells a stranger which part was wrong."""

import statistics
import time as wall

import pyotp
import pytest

from api.core import clock
from api.identity import passwords
from tests.api.identity import harness
from tests.factories.towns import PASSWORD

pytestmark = pytest.mark.anyio
NEW_PASSWORD = "üç-yeşil-zürafa-71"


@pytest.fixture
async def newcomer(app, town, desk):
    """A staff user whom the administrator has just added, with the one-time password."""
    administrator = await desk("municipal_administrator").sign_in(totp_code=desk("municipal_administrator").totp())
    body = {"username": f"yeni{harness.new_phone()[-6:]}", "full_name": "Ayşe Yılmaz"}
    added = await administrator.http.post("/v1/staff", json=body)
    assert added.status_code == 201, added.text
    return harness.Desk(app, town, body["username"], password=added.json()["one_time_password"])


@pytest.fixture(autouse=True)
def rested(module_db):
    """Authenticators that nobody used yet: each test signs in within the same half minute."""
    harness.change(module_db, "UPDATE staff_user SET totp_last_step = NULL")


async def test_the_right_combination_signs_a_field_phone_in(desk, town):
    head = await desk("department_head").sign_in()
    me = (await head.http.get("/v1/me")).json()
    assert (me["kind"], me["username"]) == ("staff", "department_head")
    assert harness.part_of_token(head.tokens["access_token"], 1)["aud"] == "staff"


async def test_every_wrong_combination_is_refused_with_the_same_words(desk, module_db):
    with clock.frozen():
        await desk("cashier").sign_in()
        answers = [
            await desk("cashier").try_sign_in(password="yanlis-parola-123"),
            await desk("cashier").try_sign_in(username="hic-yok"),
            await desk("cashier").try_sign_in(totp_code="000000"),
            await desk("cashier").try_sign_in(totp_code=None),
            await desk("cashier").try_sign_in(),  # the code was used above
        ]
        harness.change(module_db, "UPDATE staff_user SET is_active = false WHERE username = 'cashier'")
        answers.append(await desk("cashier").try_sign_in(totp_code=desk("cashier").totp(1)))
        harness.change(module_db, "UPDATE staff_user SET is_active = true WHERE username = 'cashier'")
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["code"] == "bad_credentials"


async def test_an_unknown_user_takes_as_long_as_a_wrong_password_and_that_is_long(true_passwords):
    stored = await passwords.hash_password(PASSWORD)
    await passwords.verify_password("x", None)
    known, unknown = [], []
    for _ in range(3):
        begin = wall.process_time()
        await passwords.verify_password("yanlis", stored)
        middle = wall.process_time()
        await passwords.verify_password("yanlis", None)
        known.append(middle - begin)
        unknown.append(wall.process_time() - middle)
    assert statistics.median(unknown) > 0.5 * statistics.median(known)
    assert statistics.median(known) > 0.5 * statistics.median(unknown)
    assert statistics.median(known) > 0.05, "one try costs an attacker as much as it costs us"


async def test_ten_tries_in_a_quarter_of_an_hour_end_an_account_for_an_address(desk, module_db):
    with clock.frozen() as time:
        time.advance(hours=5)
        attacker = desk("finance")
        assert (await attacker.try_sign_in(password="yanlis-1")).status_code == 401
        harness.pretend_uses(module_db, "staff sign-in", 9)
        statuses = [(await attacker.try_sign_in(password=f"yanlis-{n}")).status_code for n in (10, 11)]
        assert statuses == [401, 429]
        refused = await attacker.try_sign_in()
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) <= 900
        assert (await desk("finance").try_sign_in()).status_code == 200
        time.advance(minutes=15, seconds=1)
        assert (await attacker.try_sign_in()).status_code == 200


async def test_unknown_accounts_are_limited_in_the_same_way(desk, module_db):
    attacker = desk("finance")
    assert (await attacker.try_sign_in(username="hayalet")).status_code == 401
    harness.pretend_uses(module_db, "staff sign-in", 9)
    statuses = [(await attacker.try_sign_in(username="hayalet")).status_code for _ in range(2)]
    assert statuses == [401, 429]


async def test_a_successful_sign_in_forgives_the_tries_before_it(desk, module_db):
    person = desk("manager")
    assert (await person.try_sign_in(password="yanlis")).status_code == 401
    harness.pretend_uses(module_db, "staff sign-in", 9)
    assert (await person.try_sign_in()).status_code == 200
    assert (await person.try_sign_in(password="yanlis")).status_code == 401
    assert (await person.try_sign_in(password="yanlis")).status_code == 401


async def test_a_wrong_try_leaves_a_row_in_the_audit_trail_without_what_was_typed(desk, module_db, town):
    await desk("mayor").try_sign_in(password="cok-gizli-yanlis-parola")
    row = harness.rows(
        module_db,
        "SELECT * FROM audit_record WHERE municipality_id = %s ORDER BY sequence DESC LIMIT 1",
        town.municipality_id,
    )[0]
    assert (row["action"], row["object_id"]) == ("staff.refuse_sign_in", str(town.staff["mayor"].id))
    assert "gizli" not in row["content"]


async def test_a_code_works_once_also_in_two_sign_ins_at_the_same_moment(desk):
    code = desk("auditor").totp()
    assert (await desk("auditor").try_sign_in(totp_code=code)).status_code == 200
    assert (await desk("auditor").try_sign_in(totp_code=code)).status_code == 401
    assert (await desk("auditor").try_sign_in(totp_code=desk("auditor").totp(-1))).status_code == 401
    assert (await desk("auditor").try_sign_in(totp_code=desk("auditor").totp(1))).status_code == 200


@pytest.mark.parametrize("typed", ["SERVICE_DESK", "servıce_desk", "SERVİCE_DESK", " service_desk "])
async def test_i_with_and_without_dot_is_one_letter_in_a_user_name(desk, typed):
    assert (await desk("service_desk").try_sign_in(username=typed)).status_code == 200


async def test_the_first_sign_in_enrols_the_authenticator_and_replaces_the_password(newcomer, module_db):
    first = (await newcomer.try_sign_in(totp_code=None)).json()
    assert (first["state"], first["must_change_password"]) == ("enrol_totp", True)
    assert first["enrolment"]["qr_svg"].startswith("<svg")
    assert pyotp.parse_uri(first["enrolment"]["uri"]).secret == first["enrolment"]["secret"]
    newcomer.secret = first["enrolment"]["secret"]
    assert (await newcomer.try_sign_in()).json()["state"] == "choose_password"
    assert (await newcomer.try_sign_in(new_password="kisa")).json()["code"] == "weak_password"
    done = (await newcomer.try_sign_in(new_password=NEW_PASSWORD)).json()
    assert done["state"] == "signed_in"
    assert (await newcomer.try_sign_in(totp_code=newcomer.totp(1))).status_code == 401
    again = await newcomer.try_sign_in(password=NEW_PASSWORD, totp_code=newcomer.totp(1))
    assert again.json()["state"] == "signed_in"
    kept = harness.rows(module_db, "SELECT * FROM staff_user WHERE username = %s", newcomer.username)[0]
    assert kept["password_hash"].startswith("$argon2id$")
    assert newcomer.secret.encode() not in bytes(kept["totp_secret"])


async def test_enrolment_asked_again_voids_the_secret_that_somebody_may_have_seen(newcomer):
    seen = (await newcomer.try_sign_in(totp_code=None)).json()["enrolment"]["secret"]
    mine = (await newcomer.try_sign_in(totp_code=None)).json()["enrolment"]["secret"]
    assert seen != mine
    newcomer.secret = seen
    assert (await newcomer.try_sign_in(new_password=NEW_PASSWORD)).status_code == 401
    newcomer.secret = mine
    assert (await newcomer.try_sign_in(new_password=NEW_PASSWORD)).json()["state"] == "signed_in"


async def test_an_enrolled_account_never_shows_a_new_secret_for_the_password_alone(desk):
    await desk("licence_officer").sign_in()
    answer = await desk("licence_officer").try_sign_in(totp_code=None)
    assert answer.status_code == 401
    assert "enrolment" not in answer.json()


@pytest.mark.parametrize(
    "weak", ["kisa", "password12345", "Belediye2026!", "aaaaaaaaaaaaaa", "FENERBAHÇE-1907", "x" * 129]
)
def test_easy_passwords_are_refused(weak):
    with pytest.raises(passwords.WeakPassword):
        passwords.demand_strong(weak, "ayse.yilmaz")


def test_a_password_does_not_contain_the_user_name_in_any_casing():
    with pytest.raises(passwords.WeakPassword):
        passwords.demand_strong("12-İBRAHİM.KARA-34", "ibrahim.kara")
    passwords.demand_strong(NEW_PASSWORD, "ibrahim.kara")


async def test_a_changed_password_signs_every_other_device_out(desk, module_db):
    kept = await desk("field_inspector").sign_in()
    harness.change(
        module_db, "UPDATE staff_user SET totp_last_step = totp_last_step - 2 WHERE username = 'field_inspector'"
    )
    other = await desk("field_inspector").sign_in()
    wrong = await kept.http.post("/v1/me/password", json={"password": "degil", "new_password": NEW_PASSWORD})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_password")
    body = {"password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await kept.http.post("/v1/me/password", json=body)).status_code == 204
    assert (await kept.http.get("/v1/me")).status_code == 200
    assert (await other.http.get("/v1/me")).status_code == 401
    back = {"password": NEW_PASSWORD, "new_password": PASSWORD}
    assert (await kept.http.post("/v1/me/password", json=back)).status_code == 204


async def test_trying_passwords_on_a_found_phone_is_limited(desk, module_db):
    found = await desk("enforcement_officer").sign_in()
    body = {"password": "degil", "new_password": NEW_PASSWORD}
    assert (await found.http.post("/v1/me/password", json=body)).status_code == 422
    harness.pretend_uses(module_db, "own password", 9)
    statuses = [(await found.http.post("/v1/me/password", json=body)).status_code for _ in range(2)]
    assert statuses == [422, 429]


async def test_a_sign_in_takes_no_field_that_it_does_not_name(desk):
    for extra in ({"role": "mayor"}, {"municipality_id": 1}, {"is_active": True}):
        assert (await desk("mayor").try_sign_in(**extra)).status_code == 422
