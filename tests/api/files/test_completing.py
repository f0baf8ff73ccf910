"""Promised photos that arrive: evidence of camera and phone side by side, twice is once, and when it is over."""

import asyncio
import hashlib
import json
from datetime import timedelta

import pytest

from api.core import clock
from api.core.actor import Actor
from api.core.ids import uuid7
from api.core.jobs import JobContext
from api.core.keys import keyring
from api.files import jobs
from api.files import service as files
from tests.factories.images import photo_bytes

pytestmark = pytest.mark.anyio

PHOTO = photo_bytes(90, 60, place=(29.03, 40.99))


@pytest.fixture
def inspector(server):
    town = server.town()
    return Actor("staff", town.municipality_id, town.staff["field_inspector"].id, grants={"file.upload": None})


async def promised(server, actor, **told):
    photo = files.PhotoPromise.model_validate(
        {
            "id": str(uuid7()),
            "sha256": hashlib.sha256(PHOTO).hexdigest(),
            "size": len(PHOTO),
            "mime": "image/jpeg",
            **told,
        }
    )
    async with server.database.transaction(actor.municipality_id) as session:
        await files.promise_photos(session, actor, [photo], attached_to=("complaint", uuid7()))
    return photo.id


async def complete(server, actor, photo_id, data=PHOTO):
    async with server.database.transaction(actor.municipality_id) as session:
        await files.complete_original(session, server.app.state.store, actor, photo_id, data)


async def test_what_the_camera_wrote_and_what_the_phone_told_are_both_kept(server, inspector):
    place = {"lon": 29.1, "lat": 41.0, "accuracy_m": 12}
    photo_id = await promised(server, inspector, place=place)
    await complete(server, inspector, photo_id)
    async with server.database.transaction(inspector.municipality_id) as session:
        ring = await keyring(session, inspector.municipality_id)
    (row,) = server.rows("SELECT evidence FROM stored_file WHERE id = %s", photo_id)
    evidence = json.loads(ring.decrypt("stored_file", "evidence", photo_id, row["evidence"]))
    assert evidence["place"] == pytest.approx([29.03, 40.99], abs=1e-4)
    assert evidence["told"]["place"] == place


async def test_a_photo_that_arrives_twice_at_the_same_moment_is_stored_once(server, inspector):
    photo_id = await promised(server, inspector)
    await asyncio.gather(*(complete(server, inspector, photo_id) for _ in range(3)))
    trail = server.rows("SELECT 1 FROM audit_record WHERE action = 'file.upload' AND object_id = %s", str(photo_id))
    assert len(trail) == 1


async def test_other_bytes_than_promised_and_photos_of_nobody_are_refused(server, inspector):
    photo_id = await promised(server, inspector)
    with pytest.raises(files.PhotoMismatch):
        await complete(server, inspector, photo_id, photo_bytes(91, 60))
    with pytest.raises(files.PhotoUnknown):
        await complete(server, inspector, uuid7())
    assert server.rows("SELECT state FROM stored_file WHERE id = %s", photo_id) == [{"state": "awaited"}]


async def test_awaited_photos_of_another_town_are_not_there(server, inspector):
    photo_id = await promised(server, inspector)
    away = server.town("akpinar").municipality_id
    async with server.database.transaction(away) as session:
        assert await files.awaited_among(session, away, [photo_id]) == {}
        with pytest.raises(files.PhotoUnknown):
            await files.promised_photo(session, away, photo_id)


async def test_a_photo_long_stored_leaves_its_senders_phone_and_an_awaited_one_stays(server, inspector, monkeypatch):
    stored, awaited = await promised(server, inspector), await promised(server, inspector)
    await complete(server, inspector, stored)
    server.execute("DELETE FROM sync_pointer")
    context, real = JobContext(inspector.municipality_id, server.database, {}), clock.now

    async def followed_after(days):
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))
        await jobs.unfollow_photos(context)
        rows = server.rows(
            "SELECT id FROM stored_file WHERE followed_by IS NOT NULL AND id = ANY(%s)", [stored, awaited]
        )
        return {row["id"] for row in rows}

    assert await followed_after(119) == {stored, awaited}
    assert await followed_after(121) == {awaited}
    pointers = server.rows("SELECT scope FROM sync_pointer WHERE row_id = %s", stored)
    assert pointers == [{"scope": f"user:{inspector.id}"}]
