"""The finding record: what it must say, the same on phone and server, as a PDF that does not change."""

import io
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from api.core.images import ImageRefused, inspect_and_reencode
from api.inspections import service
from api.inspections.record_pdf import set_record
from api.inspections.records import uncertain_minutes
from api.inspections.seeding import seed
from mobile.forms import Form
from mobile.wire.record import NO_SIGNATURE, Facts, Photo, finding_record
from tests.api.inspections.conftest import OFFICER, actor_of, read, recheck_of, rechecking, submitted, visit

pytestmark = pytest.mark.anyio

FORMS = {document["form_id"]: Form.load(document) for document in seed("forms")}
AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
FACTS = Facts(
    town="Kadıköy Belediyesi", department="Zabıta Müdürlüğü", kind="routine", outcome="warned",
    number="ZB-2026-000123", business="Yıldız Lokantası", activity="Lokanta", address="Çınar Sokak No: 4",
    started_at=AT - timedelta(minutes=30), ended_at=AT, officer="Işıl Şahin", officer_title="Zabıta Memuru",
    officer_registry_no="1453", device_id="0193", place=(29.03, 40.99), accuracy_m=6.0,
    photos=(Photo("0002", "b" * 64), Photo("0001", "a" * 64)),
)  # fmt: skip


def words(document):
    """Everything that a document says."""
    told = [*document.authority, document.title, document.number, *document.footer]
    for section in document.sections:
        told += [section.title, *section.paragraphs, *(text for line in section.lines for text in line)]
        if section.table:
            told += [cell for row in section.table.rows for cell in row]
    for place in document.signatures:
        told += [place.role, place.name, place.remark]
    return "\n".join(told)


def test_the_record_tells_place_time_finding_law_term_evidence_and_who_wrote_it():
    answers = {
        "m05": {"v": "no", "note": "Tarife asılmamış", "photos": ["0001"], "deadline_days": 7},
        "m24": {"v": "no", "deadline_days": 0},
        "present_person": "Ayşe Yılmaz",
        "signature": {"refused": True, "note": "Okudu, imzalamadı"},
    }
    told = words(finding_record(FORMS["routine"], answers, FACTS))
    for wanted in (
        "T.C. KADIKÖY BELEDİYESİ", "ZB-2026-000123", "Yıldız Lokantası", "Çınar Sokak No: 4",
        "40.990000, 29.030000 (± 6 m)",
        "27.11.2026 12:00", "27.11.2026 12:30", "Tarife asılmamış", "6502; Fiyat Etiketi Yönetmeliği", "04.12.2026",
        "Derhal giderildi", "a" * 64, "Ayşe Yılmaz", "İmzadan imtina etti: Okudu, imzalamadı", "Işıl Şahin",
        "Sicil no: 1453", "Cihaz: 0193", NO_SIGNATURE,
    ):  # fmt: skip
        assert wanted in told, wanted


def test_photos_are_numbered_in_the_order_in_which_they_were_taken_and_signatures_are_none():
    answers = {"m05": {"v": "no", "photos": ["0002"]}, "signature": "0003"}
    facts = replace(FACTS, photos=(*FACTS.photos, Photo("0003", "c" * 64)))
    document = finding_record(FORMS["routine"], answers, facts)
    photos = next(section.table for section in document.sections if section.title == "Fotoğraflar")
    assert [row[2][0] for row in photos.rows] == ["a", "b"]
    found = next(section.table for section in document.sections if section.title == "Tespitler")
    assert found.rows[0][-1] == "2"
    assert document.signatures[1].image_id == "0003"


def test_an_uncertain_clock_is_told():
    assert "± 4 dakika" in words(finding_record(FORMS["routine"], {}, replace(FACTS, uncertain_minutes=4)))
    assert "saatler yaklaşıktır." in words(finding_record(FORMS["routine"], {}, replace(FACTS, uncertain_minutes=0)))
    assert "yaklaşık" not in words(finding_record(FORMS["routine"], {}, FACTS))


@pytest.mark.parametrize(
    ("authored", "late", "minutes"),
    [
        (None, 0, None),
        ({"wall": 1}, 0, None),
        ({"trust": "unsure"}, 0, 0),
        ({"uncertainty": 30_000}, 0, None),
        ({"uncertainty": 200_000}, 0, 4),
        ("x", 0, None),
        (None, 10, 10),
    ],
)
def test_what_the_phones_clocks_say_decides_the_remark(authored, late, minutes):
    assert uncertain_minutes(authored, AT + timedelta(minutes=late), AT) == minutes


def test_a_closed_door_is_recorded_without_findings_or_signature_of_the_business():
    document = finding_record(FORMS["routine"], {"m05": "no"}, replace(FACTS, outcome="nobody_there"))
    assert [section.title for section in document.sections] == ["Yer, zaman ve işyeri", "Fotoğraflar"]
    assert len(document.signatures) == 1
    assert "kapalı" in words(document)


def test_a_recheck_tells_what_became_of_each_finding():
    answers = {
        "findings": [
            {"item_code": "m05", "finding_text": "Tarife yok", "deadline_on": "2026-11-20", "result": "cured"},
            {"item_code": "m10", "finding_text": "Söndürücü", "result": "more_time", "new_deadline_on": "2026-12-20"},
        ]
    }
    document = finding_record(FORMS["recheck"], answers, replace(FACTS, kind="recheck"))
    before = next(section.table for section in document.sections if section.title == "Önceki uyarının konusu")
    assert before.rows == (
        ("Tarife yok", "20.11.2026", "Giderilmiş", "—"),
        ("Söndürücü", "—", "Ek süre verildi: 20.12.2026", "—"),
    )


@pytest.mark.parametrize("form", ["routine", "finding", "recheck"])
@pytest.mark.parametrize("answers", [None, {}, "x", {"findings": "x", "signature": 3, "m01": [], "act": "yok"}])
def test_a_record_can_be_written_of_whatever_was_answered(form, answers):
    assert NO_SIGNATURE in words(finding_record(FORMS[form], answers, FACTS))


def unpacked(pdf):
    """A PDF with its streams unpacked."""
    packed = re.findall(rb"stream\n(x[\x01\x9c\xda].*?)\nendstream", pdf, re.DOTALL)
    streams = [zlib.decompress(found) for found in packed]
    return b"\n".join([pdf, *streams])


async def pdf_of(server, inspection_id, role=OFFICER):
    return await server.client.get(f"/v1/inspections/{inspection_id}/record.pdf", headers=await server.staff(role))


async def test_the_pdf_is_a4_with_its_fonts_inside_and_the_same_each_time(server, business):
    answers = {"m05": {"v": "no", "note": "Tarife asılmamış: çğıöşü İĞÜŞ"}, "signature": {"refused": True}}
    done = await submitted(server, visit(business, answers))
    first, second = await pdf_of(server, done["id"]), await pdf_of(server, done["id"])
    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["cache-control"] == "private, no-store"
    assert first.content == second.content
    assert first.content.startswith(b"%PDF-")
    inside = unpacked(first.content)
    assert re.search(rb"/MediaBox ?\[0 0 595\.\d+ 841\.\d+\]", inside), "not A4"
    named = set(re.findall(rb"/FontName ?/([A-Z]{6}\+[A-Za-z-]+)", inside))
    assert named
    assert inside.count(b"/FontFile") == len(named), "a font is not inside"
    assert all(b"DejaVu" in name for name in named)
    rows = server.rows("SELECT action FROM audit_record WHERE object_id = %s ORDER BY sequence", done["id"])
    assert [row["action"] for row in rows] == ["inspection.submit", "inspection.read", "inspection.read"]


async def test_after_a_pdf_half_a_photo_is_still_refused():
    await set_record(finding_record(FORMS["routine"], {}, FACTS), {})
    whole = io.BytesIO()
    Image.effect_noise((400, 300), 80).convert("RGB").save(whole, "JPEG")
    with pytest.raises(ImageRefused):
        inspect_and_reencode(whole.getvalue()[: len(whole.getvalue()) // 2])


async def test_a_correction_stands_below_what_was_signed(server, business):
    done = await submitted(server, visit(business, {"m02": "yes"}))
    answer = await server.client.post(
        f"/v1/inspections/{done['id']}/amendments", json={"text": "Adres No: 6 olacak."},
        headers=await server.staff(OFFICER),
    )  # fmt: skip
    assert answer.json()["version"] == 2, answer.text
    actor = actor_of(server)
    async with server.database.transaction(actor.municipality_id) as session:
        document = await service.record_document(session, actor, done["id"])
    assert "Adres No: 6 olacak." in words(document)
    seen = await read(server, done["id"])
    assert [one["text"] for one in seen["amendments"]] == ["Adres No: 6 olacak."]


async def test_a_planned_visit_has_no_record_yet_and_cannot_be_corrected(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    recheck = recheck_of(server, first["id"])
    assert (await pdf_of(server, recheck["id"])).status_code == 409
    answer = await server.client.post(
        f"/v1/inspections/{recheck['id']}/amendments", json={"text": "x"}, headers=await server.staff(OFFICER)
    )
    assert answer.json()["code"] == "inspection_action_not_allowed"


async def test_nobody_reads_a_record_of_another_department(server, business):
    done = await submitted(server, visit(business, {"m02": "yes"}))
    assert (await pdf_of(server, done["id"], "field_inspector")).status_code == 404
    assert (await pdf_of(server, done["id"], "mayor")).status_code == 200


async def test_a_drawn_signature_stands_in_the_record_and_no_other_address_is_reached(server, business):
    photo = await server.photo(await server.staff(OFFICER))
    body = visit(business, {"m02": "yes", "remark": "<img src='http://127.0.0.1:1/x'>", "signature": photo},
                 signature={"id": photo})  # fmt: skip
    done = await submitted(server, body)
    shown = await pdf_of(server, done["id"])
    assert b"/Subtype /Image" in unpacked(shown.content)
    seen = await read(server, done["id"])
    assert seen["photos"][0]["id"] == photo
    picture = await server.client.get(seen["photos"][0]["thumbnail_url"], headers=await server.staff(OFFICER))
    assert picture.status_code == 200


async def test_a_recheck_shows_what_the_first_visit_found(server, business):
    first = await submitted(server, visit(business, {"m05": {"v": "no", "deadline_days": 5}}))
    recheck = recheck_of(server, first["id"])
    await submitted(server, rechecking(recheck, ("m05", "cured")))
    seen = await read(server, str(recheck["id"]))
    assert [(one["item_code"], one["status"]) for one in seen["open_before"]] == [("m05", "cured")]
    assert seen["answers"][0]["is_heading"]
