"""The console's browser session: opaque, fresh at each sign-in, short-lived, and useless for forged forms."""

import psycopg
import pytest

from api.core import clock
from api.core.errors import Unauthenticated
from api.identity import service, signing_keys
from api.identity.console_cookies import ConsoleCookie
from api.identity.errors import CsrfRefused
from api.identity.schemas import StaffCredentials
from api.identity.tokens import Claims
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def rested(module_db):
    harness.change(module_db, "UPDATE staff_user SET totp_last_step = NULL")


@pytest.fixture
async def open_session(pool, desk, module_db):
    """Sign a role's browser in; gives the cookie."""

    async def sign_in(role="department_head", previous=None, **extra):
        harness.change(module_db, "UPDATE staff_user SET totp_last_step = NULL")
        credentials = StaffCredentials(**desk(role).credentials(**extra))
        done = await service.open_console_session(
            pool, credentials, harness.new_address(), label="Firefox", previous_cookie=previous
        )
        assert done.step.state == "signed_in"
        return done.cookie

    return sign_in


@pytest.fixture
def browser(app):
    """A browser with a cookie."""

    def make(cookie, **headers):
        return harness.client(app, cookie=f"session={cookie}", **headers)

    return make


async def test_the_cookie_opens_the_api_as_the_staff_user_with_channel_console(open_session, browser, town):
    seen = (await browser(await open_session()).get("/v1/probe/staff")).json()
    assert (seen["kind"], seen["channel"]) == ("staff", "console")
    assert seen["id"] == str(town.staff["department_head"].id)
    assert "complaint.close" in seen["grants"]


async def test_every_sign_in_makes_a_new_session_and_ends_the_browsers_old_one(open_session, browser):
    first = await open_session()
    second = await open_session(previous=first)
    assert ConsoleCookie.parse(first).device_id != ConsoleCookie.parse(second).device_id
    assert ConsoleCookie.parse(first).secret != ConsoleCookie.parse(second).secret
    assert (await browser(first).get("/v1/probe/staff")).status_code == 401
    assert (await browser(second).get("/v1/probe/staff")).status_code == 200


async def test_a_cookie_planted_before_sign_in_opens_nothing_after_it(open_session, browser, town):
    planted = ConsoleCookie.new(town.municipality_id, ConsoleCookie.parse(await open_session()).device_id).text
    fresh = await open_session(previous=planted)
    assert fresh != planted
    assert (await browser(planted).get("/v1/probe/staff")).status_code == 401
    assert (await browser(fresh).get("/v1/probe/staff")).status_code == 200


async def test_a_previous_cookie_that_is_garbage_does_not_spoil_the_sign_in(open_session):
    assert await open_session(previous="%%%") is not None


async def test_a_session_of_another_user_is_not_ended_by_knowing_its_id(open_session, browser):
    victim = await open_session("auditor")
    parsed = ConsoleCookie.parse(victim)
    await open_session("manager", previous=parsed._replace(secret="falsch").text)
    assert (await browser(victim).get("/v1/probe/staff")).status_code == 200


async def test_thirty_minutes_without_use_end_a_session_and_use_prolongs_it(open_session, browser):
    with clock.frozen() as time:
        page = browser(await open_session())
        for _ in range(3):
            time.advance(minutes=29)
            assert (await page.get("/v1/probe/staff")).status_code == 200
        time.advance(minutes=30, seconds=1)
        assert (await page.get("/v1/probe/staff")).status_code == 401


async def test_twelve_hours_end_a_session_however_much_it_is_used(open_session, browser):
    with clock.frozen() as time:
        page = browser(await open_session())
        for _ in range(35):
            time.advance(minutes=20)
            assert (await page.get("/v1/probe/staff")).status_code == 200
        time.advance(minutes=21)
        assert (await page.get("/v1/probe/staff")).status_code == 401


async def test_signing_out_kills_the_cookie(open_session, browser):
    cookie = await open_session()
    page = browser(cookie, **{"x-csrf-token": service.csrf_token(cookie)})
    assert (await page.post("/v1/auth/logout")).status_code == 204
    assert (await page.get("/v1/probe/staff")).status_code == 401


async def test_a_changing_request_needs_the_sessions_own_form_token(open_session, browser):
    cookie, other = await open_session(), await open_session("auditor")
    for headers in ({}, {"x-csrf-token": ""}, {"x-csrf-token": "ü"}, {"x-csrf-token": service.csrf_token(other)}):
        sent = {name: value.encode() for name, value in headers.items()}
        refused = await browser(cookie).post("/v1/probe/staff", headers=sent)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    good = await browser(cookie).post("/v1/probe/staff", headers={"x-csrf-token": service.csrf_token(cookie)})
    assert good.status_code == 200


async def test_a_bearer_token_that_fails_does_not_fall_back_to_the_cookie(open_session, browser):
    page = browser(await open_session(), authorization="Bearer wrong")
    assert (await page.get("/v1/probe/staff")).status_code == 401


def test_a_form_token_without_session_is_refused():
    with pytest.raises(CsrfRefused):
        service.verify_csrf("1.2.3", None)


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "1.2", "0.00000000000000000000000000000000.x", "x.00000000000000000000000000000000.x", "1." * 300,
     "9999999999.00000000000000000000000000000000.x", "1.not-a-uuid.x", "ı.00000000000000000000000000000000.x"],
)  # fmt: skip
def test_what_is_no_cookie_is_refused(text):
    with pytest.raises(Unauthenticated):
        ConsoleCookie.parse(text)


async def test_a_cookie_is_bound_to_its_municipality(open_session, browser, other_town):
    moved = ConsoleCookie.parse(await open_session())._replace(municipality_id=other_town.municipality_id).text
    assert (await browser(moved).get("/v1/probe/staff")).status_code == 401


async def test_a_console_session_is_no_device_of_access_tokens(open_session, pool, town, app):

    parsed = ConsoleCookie.parse(await open_session())
    forged = Claims("staff", town.staff["department_head"].id, town.municipality_id, parsed.device_id)
    token = await signing_keys.sign(pool, forged)
    answer = await harness.client(app, authorization=f"Bearer {token}").get("/v1/probe/staff")
    assert answer.status_code == 401


async def test_only_the_hash_of_the_secret_is_kept(open_session, module_db):
    parsed = ConsoleCookie.parse(await open_session())
    kept = harness.rows(module_db, "SELECT d::text AS d FROM device d WHERE id = %s", parsed.device_id)[0]["d"]
    assert parsed.secret not in kept
    assert parsed.secret.encode().hex() not in kept


async def test_authentication_by_cookie_takes_two_statements_also_when_the_use_is_noted(open_session, browser):
    with clock.frozen() as time:
        page = browser(await open_session())
        assert (await page.get("/v1/probe/staff")).headers["x-statements"] == "2"
        time.advance(minutes=5)
        assert (await page.get("/v1/probe/staff")).headers["x-statements"] == "2"


def test_the_cookies_name_binds_it_to_https_in_production():
    assert service.cookie_name(is_production=True) == "__Host-session"
    assert service.cookie_name(is_production=False) == "session"


async def test_the_sessions_use_is_noted_without_waiting_for_a_parallel_request(open_session, browser, module_db):

    cookie = await open_session()
    with clock.frozen() as time, psycopg.connect(module_db.admin) as parallel:
        time.advance(minutes=5)
        parallel.execute("UPDATE device SET label = label WHERE id = %s", (ConsoleCookie.parse(cookie).device_id,))
        assert (await browser(cookie).get("/v1/probe/staff")).status_code == 200
        parallel.rollback()
