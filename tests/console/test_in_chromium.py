"""The console as people see it: map, keyboard, phone, without scripts, for the accessibility engine, day and night."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.console.browser import credentials
from tests.console.chromium import CHROMIUM, DESK, FLAGS, PHONE, Served, Watched, colours_of, served, wait_until
from tests.factories.images import photo_bytes

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

XSS = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}\"'><svg/onload=alert(3)>"
CLUSTER = (0x1D >> 4, 0x3D >> 4, 0x5C >> 4)
OPEN_REPORT = (0x2B >> 4, 0x6C >> 4, 0xB0 >> 4)


@pytest.fixture(scope="module")
def site(module_db, tmp_path_factory) -> Iterator[Served]:
    """The running server, its town filled with forty reports on a grid and one that would like to be a program."""
    with served(module_db, tmp_path_factory.mktemp("files"), "kadikoy") as running:
        for number in range(40):
            running.file(east=(number % 8) * 0.0004, north=(number // 8) * 0.0004)
        running.file("TEM-01", description=XSS, east=0.012)
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(site, chromium):
    """Opens windows; what a browser complained about in any of them fails the test."""
    opened: list[Watched] = []

    def open_window(role: str | None = "service_desk", size=DESK, **options) -> Watched:
        is_phone = size == PHONE
        context = chromium.new_context(
            viewport=size, locale="tr-TR", has_touch=is_phone, is_mobile=is_phone, reduced_motion="reduce", **options
        )
        context.set_default_timeout(15_000)
        if role:
            context.add_cookies([{"name": "session", "value": site.cookie(role), "url": site.url}])
        watched = Watched(context, site.url)
        opened.append(watched)
        return watched

    yield open_window
    complaints = [complaint for watched in opened for complaint in watched.complaints]
    for watched in opened:
        watched.context.close()
    assert complaints == []


def newest(site, **changes) -> str:
    return f"/console/complaints/{site.file(**changes)['id']}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_accessibility_engine_finds_nothing_wrong_with_any_page(site, window, scheme, size):
    watched = window("department_head", size, color_scheme=scheme)
    page = watched.with_map()
    page.click(".menu summary")
    assert watched.axe() == []
    watched.open(newest(site))
    assert watched.axe() == []
    page.click("#action-close summary")
    page.click("#action-close button[type=submit]")
    page.wait_for_selector("#close-text-fault")
    assert watched.axe() == []
    watched.context.clear_cookies()
    watched.open("/console/sign-in?municipality=kadikoy")
    assert watched.axe() == []
    page.fill("#username", "nobody")
    page.fill("#password", "x")
    page.click("button[type=submit]")
    page.wait_for_selector("[role=alert]")
    assert watched.axe() == []


@pytest.mark.parametrize("path", ["/console", "/console?status_group=solved", "/console/sign-in"])
def test_no_page_is_wider_than_a_phone(window, path):
    page = window("department_head", PHONE).open(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_case_is_not_wider_than_a_phone_and_its_buttons_are_large_enough(site, window):
    page = window("department_head", PHONE).open(newest(site, description="x" * 300))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    heights = page.evaluate(
        """[...document.querySelectorAll('main button, main summary, main select, main a.button')]
            .filter((item) => item.checkVisibility({checkOpacity: true, contentVisibilityAuto: true}))
            .map((item) => item.getBoundingClientRect().height)"""
    )
    assert len(heights) > 8
    assert min(heights) >= 44


def test_the_map_shows_clusters_with_their_counts_and_nothing_comes_from_elsewhere(window):
    watched = window()
    page = watched.with_map()
    page.wait_for_timeout(1500)
    drawn = colours_of(page.locator("#map-canvas").screenshot(), page)
    assert CLUSTER in drawn
    assert any("/v1/complaints/tiles/" in address and "status_group=open" in address for address in watched.asked)
    assert any("/v1/public/kadikoy/tiles/base/" in address for address in watched.asked)
    assert all(address.startswith((watched.url, "blob:", "data:")) for address in watched.asked)


def test_a_row_leads_to_its_place_on_the_map_and_the_place_to_its_case(site, window):
    url = newest(site, east=-0.004)
    page = window().with_map()
    page.click(f'[data-show="{url.rsplit("/", 1)[1]}"]')
    expect(page.locator(".row.is-shown")).to_have_count(1)
    page.wait_for_timeout(2500)
    assert OPEN_REPORT in colours_of(page.locator("#map-canvas").screenshot(), page)
    box = page.locator("#map-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(f"**{url}")


def test_a_click_on_a_cluster_comes_nearer_and_the_map_stays_there_after_a_case(site, window):
    watched = window()
    page = watched.with_map()
    remembered = (
        "JSON.parse(Object.entries(sessionStorage).find(([key]) => key.startsWith('console.map'))?.[1] ?? 'null')?.zoom"
    )
    box = page.locator("#map-canvas").bounding_box()
    page.wait_for_timeout(1500)
    page.mouse.wheel(0, 0)
    lon, lat = site.town.place(0)
    spot = page.evaluate(
        """([lon, lat]) => {
            const map = document.getElementById('map').dataset, scale = 512 * 2 ** Number(map.zoom);
            const y = (value) => (1 - Math.asinh(Math.tan(value * Math.PI / 180)) / Math.PI) / 2 * scale;
            return [(lon - Number(map.lon)) / 360 * scale, y(lat) - y(Number(map.lat))];
        }""",
        [lon + 0.0014, lat + 0.0008],
    )
    page.mouse.click(box["x"] + box["width"] / 2 + spot[0], box["y"] + box["height"] / 2 + spot[1])
    wait_until(page, f"{remembered} > Number(document.getElementById('map').dataset.zoom) + 1.9")
    zoom = page.evaluate(remembered)
    watched.open(newest(site))
    page.click("#to-list")
    page.wait_for_selector("#map[data-ready]", state="attached")
    assert page.evaluate(remembered) == zoom


def test_filters_change_list_and_address_without_a_new_page(window):
    page = window().with_map()
    page.evaluate("window.stillHere = true")
    page.check("input[value=all]", force=True)
    page.wait_for_url("**/console?status_group=all")
    page.select_option("#filter-category", label="Çöp alınmadı")
    expect(page.locator(".row")).to_have_count(1)
    assert page.evaluate("window.stillHere")
    page.fill("#filter-text", "bulunmaz")
    expect(page.locator(".empty")).to_be_visible()
    assert "text=bulunmaz" in page.url
    page.reload()
    assert page.input_value("#filter-text") == "bulunmaz"


def test_new_reports_are_announced_and_come_in_without_a_new_page(site, window):
    page = window().with_map()
    before = page.locator(".row").first.get_attribute("data-id")
    page.evaluate("window.stillHere = true")
    filed = site.file()
    announced = page.locator("#fresh a")
    expect(announced).to_have_text("1 yeni başvuru", timeout=25_000)
    assert page.locator("#fresh").get_attribute("role") == "status"
    announced.click()
    expect(page.locator(".row").first).to_have_attribute("data-id", filed["id"])
    assert filed["id"] != before
    assert page.evaluate("window.stillHere")


def test_more_rows_come_below_and_the_keyboard_goes_on_where_it_was(window):
    page = window().with_map()
    expect(page.locator(".row")).to_have_count(30)
    page.focus(".more a")
    page.keyboard.press("Enter")
    wait_until(page, "document.querySelectorAll('.row').length > 30")
    wait_until(page, "document.activeElement === document.querySelectorAll('.row')[30].querySelector('a')")


def test_the_map_s_area_becomes_a_filter(window):
    page = window().with_map()
    page.click("#search-area")
    page.wait_for_url("**bbox=**")
    expect(page.get_by_text("Yalnız seçilen harita alanı")).to_be_visible()
    page.get_by_role("link", name="Alanı kaldır").click()
    page.wait_for_url(lambda url: "bbox" not in url)


def test_on_a_phone_list_and_map_take_turns(window):
    page = window("service_desk", PHONE).with_map()
    expect(page.locator("#map-canvas")).to_be_hidden()
    page.get_by_role("button", name="Harita", exact=True).click()
    expect(page.locator("#map-canvas")).to_be_visible()
    expect(page.locator("#rows")).to_be_hidden()
    page.get_by_role("button", name="Liste", exact=True).click()
    expect(page.locator("#rows")).to_be_visible()
    more = page.get_by_role("button", name="Süzgeçler")
    assert more.get_attribute("aria-expanded") == "false"
    expect(page.locator("#filter-department")).to_be_hidden()
    more.click()
    assert more.get_attribute("aria-expanded") == "true"
    expect(page.locator("#filter-department")).to_be_visible()


def test_what_citizens_write_runs_nowhere(window):
    page = window().with_map("/console?status_group=all&text=onerror")
    expect(page.locator(".row-text")).to_contain_text("<img src=x onerror=alert(1)>")
    page.hover(".row")
    page.click(".row-title a")
    expect(page.locator(".words").first).to_contain_text("{{7*7}}")
    assert page.evaluate("document.querySelectorAll('main img[src=x], main script').length") == 0


def test_a_form_with_a_fault_takes_the_focus_to_it_and_then_does_its_act(site, window):
    page = window("department_head").open(newest(site))
    page.click("#action-answer summary")
    page.click("#action-answer button[type=submit]")
    expect(page.locator("#answer-text")).to_be_focused()
    expect(page.locator("#answer-text-fault")).to_have_text("Bu alan boş bırakılamaz.")
    page.fill("#answer-text", "Ekibimiz yarın orada olacak.")
    page.click("#action-answer button[type=submit]")
    expect(page.get_by_role("status").filter(has_text="Kaydedildi.")).to_be_visible()
    expect(page.locator(".event:not(.is-internal) .event-text")).to_have_text("Ekibimiz yarın orada olacak.")


def test_a_case_is_closed_with_a_photo(site, window):
    page = window("department_head").open(newest(site))
    page.click("#action-close summary")
    page.fill("#close-text", "Çukur dolduruldu.")
    page.click("#action-close button[type=submit]")
    expect(page.locator("#close-photos-fault")).to_be_visible()
    page.set_input_files(
        "#close-photos", {"name": "son.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes(320, 240)}
    )
    page.click("#action-close button[type=submit]")
    expect(page.locator(".case-head .badge").first).to_have_text("Çözüldü")
    picture = page.locator(".case-body .is-closing img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_two_people_at_one_case_do_not_write_over_each_other(site, window):
    url = newest(site)
    first, second = window("department_head").open(url), window("department_officer").open(url)
    first.get_by_role("button", name="Üzerime al").click()
    expect(first.get_by_role("status").filter(has_text="Kaydedildi.")).to_be_visible()
    second.click("#action-answer summary")
    second.fill("#answer-text", "Uzun bir yanıt")
    second.click("#action-answer button[type=submit]")
    fault = second.locator("#action-answer-fault [role=alert]")
    expect(fault).to_contain_text("Kayıt siz bakarken değişti")
    assert second.input_value("#answer-text") == "Uzun bir yanıt", "what was typed is not lost"
    fault.get_by_role("link").click()
    expect(second.locator(".case-head")).to_contain_text("Atandı")


def test_the_reporter_is_shown_after_a_reason_was_given(site, window):
    page = window("department_head").open(newest(site))
    expect(page.locator("#reporter")).to_contain_text("**")
    page.click("#reporter summary")
    page.fill("#reveal-reason", "Adresi soracağım")
    page.click("#reporter button")
    expect(page.locator("#reporter a")).to_have_text(re.compile(r"^\+90533\d{7}$"))


def test_without_scripts_the_whole_job_can_be_done(site, window):
    url = newest(site, description="Betiksiz tarayıcıdan görülecek.")
    page = window(None, java_script_enabled=False).open(f"/console/sign-in?municipality=kadikoy&back={url}")
    typed = credentials("department_head")
    for name in ("username", "password", "code"):
        page.fill(f"#{name}", typed[name])
    page.click("button[type=submit]")
    page.wait_for_url(f"**{url}")
    page.get_by_role("button", name="Üzerime al").click()
    expect(page.get_by_text("Kaydedildi.")).to_be_visible()
    page.click("#action-note summary")
    page.fill("#note-text", "Betiksiz de yazılır.")
    page.click("#action-note button[type=submit]")
    expect(page.locator(".event.is-internal .event-text")).to_have_text("Betiksiz de yazılır.")
    page.get_by_role("link", name="Başvurulara dön").click()
    page.fill("#filter-text", "betiksiz")
    page.get_by_role("button", name="Uygula", exact=True).click()
    assert page.locator(".row").count() == 1


def test_the_chosen_appearance_holds_against_the_system_s(window):
    page = window(color_scheme="light").open("/console")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click(".menu summary")
    page.get_by_role("button", name="Koyu").click()
    page.wait_for_load_state()
    assert page.evaluate(ground) != light
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_lost_connection_is_said_and_what_was_typed_stays(site, window):
    watched = window("department_head")
    page = watched.open(newest(site))
    page.click("#action-answer summary")
    page.fill("#answer-text", "Önemli bir yanıt")
    watched.context.set_offline(offline=True)
    page.click("#action-answer button[type=submit]")
    expect(page.locator("#offline")).to_be_visible()
    assert page.input_value("#answer-text") == "Önemli bir yanıt"
    watched.context.set_offline(offline=False)
    page.click("#action-answer button[type=submit]")
    expect(page.get_by_role("status").filter(has_text="Kaydedildi.")).to_be_visible()
    watched.complaints = [
        text for text in watched.complaints if "INTERNET_DISCONNECTED" not in text and "htmx" not in text
    ]


def test_the_browser_libraries_are_those_of_the_lock_file(site):
    manifest = json.loads(site.http.get(_vendor(site) + "manifest.json").text)
    assert {"htmx.min.js", "maplibre-gl.js", "maplibre-gl-worker.js", "maplibre-gl.css"} <= set(manifest)


def _vendor(site) -> str:
    page = site.http.get("/console/sign-in").text
    return re.search(r'src="(/static/[0-9a-f]+/vendor/)htmx', page).group(1)


def test_tiles_that_cannot_be_had_are_told_on_the_map_and_nowhere_else(window):
    watched = window()
    watched.context.route("**/v1/public/*/tiles/base/**", lambda route: route.abort())
    page = watched.open("/console")
    expect(page.locator(".map-missing")).to_be_visible(timeout=15_000)
    # The browser itself writes a line for each address that it could not reach; the page adds none.
    watched.complaints = [said for said in watched.complaints if "net::ERR_FAILED" not in said]


def test_the_map_opens_on_the_whole_town(site, window):
    page = window().with_map()
    seen = page.evaluate("({...document.getElementById('map').dataset})")
    lon, lat = site.town.place(0)
    # A small town is seen near, and its places lie within the first view.
    width = 360 / 2 ** float(seen["zoom"]) * 640 / 512
    assert abs(float(seen["lon"]) - lon) < width / 2
    assert abs(float(seen["lat"]) - lat) < width / 2
    assert width < 0.2
