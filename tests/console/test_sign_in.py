"""Signing in at the console, as a browser without scripts does it."""

from datetime import timedelta

import pyotp
import pytest

from api.console.frames import safe_return
from api.core import clock
from tests.console.browser import Browser, credentials, text_of
from tests.factories.people import staff_bearer
from tests.factories.towns import PASSWORD

pytestmark = pytest.mark.anyio

SIGN_IN, STEP = "/console/sign-in", "/console/sign-in/step"


@pytest.fixture
async def at_sign_in(browser) -> Browser:
    await browser.open(f"{SIGN_IN}?municipality=kadikoy")
    return browser


async def test_the_right_name_password_and_code_open_the_console(at_sign_in):
    answer = await at_sign_in.send(SIGN_IN, credentials("service_desk"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    page = await at_sign_in.open("/console")
    assert page.status_code == 200
    assert "Deneme service_desk" in page.text


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(at_sign_in):
    answer = await at_sign_in.send(SIGN_IN, credentials("auditor"))
    (cookie,) = [text for text in answer.headers.get_list("set-cookie") if text.startswith("session=")]
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith(("max-age", "expires", "domain")) for part in parts)


async def test_a_session_cookie_that_was_planted_before_is_not_the_one_that_is_opened(at_sign_in):
    planted = "1.00000000000000000000000000000000.planted"
    at_sign_in.http.cookies.set("session", planted, domain="127.0.0.1", path="/")
    answer = await at_sign_in.send(SIGN_IN, credentials("finance"))
    assert answer.status_code == 303
    assert at_sign_in.http.cookies["session"] != planted


@pytest.mark.parametrize("wrong", [{"password": "yanlis-parola-99"}, {"code": "000000"}, {"username": "nobody"}])
async def test_anything_wrong_is_refused_with_one_text_and_the_name_stays(at_sign_in, wrong):
    answer = await at_sign_in.send(SIGN_IN, credentials("manager", **wrong))
    assert answer.status_code == 401
    assert "Kullanıcı adı, parola ya da doğrulama kodu hatalı." in answer.text
    assert f'value="{wrong.get("username", "manager")}"' in answer.text
    assert PASSWORD not in answer.text
    assert "yanlis-parola-99" not in answer.text
    assert "session" not in at_sign_in.http.cookies


async def test_empty_fields_are_named_one_by_one(at_sign_in):
    answer = await at_sign_in.send(SIGN_IN, {"username": " ", "password": "", "code": ""})
    assert answer.status_code == 422
    assert 'id="username-fault"' in answer.text
    assert 'id="password-fault"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2


async def test_a_code_that_is_no_code_is_said_beside_its_field(at_sign_in):
    answer = await at_sign_in.send(SIGN_IN, credentials("manager", code="12a456"))
    assert answer.status_code == 422
    assert "Kod 6 rakamdan oluşur." in answer.text


async def test_a_code_with_a_gap_in_the_middle_is_taken(at_sign_in):
    typed = credentials("licence_officer")
    answer = await at_sign_in.send(SIGN_IN, {**typed, "code": f"{typed['code'][:3]} {typed['code'][3:]}"})
    assert answer.status_code == 303


@pytest.mark.parametrize("slug", ["nowhere", "KADIKÖYY", "a/../b", "x" * 90, "'; DROP TABLE staff_user; --"])
async def test_an_unknown_municipality_is_said_beside_its_field(browser, slug):
    await browser.open(SIGN_IN)
    answer = await browser.send(SIGN_IN, credentials("manager", municipality=slug))
    assert answer.status_code in {404, 422}
    assert 'id="municipality-fault"' in answer.text


async def test_the_municipality_s_name_may_be_typed_with_turkish_letters(browser):
    await browser.open(SIGN_IN)
    answer = await browser.send(SIGN_IN, credentials("cashier", municipality="Kadıköy"))
    assert answer.status_code == 303
    assert (await browser.open(SIGN_IN)).text.count("Kadıköy Belediyesi") >= 1, "remembered in this browser"


async def test_a_form_without_its_token_is_refused(at_sign_in):
    answer = await at_sign_in.send(SIGN_IN, credentials("manager", csrf="x"))
    assert answer.status_code == 403
    at_sign_in.http.cookies.delete("console_form")
    await at_sign_in.open(f"{SIGN_IN}?municipality=kadikoy")
    token = at_sign_in.form(SIGN_IN)["values"]["csrf"]
    at_sign_in.http.cookies.delete("console_form")
    answer = await at_sign_in.http.post(SIGN_IN, data=credentials("manager", csrf=token, municipality="kadikoy"))
    assert answer.status_code == 403


async def test_too_many_tries_are_refused_with_the_time_to_wait(at_sign_in, server):
    for _ in range(10):
        await at_sign_in.send(SIGN_IN, credentials("field_inspector", password="yanlis-parola"))
    answer = await at_sign_in.send(SIGN_IN, credentials("field_inspector"))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Çok sık denediniz" in answer.text


async def test_signing_in_leads_back_to_the_page_that_was_asked_for(at_sign_in):
    answer = await at_sign_in.send(SIGN_IN, credentials("municipal_administrator", back="/console?status_group=late"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/console?status_group=late")


@pytest.mark.parametrize("ours", ["/console", "/console?status_group=late", "/console/complaints/1?done=close"])
def test_pages_of_the_console_are_returned_to(ours):
    assert safe_return(ours) == ours


@pytest.mark.parametrize(
    "foreign",
    [
        "//evil.example/x", "https://evil.example/console", "/console\\..\\x", "/consolex", "/v1/me", "",
        "/console/x\r\nSet-Cookie: a=b", "javascript:alert(1)", "/\\evil.example/console",
    ],
)  # fmt: skip
def test_nothing_else_is_returned_to(foreign):
    assert safe_return(foreign) == "/console"


class NewColleague:
    """A user whom an administrator has just added."""

    def __init__(self, server, browser, username, password):
        self.server, self.browser, self.username, self.password = server, browser, username, password

    async def begin(self):
        await self.browser.open(f"{SIGN_IN}?municipality=kadikoy")
        return await self.browser.send(SIGN_IN, {"username": self.username, "password": self.password, "code": ""})

    def code(self, page: str) -> str:
        secret = page.split('class="secret">')[1].split("<", maxsplit=1)[0].replace(" ", "")
        return pyotp.TOTP(secret).at(clock.now())


@pytest.fixture
async def colleague(server, browser) -> NewColleague:
    admin = await staff_bearer(server.database, server.town(), "municipal_administrator")
    body = {"username": f"yeni-{id(browser)}", "full_name": "Yeni Çalışan", "roles": [{"role": "service_desk"}]}
    added = await server.client.post("/v1/staff", json=body, headers=admin)
    assert added.status_code in {200, 201}, added.text
    return NewColleague(server, browser, added.json()["username"], added.json()["one_time_password"])


async def test_the_first_sign_in_connects_an_authenticator_and_replaces_the_password(colleague):
    page = await colleague.begin()
    assert page.status_code == 200
    assert "Doğrulama uygulamasını bağlayın" in page.text
    assert 'src="data:image/svg+xml' in page.text
    assert colleague.password not in page.text, "the password is not written into the page"
    new = {"code": colleague.code(page.text), "new_password": "kiraz-dali-yesil-7", "again": "kiraz-dali-yesil-7"}
    done = await colleague.browser.send(STEP, new)
    assert (done.status_code, done.headers["location"]) == (303, "/console")
    assert (await colleague.browser.open("/console")).status_code == 200
    again = Browser(colleague.server)
    await again.open(f"{SIGN_IN}?municipality=kadikoy")
    old = await again.send(SIGN_IN, {"username": colleague.username, "password": colleague.password, "code": "123456"})
    assert old.status_code == 401
    await again.http.aclose()


async def test_a_wrong_first_code_shows_the_same_key_again(colleague):
    page = await colleague.begin()
    secret = page.text.split('class="secret">')[1].split("<")[0]
    new = {"code": "000000", "new_password": "kiraz-dali-yesil-7", "again": "kiraz-dali-yesil-7"}
    again = await colleague.browser.send(STEP, new)
    assert again.status_code == 401
    assert secret in again.text
    new["code"] = colleague.code(again.text)
    assert (await colleague.browser.send(STEP, new)).status_code == 303


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("kiraz-dali-yesil-7", "kiraz-dali-yesil-8", "İki parola aynı değil."),
        ("", "", "Bu alan boş bırakılamaz."),
        ("123456789012", "123456789012", "Parola en az 12 karakter"),
    ],
)
async def test_a_new_password_that_will_not_do_is_said_and_nobody_is_signed_in(colleague, new, again, said):
    page = await colleague.begin()
    typed = {"code": colleague.code(page.text), "new_password": new, "again": again}
    answer = await colleague.browser.send(STEP, typed)
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert "session" not in colleague.browser.http.cookies


async def test_a_second_page_that_stood_open_too_long_begins_anew(colleague):
    page = await colleague.begin()
    with clock.frozen() as frozen:
        frozen.advance(minutes=11)
        answer = await colleague.browser.send(STEP, {"code": colleague.code(page.text)})
    assert answer.status_code == 422
    assert "Sayfa çok uzun açık kaldı" in answer.text
    assert f'action="{SIGN_IN}"' in answer.text


async def test_without_a_session_every_page_leads_to_the_sign_in_and_back(browser):
    answer = await browser.open("/console?status_group=late")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?back=%2Fconsole%3Fstatus_group%3Dlate"


async def test_a_part_of_a_page_without_a_session_sends_the_whole_page_to_the_sign_in(browser):
    answer = await browser.open("/console/complaints/fresh", **{"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"].startswith("/console/sign-in")


async def test_an_unused_session_ends_after_half_an_hour_and_says_so(browser):
    await browser.sign_in("service_desk")
    with clock.frozen() as frozen:
        assert (await browser.open("/console")).status_code == 200
        frozen.advance(minutes=31)
        answer = await browser.open("/console")
        assert answer.status_code == 303
        assert "ended=1" in answer.headers["location"]
        assert "Oturumunuz sona erdi" in (await browser.open(answer.headers["location"])).text


async def test_signing_out_ends_the_session_also_for_whoever_kept_the_cookie(browser):
    await browser.sign_in("service_desk")
    await browser.open("/console")
    kept = browser.http.cookies["session"]
    answer = await browser.send("/console/sign-out")
    assert answer.status_code == 303
    assert "Oturumunuz kapatıldı." in (await browser.open(answer.headers["location"])).text
    browser.http.cookies.set("session", kept, domain="127.0.0.1", path="/")
    assert (await browser.open("/console")).status_code == 303


async def test_a_phone_s_token_opens_no_page(server, browser):
    token = await staff_bearer(server.database, server.town(), "department_officer")
    answer = await browser.open("/console", **token)
    assert answer.status_code == 303


async def test_language_and_appearance_are_remembered_and_lead_back(browser):
    answer = await browser.open("/console/preferences?language=en&back=/console/sign-in")
    assert answer.headers["location"] == "/console/sign-in"
    page = await browser.open("/console/sign-in?municipality=kadikoy")
    assert '<html lang="en"' in page.text
    assert "Sign in" in page.text
    await browser.open("/console/preferences?theme=dark&back=//evil.example")
    assert 'data-theme="dark"' in (await browser.open("/console/sign-in")).text
    await browser.open("/console/preferences?theme=system")
    assert "data-theme" not in (await browser.open("/console/sign-in")).text


async def test_the_town_s_colours_are_a_style_sheet_of_their_own(browser):
    answer = await browser.open("/console/theme/kadikoy.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.text.startswith(":root{--brand:#")
    assert (await browser.open("/console/theme/nowhere.css")).status_code == 404


async def test_a_session_lasts_no_longer_than_twelve_hours(browser):
    await browser.sign_in("service_desk")
    with clock.frozen() as frozen:
        for _ in range(30):
            frozen.advance(minutes=24)
            if (await browser.open("/console")).status_code != 200:
                break
        assert frozen.now() - clock.now() < timedelta(hours=12, minutes=1)
        assert (await browser.open("/console")).status_code == 303
