"""Takes the pictures of docs/screenshots from a running demo (`make demo` here, `make screenshots` elsewhere)."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from api.demo.staff import PASSWORD
from api.demo.visitor import code_at
from tests.journeys.chromium import chromium

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


def sign_in(page: Page, url: str, username: str) -> None:
    """Sign a demo user of Kadıköy in."""
    page.goto(f"{url}/console/sign-in")
    if page.locator("input#municipality").count():
        page.fill("#municipality", "kadikoy")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.fill("#code", code_at(0))
    page.screenshot(path=FOLDER / "sign-in.png")
    page.click("form[action='/console/sign-in'] button[type=submit]")
    page.wait_for_url(f"{url}/console")


def map_ready(page: Page) -> None:
    """Wait until the map and its labels are drawn."""
    page.locator("[data-ready=true]").wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(2_500)


def main(url: str, username: str) -> None:
    """Write board.png, board-dark.png, board-phone.png, case.png and sign-in.png."""
    with chromium() as browser:
        context = browser.new_context(viewport=DESK, locale="tr-TR", color_scheme="light")
        page = context.new_page()
        sign_in(page, url, username)
        map_ready(page)
        page.screenshot(path=FOLDER / "board.png")
        page.emulate_media(color_scheme="dark")
        page.reload()
        map_ready(page)
        page.screenshot(path=FOLDER / "board-dark.png")
        board = context.new_page()
        board.goto(f"{url}/console?status_group=open")
        address = board.locator("#results a[href*='/console/complaints/']").first.get_attribute("href")
        case = context.new_page()
        case.goto(f"{url}{address}")
        case.wait_for_timeout(3_000)
        case.screenshot(path=FOLDER / "case.png", full_page=True)
        phone = context.new_page()
        phone.set_viewport_size(PHONE)
        phone.goto(f"{url}/console")
        phone.wait_for_timeout(1_500)
        phone.screenshot(path=FOLDER / "board-phone.png")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ("http://127.0.0.1:8000", "beyazmasa")))
