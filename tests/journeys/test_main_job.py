"""The main job as its people do it: a citizen's report reaches the department in a real browser and comes back solved.

Real server, worker, SMS simulator, PostgreSQL and Chromium. With BELEDIYE_SCREENSHOTS=<folder> the pages are kept.
"""

import os
from pathlib import Path

import pyotp
import pytest

from api.core import clock
from api.core.ids import uuid7
from tests.factories.images import photo_bytes
from tests.factories.towns import PASSWORD, TOTP_SECRET
from tests.journeys.chromium import chromium
from tests.journeys.programs import wait_until
from tests.journeys.running import running

pytestmark = pytest.mark.journey

PHONE = "+905321112233"
TEXT = "Parkın önündeki yolda derin bir çukur var <b>acil</b>"


def sign_in_citizen(product, client):
    asked = client.post("/v1/auth/code", json={"municipality": "kadikoy", "phone": PHONE}).raise_for_status().json()
    code = product.phones.wait_for_message(PHONE, seconds=30)["text"].split(" ", 1)[0]
    body = {"municipality": "kadikoy", "login_id": asked["login_id"], "phone": PHONE, "code": code}
    tokens = client.post("/v1/auth/code/verify", json=body).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"


def file_report(product, client):
    upload = client.post("/v1/files", files={"file": ("cukur.jpg", photo_bytes(800, 600), "image/jpeg")})
    categories = client.get("/v1/public/kadikoy/categories").raise_for_status().json()
    lon, lat = product.town.place(2)
    body = {
        "id": str(uuid7()),
        "category_id": next(item["id"] for item in categories if item["code"] == "FEN-01"),
        "description": TEXT,
        "place": {"lon": lon, "lat": lat},
        "photo_ids": [upload.raise_for_status().json()["id"]],
        "answers": {"depth_cm": 20, "vehicle_damage": True},
    }
    return client.post("/v1/complaints", json=body).raise_for_status().json()


def sign_in_staff(page, product, role):
    page.goto(f"{product.url}/console/sign-in")
    if page.locator("input#municipality").count():
        page.fill("#municipality", "kadikoy")
    page.fill("#username", role)
    page.fill("#password", PASSWORD)
    page.fill("#code", pyotp.TOTP(TOTP_SECRET).at(clock.now()))
    page.click("form[action='/console/sign-in'] button[type=submit]")
    page.wait_for_url(f"{product.url}/console")


def shot(page, name):
    folder = os.environ.get("BELEDIYE_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"journey-{name}.png"))


def test_a_report_reaches_the_department_in_the_console_and_comes_back_solved_rated_and_reopened(  # noqa: PLR0915
    module_db, tmp_path
):
    with running(module_db, tmp_path) as product, product.http() as citizen, chromium() as browser:
        sign_in_citizen(product, citizen)
        filed = file_report(product, citizen)
        assert filed["department_name"].startswith("Fen İşleri")
        product_sms = wait_until(
            lambda: [m for m in product.phones.messages(PHONE) if filed["number"] in m["text"]], 30, "no SMS on filing"
        )
        assert len(product_sms) == 1

        desk = browser.new_context(viewport={"width": 1440, "height": 900}, locale="tr-TR").new_page()
        faults = []
        desk.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        desk.on("pageerror", lambda error: faults.append(str(error)))
        sign_in_staff(desk, product, "service_desk")
        desk.get_by_text(filed["number"]).first.wait_for()
        desk.locator("#map-canvas canvas").wait_for()
        desk.locator("[data-ready=true]").wait_for(state="attached", timeout=60_000)
        shot(desk, "board")
        assert "<b>acil</b>" in desk.locator("#results").inner_text(), "a citizen's words are words, not markup"

        officer = browser.new_context(viewport={"width": 1440, "height": 900}, locale="tr-TR").new_page()
        sign_in_staff(officer, product, "department_officer")
        officer.get_by_text(filed["number"]).first.wait_for()
        officer.goto(f"{product.url}/console/complaints/{filed['id']}")
        officer.locator("#action-take button").click()
        officer.locator("#action-take").wait_for(state="detached")
        officer.locator("#action-start button").click()
        officer.locator("#action-start").wait_for(state="detached")
        officer.locator("#action-answer summary").click()
        officer.fill("#answer-text", "Ekibimiz yarın sabah orada olacak.")
        officer.locator("#action-answer button[type=submit]").click()
        officer.get_by_text("Ekibimiz yarın sabah orada olacak.").first.wait_for()
        officer.locator("#action-close summary").click()
        officer.fill("#close-text", "Çukur asfaltla dolduruldu.")
        officer.locator("#action-close button[type=submit]").click()
        officer.locator("#action-close .action-fault, #action-close [role=alert], #close-photos-fault").first.wait_for()
        photo = {"name": "bitti.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes(1024, 768)}
        officer.set_input_files("#close-photos", [photo])
        officer.locator("#action-close button[type=submit]").click()
        officer.locator("#action-close").wait_for(state="detached")
        officer.get_by_text("Çukur asfaltla dolduruldu.").first.wait_for()
        shot(officer, "case-solved")

        url = f"/v1/complaints/{filed['id']}"
        wait_until(
            lambda: [m for m in product.phones.messages(PHONE) if "dolduruldu" in m["text"]], 30, "no SMS on closing"
        )
        inbox = citizen.get("/v1/inbox").raise_for_status().json()["items"]
        assert [item["kind"] for item in inbox] == ["complaint.close", "complaint.answer", "complaint.file"]
        seen = citizen.get(url).raise_for_status().json()
        assert (seen["status"], [photo["phase"] for photo in seen["photos"]]) == ("solved", ["filed", "closing"])
        citizen.post(f"{url}/rating", json={"rating": 2, "comment": "Ertesi gün yine açıldı."}).raise_for_status()
        citizen.post(f"{url}/reopen", json={"text": "Çukur yeniden açıldı."}).raise_for_status()

        officer.reload()
        officer.get_by_text("Çukur yeniden açıldı.").first.wait_for()
        assert officer.locator("#action-close").count() == 1
        shot(officer, "case-reopened")
        assert not faults, faults
