"""The phone's own engine, photos and bundle against the real server over real sockets: they speak the same language."""

import asyncio
import base64
import sqlite3
from pathlib import Path
from random import Random

import anyio.to_thread
import httpx
import pytest

from api.core.jobs import JobContext
from api.sync import jobs
from api.sync.spool import Spool
from mobile.sdk.bundle import export_bundle
from mobile.sdk.engine import Engine
from mobile.sdk.photo_files import SealedFolder
from mobile.sdk.photos import PhotoQueue
from mobile.sdk.store import Store
from mobile.sdk.transport import HttpTransport
from tests.api.sync.listening import listening
from tests.api.sync.phones import wall
from tests.factories.images import photo_bytes
from tests.factories.people import bearer, staff_claims

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

RAW = photo_bytes(1_200, 900, place=(29.03, 40.99))


@pytest.fixture(scope="module")
def served_at(module_db, tmp_path_factory):
    path = tmp_path_factory.mktemp("field")
    with listening(module_db, path) as address:
        yield address, path


class Phone:
    """One phone, with its files in a folder."""

    def __init__(self, headers: dict[str, str], address: str, folder: Path, seed: int) -> None:
        self.offset, chance = 0, Random(seed)
        self.store = Store.create(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        self.bundles = folder / "bundles"
        files = SealedFolder(folder / "photos", bytes(range(32)))
        self.photos = PhotoQueue(self.store, files, self.clock, chance, bundles=self.bundles)
        self.engine = Engine(self.store, self.clock, chance, photos=self.photos)
        self.http = httpx.Client(base_url=address)
        self.transport = HttpTransport(self.http, lambda: headers["Authorization"].removeprefix("Bearer "))
        self.chance = chance

    def clock(self) -> int:
        return wall() + self.offset

    async def sync(self) -> None:
        """Exchange until there is nothing to do; an hour later each time, so that nothing is too early."""
        self.offset += 3_700_000
        await anyio.to_thread.run_sync(self._sync)

    def _sync(self) -> None:
        for _ in range(300):
            exchange = self.engine.next_exchange()
            if exchange is None:
                return
            self.engine.receive(exchange, self.transport.send(exchange))
        raise AssertionError("the phone never comes to rest")


@pytest.fixture
async def phones(server, served_at, tmp_path):
    """Makes phones of a role."""
    made: list[Phone] = []

    async def make(role: str) -> Phone:
        claims = await staff_claims(server.database, server.town(), role)
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Phone(await bearer(server.database, claims), served_at[0], folder, len(made) + 1))
        return made[-1]

    yield make
    for phone in made:
        phone.http.close()
        phone.store.connection.close()


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


def noted(phone, case):
    """Take a photo and write a note with it, without a network."""
    photo = phone.photos.add("draft", RAW)
    phone.engine.save_draft("draft", "complaint.note", {})
    body = {"complaint_id": case["id"], "text": "Yerinde görüldü.", "photos": [photo.reference()]}
    phone.engine.record("complaint.note", body, finishes_draft="draft")
    return photo.id


async def hears_of(phone, photo_id):
    """Sync until the phone has heard that its photo is stored; transactions of others hold the feed back."""
    for _ in range(50):
        await phone.sync()
        if phone.photos.photo(photo_id).is_stored:
            return True
        await asyncio.sleep(0.1)
    return False


def state_of(server, photo_id):
    return server.rows("SELECT state, has_preview FROM stored_file WHERE id = %s", photo_id)


async def test_a_photo_reaches_the_server_and_the_phone_hears_that_it_is_stored(server, phones, case):
    phone = await phones("field_inspector")
    await phone.sync()
    photo_id = noted(phone, case)
    await phone.sync()
    assert phone.engine.numbers()["waiting"] == 0
    assert state_of(server, photo_id)[0]["state"] == "stored"
    assert await hears_of(phone, photo_id)
    assert phone.engine.numbers()["waiting_photos"] == 0


async def test_a_bundle_carried_by_a_colleagues_phone_is_imported(server, served_at, phones, case, tmp_path):
    author, carrier = await phones("field_inspector"), await phones("department_officer")
    await author.sync()
    await carrier.sync()
    photo_id = noted(author, case)
    told = (await server.client.get("/v1/sync/profile", headers=await server.staff("field_inspector"))).json()
    path = tmp_path / "work.cbx"
    export_bundle(
        author.store, author.photos.bytes_of, path, kid=told["bundle_kid"], now=author.clock(), chance=author.chance,
        public_key=base64.b64decode(told["bundle_key"]),
    )  # fmt: skip
    bundle_id = carrier.photos.carry(path)
    await carrier.sync()
    (upload,) = server.rows("SELECT id, completed_at FROM blob_upload WHERE photo_id = %s", bundle_id)
    assert upload["completed_at"] is not None
    outside = {"spool": Spool(served_at[1] / "spool"), "store": server.app.state.store}
    context = JobContext(server.town().municipality_id, server.database, outside)
    await jobs.import_bundle(context, upload_id=str(upload["id"]))
    (row,) = server.rows("SELECT outcome FROM blob_upload WHERE id = %s", upload["id"])
    assert (row["outcome"]["state"], row["outcome"]["ok"], row["outcome"]["pictures_done"]) == ("done", 1, 2)
    assert state_of(server, photo_id)[0]["state"] == "stored"
    # The phone meets the server at last: nothing happens twice.
    assert await hears_of(author, photo_id)
    assert author.engine.numbers()["attention"] == 0
    assert (
        len(server.rows("SELECT 1 FROM complaint_event WHERE complaint_id = %s AND action = 'note'", case["id"])) == 1
    )
