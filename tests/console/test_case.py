"""The page of a case and each of its buttons."""

import re

import pytest

from tests.console.browser import HTMX, Browser, forms_of, text_of
from tests.factories.images import photo_bytes

pytestmark = pytest.mark.anyio


@pytest.fixture
async def filed(server):
    return await server.filed(await server.citizen())


class AtCase:
    """A browser on the page of a case."""

    def __init__(self, server, browser: Browser, complaint_id: str) -> None:
        self.server, self.browser, self.id = server, browser, complaint_id
        self.url = f"/console/complaints/{complaint_id}"

    async def open(self):
        answer = await self.browser.open(self.url)
        assert answer.status_code == 200, answer.text[:500]
        return answer

    async def act(self, name: str, values=None, **extra):
        return await self.browser.send(f"{self.url}/{name}", values, **extra)

    async def done(self, name: str, values=None, **extra) -> str:
        """Do an act and give the page that follows."""
        answer = await self.act(name, values, **extra)
        assert (answer.status_code, answer.headers.get("location")) == (
            303, f"{self.url}?done={name.removesuffix('/files')}",
        ), text_of(answer.text)[:600]  # fmt: skip
        page = await self.browser.open(answer.headers["location"])
        assert "Kaydedildi." in page.text
        return text_of(page.text)

    def offered(self) -> set[str]:
        """Names of the acts that the page offers."""
        prefix = f"{self.url}/"
        paths = {action.removeprefix(prefix) for action in forms_of(self.browser.page) if action.startswith(prefix)}
        return {path.removesuffix("/files") for path in paths} - {"reporter"}

    def row(self) -> dict:
        return self.server.rows("SELECT * FROM complaint WHERE id = %s", self.id)[0]

    def events(self) -> list[dict]:
        return self.server.rows(
            "SELECT * FROM complaint_event WHERE complaint_id = %s ORDER BY happened_at, id", self.id
        )


@pytest.fixture
async def head(server, browser, filed) -> AtCase:
    """The head of the department, on the page of its case."""
    page = AtCase(server, await browser.sign_in("department_head"), filed["id"])
    await page.open()
    return page


async def test_the_page_tells_the_whole_case(head, filed):
    said = text_of(head.browser.page)
    for words in (
        filed["number"], "Yol çukuru", "Yolda derin bir çukur var", "Fen İşleri", "Çınarlı", "Şikâyet",
        "Mobil uygulama", "İlk yanıt", "Çözüm", "Yasal süre (3071)", "Başvuru yapıldı", "Vatandaş görür",
    ):  # fmt: skip
        assert words in said, words
    assert head.browser.page.count("<progress") == 3
    assert re.search(r'id="place-map"[^>]*aria-label="Başvurunun yeri: Çınarlı"', head.browser.page)


async def test_the_acts_offered_are_those_the_reader_may_do_now(server, browser, filed):
    expected = {
        "department_head": {"take", "start", "close", "route", "assign", "answer", "ask_citizen", "note", "forward",
                            "reject"},
        "department_officer": {"take", "start", "close", "route", "answer", "ask_citizen", "note"},
        "field_inspector": {"take", "start", "close", "note"},
        "service_desk": {"route", "answer", "ask_citizen", "note", "forward", "reject"},
        "mayor": {"note"},
        "auditor": set(),
    }  # fmt: skip
    for role, acts in expected.items():
        at = AtCase(server, await browser.sign_in(role), filed["id"])
        await at.open()
        assert at.offered() == acts, role
    assert "şu anda yapabileceğiniz bir işlem yok" in text_of(browser.page)


async def test_take(head):
    assert "Deneme department_head" in await head.done("take")
    assert (head.row()["status"], head.row()["assignee_id"]) == (
        "assigned",
        head.server.town().staff["department_head"].id,
    )
    assert "take" not in head.offered()


async def test_start(head):
    assert "Çalışma başladı" in await head.done("start")
    assert head.row()["status"] == "in_progress"


async def test_route(head):
    department = head.server.town().departments["cleaning"]
    answer = await head.act("route", {"department_id": str(department), "note": "Konteyner kırığı."})
    assert answer.status_code == 303
    assert head.row()["department_id"] == department
    assert (await head.browser.open(head.url)).status_code == 404, "it is another department's case now"


async def test_assign(head):
    person = head.server.town().staff["department_officer"]
    assert f'value="{person.id}"' in head.browser.page, "the people of the department are offered"
    assert "Personele atandı" in await head.done("assign", {"staff_user_id": str(person.id)})
    assert head.row()["assignee_id"] == person.id


async def test_an_internal_note_is_marked_as_such(head):
    said = await head.done("note/files", {"text": "Malzeme istendi."})
    assert "Malzeme istendi." in said
    (event,) = [event for event in head.events() if event["action"] == "note"]
    assert not event["is_public"]
    assert re.search(r'class="event is-internal">(?:(?!</li>).)*Malzeme istendi\.', head.browser.page, re.DOTALL)


@pytest.mark.parametrize("is_interim", [True, False])
async def test_answer(head, is_interim):
    await head.done("answer", {"text": "Ekibimiz yarın orada.", **({"is_interim": "true"} if is_interim else {})})
    (event,) = [event for event in head.events() if event["action"] == "answer"]
    assert event["is_public"]
    assert event["details"]["is_interim"] is is_interim
    assert re.search(r'class="event">(?:(?!</li>).)*Ekibimiz yarın orada\.', head.browser.page, re.DOTALL)


async def test_ask_the_citizen(head):
    assert "Vatandaş bekleniyor" in await head.done("ask_citizen", {"text": "Hangi sokak?"})
    assert head.row()["status"] == "waiting"


async def test_close_with_photos(head):
    photos = [("photos", (f"{name}.jpg", photo_bytes(64, 48 + name), "image/jpeg")) for name in range(2)]
    assert "Çözüldü" in await head.done("close/files", {"text": "Çukur dolduruldu."}, files=photos)
    assert head.row()["status"] == "solved"
    page = head.browser.page
    links = set(re.findall(r'<a class="is-closing" href="([^"]+)"', page))
    assert len(links) == 2
    for link in links:
        picture = await head.browser.http.get(link)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")


async def test_reject_with_the_reason(head):
    assert "Reddedildi" in await head.done("reject", {"text": "Yol özel mülkiyettedir."})
    assert head.row()["status"] == "rejected"


async def test_forward_to_another_authority(head):
    await head.done("forward", {"authority_name": "Karayolları 1. Bölge", "text": "Yol karayollarının sorumluluğunda."})
    assert head.row()["status"] == "forwarded"


REQUIRED = {
    "close/files": ["text"], "route": ["department_id"], "assign": ["staff_user_id"], "answer": ["text"],
    "ask_citizen": ["text"], "note/files": ["text"], "forward": ["authority_name", "text"], "reject": ["text"],
}  # fmt: skip


@pytest.mark.parametrize("act", REQUIRED)
async def test_an_empty_field_is_said_beside_it_and_nothing_is_done(head, act):
    before = head.row()
    values = dict.fromkeys(REQUIRED[act], "  ")
    answer = await head.act(act, values)
    name = act.removesuffix("/files")
    assert answer.status_code == 422
    for field in REQUIRED[act]:
        assert f'id="{name}-{field}-fault"' in answer.text
        assert re.search(rf'id="{name}-{field}"[^>]*aria-invalid="true"[^>]*aria-describedby', answer.text)
    assert re.search(rf'<details class="[^"]*" id="action-{name}" open>', answer.text)
    assert head.row() == before


@pytest.mark.parametrize("act", REQUIRED)
async def test_with_scripts_only_the_form_comes_back_with_its_faults(head, act):
    name = act.removesuffix("/files")
    answer = await head.act(act, dict.fromkeys(REQUIRED[act], ""), headers=HTMX)
    assert answer.status_code == 422
    assert "<html" not in answer.text
    assert f'id="action-{name}"' in answer.text
    token = forms_of(answer.text)[f"{head.url}/{act}"]["values"]
    assert token["csrf"]
    assert token["version"] == "1"


async def test_what_was_typed_stays_when_another_field_is_wrong(head):
    answer = await head.act("forward", {"authority_name": "", "text": "Uzun <b>bir</b> açıklama"}, headers=HTMX)
    assert "Uzun &lt;b&gt;bir&lt;/b&gt; açıklama</textarea>" in answer.text


async def test_a_text_that_is_too_long_is_said(head):
    answer = await head.act("answer", {"text": "x" * 4001}, headers=HTMX)
    assert answer.status_code == 422
    assert "En çok 4000 karakter" in answer.text


async def test_closing_without_the_photo_that_the_category_asks_for_is_said_beside_the_photos(head):
    answer = await head.act("close/files", {"text": "Çukur dolduruldu."}, headers=HTMX)
    assert answer.status_code == 422
    assert re.search(r'id="close-photos-fault">.*Bu işlem için en az bir fotoğraf gerekli\.', answer.text, re.DOTALL)
    assert "Çukur dolduruldu.</textarea>" in answer.text
    assert head.row()["status"] == "routed"


async def test_a_file_that_is_no_photo_is_said_beside_the_photos(head):
    files = [("photos", ("zararli.jpg", b"<script>alert(1)</script>", "image/jpeg"))]
    answer = await head.act("close/files", {"text": "Tamam."}, files=files, headers=HTMX)
    assert answer.status_code == 422
    assert 'id="close-photos-fault"' in answer.text
    assert "alert(1)" not in answer.text
    assert head.row()["status"] == "routed"


async def test_more_than_five_photos_are_refused_before_any_is_taken_in(head):
    before = head.server.rows("SELECT count(*) AS n FROM stored_file")
    files = [("photos", (f"{name}.jpg", photo_bytes(), "image/jpeg")) for name in range(6)]
    answer = await head.act("close/files", {"text": "Tamam."}, files=files, headers=HTMX)
    assert answer.status_code == 422
    assert "En çok 5 fotoğraf" in answer.text
    assert head.server.rows("SELECT count(*) AS n FROM stored_file") == before


async def test_a_department_that_is_not_there_is_said_beside_its_field(head):
    unknown = "018f0000-0000-7000-8000-000000000001"
    answer = await head.act("route", {"department_id": unknown}, headers=HTMX)
    assert answer.status_code == 422
    assert 'id="route-department_id-fault"' in answer.text


async def test_a_person_of_another_department_is_said_beside_the_field(head):
    stranger = head.server.town().staff["enforcement_officer"].id
    answer = await head.act("assign", {"staff_user_id": str(stranger)}, headers=HTMX)
    assert answer.status_code == 422
    assert 'id="assign-staff_user_id-fault"' in answer.text


async def test_with_scripts_a_done_act_opens_the_page_anew(head):
    answer = await head.act("take", headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["hx-redirect"] == f"{head.url}?done=take"


async def test_a_case_that_somebody_changed_meanwhile_is_not_changed_over_their_head(head):
    form = dict(head.browser.form(f"{head.url}/answer")["values"])
    await head.done("take")
    answer = await head.browser.http.post(f"{head.url}/answer", data={**form, "text": "Eski bilgiyle"}, headers=HTMX)
    assert answer.status_code == 412
    assert answer.headers["hx-retarget"] == "#action-answer-fault"
    assert "Kayıt siz bakarken değişti" in answer.text
    assert f'href="{head.url}"' in answer.text, "a way to the present state"
    assert [event["action"] for event in head.events()] == ["file", "take"]


async def test_the_same_without_scripts_is_a_page_with_the_way_back(head):
    form = dict(head.browser.form(f"{head.url}/answer")["values"])
    await head.done("take")
    answer = await head.browser.http.post(f"{head.url}/answer", data={**form, "text": "Eski bilgiyle"})
    assert answer.status_code == 412
    assert "<html" in answer.text
    assert f'href="{head.url}"' in answer.text


async def test_an_act_that_the_state_does_not_allow_any_more_is_said_in_its_form(head):
    form = dict(head.browser.form(f"{head.url}/start")["values"])
    await head.done("start")
    again = await head.browser.http.post(f"{head.url}/start", data={**form, "version": "2"}, headers=HTMX)
    assert again.status_code == 409
    assert again.headers["hx-retarget"] == "#action-start-fault"
    assert "uygun değil" in again.text


async def test_an_act_without_the_permission_is_refused_and_leaves_a_trace(server, browser, filed):
    at = AtCase(server, await browser.sign_in("field_inspector"), filed["id"])
    await at.open()
    token = browser.form(f"{at.url}/take")["values"]["csrf"]
    answer = await browser.http.post(f"{at.url}/reject", data={"csrf": token, "text": "Hayır", "version": "1"})
    assert answer.status_code == 403
    assert at.row()["status"] == "routed"
    # The trace is written beside the refused request.
    rows = server.rows("SELECT content FROM audit_record WHERE content LIKE %s", "%complaint.reject%")
    assert rows


class TestReporter:
    """Who filed the case: masked, until somebody says why it must be seen."""

    async def test_name_and_phone_are_masked(self, head):
        assert "+905321112233" not in head.browser.page
        assert "321112233" not in head.browser.page.replace(" ", "")
        assert "Bilgileri göster" in head.browser.page

    async def test_with_a_reason_the_phone_is_shown_and_the_look_is_audited(self, head):
        answer = await head.browser.send(f"{head.url}/reporter", {"reason": "Adresi soracağım"}, headers=HTMX)
        assert answer.status_code == 200
        assert 'href="tel:+905321112233"' in answer.text
        (row,) = head.server.rows(
            "SELECT content FROM audit_record WHERE action = 'complaint.read_person' AND object_id = %s", head.id
        )
        assert "Adresi soracağım" in row["content"]
        assert "5321112233" not in row["content"]

    async def test_it_works_without_scripts_and_leads_back(self, head):
        answer = await head.browser.send(f"{head.url}/reporter", {"reason": "Adresi soracağım"})
        assert "+905321112233" in answer.text
        assert f'href="{head.url}"' in answer.text

    async def test_without_a_reason_nothing_is_shown(self, head):
        answer = await head.browser.send(f"{head.url}/reporter", {"reason": " "}, headers=HTMX)
        assert answer.status_code == 422
        assert 'id="reveal-reason-fault"' in answer.text
        assert "+905321112233" not in answer.text

    async def test_who_may_not_see_persons_is_not_offered_it(self, server, browser, filed):
        at = AtCase(server, await browser.sign_in("field_inspector"), filed["id"])
        await at.open()
        assert f"{at.url}/reporter" not in forms_of(browser.page)
        token = browser.form(f"{at.url}/take")["values"]["csrf"]
        answer = await browser.http.post(f"{at.url}/reporter", data={"csrf": token, "reason": "merak"})
        assert answer.status_code == 403

    async def test_a_report_without_a_name_has_no_reporter(self, server, browser):
        citizen = await server.citizen()
        anonymous = await server.filed(citizen, is_anonymous=True)
        at = AtCase(server, await browser.sign_in("department_head"), anonymous["id"])
        await at.open()
        assert "İsimsiz ihbar" in browser.page
        assert "ask_citizen" not in at.offered()


async def test_the_way_back_keeps_the_list_s_filter(head):
    came = "http://127.0.0.1:8000/console?status_group=late"
    page = await head.browser.open(head.url, Referer=came)
    assert 'id="to-list" href="/console?status_group=late"' in page.text
    for foreign in ("http://evil.example/console?x=1", "http://127.0.0.1:8000/v1/me?x=1", "http://[", "nonsense"):
        page = await head.browser.open(head.url, Referer=foreign)
        assert 'id="to-list" href="/console"' in page.text


async def test_reading_a_case_is_audited(head):
    rows = head.server.rows(
        "SELECT actor_id FROM audit_record WHERE action = 'complaint.read' AND object_id = %s", head.id
    )
    assert [row["actor_id"] for row in rows] == [head.server.town().staff["department_head"].id]


async def test_the_page_speaks_english_when_asked(head):
    head.browser.http.cookies.set("console_language", "en", domain="127.0.0.1", path="/")
    said = text_of((await head.open()).text)
    for words in ("Take the case", "Pothole", "Legal term", "Back to the list", "Seen by the citizen"):
        assert words in said, words
    stale = {**head.browser.form(f"{head.url}/take")["values"], "version": "7"}
    answer = await head.browser.http.post(f"{head.url}/take", data=stale, headers=HTMX)
    assert "The record changed while you were looking at it" in answer.text
