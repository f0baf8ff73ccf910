"""The pages of field work: what waits is shown in words and decided with one tap; phones, bundles, emergencies."""

import io
from datetime import timedelta
from hashlib import sha256

import pytest

from api.complaints.errors import NoNeedToTake
from api.console.language import LANGUAGES, catalogue
from api.core import clock
from api.core.ids import uuid7
from api.core.jobs import JobContext
from api.sync import jobs
from mobile.wire.kinds import KINDS
from tests.api.sync.bundling import bundle_of, public_key
from tests.api.sync.phones import Wire
from tests.api.sync.uploading import Sender
from tests.console.browser import Browser, text_of
from tests.factories.images import photo_bytes

pytestmark = pytest.mark.anyio


@pytest.fixture
async def head(browser):
    return await browser.sign_in("department_head")


@pytest.fixture
async def administrator(server):
    opened = await Browser(server).sign_in("municipal_administrator")
    yield opened
    await opened.http.aclose()


@pytest.fixture
async def conflict(server):
    """A case that two people took without a network; gives the case and the id of what came second."""
    server.execute("DELETE FROM sync_mutation")
    case = await server.filed(await server.citizen())
    first, second = await Wire.of(server), await Wire.of(server, "department_officer")
    await first.pushed(first.mutation("complaint.take", {"complaint_id": case["id"]}))
    mutation = second.mutation("complaint.take", {"complaint_id": case["id"]}, base={f"complaint/{case['id']}": 1})
    await second.pushed(mutation)
    return case, mutation["id"]


def resolution(server, mutation_id):
    row = server.rows("SELECT resolution, resolution_note FROM sync_mutation WHERE id = %s", mutation_id)[0]
    return row["resolution"], row["resolution_note"]


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_kind_of_command_has_a_name_people_read(name):
    assert [kind for kind in KINDS if not catalogue(name).has(f"field.kind.{kind}")] == []


async def test_a_conflict_is_told_in_words_with_its_three_sides(head, conflict):
    page = await head.open("/console/field")
    assert page.status_code == 200
    said = text_of(page.text)
    for words in (
        "Başvuruyu üzerine alma", "Uyuşmazlık", "Deneme department_officer", "Sahadan gelen", "Merkezdeki durum",
        NoNeedToTake.tr, "Deneme field_inspector", "Telefon kaydın 1. sürümünü görmüştü", "Sahadakini uygula",
        "Merkezdeki kalsın",
    ):  # fmt: skip
        assert words in said, words
    assert conflict[1] in page.text


async def test_one_tap_keeps_the_offices_record_with_a_note(server, head, conflict):
    await head.open("/console/field")
    address = f"/console/field/conflicts/{conflict[1]}"
    answer = await head.send(address, {"decision": "office", "note": "Görüşüldü."})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/field?done=office")
    assert resolution(server, conflict[1]) == ("dropped", "Görüşüldü.")
    assert "Merkezdeki kayıt olduğu gibi kaldı." in text_of((await head.open("/console/field?done=office")).text)
    assert "Karar bekleyen kayıt yok." in text_of(head.page)


async def test_what_the_record_still_refuses_is_told_and_nothing_changes(server, head, conflict):
    await head.open("/console/field")
    refused = await head.send(f"/console/field/conflicts/{conflict[1]}", {"decision": "field"})
    assert refused.status_code == 409
    assert "/console/field" in refused.text
    assert resolution(server, conflict[1]) == (None, None)


async def test_what_waited_too_long_stands_out(head, conflict):
    assert "Karar gecikti" not in text_of((await head.open("/console/field")).text)
    head.server.execute("UPDATE sync_mutation SET received_at = now() - interval '73 hours'")
    assert "Karar gecikti" in text_of((await head.open("/console/field")).text)


async def test_other_departments_do_not_see_it(server, conflict):
    licence = await Browser(server).sign_in("licence_officer")
    assert "Karar bekleyen kayıt yok." in text_of((await licence.open("/console/field")).text)
    inspector = await Browser(server).sign_in("field_inspector")
    assert (await inspector.open("/console/field")).status_code == 403
    for opened in (licence, inspector):
        await opened.http.aclose()


async def test_a_value_for_the_register_and_a_pair_are_decided_on_the_same_page(server, head):
    town, first, second, change, match = server.town().municipality_id, uuid7(), uuid7(), uuid7(), uuid7()
    for business_id, title in ((first, "Papatya Pastanesi"), (second, "Papatya Pasta")):
        server.execute(
            """INSERT INTO business (municipality_id, id, class_code, title, activity, address_text, opening_hours,
                                     note, risk, search_text, status, source, registered_at, version)
               VALUES (%s, %s, 'food', %s, '', 'Moda Cad. 1', '', '', 50, '', 'active', 'office', now(), 1)""",
            town, business_id, title,
        )  # fmt: skip
    server.execute(
        """INSERT INTO business_change (municipality_id, id, business_id, field, old, new, base, state, changed_at)
           VALUES (%s, %s, %s, 'title', '"Papatya Pastanesi"', '"Papatya Kafe"', NULL, 'suggested', now())""",
        town, change, first,
    )  # fmt: skip
    server.execute(
        """INSERT INTO business_match (municipality_id, id, business_id, other_id, reason, found_at)
           VALUES (%s, %s, %s, %s, 'near_and_alike', now())""",
        town, match, second, first,
    )  # fmt: skip
    said = text_of((await head.open("/console/field")).text)
    assert "Papatya Kafe" in said
    assert "Aynı işyeri olabilir" in said
    assert (await head.send(f"/console/field/matches/{match}", {"decision": "different"})).status_code == 303
    await head.open("/console/field")
    assert (await head.send(f"/console/field/changes/{change}", {"accept": "true"})).status_code == 303
    assert server.rows("SELECT title FROM business WHERE id = %s", first) == [{"title": "Papatya Kafe"}]
    assert server.rows("SELECT decision FROM business_match WHERE id = %s", match) == [{"decision": "different"}]


async def test_a_phone_is_taken_back_after_a_second_question(server, head):
    wire = await Wire.of(server)
    await wire.pulled()
    device_id = wire.claims.device_id
    said = text_of((await head.open("/console/field/devices")).text)
    assert "Deneme field_inspector" in said
    assert "Gönderilmemiş kayıtlar ve fotoğraflar geri gelmez." in said
    answer = await head.send(f"/console/field/devices/{device_id}/revoke", {"how": "drain"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/field/devices?done=drain")
    assert server.rows("SELECT state FROM field_device WHERE id = %s", device_id) == [{"state": "drain"}]
    assert "Boşaltılıyor" in text_of((await head.open("/console/field/devices")).text)


async def test_a_bundle_is_brought_and_its_fate_shown(server, head):
    wire = await Wire.of(server)
    await wire.pulled()
    department = str(server.town().staff["field_inspector"].department_id)
    line = wire.mutation("message.post", {"id": wire.new_id(), "department_id": department, "text": "Ağ yok."})
    data = bundle_of(wire, await public_key(server), [line])
    await head.open("/console/field/bundles")
    files = {"file": ("gun.cbx", io.BytesIO(data), "application/octet-stream")}
    answer = await head.send("/console/field/bundles", files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/field/bundles?done=bundle")
    assert "Sırada" in text_of((await head.open("/console/field/bundles")).text)
    (upload,) = server.rows("SELECT id FROM blob_upload WHERE sha256 = sha256(%s)", data)
    outside = {"spool": server.app.state.spool, "store": server.app.state.store}
    context = JobContext(server.town().municipality_id, server.database, outside)
    await jobs.import_bundle(context, upload_id=str(upload["id"]))
    said = text_of((await head.open("/console/field/bundles")).text)
    assert "Deneme field_inspector İşlendi" in said
    assert "1 kayıt: 1 işlendi" in said
    refused = await head.send("/console/field/bundles", files={"file": ("a.cbx", b"none", "application/octet-stream")})
    assert (refused.status_code, "saha paketi değil" in refused.text) == (422, True)


async def test_an_emergency_is_declared_and_ended(server, administrator):
    server.execute("DELETE FROM disaster_policy")
    await administrator.open("/console/field/disaster")
    last_day = (clock.today() + timedelta(days=10)).isoformat()
    typed = {"reason": "Kuvvetli yer sarsıntısı", "valid_to": last_day, "days": "30"}
    assert (await administrator.send("/console/field/disaster", {**typed, "days": "99"})).status_code == 422
    await administrator.open("/console/field/disaster")
    answer = await administrator.send("/console/field/disaster", typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/field/disaster?done=declared")
    said = text_of((await administrator.open("/console/field/disaster")).text)
    assert "Yürürlükte" in said
    assert "Deneme municipal_administrator" in said
    (policy,) = server.rows("SELECT id, days FROM disaster_policy")
    assert policy["days"] == 30
    assert (await administrator.send(f"/console/field/disaster/{policy['id']}/end")).status_code == 303
    assert "Önceki ilanlar" in text_of((await administrator.open("/console/field/disaster")).text)


async def test_only_who_may_opens_each_page(server, head):
    assert (await head.open("/console/field/disaster")).status_code == 403
    said = text_of((await head.open("/console/field")).text)
    assert "Telefonlar" in said
    assert "Afet düzeni" not in said


async def test_forms_need_the_sessions_token(server, head, conflict):
    await head.open("/console/field")
    answer = await head.send(f"/console/field/conflicts/{conflict[1]}", {"decision": "office", "csrf": None})
    assert answer.status_code == 403
    assert resolution(server, conflict[1]) == (None, None)


async def test_another_towns_conflicts_phones_and_bundles_are_not_here(server, conflict):
    opened = await Browser(server).sign_in("municipal_administrator", "akpinar")
    assert conflict[1] not in (await opened.open("/console/field")).text
    answer = await opened.http.post(
        f"/console/field/conflicts/{conflict[1]}",
        data={"decision": "office", "csrf": csrf_in(opened.page)},
    )
    assert answer.status_code == 404
    assert resolution(server, conflict[1]) == (None, None)
    await opened.http.aclose()


def csrf_in(page):
    """The token of the page's sign-out form, which every page has."""
    return page.split('name="csrf" value="', 1)[1].split('"', 1)[0]


async def test_a_photo_on_its_way_is_told_on_the_case_and_shown_small_once_its_preview_is_here(server, head):
    photo, preview = photo_bytes(200, 150), photo_bytes(40, 30)
    case, wire = await server.filed(await server.citizen()), await Wire.of(server)
    photo_id = wire.new_id()
    named = {"id": photo_id, "sha256": sha256(photo).hexdigest(), "size": len(photo), "mime": "image/jpeg"}
    body = {"complaint_id": case["id"], "text": "Yerinde görüldü.", "photos": [named]}
    assert (await wire.pushed(wire.mutation("complaint.note", body)))["results"][0]["state"] == "ok"
    address, thumbnail = f"/console/complaints/{case['id']}", f"{photo_id}/thumbnail"
    page = (await head.open(address)).text
    assert "Fotoğraf yolda" in page
    assert thumbnail not in page
    phone = Sender(server.client, wire.headers)
    assert (await phone.send(preview, photo_id, "preview")).status_code == 204
    page = (await head.open(address)).text
    assert "Fotoğraf yolda" in page
    assert thumbnail in page
    assert f"{photo_id}/public" not in page
    assert (await phone.send(photo, photo_id)).status_code == 204
    page = (await head.open(address)).text
    assert "Fotoğraf yolda" not in page
    assert f"{photo_id}/public" in page
