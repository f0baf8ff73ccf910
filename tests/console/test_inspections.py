"""The pages of inspections, as the people of the municipal police and of licensing see them."""

import pytest

from api.core import clock
from api.core.ids import uuid7
from tests.api.inspections.conftest import make_business, recheck_of, submitted, visit
from tests.console.browser import text_of

pytestmark = pytest.mark.anyio
HOME = "/console/inspections"


@pytest.fixture
async def reader(browser):
    """Somebody who sees every department and plans none."""
    await browser.sign_in("mayor")
    return browser


@pytest.fixture
async def planner(browser, server):
    """The licensing officer, who plans and makes the visits of licensing."""
    await browser.sign_in("licence_officer")
    return browser


async def warned(server):
    """A visit with a finding, a warning and its re-check."""
    business = make_business(server, title="Yıldız Lokantası")
    answers = {"m05": {"v": "no", "note": "Tarife yok", "deadline_days": 7}, "signature": {"refused": True}}
    return await submitted(server, visit(business, answers))


async def test_the_list_shows_visits_by_group_and_a_group_without_visits_says_so(reader, server):
    done = await warned(server)
    page = await reader.open(f"{HOME}?group=warned")
    assert page.status_code == 200, page.text
    assert f"{HOME}/{done['id']}" in page.text
    assert "Yıldız Lokantası" in text_of(page.text)
    empty = await reader.open(f"{HOME}?group=cancelled&business_id={uuid7()}")
    assert "Burada denetim yok." in text_of(empty.text)


@pytest.mark.parametrize("query", ["group=olmayan", "assignee_id=x", "cursor=bozuk", "kind=baskın&group=late"])
async def test_an_address_that_asks_for_nonsense_shows_the_usual_list(reader, query):
    assert (await reader.open(f"{HOME}?{query}")).status_code == 200


async def test_a_visit_tells_its_answers_findings_terms_and_what_is_missing(reader, server):
    done = await warned(server)
    page = await reader.open(f"{HOME}/{done['id']}")
    told = text_of(page.text)
    for wanted in ("Tarife yok", "6502; Fiyat Etiketi Yönetmeliği", "Süre işliyor", "İmzadan imtina etti",
                   "Eksik ya da okunamayan yanıtlar", done["number"], "Uygun değil"):  # fmt: skip
        assert wanted in told, wanted
    assert f"/v1/inspections/{done['id']}/record.pdf" in page.text
    assert "/amendments" not in page.text, "a mayor corrects nothing"
    recheck = await reader.open(f"{HOME}/{recheck_of(server, done['id'])['id']}")
    assert "Önceki denetimin tespitleri" in text_of(recheck.text)


async def test_a_visit_of_another_department_is_not_found(planner, server):
    done = await warned(server)
    assert (await planner.open(f"{HOME}/{done['id']}")).status_code == 404


async def test_a_visit_is_planned_by_choosing_business_day_and_person_then_moved_and_called_off(planner, server):
    business = make_business(server, title="Sakızlı Fırın")
    department = server.town().departments["licensing"]
    server.execute("UPDATE business_class SET department_id = %s WHERE municipality_id = %s AND code = 'sanitary'",
                   department, server.town().municipality_id)  # fmt: skip
    await planner.open(f"{HOME}/plan?text=yildiz&business={business}")
    assert "Sakızlı Fırın" in text_of(planner.page)
    officer = str(server.town().staff["licence_officer"].id)
    answer = await planner.send(f"{HOME}/plan", {"assignee_id": officer, "reason": "Şikâyet var"})
    assert answer.status_code == 303, answer.text
    url = answer.headers["location"].split("?")[0]
    await planner.open(answer.headers["location"])
    assert "Denetim planlandı." in text_of(planner.page)
    moved = await planner.send(f"{url}/assign", {"assignee_id": "", "due_on": clock.today().isoformat()})
    assert moved.status_code == 303, moved.text
    await planner.open(url)
    gone = await planner.send(f"{url}/cancel", {"reason": "İşyeri taşındı"})
    assert gone.status_code == 303, gone.text
    row = server.rows("SELECT status, due_on, assignee_id FROM inspection WHERE id = %s", url.rsplit("/", 1)[1])[0]
    assert row == {"status": "cancelled", "due_on": clock.today(), "assignee_id": None}
    server.execute("UPDATE business_class SET department_id = NULL WHERE code = 'sanitary'")


async def test_a_refused_plan_says_why(planner, server):
    await planner.open(f"{HOME}/plan?business={make_business(server)}")
    answer = await planner.send(f"{HOME}/plan", {"due_on": "2020-01-01"})
    assert answer.status_code in (403, 422)
    assert text_of(answer.text).strip()


async def test_a_correction_is_added_below_the_visit(browser, server):
    await browser.sign_in("enforcement_officer")
    done = await warned(server)
    await browser.open(f"{HOME}/{done['id']}")
    answer = await browser.send(f"{HOME}/{done['id']}/amendments", {"text": "Kapı numarası 6 olacak."})
    assert answer.status_code == 303, answer.text
    await browser.open(f"{HOME}/{done['id']}")
    assert "Kapı numarası 6 olacak." in text_of(browser.page)


async def test_forms_are_shown_in_words_and_only_the_administrator_uploads(browser, reader, server):
    page = await reader.open(f"{HOME}/forms")
    assert "Rutin işyeri denetimi" in text_of(page.text)
    assert 'type="file"' not in page.text
    form = server.rows("SELECT id FROM inspection_form WHERE code = 'routine' AND municipality_id = %s",
                       server.town().municipality_id)[0]["id"]  # fmt: skip
    shown = text_of((await reader.open(f"{HOME}/forms/{form}")).text)
    assert "Fiyat tarifesi kapıda ve masada" in shown
    assert "dayanak doğrulanmadı" in shown
    assert "süre 7 gün" in shown
    assert (await reader.open(f"{HOME}/forms/{uuid7()}")).status_code == 404


async def test_a_broken_workbook_is_refused_with_words(browser):
    await browser.sign_in("municipal_administrator")
    await browser.open(f"{HOME}/forms")
    answer = await browser.send(f"{HOME}/forms", {}, files={"file": ("form.xlsx", b"x")})
    assert answer.status_code == 422
    assert "Form geçerli değil" in text_of(answer.text)


async def test_the_numbers_page_tells_where_each_number_went(reader, server):
    await warned(server)
    page = await reader.open(f"{HOME}/numbers")
    assert f"ZB-{clock.today().year}-000001" in page.text
    assert "Tutanak var" in text_of(page.text)
    assert "Bu yıl numara verilmedi." in text_of((await reader.open(f"{HOME}/numbers?year=2019")).text)
    assert (await reader.open(f"{HOME}/numbers?year=olmaz")).status_code == 200


async def test_the_pages_speak_english_too(reader, server):
    done = await warned(server)
    reader.http.cookies.set("console_language", "en")
    told = text_of((await reader.open(f"{HOME}/{done['id']}")).text)
    assert "Not in order" in told
    assert "Running" in told
