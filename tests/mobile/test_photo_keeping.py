import hashlib
import json

import pytest

from mobile.sdk import retry
from mobile.sdk.exchange import PULL, Answer
from mobile.sdk.pushing import build_push

DAY_MS = 86_400_000


def test_no_byte_of_a_picture_is_readable_on_the_disk_and_none_is_lost_to_a_dead_process(line):
    photo = line.photo(size=3_000)
    original = line.photos.bytes_of(photo.id, "original")
    raw = [path.read_bytes() for path in (line.folder / "photos").iterdir()]
    assert len(raw) == 2
    assert all(original[:64] not in data and b"small" not in data for data in raw)
    line.start()
    assert line.photos.bytes_of(photo.id, "original") == original
    assert line.photos.bytes_of(photo.id) == b"small"


def test_a_photo_stays_here_seven_days_of_the_servers_after_it_is_called_stored(line):
    photo = line.photo()
    line.record()
    line.sync()
    line.meet()
    for days, count in ((6.9, 2), (0.2, 0)):
        line.now += int(days * DAY_MS)
        line.meet()
        assert len(line.files()) == count
    assert line.has(photo)
    with pytest.raises(KeyError):
        line.photos.photo(photo.id)


def test_stored_with_another_hash_is_not_stored(line):
    photo = line.photo()
    line.record()
    line.sync()
    told = {"state": "stored", "sha256": hashlib.sha256(b"other").hexdigest()}
    with line.store.transaction():
        line.store.write_row(("photo", photo.id), 99, told)
    line.meet()
    line.now += 30 * DAY_MS
    line.meet()
    assert len(line.files()) == 2
    assert not line.photos.photo(photo.id).is_stored


def test_a_photo_that_the_server_lost_is_sent_again(line):
    photo = line.photo()
    line.record()
    line.sync()
    line.meet()
    line.model.blobs.lose("north", photo.id)
    line.meet()
    assert line.has(photo)
    assert line.photos.photo(photo.id).is_stored


def test_another_life_of_the_server_makes_every_photo_doubtful_at_once(line):
    photo = line.photo()
    line.model.back_up()
    line.record()
    line.sync()
    line.meet()
    line.now += 8 * DAY_MS
    line.model.restore(keeps_blobs=False)
    exchange = line.engine.next_exchange()
    line.engine.receive(exchange, line.carry(exchange))
    assert not line.photos.photo(photo.id).is_stored
    line.meet()
    assert line.has(photo)
    assert len(line.files()) == 2


def test_a_photo_of_dismissed_work_that_a_restored_server_never_hears_of_is_shown_to_the_user(line):
    photo = line.photo()
    line.model.back_up()
    refused = line.engine.record(
        "complaint.close", {"complaint_id": "nowhere", "photos": [photo.reference()]}, finishes_draft="d1"
    )
    line.sync()
    line.meet()
    line.engine.dismiss(refused)
    line.model.restore(keeps_blobs=False)
    for _ in range(6):
        line.now += retry.LONGEST_PAUSE_MS
        line.sync()
    assert line.engine.numbers() == {"waiting": 0, "sent": 0, "attention": 1, "waiting_photos": 0}
    assert [one.id for one in line.photos.in_need()] == [photo.id]


def test_a_record_is_kept_as_long_as_a_photo_of_it_is_not_stored(line):
    line.photo()
    noted = line.record()
    line.sync(carry=lambda exchange: line.carry(exchange) if exchange.upload is None else None)
    for days, is_kept in ((40, True), (1, True)):
        line.now += days * DAY_MS
        line.sync(carry=lambda exchange: line.carry(exchange) if exchange.upload is None else None)
        assert (line.engine.line(noted) is not None) is is_kept
    line.now += retry.LONGEST_PAUSE_MS
    line.meet()
    line.now += 8 * DAY_MS
    line.meet()
    assert line.engine.line(noted) is None


def test_a_dropped_draft_takes_its_photos_along(line):
    line.engine.save_draft("d1", "inspection.submit", {"id": "i1"})
    line.photo()
    line.engine.drop_draft("d1")
    assert line.files() == []
    assert line.store.all("SELECT id FROM photo UNION SELECT id FROM upload") == []


def test_a_photo_whose_app_died_before_its_row_is_found_and_can_be_given_to_work(line):
    line.photo()
    with line.store.transaction():
        line.store.run("DELETE FROM photo")
        line.store.run("DELETE FROM upload")
    line.start()
    line.photos.sweep()
    (found,) = line.photos.in_need()
    assert (found.state, line.engine.numbers()["attention"]) == ("orphan", 1)
    line.photos.attach(found.id, "d2")
    line.record("d2")
    line.sync()
    assert line.has(found)


def test_a_photo_between_a_draft_that_never_was_and_nothing_is_found(line):
    photo = line.photo("never saved")
    line.photos.sweep()
    assert [(one.id, one.state) for one in line.photos.in_need()] == [(photo.id, "orphan")]


def test_a_row_whose_file_is_lost_or_changed_is_shown_and_keeps_nothing_back(line):
    lost, changed, whole = line.photo(size=900, risk=2), line.photo(size=800, risk=1), line.photo(size=700)
    line.record()
    (line.folder / "photos" / f"{lost.id}.original").unlink()
    path = line.folder / "photos" / f"{changed.id}.original"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    line.photos.sweep()
    assert [one.id for one in line.photos.in_need()] == [lost.id]
    line.sync()
    line.meet()
    assert {one.id for one in line.photos.in_need()} == {lost.id, changed.id}
    assert line.engine.numbers()["attention"] == 2
    assert line.has(whole)


def test_halves_of_files_are_swept_away(line):
    (line.folder / "photos" / "x.original.part").write_bytes(b"half")
    line.photos.sweep()
    assert line.files() == []


def test_a_full_disk_keeps_neither_file_nor_row(line, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        line.photo()
    assert line.store.all("SELECT id FROM photo") == []


@pytest.mark.parametrize("wipe", ["drain", "now"])
def test_a_phone_told_to_leave_gives_its_photos_first_unless_it_must_leave_at_once(line, wipe):
    photo = line.photo()
    line.record()
    line.sync(2)
    told = json.dumps({"code": "device_revoked", "wipe": wipe}).encode()
    line.now += 120_000
    line.engine.receive(
        next(e for e in iter(line.engine.next_exchange, None) if e.path == PULL),
        Answer(403, "application/problem+json", told),
    )
    line.now += retry.LONGEST_PAUSE_MS
    line.sync()
    assert line.store.get("wiped")
    assert line.has(photo) is (wipe == "drain")
    line.start()
    line.photos.sweep()
    assert line.files() == []
    assert build_push(line.store) == []


def test_a_phone_that_must_leave_learns_of_a_restored_server_by_its_photos_and_gives_everything_again(line):
    photo = line.photo()
    line.model.back_up()
    noted = line.record()
    line.sync(1)
    told = b'{"code": "device_revoked", "wipe": "drain"}'
    line.now += 120_000
    exchange = next(e for e in iter(line.engine.next_exchange, None) if e.path == PULL)
    line.engine.receive(exchange, Answer(403, "application/problem+json", told))
    line.model.restore(keeps_blobs=False)
    for _ in range(6):
        line.now += retry.LONGEST_PAUSE_MS
        line.sync()
    assert line.store.get("wiped")
    assert line.has(photo)
    assert line.model.towns["north"].ledger == {noted: 1}


def test_a_phone_that_must_leave_does_not_wait_for_ever_for_a_photo_that_the_server_never_knows(line):
    line.photo()
    line.record()
    line.sync(1)
    line.store.put(revoked="drain")
    unknown = Answer(404, "application/problem+json", b'{"code": "photo_unknown"}')
    for _ in range(12):
        line.now += retry.LONGEST_PAUSE_MS
        line.sync(carry=lambda exchange: line.carry(exchange) if exchange.upload is None else unknown)
    assert line.store.get("wiped")
