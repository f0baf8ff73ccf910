import os
import random

import pytest

from mobile.sdk.engine import Engine
from mobile.sdk.open_db import Damaged, WrongKey, open_db
from mobile.sdk.store import Store

KEY = bytes(range(32))
CANARY = "Çukurcuma Mahallesi kanarya"


def filled(path, key=KEY, count=1):
    connection = open_db(path, key)
    engine = Engine(Store.create(connection), lambda: 1_795_000_000_000, random.Random(1))
    for number in range(count):
        engine.record("complaint.note", {"complaint_id": "c1", "text": f"{CANARY} {number}"})
    return connection, engine


def test_no_byte_on_the_disk_tells_what_was_written(tmp_path):
    connection, _ = filled(tmp_path / "phone.db", count=200)
    raw = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    connection.close()
    raw |= {f"{file.name} closed": file.read_bytes() for file in tmp_path.iterdir()}
    assert "phone.db-wal" in raw
    for name, data in raw.items():
        assert CANARY.encode() not in data, name
        assert b"SQLite format 3" not in data, name
        assert b"complaint" not in data, name


def test_a_plain_file_shows_what_the_test_above_would_miss(tmp_path):
    connection, _ = filled(tmp_path / "phone.db", key=None)
    connection.close()
    assert CANARY.encode() in (tmp_path / "phone.db").read_bytes()


def test_only_the_right_key_opens_the_file_and_another_does_no_harm(tmp_path):
    connection, _ = filled(tmp_path / "phone.db")
    connection.close()
    for wrong in (bytes(32), None):
        with pytest.raises(WrongKey):
            open_db(tmp_path / "phone.db", wrong)
    with pytest.raises(ValueError, match="32 bytes"):
        open_db(tmp_path / "phone.db", b"short")
    again = open_db(tmp_path / "phone.db", KEY)
    assert Store(again).one("SELECT count(*) FROM outbox") == (1,)
    again.close()


def test_every_commit_waits_for_the_disk(tmp_path):
    connection, _ = filled(tmp_path / "phone.db")
    told = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]
    connection.close()
    assert told == [2, "wal"]


def test_of_a_damaged_file_the_outbox_is_rescued_as_far_as_it_goes(tmp_path):
    path = tmp_path / "phone.db"
    connection, engine = filled(path, count=3)
    with engine.store.transaction():
        for number in range(400):
            engine.store.write_row(("business", f"b{number:04}"), 1, {"note": CANARY * 5})
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 3 * 4096)
        file.write(os.urandom(4096))
    with pytest.raises(Damaged) as caught:
        open_db(path, KEY)
    assert [row[2] for row in caught.value.rescued] == ["complaint.note"] * 3
    assert all(CANARY in row[6] for row in caught.value.rescued)
