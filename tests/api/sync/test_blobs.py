import hashlib
import io
import json
from datetime import timedelta
from uuid import UUID

import pytest
from PIL import Image

from api.core import clock
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.images import inspect_and_reencode
from api.core.keys import keyring
from api.core.sql import run
from api.files import service as files
from api.sync import blobs
from tests.api.sync.uploading import BLOBS, TUS, Sender, metadata, promise
from tests.factories.images import photo_bytes

pytestmark = pytest.mark.anyio

PHOTO = photo_bytes(300, 200, place=(29.03, 40.99))


@pytest.fixture
async def phone(server):
    return Sender(server.client, await server.staff("field_inspector"))


def row_of(server, photo_id):
    return server.rows("SELECT * FROM stored_file WHERE id = %s", photo_id)[0]


def told(answer):
    return answer.status_code, answer.headers.get("upload-offset"), answer.headers.get("tus-resumable")


async def test_what_is_spoken_here_is_told_to_anybody(server):
    answer = await server.client.options(BLOBS)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,checksum,expiration,termination"
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256"


async def test_a_photo_arrives_in_pieces_and_is_stored_as_one_that_was_uploaded_at_once(server, phone):
    photo_id = promise(server, PHOTO)
    begun = await phone.begin(PHOTO, photo_id)
    assert told(begun) == (201, "0", "1.0.0")
    url = begun.headers["location"]
    assert begun.headers["upload-expires"].endswith("GMT")

    first = await phone.add(url, 0, PHOTO[:1000])
    assert told(first) == (204, "1000", "1.0.0")
    asked = await phone.offset(url)
    assert told(asked) == (200, "1000", "1.0.0")
    assert (asked.headers["upload-length"], asked.headers["cache-control"]) == (str(len(PHOTO)), "no-store")
    assert row_of(server, photo_id)["state"] == "awaited"
    assert told(await phone.add(url, 1000, PHOTO[1000:], "sha1")) == (204, str(len(PHOTO)), "1.0.0")

    row = row_of(server, photo_id)
    assert (row["state"], row["width"], row["height"], row["size"]) == ("stored", 300, 200, len(PHOTO))
    town = server.town()
    async with server.database.transaction(town.municipality_id) as session:
        shown = await files.read_photo(session, server.app.state.store, town.municipality_id, UUID(photo_id), "public")
        evidence = (await keyring(session, town.municipality_id)).decrypt(
            "stored_file", "evidence", photo_id, row["evidence"]
        )
    assert shown == inspect_and_reencode(PHOTO).public_jpeg
    assert json.loads(evidence)["place"] == pytest.approx([29.03, 40.99], abs=1e-4)
    pointers = server.rows("SELECT scope, tbl FROM sync_pointer WHERE row_id = %s", photo_id)
    assert [(row["scope"], row["tbl"]) for row in pointers] == [(f"user:{town.staff['field_inspector'].id}", "photo")]
    trail = server.rows("SELECT action FROM audit_record WHERE object_id = %s", photo_id)
    assert [row["action"] for row in trail] == ["file.upload"]
    upload_id = UUID(url.rsplit("/", 1)[1])
    assert not server.app.state.spool.path(upload_id).exists()


async def test_a_photo_that_is_here_is_not_sent_again(server, phone):
    photo_id = promise(server, PHOTO)
    assert (await phone.send(PHOTO, photo_id)).status_code == 204
    again = await phone.begin(PHOTO, photo_id)
    assert told(again) == (201, str(len(PHOTO)), "1.0.0")
    assert told(await phone.offset(again.headers["location"])) == (200, str(len(PHOTO)), "1.0.0")
    assert told(await phone.add(again.headers["location"], len(PHOTO), b"")) == (204, str(len(PHOTO)), "1.0.0")
    server.execute("DELETE FROM blob_upload WHERE photo_id = %s", photo_id)
    assert told(await phone.begin(PHOTO, photo_id)) == (201, str(len(PHOTO)), "1.0.0")


async def test_a_blob_that_the_server_lost_is_sent_again(server, phone):
    photo_id = promise(server, PHOTO)
    assert (await phone.send(PHOTO, photo_id)).status_code == 204
    server.execute("UPDATE stored_file SET state = 'awaited' WHERE id = %s", photo_id)
    assert told(await phone.begin(PHOTO, photo_id))[1] == "0"
    assert (await phone.send(PHOTO, photo_id)).status_code == 204
    assert row_of(server, photo_id)["state"] == "stored"


async def test_asked_for_again_an_upload_goes_on_where_it_was_left(server, phone):
    photo_id = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, photo_id)).headers["location"]
    await phone.add(url, 0, PHOTO[:700])
    again = await phone.begin(PHOTO, photo_id)
    assert (again.headers["location"], again.headers["upload-offset"]) == (url, "700")


async def test_a_photo_that_nobody_named_yet_has_to_wait_for_its_work(server, phone):
    answer = await phone.begin(PHOTO, str(uuid7()))
    assert (answer.status_code, answer.json()["code"]) == (404, "photo_unknown")
    assert answer.headers["tus-resumable"] == "1.0.0"


async def test_a_photo_has_the_hash_under_which_it_was_named(server, phone):
    photo_id = promise(server, PHOTO)
    other = await phone.begin(photo_bytes(64, 64), photo_id)
    assert (other.status_code, other.json()["code"]) == (422, "photo_mismatch")


async def test_photos_of_others_are_nobodys(server, phone):
    colleague = promise(server, PHOTO, role="department_head")
    foreign = promise(server, PHOTO, slug="akpinar")
    for photo_id in (colleague, foreign):
        assert (await phone.begin(PHOTO, photo_id)).status_code == 404
    mine = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, mine)).headers["location"]
    for who in (await server.staff("department_head"), await server.staff("field_inspector", "akpinar")):
        other = Sender(server.client, who)
        assert (await other.offset(url)).status_code == 404
        assert (await other.add(url, 0, PHOTO)).json()["code"] == "upload_unknown"
        assert (await server.client.delete(url, headers=other.headers)).status_code == 404
    assert told(await phone.offset(url))[1] == "0"


async def test_a_photo_of_the_same_id_in_another_town_says_nothing_here(server, phone):
    photo_id = promise(server, PHOTO, slug="akpinar")
    theirs = Sender(server.client, await server.staff("field_inspector", "akpinar"))
    assert (await theirs.send(PHOTO, photo_id)).status_code == 204
    assert (await phone.begin(PHOTO, photo_id)).json()["code"] == "photo_unknown"


async def test_a_piece_is_taken_whole_or_not_at_all(server, phone):
    photo_id = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, photo_id)).headers["location"]
    wrong = await phone.add(url, 0, PHOTO[:500], None, **{"Upload-Checksum": "sha256 AAAA"})
    assert (wrong.status_code, wrong.json()["code"]) == (460, "checksum_mismatch")
    ahead = await phone.add(url, 10, PHOTO[10:20])
    assert (ahead.status_code, ahead.json()["code"], ahead.json()["offset"]) == (409, "offset_conflict", 0)
    long = await phone.add(url, 0, PHOTO + b"x")
    assert (long.status_code, long.json()["code"]) == (413, "piece_too_long")
    unknown = await phone.add(url, 0, PHOTO, None, **{"Upload-Checksum": "crc32 AAAA"})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "bad_upload")
    other = await server.client.patch(url, content=PHOTO, headers={**phone.headers, "Upload-Offset": "0"})
    assert (other.status_code, other.json()["code"]) == (415, "not_a_piece")
    huge = await phone.add(url, 0, bytes(4 * 1024 * 1024 + 1))
    assert huge.status_code == 413
    assert told(await phone.offset(url))[1] == "0"


async def test_bytes_changed_on_the_phone_are_found_at_the_end_and_the_upload_begins_anew(server, phone):
    photo_id = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, photo_id)).headers["location"]
    changed = bytes(reversed(PHOTO))
    refused = await phone.add(url, 0, changed)
    assert (refused.status_code, refused.json()["whole"]) == (460, True)
    assert (await phone.offset(url)).status_code == 404
    assert (await phone.send(PHOTO, photo_id)).status_code == 204


async def test_what_is_no_photo_is_refused_with_a_reason_and_stays_awaited(server, phone):
    text = b"this is no photo at all" * 20
    photo_id = promise(server, text)
    answer = await phone.send(text, photo_id)
    assert (answer.status_code, answer.json()["code"]) == (422, "unsupported_image")
    assert row_of(server, photo_id)["state"] == "awaited"
    assert server.rows("SELECT 1 FROM blob_upload WHERE photo_id = %s", photo_id) == []


async def test_a_preview_is_shown_until_the_photo_is_here(server, phone):
    photo_id, preview = promise(server, PHOTO), photo_bytes(32, 24)
    town, store = server.town(), server.app.state.store

    async def thumbnail():
        async with server.database.transaction(town.municipality_id) as session:
            return await files.read_photo(session, store, town.municipality_id, UUID(photo_id), "thumbnail")

    with pytest.raises(NotFound):
        await thumbnail()
    assert (await phone.send(preview, photo_id, "preview")).status_code == 204
    assert await thumbnail() == inspect_and_reencode(preview).thumbnail_jpeg
    row = row_of(server, photo_id)
    assert (row["state"], row["has_preview"]) == ("awaited", True)
    assert (await phone.send(PHOTO, photo_id)).status_code == 204
    assert await thumbnail() == inspect_and_reencode(PHOTO).thumbnail_jpeg
    assert told(await phone.begin(preview, photo_id, "preview"))[1] == str(len(preview))


@pytest.mark.parametrize(
    ("size", "variant"),
    [(8 * 1024 * 1024 + 1, "original"), (8 * 1024 + 1, "preview"), (512 * 1024 * 1024 + 1, "bundle")],
)
async def test_what_is_larger_than_its_kind_may_be_is_not_begun(server, phone, size, variant):
    facts = metadata(photo_id=str(uuid7()), sha256="00" * 32, variant=variant)
    headers = {**phone.headers, "Upload-Length": str(size), "Upload-Metadata": facts}
    answer = await server.client.post(BLOBS, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


# Fixed: each test process must collect the same names.
SOME_PHOTO = "01900000-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("length", "told_metadata", "field"),
    [
        ("x", metadata(photo_id=SOME_PHOTO, sha256="00" * 32), "Upload-Length"),
        ("0", metadata(photo_id=SOME_PHOTO, sha256="00" * 32), "Upload-Length"),
        ("9", metadata(sha256="00" * 32), "photo_id"),
        ("9", metadata(photo_id="7", sha256="00" * 32), "photo_id"),
        ("9", metadata(photo_id=SOME_PHOTO), "sha256"),
        ("9", metadata(photo_id=SOME_PHOTO, sha256="00"), "sha256"),
        ("9", metadata(photo_id=SOME_PHOTO, sha256="00" * 32, variant="film"), "variant"),
        ("9", "photo_id ???", "Upload-Metadata"),
        ("9", "filename " + "A" * 5_000, "Upload-Metadata"),
    ],
)
async def test_an_upload_without_what_describes_it_is_not_begun(server, phone, length, told_metadata, field):
    headers = {**phone.headers, "Upload-Length": length, "Upload-Metadata": told_metadata}
    answer = await server.client.post(BLOBS, headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "bad_upload", field)


async def test_another_version_of_tus_is_not_spoken(server, phone):
    answer = await server.client.head(f"{BLOBS}/{uuid7()}", headers={**phone.headers, "Tus-Resumable": "0.2.2"})
    assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")


async def test_who_does_not_work_in_the_field_sends_nothing(server):
    nobody = await server.client.post(BLOBS, headers={**TUS, "Upload-Length": "9", "Upload-Metadata": "a YQ=="})
    assert nobody.status_code == 401
    clerk = Sender(server.client, await server.staff("cashier"))
    assert (await clerk.begin(PHOTO, str(uuid7()))).status_code == 403


async def test_two_requests_do_not_write_to_one_upload_at_once(server, phone):
    photo_id = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, photo_id)).headers["location"]
    async with server.database.transaction(server.town().municipality_id) as session:
        await run(session, "SELECT 1 FROM blob_upload WHERE photo_id = %s FOR UPDATE", (photo_id,))
        held = await phone.add(url, 0, PHOTO)
    assert (held.status_code, held.json()["code"]) == (423, "upload_held")
    assert (await phone.add(url, 0, PHOTO)).status_code == 204


async def test_a_piece_that_was_written_but_never_committed_is_cut_off(server, phone):
    photo_id = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, photo_id)).headers["location"]
    await phone.add(url, 0, PHOTO[:400])
    path = server.app.state.spool.path(UUID(url.rsplit("/", 1)[1]))
    path.write_bytes(path.read_bytes() + b"half a piece of a dead server")
    assert told(await phone.offset(url))[1] == "400"
    assert (await phone.add(url, 400, PHOTO[400:])).status_code == 204
    assert row_of(server, photo_id)["state"] == "stored"


async def test_bytes_that_the_spool_lost_are_asked_for_again(server, phone):
    photo_id = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, photo_id)).headers["location"]
    await phone.add(url, 0, PHOTO[:400])
    server.app.state.spool.path(UUID(url.rsplit("/", 1)[1])).write_bytes(b"")
    assert (await phone.offset(url)).status_code == 404
    assert (await phone.add(url, 400, PHOTO[400:])).json()["code"] == "upload_unknown"
    assert told(await phone.begin(PHOTO, photo_id)) == (201, "0", "1.0.0")
    assert (await phone.add(url, 0, PHOTO)).status_code == 204


async def test_an_upload_that_is_given_up_is_forgotten_and_a_whole_one_stays(server, phone):
    photo_id = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, photo_id)).headers["location"]
    await phone.add(url, 0, PHOTO[:400])
    ended = await server.client.delete(url, headers=phone.headers)
    assert told(ended) == (204, None, "1.0.0")
    assert (await phone.offset(url)).status_code == 404
    assert not server.app.state.spool.path(UUID(url.rsplit("/", 1)[1])).exists()
    begun = await phone.begin(PHOTO, photo_id)
    await phone.add(begun.headers["location"], 0, PHOTO)
    await server.client.delete(begun.headers["location"], headers=phone.headers)
    assert told(await phone.offset(begun.headers["location"]))[1] == str(len(PHOTO))


async def test_after_thirty_quiet_days_an_upload_and_its_bytes_are_gone(server, phone, monkeypatch):
    town, real, spool = server.town().municipality_id, clock.now, server.app.state.spool
    photo_id = promise(server, PHOTO)
    url = (await phone.begin(PHOTO, photo_id)).headers["location"]
    await phone.add(url, 0, PHOTO[:400])
    path = spool.path(UUID(url.rsplit("/", 1)[1]))
    orphan = spool.path(uuid7())
    orphan.write_bytes(b"of a row that a backup took away")

    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=29))
    await blobs.sweep_uploads(server.database, spool, town)
    assert path.exists()
    assert orphan.exists()
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=32))
    assert await blobs.sweep_uploads(server.database, spool, town) >= 2
    assert not path.exists()
    assert not orphan.exists()
    assert server.rows("SELECT 1 FROM blob_upload WHERE photo_id = %s", photo_id) == []


async def test_nobody_can_fill_the_disk_with_uploads_that_are_never_finished(server, monkeypatch):
    officer = Sender(server.client, await server.staff("department_officer"))
    photos = [promise(server, PHOTO, "department_officer") for _ in range(3)]
    monkeypatch.setattr(blobs, "MOST_OPEN", 2)
    assert [(await officer.begin(PHOTO, photo)).status_code for photo in photos] == [201, 201, 429]
    assert (await officer.begin(PHOTO, photos[0])).status_code == 201
    assert (await officer.send(PHOTO, photos[0])).status_code == 204
    assert (await officer.begin(PHOTO, photos[2])).status_code == 201


async def test_a_phone_that_is_to_be_wiped_sends_nothing_more_and_one_that_is_emptied_does(server):
    who = await server.staff("enforcement_officer")
    sender, staff = Sender(server.client, who), server.town().staff["enforcement_officer"]
    device = server.rows("SELECT id FROM device WHERE holder_id = %s ORDER BY created_at DESC", staff.id)[0]["id"]
    server.execute(
        """INSERT INTO field_device (municipality_id, id, staff_user_id, state, app, first_contact_at, last_contact_at,
                                     waiting, waiting_photos)
           VALUES (%s, %s, %s, 'drain', '', now(), now(), 0, 0)""",
        server.town().municipality_id, device, staff.id,
    )  # fmt: skip
    photo_id = promise(server, PHOTO, "enforcement_officer")
    url = (await sender.begin(PHOTO, photo_id)).headers["location"]
    assert (await sender.add(url, 0, PHOTO[:100])).status_code == 204
    server.execute("UPDATE field_device SET state = 'wipe' WHERE id = %s", device)
    for refused in (await sender.add(url, 100, PHOTO[100:]), await sender.begin(PHOTO, photo_id)):
        assert (refused.status_code, refused.json()["code"], refused.json()["wipe"]) == (403, "device_revoked", "now")


async def test_a_signature_is_a_photo_too(server, phone):
    out = io.BytesIO()
    Image.new("L", (200, 80), 255).quantize(8).save(out, "PNG")
    photo_id = promise(server, out.getvalue())
    begun = await phone.begin(out.getvalue(), photo_id, mime="image/png")
    assert (await phone.add(begun.headers["location"], 0, out.getvalue())).status_code == 204
    assert row_of(server, photo_id)["state"] == "stored"
    assert hashlib.sha256(out.getvalue()).digest() == bytes(row_of(server, photo_id)["sha256"])
