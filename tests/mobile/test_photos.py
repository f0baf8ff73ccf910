import json

import pytest

from mobile.sdk import retry
from mobile.sdk.exchange import PUSH, Answer
from mobile.sdk.pictures import Picture
from mobile.sdk.uploads import SLOW_PATIENCE_MS
from mobile.wire.limits import LEAST_CHUNK_BYTES, MOST_CHUNK_BYTES


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
    assert [name.partition(".")[0] for name in line.files()] == [other.id] * 2


def test_a_body_names_its_photos_with_hash_size_moment_and_the_cameras_place(line):
    plain = line.photo(size=900)
    facts = {"lon": 29.027139, "lat": 40.988751, "altitude": 31.4, "taken": "2026:11:20 08:12:44"}
    placed = line.photos.keep("d1", Picture(b"bytes", b"small", "image/jpeg", facts))
    told = {"id": plain.id, "sha256": plain.sha256, "size": 900, "mime": "image/jpeg", "taken_at": line.now}
    assert plain.reference() == told
    assert placed.reference()["place"] == {"lon": 29.027139, "lat": 40.988751}
    assert placed.reference().keys() - told.keys() == {"place"}
