"""A citizen signs in by a code sent to the phone."""

import json
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from api.core import clock
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


async def test_the_code_of_the_sms_signs_in_and_makes_the_account_once(phone, app, module_db, town):
    asked = await phone.ask()
    first = await phone.give(asked.json()["login_id"], await phone.code())
    assert first.status_code == 200
    assert first.json()["is_new_account"] is True
    with clock.frozen() as time:
        time.advance(minutes=2)
        again = await harness.Phone(app, module_db, town, phone.number).sign_in()
    assert again.tokens["is_new_account"] is False
    me = (await phone.hold(first.json()).http.get("/v1/me")).json()
    assert me["kind"] == "citizen"
    assert me["phone"] == f"+90 532 *** ** {phone.number[-2:]}"


@pytest.mark.parametrize(
    ("language", "words"),
    [("tr", "Kadıköy Belediyesi giriş kodunuz. Kimseyle paylaşmayın. 3 dakika geçerlidir."), ("en", "sign-in code")],
)
async def test_the_sms_names_the_municipality_and_warns_in_the_citizens_language(
    phone, pool, module_db, town, language, words
):
    await phone.ask(language=language)
    text = await harness.newest_sms(pool, module_db, town.municipality_id, phone.number)
    assert words in text
    assert len(text) <= 155


async def test_known_and_unknown_numbers_get_the_same_answer(phone, app, module_db, town):
    await phone.sign_in()
    stranger = harness.Phone(app, module_db, town)
    with clock.frozen() as time:
        time.advance(minutes=2)
        known, unknown = (await phone.ask()), (await stranger.ask())
    assert known.status_code == unknown.status_code == 200
    assert {**known.json(), "login_id": ""} == {**unknown.json(), "login_id": ""}


async def test_the_fifth_wrong_try_ends_the_code_and_the_right_one_comes_too_late(phone):
    login_id = (await phone.ask()).json()["login_id"]
    right = await phone.code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    answers = [await phone.give(login_id, wrong) for _ in range(5)]
    late = await phone.give(login_id, right)
    assert [answer.status_code for answer in answers] == [401] * 5
    assert late.status_code == 401
    assert late.json() == answers[0].json()


async def test_the_fifth_try_may_still_be_the_right_one(phone):
    login_id = (await phone.ask()).json()["login_id"]
    right = await phone.code()
    for _ in range(4):
        assert (await phone.give(login_id, f"{(int(right) + 1) % 1_000_000:06d}")).status_code == 401
    assert (await phone.give(login_id, right)).status_code == 200


async def test_a_code_works_once(phone):
    login_id = (await phone.ask()).json()["login_id"]
    code = await phone.code()
    assert (await phone.give(login_id, code)).status_code == 200
    assert (await phone.give(login_id, code)).status_code == 401


async def test_a_code_is_void_after_three_minutes(phone):
    with clock.frozen() as time:
        login_id = (await phone.ask()).json()["login_id"]
        code = await phone.code()
        time.advance(minutes=3, seconds=1)
        assert (await phone.give(login_id, code)).status_code == 401


async def test_a_code_of_one_phone_does_not_sign_in_another(phone, app, module_db, town):
    login_id = (await phone.ask()).json()["login_id"]
    thief = harness.Phone(app, module_db, town)
    assert (await thief.give(login_id, await phone.code())).status_code == 401


async def test_a_code_of_one_municipality_does_not_open_another(phone, other_town):
    login_id = (await phone.ask()).json()["login_id"]
    answer = await phone.give(login_id, await phone.code(), municipality=other_town.slug)
    assert answer.status_code == 401


async def test_one_number_gets_one_code_a_minute_three_an_hour_five_a_day(phone):
    statuses = []
    with clock.frozen() as time:
        statuses.append((await phone.ask()).status_code)
        refused = await phone.ask()
        statuses.append(refused.status_code)
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        for _ in range(3):
            time.advance(seconds=61)
            statuses.append((await phone.ask()).status_code)
        for _ in range(3):
            time.advance(hours=1)
            statuses.append((await phone.ask()).status_code)
    assert statuses == [200, 429, 200, 200, 429, 200, 200, 429]


async def test_the_limit_of_a_number_holds_for_every_address_and_every_municipality(phone, app, module_db, other_town):
    assert (await phone.ask()).status_code == 200
    elsewhere = harness.Phone(app, module_db, other_town, phone.number)
    assert (await elsewhere.ask()).status_code == 429


async def test_one_address_cannot_ask_for_many_numbers_whatever_it_says_in_headers(app, module_db, town):
    address = harness.new_address()
    statuses = []
    for number in range(12):
        caller = harness.Phone(app, module_db, town)
        caller.http = harness.client(app, address, **{"x-forwarded-for": f"203.0.113.{number}"})
        statuses.append((await caller.ask()).status_code)
    assert statuses == [200] * 10 + [429] * 2


async def test_a_trusted_proxy_tells_the_callers_apart(pool, module_db, town):
    app = harness.build(pool, module_db, trusted_proxies=("192.0.2.0/24",))
    statuses = []
    for number in range(12):
        caller = harness.Phone(app, module_db, town)
        caller.http = harness.client(app, "192.0.2.9", **{"x-forwarded-for": f"198.51.100.{number}"})
        statuses.append((await caller.ask()).status_code)
    assert statuses == [200] * 12


@pytest.mark.parametrize("number", ["0212 123 45 67", "+491701234567", "0850 123 45 67", "", "5" * 500])
async def test_only_turkish_mobiles_get_codes(app, town, number):
    answer = await harness.client(app).post("/v1/auth/code", json={"municipality": town.slug, "phone": number})
    assert answer.status_code == 422
    assert number not in answer.text or not number


async def test_the_spending_brake_of_the_installation_pauses_all_codes(app, module_db, town, phone, pool):
    with clock.frozen() as time:
        time.advance(days=400)
        until = clock.now() + timedelta(hours=1)
        assert (await phone.ask()).status_code == 200
        harness.change(
            module_db, "UPDATE rate_count SET count = 5000, expires_at = %s WHERE key LIKE %s", until,
            "%/login codes of installation/%/5000/1/hour",
        )  # fmt: skip
        answer = await harness.Phone(app, module_db, town).ask()
        assert (answer.status_code, answer.json()["code"]) == (503, "login_codes_paused")
        assert int(answer.headers["retry-after"]) > 3_000
        time.advance(hours=1, seconds=1)
        assert (await harness.Phone(app, module_db, town).ask()).status_code == 200


async def test_code_and_phone_are_nowhere_in_clear_in_database_jobs_or_logs(phone, pool, module_db, town):
    with capture_logs() as logs:
        login_id = (await phone.ask()).json()["login_id"]
        code = await phone.code()
        await phone.give(login_id, code)
    national = phone.number[3:]
    assert logs
    assert national not in json.dumps(logs, default=str)
    for table in ("login_code", "citizen", "device", "refresh_token", "audit_record", "sms_message", "rate_count"):
        kept = json.dumps(harness.rows(module_db, f"SELECT t::text FROM {table} t"))
        assert national not in kept, table
        assert national.encode().hex() not in kept, table
    for table in ("login_code", "audit_record", "procrastinate_jobs"):
        found = [row["t"] for row in harness.rows(module_db, f"SELECT t::text AS t FROM {table} t")]
        assert found
        assert not any(f'"{code}"' in row or f",{code}," in row for row in found), table
    stored = harness.rows(module_db, "SELECT code_hash FROM login_code WHERE id = %s", login_id)[0]["code_hash"]
    assert len(bytes(stored)) == 32


async def test_a_blocked_citizen_learns_it_only_with_the_right_code_and_is_out_at_once(phone, module_db):
    await phone.sign_in()
    citizen_id = (await phone.http.get("/v1/me")).json()["id"]
    harness.change(module_db, "UPDATE citizen SET is_blocked = true WHERE id = %s", citizen_id)
    assert (await phone.http.get("/v1/me")).status_code == 401
    assert (await phone.refresh()).status_code == 401
    with clock.frozen() as time:
        time.advance(minutes=2)
        login_id = (await phone.ask()).json()["login_id"]
        code = await phone.code()
        wrong = await phone.give(login_id, f"{(int(code) + 1) % 1_000_000:06d}")
        right = await phone.give(login_id, code)
    assert wrong.json()["code"] == "bad_login_code"
    assert (right.status_code, right.json()["code"]) == (403, "citizen_blocked")


async def test_an_unknown_municipality_is_not_found(app):
    body = {"municipality": "atlantis", "phone": harness.new_phone()}
    assert (await harness.client(app).post("/v1/auth/code", json=body)).status_code == 404


@pytest.mark.parametrize("extra", [{"municipality_id": 1}, {"is_staff": True}, {"citizen_id": "x"}])
async def test_a_sign_in_takes_no_field_that_it_does_not_name(phone, extra):
    assert (await phone.ask(**extra)).status_code == 422


async def test_the_same_number_is_another_citizen_in_another_municipality(phone, app, module_db, other_town):
    await phone.sign_in()
    with clock.frozen() as time:
        time.advance(minutes=2)
        elsewhere = await harness.Phone(app, module_db, other_town, phone.number).sign_in()
        mine, theirs = (await phone.http.get("/v1/me")).json(), (await elsewhere.http.get("/v1/me")).json()
    assert mine["id"] != theirs["id"]
    indexes = harness.rows(module_db, "SELECT phone_index FROM citizen WHERE id IN (%s, %s)", mine["id"], theirs["id"])
    assert bytes(indexes[0]["phone_index"]) != bytes(indexes[1]["phone_index"])
