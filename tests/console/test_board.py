"""The list beside the map."""

import re

import pytest

from tests.console.browser import HTMX, Browser, text_of

pytestmark = pytest.mark.anyio

XSS = """<script>alert(1)</script><img src=x onerror="alert(2)">{{ 7*7 }}{% raw %}'"><svg onload=alert(3)>"""


@pytest.fixture
async def desk(browser) -> Browser:
    """The service desk sees every case of the town."""
    return await browser.sign_in("service_desk")


@pytest.fixture(autouse=True)
async def no_cases(server):
    """Each test begins with an empty town."""
    for table in ("complaint_event", "complaint_map_cell", "complaint"):
        server.execute(f"DELETE FROM {table}")


async def file_many(server, count: int, **changes):
    citizen = await server.citizen()
    return [await server.filed(citizen, **changes) for _ in range(count)]


def rows(html: str) -> list[str]:
    return re.findall(r'<li class="row" data-id="([0-9a-f-]+)"', html)


async def test_an_empty_town_says_that_nothing_matches(desk):
    assert "Bu süzgece uyan başvuru yok." in (await desk.open("/console")).text


async def test_a_row_says_everything_that_tells_cases_apart(server, desk):
    (filed,) = await file_many(server, 1, code="FEN-03")
    page = await desk.open("/console")
    assert rows(page.text) == [filed["id"]]
    said = text_of(page.text)
    for words in (filed["number"], "Çınarlı", "Atanmadı", "Birimde", "Acil", "kaldı", "şimdi"):
        assert words in said, words
    assert f'href="/console/complaints/{filed["id"]}"' in page.text
    assert re.search(r'data-lon="29\.\d+" data-lat="40\.\d+"', page.text)


async def test_what_citizens_write_stays_text(server, desk):
    (filed,) = await file_many(server, 1, description=XSS)
    for path in ("/console", f"/console/complaints/{filed['id']}"):
        html = (await desk.open(path)).text
        assert "<script>alert(1)" not in html
        assert "<img src=x" not in html
        assert "<svg onload" not in html
        assert "{{ 7*7 }}" in html
        assert "&lt;script&gt;alert(1)" in html


async def test_the_list_goes_on_page_by_page_and_shows_every_case_once(server, desk):
    filed = await file_many(server, 35)
    page = await desk.open("/console")
    first = rows(page.text)
    assert len(first) == 30
    assert "en yeni 30 kayıt" in text_of(page.text)
    more = re.search(r'hx-get="(/console/complaints/rows\?[^"]+)"', page.text).group(1).replace("&amp;", "&")
    rest = await desk.open(more, **HTMX)
    assert "<html" not in rest.text
    second = rows(rest.text)
    assert len(second) == 5
    assert sorted(first + second) == sorted(case["id"] for case in filed)
    assert 'class="more"' not in rest.text


async def test_the_next_page_works_without_scripts(server, desk):
    await file_many(server, 31)
    page = await desk.open("/console")
    link = re.search(r'href="(/console\?cursor=[^"]+)"', page.text).group(1).replace("&amp;", "&")
    assert len(rows((await desk.open(link)).text)) == 1


async def test_a_changed_page_address_begins_the_list_anew(server, desk):
    await file_many(server, 1)
    page = await desk.open("/console?cursor=changed")
    assert page.status_code == 200
    assert len(rows(page.text)) == 1
    assert "Liste değişmiş" in page.text


async def test_filters_choose_the_rows_and_stand_in_the_form_again(server, desk):
    road, waste = await file_many(server, 1), await file_many(server, 1, code="TEM-01", neighbourhood=2)
    category = (await server.category("TEM-01"))["id"]
    page = await desk.open(f"/console?category_id={category}")
    assert rows(page.text) == [waste[0]["id"]]
    assert f'<option value="{category}" selected>' in page.text
    assert rows((await desk.open(f"/console?text={road[0]['number']}")).text) == [road[0]["id"]]
    neighbourhood = server.town().neighbourhoods[2]
    assert rows((await desk.open(f"/console?neighbourhood_id={neighbourhood}")).text) == [waste[0]["id"]]
    assert rows((await desk.open("/console?status_group=solved")).text) == []
    assert rows((await desk.open("/console?mine=1")).text) == []
    assert rows((await desk.open("/console?filed_to=2020-01-01")).text) == []


async def test_the_map_s_area_is_a_filter_that_can_be_taken_off(server, desk):
    here, there = await file_many(server, 1), await file_many(server, 1, neighbourhood=3)
    lon, lat = server.town().place(0)
    box = f"{lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}"
    page = await desk.open(f"/console?bbox={box}")
    assert rows(page.text) == [here[0]["id"]]
    assert "Yalnız seçilen harita alanı" in page.text
    assert 'href="/console">Alanı kaldır' in page.text
    assert len(rows((await desk.open("/console")).text)) == len(here + there)


async def test_a_filter_that_is_not_valid_is_named_and_the_list_is_still_shown(server, desk):
    await file_many(server, 1)
    page = await desk.open("/console?department_id=1;drop&filed_from=yarın")
    assert page.status_code == 200
    assert "uygulanmadı: birim, başlangıç" in text_of(page.text)
    assert len(rows(page.text)) == 1


async def test_another_filter_changes_only_the_list_and_the_address(server, desk):
    await file_many(server, 1)
    answer = await desk.open("/console?status_group=all&text=&department_id=&mine=1", **HTMX)
    assert "<html" not in answer.text
    assert answer.headers["hx-replace-url"] == "/console?status_group=all&mine=1"


async def test_the_map_is_asked_with_the_list_s_filter(server, desk):
    answer = await desk.open("/console?status_group=late&text=çukur", **HTMX)
    tiles = re.search(r'data-tiles="([^"]+)"', answer.text).group(1)
    assert tiles == "/v1/complaints/tiles/{z}/{x}/{y}.mvt?status_group=late&amp;text=%C3%A7ukur"
    tile = tiles.replace("&amp;", "&").format(z=0, x=0, y=0)
    assert (await desk.open(tile)).status_code == 200, "the session's cookie opens the tiles"


async def test_nothing_new_is_no_answer(server, desk):
    await file_many(server, 2)
    page = await desk.open("/console")
    poll = re.search(r'hx-get="(/console/complaints/fresh\?[^"]+)"', page.text).group(1).replace("&amp;", "&")
    answer = await desk.open(poll, **HTMX)
    assert (answer.status_code, answer.text) == (204, "")


async def test_cases_that_came_since_are_counted_within_the_filter(server, desk):
    await file_many(server, 1)
    category = (await server.category("FEN-01"))["id"]
    page = await desk.open(f"/console?category_id={category}")
    poll = re.search(r'hx-get="(/console/complaints/fresh\?[^"]+)"', page.text).group(1).replace("&amp;", "&")
    await file_many(server, 3)
    await file_many(server, 1, code="TEM-01")
    answer = await desk.open(poll, **HTMX)
    assert "3 yeni başvuru" in text_of(answer.text)
    assert f'href="/console?category_id={category}"' in answer.text


async def test_a_flood_of_new_cases_is_said_with_a_plus(server, desk):
    page = await desk.open("/console")
    poll = re.search(r'hx-get="(/console/complaints/fresh[^"]*)"', page.text).group(1).replace("&amp;", "&")
    await file_many(server, 21)
    assert "20+ yeni başvuru" in text_of((await desk.open(poll, **HTMX)).text)


@pytest.mark.parametrize("known", ["", "x", "2026-01-01T00:00:00~x", "2026-01-01~018f0000-0000-7000-8000-000000000001"])
async def test_a_changed_poll_address_is_answered(server, desk, known):
    await file_many(server, 1)
    answer = await desk.open(f"/console/complaints/fresh?known={known}", **HTMX)
    assert answer.status_code == 200
    assert "1 yeni başvuru" in text_of(answer.text)


async def test_a_department_s_officer_sees_the_cases_of_the_own_department_only(server, browser):
    own, foreign = await file_many(server, 1), await file_many(server, 1, code="TEM-01")
    await browser.sign_in("department_officer")
    page = await browser.open("/console")
    assert rows(page.text) == [own[0]["id"]]
    assert (await browser.open(f"/console/complaints/{foreign[0]['id']}")).status_code == 404


async def test_the_page_costs_the_same_few_statements_whatever_it_shows(server, desk):
    await file_many(server, 3)
    await desk.open("/console")
    few = (await desk.open("/console")).headers["x-statements"]
    await file_many(server, 27)
    many = (await desk.open("/console")).headers["x-statements"]
    assert few == many
    assert int(many) <= 6


async def test_the_page_speaks_english_when_asked(server, desk):
    await file_many(server, 1)
    desk.http.cookies.set("console_language", "en", domain="127.0.0.1", path="/")
    said = text_of((await desk.open("/console")).text)
    for words in ("Cases", "Open", "Overdue", "Not assigned", "just now", "Pothole"):
        assert words in said, words
