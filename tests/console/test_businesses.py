"""The register's pages: list, record, decisions, and lists that are brought in."""

import pytest

from api.businesses import jobs
from api.core.ids import uuid7
from api.core.jobs import JobContext
from tests.api.businesses.conftest import patched, registered, shown
from tests.api.fieldwork.conftest import case_of_works, created, send
from tests.console.browser import HTMX, Browser, forms_of, text_of

pytestmark = pytest.mark.anyio

HOME = "/console/businesses"
XSS = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture
async def keeper(browser) -> Browser:
    """A browser of somebody who keeps the register."""
    return await browser.sign_in("licence_officer")


async def test_the_list_shows_the_register_and_what_htmx_asks_for(server, keeper):
    await registered(server, title=f"Liste {XSS}", licence_no="R-501")
    page = await keeper.open(HOME)
    assert page.status_code == 200
    assert "Liste &lt;script&gt;" in page.text
    assert XSS not in page.text
    assert "R-501" in page.text
    assert 'aria-current="true"' in page.text
    part = await keeper.open(f"{HOME}?text=liste", **HTMX)
    assert "<!doctype" not in part.text
    assert part.headers["hx-replace-url"] == f"{HOME}?text=liste"
    assert "/v1/businesses/tiles/{z}/{x}/{y}.mvt?text=liste" in part.text
    assert "Bu süzgece uyan işyeri yok." in (await keeper.open(f"{HOME}?text=hiçbiri", **HTMX)).text


@pytest.mark.parametrize(
    "query", ["status=x", "neighbourhood_id=1", "bbox=1,2", "cursor=abc", "class_code=%00", "text=%00"]
)
async def test_an_unusable_filter_shows_the_list_all_the_same(keeper, query):
    assert (await keeper.open(f"{HOME}?{query}")).status_code == 200


async def test_more_rows_come_without_the_page_around_them(server, keeper):
    for number in range(42):
        await registered(server, title=f"Sıra {number:02}")
    page = await keeper.open(f"{HOME}?text=sıra")
    assert "Sıra 39" in page.text
    assert "Sıra 40" not in page.text
    more = next(part for part in page.text.split('hx-get="') if part.startswith(f"{HOME}/rows")).split('"')[0]
    rows = await keeper.open(more.replace("&amp;", "&"), **HTMX)
    assert "Sıra 41" in rows.text
    assert "<!doctype" not in rows.text


async def test_the_office_changes_a_record_and_only_what_differs(server, keeper):
    business_id = await registered(server, title="Değişecek", note="eski\nnot", floor_area_m2=40)
    url = f"{HOME}/{business_id}"
    await keeper.open(url)
    changes = {"title": "Değişti", "floor_area_m2": "55", "phone": "0212 293 11 22", "note": "eski\r\nnot"}
    answer = await keeper.send(url, changes)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{url}?done=saved")
    business = await shown(server, business_id)
    assert (business["title"], business["floor_area_m2"], business["phone"]) == ("Değişti", 55, "+902122931122")
    assert {line["field"] for line in business["changes"]} == {"title", "floor_area_m2", "phone"}
    page = await keeper.open(answer.headers["location"])
    assert "Kaydedildi." in page.text
    assert "Değişecek" in page.text
    same = await keeper.send(url)
    assert same.headers["location"] == f"{url}?done=same"


async def test_a_faulty_field_keeps_what_was_typed_and_says_so_beside_it(server, keeper):
    business_id = await registered(server, title="Hatalı Olmayan")
    url = f"{HOME}/{business_id}"
    await keeper.open(url)
    for changes, told in (
        ({"title": "", "activity": "Yeni iş"}, "edit-title-fault"),
        ({"phone": "12", "activity": "Yeni iş"}, "edit-phone-fault"),
        ({"floor_area_m2": "çok", "activity": "Yeni iş"}, "edit-floor_area_m2-fault"),
    ):
        await keeper.open(url)
        answer = await keeper.send(url, changes)
        assert answer.status_code == 422
        assert told in answer.text
        assert 'value="Yeni iş"' in answer.text
    assert (await shown(server, business_id))["activity"] == "Kasap"


async def test_a_record_that_was_changed_meanwhile_is_not_overwritten(server, keeper):
    business_id = await registered(server, note="a")
    url = f"{HOME}/{business_id}"
    await keeper.open(url)
    await patched(server, business_id, "field_inspector", note=("a", "b"))
    answer = await keeper.send(url, {"note": "c"})
    assert answer.status_code == 412
    assert (await shown(server, business_id))["note"] == "b"


async def test_an_inspectors_change_of_the_offices_field_is_a_proposal_decided_with_one_tap(server, browser):
    business_id = await registered(server, title="Önerilecek")
    url = f"{HOME}/{business_id}"
    inspector = await browser.sign_in("field_inspector")
    page = await inspector.open(url)
    assert "öneri olarak" in page.text
    answer = await inspector.send(url, {"title": "Önerilen Ad"})
    assert answer.headers["location"] == f"{url}?done=suggested"
    await inspector.open(url)
    assert not [action for action in forms_of(inspector.page) if "/changes/" in action]
    keeper = await browser.sign_in("licence_officer")
    await keeper.open(url)
    (action,) = [action for action in forms_of(keeper.page) if "/changes/" in action]
    decided = await keeper.send(action, {"accept": "true"})
    assert decided.headers["location"] == f"{url}?done=reviewed"
    assert (await shown(server, business_id))["title"] == "Önerilen Ad"
    again = await keeper.send(action, {"accept": "true"})
    assert again.status_code == 409


async def test_look_alikes_are_merged_from_the_page(server, keeper):
    first = await registered(server, title="Çift Kayıt", tax_no="4540536920")
    second = await registered(server, title="Çift Kayıt İki", tax_no="4540536920", neighbourhood=1)
    url = f"{HOME}/{second}"
    await keeper.open(url)
    (action,) = [action for action in forms_of(keeper.page) if "/matches/" in action]
    assert (await keeper.send(action, {"decision": "merged"})).headers["location"] == f"{url}?done=matched"
    page = await keeper.open(url)
    assert f"{HOME}/{first}" in page.text
    assert "birleştirildi" in page.text
    assert url not in forms_of(page.text)


async def test_the_owner_is_masked_until_somebody_says_why(server, keeper):
    business_id = await registered(server, owner="Gizem Sır", tax_no="17291716060")
    url = f"{HOME}/{business_id}"
    page = await keeper.open(url)
    assert "Gizem" not in page.text
    assert "G*** S***" in page.text
    assert (await keeper.send(f"{url}/owner", {"reason": ""}, headers=HTMX)).status_code == 422
    await keeper.open(url)
    clear = await keeper.send(f"{url}/owner", {"reason": "Tutanak"}, headers=HTMX)
    assert "Gizem Sır" in clear.text
    assert "<!doctype" not in clear.text
    await keeper.open(url)
    whole = await keeper.send(f"{url}/owner", {"reason": "Tutanak"})
    assert "<!doctype" in whole.text
    await keeper.open(url)
    wrong = await keeper.send(f"{url}/owner/new", {"tax_no": "123"})
    assert wrong.status_code == 422
    await keeper.open(url)
    assert (await keeper.send(f"{url}/owner/new", {"owner": "Yeni Sahip"})).status_code == 303


async def test_people_see_only_what_they_may(server, browser):
    business_id = await registered(server, owner="Gizem Sır")
    mayor = await browser.sign_in("mayor")
    page = await mayor.open(f"{HOME}/{business_id}")
    assert [action for action in forms_of(page.text) if action.startswith(HOME)] == []
    assert (await mayor.open(f"{HOME}/import")).status_code == 403
    stranger = await browser.sign_in("licence_officer", "akpinar")
    assert (await stranger.open(f"{HOME}/{business_id}")).status_code == 404
    cashier = await browser.sign_in("cashier")
    assert (await cashier.open(HOME)).status_code == 403


LIST = "İşyeri Adı;Mahalle\nAktarılan Büfe;Çınarlı\n=KÖTÜ();Çınarlı\n".encode("cp1254")


async def test_a_list_is_looked_through_shown_and_written_on_a_word(server, browser):
    administrator = await browser.sign_in("municipal_administrator")
    url = f"{HOME}/import"
    await administrator.open(url)
    none = await administrator.send(f"{url}/files")
    assert none.status_code == 422
    await administrator.open(url)
    files = {"list": ("liste.csv", LIST, "text/csv")}
    sent = await administrator.send(f"{url}/files", {"default_class": "sanitary"}, files=files)
    assert (sent.status_code, sent.headers["location"]) == (303, url)
    page = await administrator.open(url)
    assert "Denetleniyor" in page.text
    import_id = page.text.split('id="import-')[-1].split('"')[0].removesuffix("-name")
    context = JobContext(server.town().municipality_id, server.database, {"store": server.app.state.store})
    await jobs.check_import(context, import_id=import_id)
    card = await administrator.open(f"{url}/{import_id}", **HTMX)
    assert "2 satır: 1 uygun, 1 hatalı." in text_of(card.text)
    assert "yalnız mahallesi biliniyor" in card.text
    assert "formül" in card.text
    assert "every 2s" not in card.text
    faults = await administrator.open(f"{url}/{import_id}/faults")
    assert "'=KÖTÜ()" in faults.content.decode("utf-8-sig")
    await administrator.open(url)
    assert (await administrator.send(f"{url}/{import_id}/confirm")).status_code == 303
    await jobs.write_import(context, import_id=import_id)
    assert "1 işyeri eklendi" in (await administrator.open(url)).text
    assert server.rows("SELECT 1 FROM business WHERE title = 'Aktarılan Büfe'")
    assert (await administrator.open(f"{url}/{uuid7()}")).status_code == 404


async def test_a_case_shows_its_tasks(server, browser):
    case_id = await case_of_works(server)
    task_id = await created(server, complaint_id=case_id, title="Bordür onarımı", due_on="2020-01-01")
    head = await browser.sign_in("department_head")
    url = f"/console/complaints/{case_id}"
    page = await head.open(url)
    assert "Bordür onarımı" in page.text
    assert "Gecikti" in page.text
    photo = await server.photo(await server.staff("field_inspector"))
    done = await send(server, f"tasks/{task_id}/finish", {"text": "Onarıldı", "photo_ids": [photo]}, "field_inspector")
    assert done.status_code == 200
    page = await head.open(url)
    assert "Onarıldı" in page.text
    shown_photo = await head.open(f"/v1/field/tasks/{task_id}/photos/{photo}/thumbnail")
    assert shown_photo.status_code == 200


async def test_the_pages_speak_english_too(server, browser):
    business_id = await registered(server, title="Dil")
    keeper = await browser.sign_in("licence_officer")
    await keeper.open("/console/preferences?language=en")
    assert "History of changes" in (await keeper.open(f"{HOME}/{business_id}")).text
    assert "Search name, activity" in (await keeper.open(HOME)).text
