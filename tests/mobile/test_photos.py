import hashlib
import json

import pytest

from mobile.sdk import retry
from mobile.sdk.exchange import PULL, PUSH, Answer
from mobile.sdk.pictures import Picture
from mobile.sdk.pushing import build_push
from mobile.sdk.uploads import SLOW_PATIENCE_MS
from mobile.wire.limits import LEAST_CHUNK_BYTES, MOST_CHUNK_BYTES
from tests.mobile.blob_line import Line

DAY_MS = 86_400_000


@pytest.fixture
def line(tmp_path):
    made = Line(tmp_path)
    yield made
    made.connection.close()


def files(line):
    return sorted(path.name for path in (line.folder / "photos").iterdir())


def test_a_photo_arrives_whole_after_its_record_and_its_preview_first(line):
    photo = line.photo()
    line.record()
    assert line.engine.numbers() == {"waiting": 1, "sent": 0, "attention": 0, "waiting_photos": 1}
    line.sync()
    line.meet()
    assert line.has(photo)
    assert line.engine.numbers() == {"waiting": 0, "sent": 1, "attention": 0, "waiting_photos": 0}
    paths = [exchange.path for exchange in line.sent]
    assert paths[0] == PUSH
    assert [exchange.upload for exchange in line.uploads][:2] == [(photo.id, "preview")] * 2
    assert line.photos.photo(photo.id).is_stored


def test_nothing_of_a_photo_is_sent_while_its_record_waits_or_is_a_draft(line):
    line.engine.save_draft("d1", "inspection.submit", {"id": "i1"})
    line.photo()
    line.sync()
    assert line.uploads == []
    assert line.engine.numbers()["waiting_photos"] == 0
    line.record()
    line.sync(carry=lambda exchange: None if exchange.path == PUSH else line.carry(exchange))
    line.now += retry.LONGEST_PAUSE_MS
    line.sync(carry=lambda exchange: None if exchange.path == PUSH else line.carry(exchange))
    assert line.uploads == []
    assert line.engine.numbers()["waiting_photos"] == 1


@pytest.mark.parametrize("state", ["conflict", "quarantined"])
def test_photos_of_what_the_server_refused_are_evidence_too(line, state):
    photo = line.photo()
    body = {"complaint_id": "nowhere", "photos": [photo.reference()]}
    line.engine.record("complaint.close", body, finishes_draft="d1")
    line.sync()
    if state == "conflict":
        line.store.run("UPDATE outbox SET state = 'conflict'")
    line.meet()
    assert line.has(photo)


def test_no_byte_of_a_picture_is_readable_on_the_disk_and_none_is_lost_to_a_dead_process(line):
    photo = line.photo(size=3_000)
    original = line.photos.bytes_of(photo.id, "original")
    raw = [path.read_bytes() for path in (line.folder / "photos").iterdir()]
    assert len(raw) == 2
    assert all(original[:64] not in data and b"small" not in data for data in raw)
    line.start()
    assert line.photos.bytes_of(photo.id, "original") == original
    assert line.photos.bytes_of(photo.id) == b"small"


def test_previews_go_before_signatures_signatures_before_photos_and_photos_by_risk_the_newest_first(line):
    names = {}
    for name, kind, more in (
        ("old", "photo", {}), ("new", "photo", {}), ("risky", "photo", {"risk": 5}), ("hand", "signature", {}),
        ("flagged", "photo", {"is_flagged": True}),
    ):  # fmt: skip
        line.now += 1_000
        names[line.photo(size=900, kind=kind, preview=None if kind == "signature" else b"s", **more).id] = name
    line.record()
    line.sync()
    order = [(names[exchange.upload[0]], exchange.upload[1]) for exchange in line.uploads if exchange.method == "POST"]
    assert [name for name, variant in order if variant == "preview"] == ["flagged", "risky", "new", "old"]
    assert [variant for _, variant in order] == ["preview"] * 4 + ["original"] * 5
    assert [name for name, variant in order if variant == "original"] == ["hand", "flagged", "risky", "new", "old"]


def test_over_a_slow_line_originals_wait_for_half_a_day_unless_they_are_flagged(line):
    line.is_fast = False
    photo, flagged = line.photo(), line.photo(size=900, is_flagged=True)
    line.record()
    line.sync()
    line.meet()
    assert not line.has(photo)
    assert line.has(flagged)
    assert line.blob_of(photo.id, "preview") == b"small"
    line.now += SLOW_PATIENCE_MS
    line.sync()
    assert line.has(photo)


def test_a_line_that_proves_fast_is_taken_for_fast(line):
    line.is_fast, line.speed = False, 100_000
    photo = line.photo(size=40_000)
    line.photo(size=64_000, is_flagged=True)
    line.record()
    line.sync()
    assert line.has(photo)


@pytest.mark.parametrize("speed", [6_250, 60_000, 10_000_000])
def test_pieces_grow_and_shrink_until_one_takes_about_six_seconds(line, speed):
    line.speed = speed
    line.photo(size=5_000_000 if speed > 10_000 else 600_000)
    line.record()
    line.sync(400)
    sizes = [len(exchange.content) for exchange in line.uploads if exchange.method == "PATCH"]
    assert min(sizes[1:-1]) >= LEAST_CHUNK_BYTES
    wanted = min(max(speed * 6, LEAST_CHUNK_BYTES), MOST_CHUNK_BYTES)
    assert sizes[-2] == pytest.approx(wanted, rel=0.05)


def test_a_cut_costs_one_piece_at_most_and_the_server_is_asked_how_far_it_got(line):
    photo = line.photo(size=200_000)
    line.record()
    patches = []

    def cutting(exchange):
        if exchange.method != "PATCH":
            return line.carry(exchange)
        patches.append(exchange)
        if len(patches) % 3 == 0:
            return None  # it never arrived
        answer = line.carry(exchange)
        return None if len(patches) % 3 == 1 else answer  # it arrived, and nobody knows

    for _ in range(60):
        line.sync(carry=cutting)
        line.now += retry.LONGEST_PAUSE_MS
    assert line.has(photo)
    arrived = [exchange for exchange in line.uploads if exchange.method == "PATCH"]
    assert sum(len(exchange.content) for exchange in arrived) == 200_000 + len(b"small")
    assert any(exchange.method == "HEAD" for exchange in line.uploads)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(
            200, "text/html", b"<html>Please log in</html>", {"upload-offset": "50000", "location": "/v1/sync/blobs/9"}
        ),
        Answer(204, "", b"", {}),
        Answer(204, "", b"", {"tus-resumable": "1.0.0"}),
        Answer(204, "", b"", {"tus-resumable": "1.0.0", "upload-offset": "x"}),
        Answer(204, "", b"", {"tus-resumable": "1.0.0", "upload-offset": "60000"}),
        Answer(201, "", b"", {"tus-resumable": "1.0.0", "location": "https://portal.example/login"}),
        Answer(302, "", b"", {"location": "http://portal.example/"}),
        Answer(500, "application/problem+json", b'{"code": "internal"}'),
        Answer(423, "", b"", {"tus-resumable": "1.0.0"}),
        None,
    ],
)
def test_what_is_no_answer_of_ours_moves_nothing_and_is_tried_again_without_new_work(line, answer):
    photo = line.photo()
    line.record()
    line.sync(1)
    for _ in range(12):
        line.sync(carry=lambda exchange: line.carry(exchange) if exchange.upload is None else answer)
        line.now += retry.LONGEST_PAUSE_MS
    assert line.blob_of(photo.id) == b""
    assert line.engine.numbers()["waiting_photos"] == 1
    line.start()
    for _ in range(6):
        line.now += retry.LONGEST_PAUSE_MS
        line.sync()
    assert line.has(photo)


def test_records_and_news_go_on_while_photos_fail_and_photos_while_records_fail(line):
    line.photo()
    line.record()
    line.sync(carry=lambda exchange: line.carry(exchange) if exchange.upload is None else None)
    later = line.engine.record("inspection.submit", {"id": "i2", "answers": {}})
    line.sync(carry=lambda exchange: line.carry(exchange) if exchange.upload is None else None)
    assert line.engine.line(later).state == "ok"
    line.engine.record("inspection.submit", {"id": "i3", "answers": {}})
    line.now += retry.LONGEST_PAUSE_MS
    line.sync(carry=lambda exchange: None if exchange.upload is None else line.carry(exchange))
    assert len(line.model.blobs.blobs) == 2


def test_a_new_record_goes_between_two_pieces_of_a_photo(line):
    line.photo(size=300_000)
    line.record()
    kinds = []
    for number in range(40):
        if number == 8:
            line.engine.record("inspection.submit", {"id": "i9", "answers": {}})
        exchange = line.engine.next_exchange()
        if exchange is None:
            break
        kinds.append("upload" if exchange.upload else exchange.path)
        line.engine.receive(exchange, line.carry(exchange))
    assert kinds[8] == PUSH
    assert kinds[7] == kinds[9] == "upload"


def test_one_photo_that_the_server_cannot_take_now_does_not_keep_the_others_back(line):
    first, second = line.photo(risk=9), line.photo(size=40_000)
    line.record()
    locked = Answer(423, "", b"", {"tus-resumable": "1.0.0"})
    line.sync(carry=lambda exchange: locked if exchange.upload == (first.id, "original") else line.carry(exchange))
    assert line.has(second)
    assert not line.has(first)


def test_a_photo_that_the_server_does_not_want_needs_the_user_who_may_send_it_again_or_give_it_up(line):
    photo, other = line.photo(), line.photo(size=700)
    line.record()
    told = json.dumps({"code": "photo_mismatch", "status": 422}).encode()
    no = Answer(422, "application/problem+json", told)
    line.sync(carry=lambda exchange: line.carry(exchange) if exchange.upload != (photo.id, "original") else no)
    line.meet()
    assert line.engine.numbers()["attention"] == 1
    assert line.engine.numbers()["waiting_photos"] == 0
    assert [(one.id, one.code) for one in line.photos.in_need()] == [(photo.id, "photo_mismatch")]
    line.photos.retry(photo.id)
    assert line.engine.numbers()["waiting_photos"] == 1
    line.photos.drop(photo.id)
    assert line.engine.numbers() == {"waiting": 0, "sent": 1, "attention": 0, "waiting_photos": 0}
    assert [name.partition(".")[0] for name in files(line)] == [other.id] * 2


def test_a_photo_stays_here_seven_days_of_the_servers_after_it_is_called_stored(line):
    photo = line.photo()
    line.record()
    line.sync()
    line.meet()
    for days, count in ((6.9, 2), (0.2, 0)):
        line.now += int(days * DAY_MS)
        line.meet()
        assert len(files(line)) == count
    assert line.has(photo)
    with pytest.raises(KeyError):
        line.photos.photo(photo.id)


def test_a_body_names_its_photos_with_hash_size_moment_and_the_cameras_place(line):
    plain = line.photo(size=900)
    facts = {"lon": 29.027139, "lat": 40.988751, "altitude": 31.4, "taken": "2026:11:20 08:12:44"}
    placed = line.photos.keep("d1", Picture(b"bytes", b"small", "image/jpeg", facts))
    told = {"id": plain.id, "sha256": plain.sha256, "size": 900, "mime": "image/jpeg", "taken_at": line.now}
    assert plain.reference() == told
    assert placed.reference()["place"] == {"lon": 29.027139, "lat": 40.988751}
    assert placed.reference().keys() - told.keys() == {"place"}


def test_stored_with_another_hash_is_not_stored(line):
    photo = line.photo()
    line.record()
    line.sync()
    row = line.model.towns["north"].rows["photo", photo.id]
    row.data["sha256"] = hashlib.sha256(b"other").hexdigest()
    row.data["state"] = "stored"
    line.meet()
    line.now += 30 * DAY_MS
    line.meet()
    assert len(files(line)) == 2
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
    assert len(files(line)) == 2


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
    assert files(line) == []
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
    assert files(line) == []


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
    assert files(line) == []
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
