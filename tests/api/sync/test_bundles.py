"""Work that comes by hand is imported as if its phone had pushed it: once, whole, and as its author's."""

import hashlib
import io
import json

import pytest

from api.core.actor import Actor
from api.core.jobs import JobContext
from api.sync import bundle_desk, jobs
from mobile.sdk import sealing
from tests.api.sync.bundling import bundle_of, public_key
from tests.api.sync.phones import Wire
from tests.api.sync.uploading import Sender
from tests.factories.images import photo_bytes

pytestmark = pytest.mark.anyio

PHOTO, PREVIEW = photo_bytes(120, 90), photo_bytes(30, 20)


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


@pytest.fixture
async def phone(server):
    """A phone that was heard of once and then lost its network."""
    wire = await Wire.of(server)
    await wire.pushed(wire.mutation("message.post", message(server, wire)))
    return wire


def message(server, wire, text="Yola çıktık."):
    department = server.town().staff["field_inspector"].department_id
    return {"id": wire.new_id(), "department_id": str(department), "text": text}


def note(wire, case, photo=PHOTO):
    """A note with a photo, as a line of the outbox."""
    named = {"id": wire.new_id(), "sha256": hashlib.sha256(photo).hexdigest(), "size": len(photo), "mime": "image/jpeg"}
    body = {"complaint_id": case["id"], "text": "Yerinde görüldü.", "photos": [named]}
    return wire.mutation("complaint.note", body), named["id"]


async def carried(server, data, role="field_inspector", slug="kadikoy"):
    """Send a bundle from any phone of a town and import it; gives its outcome."""
    sender = Sender(server.client, await server.staff(role, slug))
    bundle_id = json.loads(data[6 : 6 + int.from_bytes(data[4:6], "big")])["id"]
    begun = await sender.begin(data, bundle_id, "bundle")
    assert begun.status_code == 201, begun.text
    url, offset = begun.headers["location"], int(begun.headers["upload-offset"])
    if offset < len(data):
        assert (await sender.add(url, offset, data)).status_code == 204
    return await imported(server, url.rsplit("/", 1)[1], slug)


async def imported(server, upload_id, slug="kadikoy"):
    town = server.town(slug).municipality_id
    outside = {"spool": server.app.state.spool, "store": server.app.state.store}
    await jobs.import_bundle(JobContext(town, server.database, outside), upload_id=upload_id)
    return server.rows("SELECT outcome FROM blob_upload WHERE id = %s", upload_id)[0]["outcome"]


def notes_of(server, case):
    return server.rows(
        "SELECT actor_id, text FROM complaint_event WHERE complaint_id = %s AND action = 'note'", case["id"]
    )


async def test_a_colleague_carries_the_work_and_it_is_its_authors(server, phone, case):
    line, photo_id = note(phone, case)
    posted = phone.mutation("message.post", message(server, phone))
    pictures = [(photo_id, "preview", PREVIEW), (photo_id, "original", PHOTO)]
    data = bundle_of(phone, await public_key(server), [line, posted], pictures)
    outcome = await carried(server, data, "department_officer")
    inspector = server.town().staff["field_inspector"]
    assert (outcome["state"], outcome["lines"], outcome["ok"], outcome["pictures_done"]) == ("done", 2, 2, 2)
    assert outcome["staff_name"] == "Deneme field_inspector"
    assert [row["actor_id"] for row in notes_of(server, case)] == [inspector.id]
    (file,) = server.rows("SELECT state, attached_kind, followed_by FROM stored_file WHERE id = %s", photo_id)
    assert (file["state"], file["attached_kind"], file["followed_by"]) == ("stored", "complaint", inspector.id)
    (upload,) = server.rows("SELECT id FROM blob_upload WHERE sha256 = sha256(%s)", data)
    assert not server.app.state.spool.path(upload["id"]).exists()
    # A job that runs twice finds the work done.
    assert await imported(server, str(upload["id"])) == outcome


async def test_twice_and_after_the_phones_own_push_is_all_the_same(server, phone, case):
    line, photo_id = note(phone, case)
    data = bundle_of(phone, await public_key(server), [line], [(photo_id, "original", PHOTO)])
    assert (await phone.pushed(line))["results"][0]["state"] == "ok"
    first = await carried(server, data)
    again = await carried(server, data, "department_officer")
    newer = bundle_of(phone, await public_key(server), [line], [(photo_id, "original", PHOTO)])
    for outcome in (first, again, await carried(server, newer)):
        assert (outcome["state"], outcome["ok"], outcome["pictures_done"]) == ("done", 1, 1)
    assert len(notes_of(server, case)) == 1
    assert len(server.rows("SELECT 1 FROM sync_mutation WHERE id = %s", line["id"])) == 1


async def test_the_phone_can_still_push_what_a_bundle_has_brought(server, phone, case):
    line, _ = note(phone, case)
    outcome = await carried(server, bundle_of(phone, await public_key(server), [line]))
    assert outcome["ok"] == 1
    answer = await phone.pushed(line)
    assert (answer["results"][0]["state"], answer["expected_seq"]) == ("ok", line["seq"] + 1)
    assert len(notes_of(server, case)) == 1


async def test_what_somebody_who_left_has_written_waits_for_the_office(server, phone, case):
    line, photo_id = note(phone, case)
    data = bundle_of(phone, await public_key(server), [line], [(photo_id, "original", PHOTO)])
    staff_id = server.town().staff["field_inspector"].id
    server.execute("UPDATE staff_user SET is_active = false WHERE id = %s", staff_id)
    try:
        outcome = await carried(server, data, "department_officer")
    finally:
        server.execute("UPDATE staff_user SET is_active = true WHERE id = %s", staff_id)
    assert (outcome["state"], outcome["ok"], outcome["quarantined"] + outcome["conflict"]) == ("done", 0, 1)
    assert notes_of(server, case) == []
    (file,) = server.rows("SELECT state, attached_kind FROM stored_file WHERE id = %s", photo_id)
    assert (file["state"], file["attached_kind"]) == ("stored", "sync_mutation")


@pytest.mark.parametrize("harm", ["cut", "changed", "trailing", "forged"])
async def test_what_is_not_whole_or_not_ours_is_refused_as_a_whole(server, phone, case, harm):
    line, _ = note(phone, case)
    data = bundle_of(phone, await public_key(server), [line, phone.mutation("message.post", message(server, phone))])
    at = len(data) // 2
    harmed = {
        "cut": data[:-40],
        "changed": data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],
        "trailing": data + b"x",
        # Somebody who does not have the key writes a file that is whole by itself.
        "forged": data[: -32 - 60] + bytes(60) + hashlib.sha256(data[: -32 - 60] + bytes(60)).digest(),
    }[harm]
    outcome = await carried(server, harmed)
    assert (outcome["state"], outcome["code"], outcome["lines_done"]) == ("refused", "broken", 0)
    assert notes_of(server, case) == []


async def test_a_bundle_of_another_town_is_refused_for_that_reason(server, phone, case):
    line, _ = note(phone, case)
    data = bundle_of(phone, await public_key(server), [line])
    outcome = await carried(server, data, slug="akpinar")
    assert (outcome["state"], outcome["code"]) == ("refused", "foreign")
    strange = bundle_of(phone, sealing.new_key(), [line])
    assert (await carried(server, strange))["code"] == "foreign"
    # Sealed to this town, but written by a phone of another one.
    theirs = await Wire.of(server, slug="akpinar")
    await theirs.pulled()
    smuggled = bundle_of(theirs, await public_key(server), [line])
    assert (await carried(server, smuggled))["code"] == "unknown_phone"
    assert notes_of(server, case) == []


async def test_a_phone_that_nobody_knows_is_named_and_can_be_tried_again_later(server, case):
    stranger = await Wire.of(server)
    line, _ = note(stranger, case)
    data = bundle_of(stranger, await public_key(server), [line])
    assert (await carried(server, data))["code"] == "unknown_phone"
    await stranger.pulled()
    (upload,) = server.rows("SELECT id FROM blob_upload WHERE sha256 = sha256(%s)", data)
    head = office(server)
    async with server.database.transaction(head.municipality_id) as session:
        await bundle_desk.retry_bundle(session, head, upload["id"])
    assert (await imported(server, str(upload["id"])))["ok"] == 1


async def test_a_phone_that_is_to_be_wiped_brings_nothing(server, phone, case):
    line, _ = note(phone, case)
    server.execute("UPDATE field_device SET state = 'wipe' WHERE id = %s", phone.claims.device_id)
    outcome = await carried(server, bundle_of(phone, await public_key(server), [line]))
    assert (outcome["state"], outcome["code"]) == ("refused", "wiped_phone")


async def test_a_server_that_is_too_old_says_so_and_takes_what_it_knows(server, phone, case):
    line, _ = note(phone, case)
    newer = phone.mutation("complaint.sing", {"complaint_id": case["id"]})
    outcome = await carried(server, bundle_of(phone, await public_key(server), [line, newer]))
    assert (outcome["state"], outcome["code"], outcome["ok"]) == ("refused", "server_too_old", 1)


async def test_pictures_that_no_line_names_are_left_out(server, phone, case):
    line, photo_id = note(phone, case)
    pictures = [(phone.new_id(), "original", PHOTO), (photo_id, "original", PREVIEW), (photo_id, "original", PHOTO)]
    outcome = await carried(server, bundle_of(phone, await public_key(server), [line], pictures))
    assert (outcome["state"], outcome["pictures_done"], outcome["pictures_refused"]) == ("done", 1, 2)


def office(server):
    town = server.town()
    grants = {"sync_conflict.read": None, "sync_conflict.resolve": None}
    return Actor("staff", town.municipality_id, town.staff["department_head"].id, channel="console", grants=grants)


async def test_the_office_brings_a_bundle_by_hand_and_the_same_file_is_one(server, phone, case):
    lines = [phone.mutation("message.post", message(server, phone, f"ileti {number}")) for number in range(120)]
    data, head, state = bundle_of(phone, await public_key(server), lines), office(server), server.app.state

    async def brought():
        return await bundle_desk.bring_bundle(server.database, state.spool, state.store, head, io.BytesIO(data))

    upload_id = await brought()
    assert await brought() == upload_id
    waiting = server.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'sync.import_bundle'")
    assert [job["args"]["upload_id"] for job in waiting].count(str(upload_id)) == 1
    outcome = await imported(server, str(upload_id))
    assert (outcome["state"], outcome["lines_done"], outcome["ok"]) == ("done", 120, 120)
    async with server.database.transaction(head.municipality_id) as session:
        shown = next(item for item in await bundle_desk.list_bundles(session, head) if item.id == upload_id)
    assert (shown.state, shown.brought_by, shown.made_at.year) == ("done", "Deneme department_head", 2023)
    with pytest.raises(bundle_desk.NoBundle):
        await bundle_desk.bring_bundle(server.database, state.spool, state.store, head, io.BytesIO(b"x" * 500))
