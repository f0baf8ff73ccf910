"""The engine over real sockets: a server that cuts lines, doubles nothing away and answers as the model does."""

import hashlib
import json
import random
import threading
import time

import httpx
import pytest

from mobile.sdk.engine import PULL_EVERY_MS, Engine
from mobile.sdk.exchange import PULL, Exchange
from mobile.sdk.open_db import open_db
from mobile.sdk.photo_files import SealedFolder
from mobile.sdk.photos import PhotoQueue
from mobile.sdk.pictures import Picture
from mobile.sdk.runner import single_flight, sync_now
from mobile.sdk.store import Store
from mobile.sdk.transport import MOST_ANSWER_BYTES, HttpTransport
from mobile.wire import codec
from tests.sync.listening import listening
from tests.sync.model_server import ModelServer

KEY = bytes(32)


class Clock:
    def __init__(self):
        self.now = 1_795_000_000_000

    def __call__(self):
        return self.now


@pytest.mark.parametrize("seed", range(4))
def test_three_days_of_work_arrive_once_over_a_line_that_breaks(tmp_path, seed):
    chance, clock, model = random.Random(seed), Clock(), ModelServer(("north",))
    model.grants[("north", "x")] = {"user:x", "team:1"}
    transaction = model.begin("north")
    for number in range(12):
        model.write(transaction, ("complaint", f"c{number}"), status="routed", team="1", assignee="", lines=[])
    model.commit(transaction)
    lock = threading.Lock()

    def answer(path, body):
        with lock:
            message = codec.decode(codec.DEFLATED, body)
            status, media_type, told = model.answer(path, "north", "x", message, most=chance.choice((1, 5, 50)))
        if status == 200:
            media_type, told = codec.DEFLATED, codec.encode(codec.decode(media_type, told))
        return status, media_type, told, chance.choice((len(told),) * 6 + (chance.randrange(len(told)), 0, -1))

    path = tmp_path / "phone.db"
    with listening(answer) as transport:
        recorded = []
        for day in range(3):
            # The app dies every evening.
            connection = open_db(path, KEY)
            engine = Engine(Store.create(connection), clock, random.Random(seed * 10 + day))
            for number in range(10):
                body = {"complaint_id": f"c{number}", "text": f"{day}/{number} yerinde görüldü"}
                recorded.append(engine.record("complaint.note", body))
                recorded.append(engine.record("inspection.submit", {"id": f"i{day}{number}", "answers": {"m1": "yes"}}))
            connection.close()
        connection = open_db(path, KEY)
        engine = Engine(Store.create(connection), clock, random.Random(99))
        for _ in range(400):
            sync_now(engine, transport.send)
            clock.now += PULL_EVERY_MS
            if engine.numbers()["waiting"] == 0 and len(engine.view()) == 42:
                break
        assert engine.numbers() == {"waiting": 0, "sent": 60, "attention": 0, "waiting_photos": 0}
        assert len(engine.view()) == 42
        connection.close()
    town = model.towns["north"]
    assert {mutation_id: town.ledger[mutation_id] for mutation_id in recorded} == dict.fromkeys(recorded, 1)
    assert [len(town.rows["complaint", f"c{number}"].data["lines"]) for number in range(10)] == [3] * 10


@pytest.mark.parametrize(
    ("media_type", "told"),
    [
        ("text/html; charset=utf-8", b"<html>login</html>"),
        ("application/json", b"{}"),
        ("application/problem+json; charset=utf-8", json.dumps({"code": "unavailable"}).encode()),
    ],
)
def test_what_is_not_ours_comes_back_as_it_is_and_is_never_taken_for_an_answer(media_type, told):
    with listening(lambda *_: (200, media_type, told, len(told))) as transport:
        answer = transport.send(Exchange(PULL, {"device": "d"}))
    assert answer is not None
    assert (answer.media_type, answer.body) == (media_type.split(";")[0], told)


def test_an_endless_answer_is_given_up():
    told = b"x" * (MOST_ANSWER_BYTES + 1)
    with listening(lambda *_: (200, codec.PLAIN, told, len(told))) as transport:
        assert transport.send(Exchange(PULL, {"device": "d"})) is None


def test_nobody_there_is_no_answer_and_soon():
    started = time.monotonic()
    with httpx.Client(base_url="http://127.0.0.1:9") as client:
        assert HttpTransport(client, lambda: "t").send(Exchange(PULL, {"device": "d"})) is None
    assert time.monotonic() - started < 5


def test_one_process_syncs_at_a_time(tmp_path):
    with single_flight(tmp_path / "lock") as first, single_flight(tmp_path / "lock") as second:
        assert (first, second) == (True, False)
    with single_flight(tmp_path / "lock") as again:
        assert again is True


@pytest.mark.parametrize("seed", range(3))
def test_photos_arrive_whole_over_a_line_that_breaks(tmp_path, seed):
    chance, clock, model = random.Random(seed), Clock(), ModelServer(("north",))
    model.grants[("north", "x")] = {"user:x"}
    lock = threading.Lock()

    def answer(path, body):
        with lock:
            status, media_type, told = model.answer(path, "north", "x", codec.decode(codec.DEFLATED, body))
        return status, media_type, told, chance.choice((len(told),) * 6 + (-1,))

    def blobs(method, path, headers, content):
        with lock:
            status, told = model.blobs.answer("north", method, path, headers, content)
        return status, told, chance.choice((0, 0, 0, -1))

    connection = open_db(tmp_path / "phone.db", KEY)
    store, files = Store.create(connection), SealedFolder(tmp_path / "photos", KEY)
    photos = PhotoQueue(store, files, clock, random.Random(seed))
    engine = Engine(store, clock, random.Random(seed), photos=photos)
    kept = [
        photos.keep("d1", Picture(random.Random(number).randbytes(90_000), b"preview", "image/jpeg", {}), risk=number)
        for number in range(4)
    ]
    body = {"id": "i1", "answers": {}, "photos": [photo.reference() for photo in kept]}
    engine.record("inspection.submit", body, finishes_draft="d1")
    with listening(answer, blobs) as transport:
        for _ in range(400):
            sync_now(engine, transport.send)
            clock.now += PULL_EVERY_MS
            if not engine.numbers()["waiting_photos"]:
                break
    assert engine.numbers() == {"waiting": 0, "sent": 1, "attention": 0, "waiting_photos": 0}
    for photo in kept:
        blob = model.blobs.blobs["north", photo.id, "original"]
        assert hashlib.sha256(blob).hexdigest() == photo.sha256
        assert model.blobs.blobs["north", photo.id, "preview"] == b"preview"
    connection.close()
