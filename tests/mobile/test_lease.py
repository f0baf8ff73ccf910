import base64
import random
import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile.sdk.engine import PULL_EVERY_MS, Engine
from mobile.sdk.exchange import Answer
from mobile.sdk.lease import DAY_MS, Lease, ReadingLocked
from mobile.sdk.store import Store
from mobile.wire import codec

SIGNING = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = 1_795_000_000_000


class Phone:
    """A phone whose clock may lie; `up` is the time since it started, which nobody sets."""

    def __init__(self):
        self.wall, self.up, self.boot, self.true = NOW, 10_000, "1", NOW
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.start()
        self.lease.pin_keys(7, {"k1": SIGNING.public_key().public_bytes_raw()})

    def start(self):
        self.store = Store.create(self.connection)
        self.lease = Lease(self.store, lambda: self.wall, lambda: (self.boot, self.up))
        self.engine = Engine(self.store, lambda: self.wall, random.Random(1), lease=self.lease)

    def wait(self, days):
        self.wall += int(days * DAY_MS)
        self.up += int(days * DAY_MS)
        self.true += int(days * DAY_MS)

    def meet(self, **more):
        self.wall += PULL_EVERY_MS
        told = {"device": {"last_seq": 0, "horizon": "1", "state": "active"}, "scopes": [], "pages": [], "checks": []}
        message = {"epoch": "e1", "now": self.true, **told, **more}
        self.engine.receive(self.engine.next_exchange(), Answer(200, codec.DEFLATED, codec.encode(message)))

    @property
    def is_open(self):
        return self.lease.left_ms() > 0


@pytest.fixture
def phone():
    made = Phone()
    yield made
    made.connection.close()


def policy(signing=SIGNING, **changes):
    document = {
        "municipality_id": 7,
        "valid_from": NOW - DAY_MS,
        "valid_to": NOW + 100 * DAY_MS,
        "days": 45,
        "kid": "k1",
    }
    document |= changes
    return {"document": document, "signature": base64.b64encode(signing.sign(codec.canonical(document))).decode()}


def test_a_phone_that_never_met_the_server_is_not_locked(phone):
    phone.wait(100)
    assert phone.engine.view_rows("complaint") == []


def test_reading_is_locked_after_fourteen_days_and_opened_by_the_next_contact(phone):
    phone.meet()
    phone.wait(13.9)
    assert phone.engine.view() == {}
    phone.wait(0.2)
    for read in (
        phone.engine.view,
        lambda: phone.engine.view_rows("complaint"),
        lambda: phone.engine.view_row("complaint", "c1"),
        lambda: phone.engine.view_count("complaint"),
    ):
        with pytest.raises(ReadingLocked):
            read()
    phone.meet()
    assert phone.engine.view() == {}


def test_capture_and_the_outbox_go_on_when_reading_is_locked(phone):
    phone.meet()
    phone.wait(20)
    phone.engine.save_draft("d1", "complaint.note", {"complaint_id": "c1", "text": "yarım"})
    assert [draft.id for draft in phone.engine.drafts()] == ["d1"]
    noted = phone.engine.record("complaint.note", {"complaint_id": "c1", "text": "bitti"}, finishes_draft="d1")
    assert phone.engine.numbers()["waiting"] == 1
    assert phone.engine.next_exchange().ids == (noted,)


@pytest.mark.parametrize("jump", [-400, -14, 400])
def test_a_clock_that_is_set_changes_nothing(phone, jump):
    phone.meet()
    phone.wall += jump * DAY_MS
    phone.wait(13.9)
    assert phone.is_open
    phone.wall += jump * DAY_MS
    phone.wait(0.2)
    assert not phone.is_open
    phone.wall -= 2 * jump * DAY_MS
    phone.start()
    assert not phone.is_open


def test_a_clock_set_back_while_the_phone_was_off_gives_no_day_more_than_it_was_off(phone):
    phone.meet()
    phone.wait(10)
    assert phone.is_open
    phone.boot, phone.up, phone.wall = "2", 0, NOW - 100 * DAY_MS
    phone.start()
    assert phone.is_open
    phone.wait(4.1)
    assert not phone.is_open


def test_the_days_that_the_phone_was_off_count(phone):
    phone.meet()
    phone.boot, phone.up, phone.wall = "2", 1_000, phone.wall + 15 * DAY_MS
    assert not phone.is_open


def test_under_a_signed_disaster_policy_it_is_forty_five_days_and_never_more(phone):
    phone.meet(disaster=policy(days=90))
    phone.wait(44.9)
    assert phone.is_open
    phone.wait(0.2)
    assert not phone.is_open


def test_a_policy_counts_only_in_its_time(phone):
    phone.meet(disaster=policy(valid_to=NOW + 20 * DAY_MS))
    phone.wait(19)
    assert phone.is_open
    phone.wait(1.5)
    assert not phone.is_open


@pytest.mark.parametrize(
    "told",
    [
        policy(Ed25519PrivateKey.generate()),
        policy(municipality_id=8),
        policy(kid="k2"),
        policy(days="45"),
        {**policy(days=14), "document": policy()["document"]},
        {"document": policy()["document"], "signature": "?"},
        {"document": None, "signature": ""},
        ["disaster"],
        "disaster",
    ],
)
def test_a_policy_that_the_municipality_did_not_sign_changes_nothing(phone, told):
    phone.meet(disaster=told)
    assert phone.store.get("epoch") == "e1"
    phone.wait(14.1)
    assert not phone.is_open


def test_a_policy_is_kept_until_another_is_told(phone):
    phone.meet(disaster=policy())
    phone.meet()
    phone.wait(30)
    assert phone.is_open
    phone.meet(disaster=policy(days=14))
    phone.wait(14.1)
    assert not phone.is_open
