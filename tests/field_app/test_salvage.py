"""A damaged database, one that does not open, and one of a newer app: nothing that was recorded is lost."""

import contextlib
import os
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from field_app import salvage
from field_app.numbers import NumberBook
from field_app.phone import Phone
from mobile.device.desktop import device
from mobile.sdk.open_db import Damaged, WrongKey, open_db
from mobile.sdk.photo_files import SealedFolder
from mobile.sdk.pictures import prepare_photo
from mobile.sdk.store import Store
from tests.field_app.inspection_world import numbers
from tests.field_app.world import ME, PIN, opened, put_rows, sample_rows, uid

PAGE = 4096


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (320, 240), "navy").save(file, "JPEG")
    return file.getvalue()


def worked_on(phone: Phone) -> list[str]:
    """A day's work in the outbox, one record with a photo; the database is closed. Gives the ids."""
    unlocked = opened(phone)
    acts, draft = unlocked.acts, unlocked.acts.new_id()
    unlocked.engine.save_draft(draft, "complaint.close", {"complaint_id": uid(101)})
    unlocked.photos.keep(draft, prepare_photo(picture()))
    ids = [acts.close(uid(101), "Kaldırıldı", draft), *(acts.note(uid(103), f"Not {number}") for number in range(30))]
    put_rows(unlocked, {("business", uid(2_000 + at)): {"title": "Fırın " * 40} for at in range(400)})
    unlocked.engine.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    unlocked.close()
    return ids


def hurt(phone: Phone, page: int) -> Path:
    """Overwrite one page of the database, counted from its end where negative."""
    path = phone.around.folder / "field.db"
    with path.open("r+b") as file:
        file.seek(page * PAGE if page >= 0 else path.stat().st_size + page * PAGE)
        file.write(os.urandom(PAGE))
    return path


def damage_of(phone: Phone, key: bytes) -> Damaged:
    with pytest.raises(Damaged) as caught:
        phone.open(key)
    return caught.value


def test_what_is_readable_of_a_damaged_database_is_sent_from_a_new_one(phone):
    ids = worked_on(phone)
    path, key = hurt(phone, -3), phone.vault.open(PIN)
    before = path.read_bytes()
    saved = phone.rescue(key, damage_of(phone, key))
    assert (saved.records, saved.photos, saved.unreadable) == (31, 1, 0)
    unlocked = phone.open(key)
    exchange = unlocked.engine.next_exchange()
    assert list(exchange.ids) == ids
    assert [mutation["seq"] for mutation in exchange.message["mutations"]] == list(range(1, 32))
    assert exchange.message["fork_of"] is None
    (photo,) = unlocked.photos.photos_of(ids[0])
    assert (photo.state, photo.sha256) == ("here", exchange.message["mutations"][0]["body"]["photos"][0]["sha256"])
    assert unlocked.engine.numbers() == {"waiting": 31, "sent": 0, "attention": 0, "waiting_photos": 1}
    unlocked.close()
    assert path.with_name("field.db.damaged-1").read_bytes() == before


def test_a_record_that_is_not_as_it_was_written_is_told_and_not_sent(phone, clock):
    worked_on(phone)
    path, key = hurt(phone, -3), phone.vault.open(PIN)
    rescued = [list(line) for line in damage_of(phone, key).rescued]
    rescued[3][6] = rescued[3][6].replace("Not", "Nat")
    rescued[4][5] = None
    rescued.append(rescued[5])
    files = SealedFolder(phone.around.folder / "photos", key)
    saved = salvage.salvage(path, key, rescued, files, clock, Random(1))
    assert (saved.records, saved.unreadable) == (29, 3)
    unlocked = phone.open(key)
    assert unlocked.engine.numbers()["waiting"] == 29
    unlocked.close()


@pytest.mark.parametrize("step", range(1, 5))
def test_a_kill_at_any_step_of_the_rescue_leaves_it_to_be_done_or_done(phone, monkeypatch, step):
    worked_on(phone)
    hurt(phone, -3)
    key = phone.vault.open(PIN)
    damaged = damage_of(phone, key)
    steps = iter(range(1, 1_000))
    replace = Path.replace

    def killed(self, target):
        if next(steps) == step:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with contextlib.suppress(KeyboardInterrupt):
            phone.rescue(key, damaged)
    try:
        unlocked = phone.open(key)
    except Damaged as again:
        phone.rescue(key, again)
        unlocked = phone.open(key)
    assert unlocked.engine.numbers()["waiting"] == 31
    assert unlocked.engine.numbers()["waiting_photos"] == 1
    unlocked.close()


def test_without_room_everything_is_as_it_was(phone, monkeypatch):
    worked_on(phone)
    path, key = hurt(phone, -3), phone.vault.open(PIN)
    damaged, before = damage_of(phone, key), path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(salvage.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            phone.rescue(key, damaged)
    assert path.read_bytes() == before
    assert phone.rescue(key, damage_of(phone, key)).records == 31


def test_numbers_of_records_that_were_rescued_are_not_used_again(unlocked):
    unlocked.acts.record("inspection.submit", {"id": uid(9), "number": "ZB-2026-000124", "answers": {}})
    book, store = NumberBook(unlocked.engine.store), unlocked.engine.store
    book.take_in(numbers(first=120, last=139))
    with store.transaction():
        assert book.take(2026) == "ZB-2026-000125"
    book.take_in(numbers(first=200, last=219, block="b2"))
    with store.transaction():
        assert book.take(2026) == "ZB-2026-000200"


def test_a_database_that_does_not_open_is_kept_when_a_new_one_begins(phone):
    worked_on(phone)
    path, key = hurt(phone, 0), phone.vault.open(PIN)
    before = path.read_bytes()
    with pytest.raises(WrongKey):
        phone.open(key)
    phone.begin_anew()
    unlocked = phone.open(key)
    # Its photos are found by their files and wait for somebody who knows what they belong to.
    assert unlocked.engine.numbers() == {"waiting": 0, "sent": 0, "attention": 1, "waiting_photos": 0}
    unlocked.close()
    assert path.with_name("field.db.damaged-1").read_bytes() == before
    hurt(phone, 0)
    phone.begin_anew()
    assert path.with_name("field.db.damaged-2").exists()


# --- on the screen ----------------------------------------------------------------------------------------------------


@pytest.fixture
def started(robot, phone, tmp_path):
    """Starts the app on what the phone's folder holds, and types the PIN."""

    def start():
        from field_app.app import FieldApp  # noqa: PLC0415

        running = robot(FieldApp(phone, device(tmp_path / "device")))
        for digit in PIN:
            running.tap(f"pin.{digit}")
        return running

    return start


def test_the_screen_says_what_is_wrong_and_saves_the_records(started, phone):
    worked_on(phone)
    hurt(phone, -3)
    running = started()
    running.until(lambda: running.has("trouble"), 30)
    assert any("31 kayıt okunabiliyor" in text for text in running.texts())
    running.tap("rescue")
    running.until(lambda: running.has("go_on"), 30)
    assert "31 kayıt kurtarıldı" in running.texts()
    running.tap("go_on")
    running.until(lambda: running.has("nav"), 30)
    assert running.app.field.open.engine.numbers()["waiting"] == 31


def test_a_file_that_does_not_open_is_put_aside_only_after_a_question(started, phone):
    worked_on(phone)
    path = hurt(phone, 0)
    running = started()
    running.until(lambda: running.has("trouble"), 30)
    running.tap("again")
    running.frames(3)
    assert running.find("trouble").text == "Telefondaki veriler açılmıyor"
    running.tap("anew")
    running.frames(3)
    assert not path.with_name("field.db.damaged-1").exists()
    running.tap("anew_dialog.confirm")
    running.until(lambda: running.has("nav"), 30)
    assert path.with_name("field.db.damaged-1").exists()


def test_an_app_that_is_too_old_says_so_and_goes_on_sending(started, phone):
    opened(phone, sample_rows()).acts.note(uid(101), "Yerinde görüldü")
    key = phone.vault.open(PIN)
    connection = open_db(phone.around.folder / "field.db", key)
    connection.execute("PRAGMA user_version = 99")
    kept = Store(connection).get("navigator")
    connection.close()
    running = started()
    running.until(lambda: running.has("send_only"), 30)
    assert running.find("number.waiting").text == "1"
    assert not running.has("nav")
    running.app.field.tell()
    running.frames(3)
    running.tap("lock")
    running.until(lambda: running.has("pin"), 30)
    connection = open_db(phone.around.folder / "field.db", key)
    assert Store(connection).get("navigator") == kept
    connection.close()
    assert phone.vault.owner == ME
