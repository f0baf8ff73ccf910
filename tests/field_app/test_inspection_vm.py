"""A visit while it is made, its number, and its record: what is kept, what is sent, what is read."""

import json

import pytest

from api.businesses.schemas import BusinessPatchIn, BusinessRegisterIn
from api.complaints.schemas import OnSiteIn
from api.files.service import PhotoPromise
from api.inspections.schemas import InspectionAmendIn, InspectionSubmitIn
from field_app import desk_inspections
from field_app.business_index import BusinessIndex
from field_app.numbers import NumberBook
from field_app.screens.business.vm import BusinessModel
from field_app.screens.inspection.vm import InspectionModel
from field_app.screens.new_finding.vm import NewBusiness, NewCase, found_categories
from field_app.screens.record.vm import RecordModel
from mobile.sdk.pictures import Picture
from tests.field_app.inspection_world import (
    PLACE,
    PLANNED,
    RECHECK,
    answers_of_a_good_visit,
    numbers,
    rows_with_forms,
    with_forms,
)
from tests.field_app.world import HERE, put_rows, uid

PICTURE = Picture(b"\xff\xd8 original", b"small", "image/jpeg", {})


@pytest.fixture
def phone_with_forms(unlocked):
    return with_forms(unlocked)


def open_visit(unlocked, **arguments):
    return InspectionModel(unlocked, arguments, lambda: PLACE)


def fill(model):
    for code, value in answers_of_a_good_visit(dict(model.form.document)).items():
        model.answering.answers[code] = value
    model.answering.look_again()


def last_body(unlocked):
    return dict(unlocked.engine.lines()[0].body)


def test_a_look_makes_no_draft_and_an_answer_does(phone_with_forms):
    model = open_visit(phone_with_forms, id=PLANNED)
    model.keep_where({"open": ["documents"]})
    assert desk_inspections.drafts(phone_with_forms.desk) == []
    model.answering.on_change = lambda _path: model.keep({"open": ["safety"], "path": "m10"})
    model.answering.answer("m10", "no")
    again = open_visit(phone_with_forms, id=PLANNED)
    assert again.answering.answers["m10"] == "no"
    assert again.where == {"open": ["safety"], "path": "m10"}
    assert again.started_at == model.started_at.replace(microsecond=0)


def test_what_the_phone_knows_is_not_asked_again(phone_with_forms):
    row = rows_with_forms()["business", uid(200)]
    put_rows(phone_with_forms, {("business", uid(200)): {**row, "class_code": "sanitary"}}, version=3)
    assert open_visit(phone_with_forms, id=PLANNED).answering.answers["business_class"] == "sanitary"
    found = open_visit(phone_with_forms, id=RECHECK).answering.answers["findings"]
    assert [row["item_code"] for row in found] == ["m05", "m10"]
    act = open_visit(phone_with_forms, form_id="finding").answering.answers
    assert (act["place"], act["found_at"], act["found_on"]) == (PLACE, "11:30", "2026-11-27")


def test_what_is_submitted_is_what_the_server_reads(phone_with_forms, clock):
    unlocked = phone_with_forms
    NumberBook(unlocked.engine.store).take_in(numbers())
    model = open_visit(unlocked, id=PLANNED)
    fill(model)
    model.keep()
    photo = unlocked.photos.keep(model.draft_id, PICTURE)
    for _ in range(2):
        unlocked.photos.keep(model.draft_id, Picture(b"\x89PNG", None, "image/png", {}), kind="signature")
    model.answering.answer("m02", {"v": "no", "note": "Alan farklı", "photos": [photo.id], "deadline_days": 10})
    clock.pass_(minutes=25)
    assert model.submit() == "ZB-2026-000120"
    body = InspectionSubmitIn.model_validate(last_body(unlocked))
    assert (str(body.id), body.number, body.form_version) == (PLANNED, "ZB-2026-000120", 1)
    assert (body.ended_at - body.started_at).total_seconds() == 25 * 60
    assert body.answers["m02"]["deadline_days"] == 10
    assert body.signature is not None
    assert len(body.photos) == 2  # the photo, and the second signature
    for told in (*last_body(unlocked)["photos"], last_body(unlocked)["signature"]):
        PhotoPromise.model_validate(told)
    assert unlocked.desk.inspection(PLANNED).status == "submitted"
    assert desk_inspections.drafts(unlocked.desk) == []


def test_a_number_is_taken_only_with_its_record(phone_with_forms):
    store = phone_with_forms.engine.store
    book = NumberBook(store)
    book.take_in(numbers(first=120, last=121))
    with pytest.raises(TypeError):  # the record cannot be written: as after a kill, nothing of it is there
        phone_with_forms.acts.record("inspection.submit", {"place": object()}, also=lambda: {"number": book.take(2026)})
    assert book.left(2026) == 2
    phone_with_forms.acts.record("inspection.submit", {"id": uid(9)}, also=lambda: {"number": book.take(2026)})
    assert (book.left(2026), last_body(phone_with_forms)["number"]) == (1, "ZB-2026-000120")


def test_numbers_used_here_stay_used_and_another_year_has_others(phone_with_forms):
    store = phone_with_forms.engine.store
    book = NumberBook(store)
    book.take_in(numbers(first=120, last=122))
    with store.transaction():
        assert [book.take(2026) for _ in range(2)] == ["ZB-2026-000120", "ZB-2026-000121"]
        assert book.take(2027) is None
    book.take_in(numbers(first=120, last=122))  # the server has not heard of the two yet
    with store.transaction():
        assert [book.take(2026), book.take(2026)] == ["ZB-2026-000122", None]
    book.take_in(numbers(first=200, last=219, block="b2"))
    assert book.left(2026) == 20


def test_without_a_number_the_visit_is_submitted_and_the_office_gives_one(phone_with_forms):
    model = open_visit(phone_with_forms, id=PLANNED)
    fill(model)
    assert model.summary().numbers_left == 0
    assert model.submit() is None
    assert InspectionSubmitIn.model_validate(last_body(phone_with_forms)).number is None


def test_nobody_there_takes_no_number_and_sends_no_answers(phone_with_forms):
    NumberBook(phone_with_forms.engine.store).take_in(numbers())
    model = open_visit(phone_with_forms, id=PLANNED)
    fill(model)
    assert model.submit(nobody_there=True) is None
    body = InspectionSubmitIn.model_validate(last_body(phone_with_forms))
    assert (body.nobody_there, body.answers, body.number) == (True, {}, None)
    assert model.numbers.left(2026) == 20
    assert RecordModel(phone_with_forms.desk, PLANNED).read().outcome == "nobody_there"


def test_a_clock_that_was_set_back_does_not_end_a_visit_before_it_began(phone_with_forms, clock):
    model = open_visit(phone_with_forms, id=PLANNED)
    fill(model)
    clock.pass_(hours=-3)
    model.submit()
    body = InspectionSubmitIn.model_validate(last_body(phone_with_forms))
    assert body.ended_at == body.started_at


def test_the_summary_says_what_the_office_will(phone_with_forms):
    model = open_visit(phone_with_forms, id=PLANNED)
    fill(model)
    assert model.summary().outcome == "passed"
    model.answering.answer("m22", "no")  # seven days, says the form; a photo is missing
    summary = model.summary()
    assert (summary.outcome, summary.signature) == ("warned", "refused")
    assert [(line.found.code, line.term.isoformat()) for line in summary.findings] == [("m22", "2026-12-04")]
    assert [path for path, _, _ in summary.missing] == ["m22.photos"]
    model.answering.answer("m01", "no")  # critical, and no term anywhere
    assert model.summary().outcome == "failed"


def test_a_visit_on_the_spot_goes_on_where_it_was_begun(phone_with_forms):
    first = open_visit(phone_with_forms, business_id=uid(201), form_id="finding")
    first.answering.answers["description"] = "Kaldırım işgali"
    first.keep()
    again = open_visit(phone_with_forms, business_id=uid(201), form_id="finding")
    assert (again.visit_id, again.answering.answers["description"]) == (first.visit_id, "Kaldırım işgali")
    other = open_visit(phone_with_forms, business_id=uid(202), form_id="finding")
    assert other.visit_id != first.visit_id
    again.discard()
    assert desk_inspections.drafts(phone_with_forms.desk) == []


def test_the_record_is_read_at_once_and_a_correction_stands_below_it(phone_with_forms):
    unlocked = phone_with_forms
    NumberBook(unlocked.engine.store).take_in(numbers())
    model = open_visit(unlocked, id=PLANNED)
    fill(model)
    model.answering.answer("m22", {"v": "no", "note": "Geri dönüşüm kutusu yok", "deadline_days": 5})
    model.submit()
    body = {"inspection_id": PLANNED, "text": "Kutu arka bahçedeymiş"}
    unlocked.acts.record("inspection.amend", body)
    InspectionAmendIn.model_validate(last_body(unlocked))
    state = RecordModel(unlocked.desk, PLANNED).read()
    told = json.dumps(state.document.sections, default=lambda part: part.__dict__, ensure_ascii=False)
    assert (state.number, state.outcome, state.sent) == ("ZB-2026-000120", "warned", "waiting")
    for word in ("Geri dönüşüm kutusu yok", "02.12.2026", "Kutu arka bahçedeymiş", "Güneş Fırını"):
        assert word in told
    assert state.document.number == "ZB-2026-000120"
    assert RecordModel(unlocked.desk, uid(999)).read() is None


def test_only_what_was_changed_of_a_business_is_sent_with_what_was_seen(phone_with_forms):
    model = BusinessModel(phone_with_forms, uid(200))
    seen = model.values()
    assert not model.change(seen, dict(seen))
    assert model.change(seen, {**seen, "opening_hours": "08:00–22:00", "phone": ""})
    body = last_body(phone_with_forms)
    BusinessPatchIn.model_validate(body)
    assert body["changes"] == {
        "phone": {"base": "+902163300000", "value": None}, "opening_hours": {"base": None, "value": "08:00–22:00"}
    }  # fmt: skip
    assert phone_with_forms.desk.business(uid(200)).opening_hours == "08:00–22:00"


def test_a_new_case_and_a_new_business_are_what_the_server_reads(phone_with_forms):
    case = NewCase(phone_with_forms, "c1", lambda: PLACE)
    case.answering.answer("own_description", "  Masalar kaldırımı kapatmış ")
    case.keep()
    phone_with_forms.photos.keep(case.draft_id, PICTURE)
    again = NewCase(phone_with_forms, "c1", lambda: None)
    row_id = again.submit()
    body = last_body(phone_with_forms)
    photo_ids = [photo["id"] for photo in body.pop("photos")]
    read = OnSiteIn.model_validate({**body, "category_id": uid(1), "photo_ids": photo_ids})
    assert (read.description, read.place.lon, len(photo_ids)) == ("Masalar kaldırımı kapatmış", HERE[0], 1)
    assert phone_with_forms.desk.complaint(row_id).place == HERE
    business = NewBusiness(phone_with_forms, "Yeni Fırın", lambda: PLACE)
    business.answering.answers |= {"class_code": "sihhi", "address_text": "Moda Cad. No: 5", "phone": "0216 330 00 00"}
    business.answering.look_again()
    assert business.answering.seen.errors == ()
    row_id = business.submit()
    assert BusinessRegisterIn.model_validate(last_body(phone_with_forms)).title == "Yeni Fırın"
    assert phone_with_forms.desk.business(row_id).address == "Moda Cad. No: 5"


def test_subjects_are_found_by_any_spelling(phone_with_forms):
    categories = phone_with_forms.desk.town().categories
    assert [one.id for one, _ in found_categories(categories, "KALDIRIM", "tr")] == ["c1"]
    assert [one.id for one, _ in found_categories(categories, "gurultu", "tr")] == ["c2"]
    assert len(found_categories(categories, "", "tr")) == 3


def test_businesses_are_found_by_words_in_any_order_the_nearest_first(phone_with_forms):
    with phone_with_forms.reading() as engine:
        index = BusinessIndex.read(engine)
    assert [hit.id for hit in index.search("moda CAY", 10, HERE)] == [uid(201), uid(204)]
    assert [hit.title for hit in index.search("sogutlucesme evi", 10)] == ["Moda Çay Evi", "Moda Çay Evi 4"]
    nearest = index.search("", 3, HERE)
    assert [hit.id for hit in nearest] == [uid(200), uid(201), uid(202)]
    assert nearest[0].metres == pytest.approx(0, abs=1)
    assert index.search("yok böyle bir yer", 5) == []


def test_a_form_of_another_version_still_reads_a_draft(phone_with_forms):
    model = open_visit(phone_with_forms, id=PLANNED)
    model.answering.answers["m01"] = "yes"
    model.keep()
    rows = rows_with_forms()
    row_id = next(key for key, data in rows.items() if key[0] == "form" and data["form_id"] == "routine")
    put_rows(phone_with_forms, {row_id: {**rows[row_id], "version": 2}}, version=5)
    again = open_visit(phone_with_forms, id=PLANNED)
    assert (again.form.version, again.answering.answers["m01"]) == (2, "yes")


def test_a_visit_that_was_called_off_is_not_begun_anew(phone_with_forms):
    with pytest.raises(LookupError):
        open_visit(phone_with_forms, id=uid(888))
    begun = open_visit(phone_with_forms, id=uid(888), business_id=uid(200))
    assert (begun.visit_id, begun.kind, begun.form.form_id) == (uid(888), "spot", "routine")
