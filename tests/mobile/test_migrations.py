"""`recorded/phone-1.db` was written by version 1 of the app and is never written again."""

import hashlib
import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from mobile.sdk import migrations, schema
from mobile.sdk.engine import Engine, SendOnly
from mobile.sdk.exchange import PUSH, Answer
from mobile.sdk.migrations import version_of
from mobile.sdk.open_db import open_db
from mobile.sdk.store import Store
from mobile.wire import codec

RECORDED = Path(__file__).parent / "recorded" / "phone-1.db"
NOW = 1_795_000_100_000
NEWER = schema.VERSION + 1
FAILING = {NEWER: ("CREATE TABLE later (id TEXT)", "DELETE FROM draft", "SELECT * FROM nowhere")}


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "phone.db"
    shutil.copyfile(RECORDED, path)
    return path


def started(path, steps=schema.MIGRATIONS, key=None):
    store = Store.create(open_db(path, key), steps)
    return Engine(store, lambda: NOW, random.Random(1))


def outbox(connection):
    return connection.execute("SELECT * FROM outbox ORDER BY id").fetchall()


def told(results, **more):
    message = {"epoch": "e1", "now": NOW, "results": results, "stopped": None, **more}
    return Answer(200, codec.DEFLATED, codec.encode(message))


def drain(engine):
    """Let the server take everything; gives what it was sent."""
    sent = []
    while (exchange := engine.next_exchange()) is not None and exchange.path == PUSH:
        sent += exchange.message["mutations"]
        engine.receive(exchange, told([{"id": one, "state": "ok", "rows": [], "xid": "9"} for one in exchange.ids]))
    return sent


def test_the_layout_of_the_outbox_is_frozen():
    assert (
        hashlib.sha256(schema.OUTBOX.strip().encode()).hexdigest()
        == "a50227d0056a7f665b12b07b2e754628f24755a900ce69115d2e697f008e623f"
    )
    connection = sqlite3.connect(RECORDED)
    (layout,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'outbox'").fetchone()
    connection.close()
    assert layout == schema.OUTBOX.strip()


def test_the_first_versions_file_is_brought_up_to_date_with_every_line_as_it_was(old):
    before = outbox(sqlite3.connect(RECORDED))
    engine = started(old)
    assert not engine.store.is_send_only
    assert outbox(engine.store.connection) == before
    assert engine.numbers() == {"waiting": 3, "sent": 1, "attention": 2, "waiting_photos": 0}
    assert engine.view_row("complaint", "c1")["status"] == "solved"
    assert [draft.body["text"] for draft in engine.drafts()] == ["yarım kal"]
    assert [(line["kind"], line["kv"]) for line in drain(engine)] == [
        ("business.patch", 0), ("inspection.submit", 1), ("complaint.close", 1),
    ]  # fmt: skip
    engine.store.connection.close()


def test_an_old_file_and_a_new_one_end_alike(old):
    migrated, made = started(old).store, Store.create(sqlite3.connect(":memory:", isolation_level=None))
    for store in (migrated, made):
        store.run("ANALYZE")
    layouts = [
        sorted(store.all("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
        for store in (migrated, made)
    ]
    assert layouts[0] == layouts[1]
    assert version_of(migrated.connection) == version_of(made.connection) == schema.VERSION
    for store in (migrated, made):
        store.connection.close()


def test_a_copy_is_made_first_and_kept_until_the_app_has_started_once_more(old):
    copy = Path(f"{old}.before")
    started(old).store.connection.close()
    kept = sqlite3.connect(copy)
    assert version_of(kept) == 1
    assert len(outbox(kept)) == 7
    kept.close()
    started(old).store.connection.close()
    assert not copy.exists()


def test_an_encrypted_file_is_migrated_and_so_is_its_copy_kept(tmp_path):
    path, key = tmp_path / "phone.db", bytes(range(32))
    connection = open_db(path, key)
    for statement in schema._FIRST:
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    engine = started(path, key=key)
    assert not engine.store.is_send_only
    engine.store.connection.close()
    copied = open_db(Path(f"{path}.before"), key)
    assert version_of(copied) == 1
    copied.close()


def test_a_migration_that_fails_is_undone_and_the_app_only_sends(old):
    engine = started(old, {**schema.MIGRATIONS, **FAILING})
    store = engine.store
    assert store.is_send_only
    assert version_of(store.connection) == 1
    assert store.one("SELECT 1 FROM sqlite_master WHERE name IN ('later', 'photo')") is None
    assert store.one("SELECT count(*) FROM draft") == (1,)
    for refused in (
        lambda: engine.record("complaint.note", {"text": "x"}),
        lambda: engine.save_draft("d", "x", {}),
        lambda: engine.drop_draft("d1"),
        engine.view,
        lambda: engine.view_rows("complaint"),
        engine.drafts,
    ):
        with pytest.raises(SendOnly):
            refused()
    rest = {
        table: store.all(f"SELECT * FROM {table}") for table in ("synced", "membership", "scope", "target", "draft")
    }
    assert len(drain(engine)) == 3
    assert engine.next_exchange() is None
    assert engine.numbers() == {"waiting": 0, "sent": 4, "attention": 2, "waiting_photos": 0}
    for table, rows in rest.items():
        assert store.all(f"SELECT * FROM {table}") == rows
    store.connection.close()


def test_after_a_better_version_everything_is_there_and_nothing_is_held_for_what_was_sent(old):
    engine = started(old, {**schema.MIGRATIONS, **FAILING})
    drain(engine)
    engine.store.connection.close()
    engine = started(old)
    assert not engine.store.is_send_only
    assert engine.view_row("complaint", "c1")["status"] == "solved"
    assert engine.store.all("SELECT DISTINCT holder FROM target") == [("d1",)]
    assert [draft.id for draft in engine.drafts()] == ["d1"]
    engine.store.connection.close()


def test_a_restored_server_gets_everything_again_even_when_the_app_only_sends(old):
    engine = started(old, {**schema.MIGRATIONS, **FAILING})
    answer = json.dumps({"code": "epoch_changed", "server_epoch": "e2"}).encode()
    engine.receive(engine.next_exchange(), Answer(409, "application/problem+json", answer))
    sent = engine.next_exchange().message["mutations"]
    assert [line["seq"] for line in sent] == [1, 2, 3, 4, 5, 6]
    engine.store.connection.close()
    engine = started(old)
    assert engine.store.all("SELECT cursor FROM scope") == [(None,)]
    assert engine.store.one("SELECT max(version) FROM synced") == (-1,)
    assert engine.store.one("SELECT count(DISTINCT holder) FROM target WHERE holder <> 'd1'") == (6,)
    engine.store.connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM outbox WHERE state = 'waiting'",
        "UPDATE outbox SET body = '{}' WHERE seq = 6",
        "UPDATE outbox SET state = 'ok' WHERE seq = 6",
        "UPDATE outbox SET seq = seq + 1000",
        "ALTER TABLE outbox ADD COLUMN later TEXT",
        "DROP TABLE outbox",
        "INSERT INTO outbox (id, seq, kind, kv, at, base, body, sha) VALUES ('x', 99, '', 1, '', '', '', '')",
    ],
)
def test_a_migration_that_touches_the_outbox_is_undone(old, statement):
    before = outbox(sqlite3.connect(RECORDED))
    store = started(old, {**schema.MIGRATIONS, NEWER: (statement,)}).store
    assert store.is_send_only
    assert outbox(store.connection) == before
    store.connection.close()


def test_an_older_app_on_a_newer_file_only_sends(old):
    started(old, {**schema.MIGRATIONS, NEWER: ("CREATE TABLE later (id TEXT)",)}).store.connection.close()
    engine = started(old)
    assert engine.store.is_send_only
    assert len(drain(engine)) == 3
    engine.store.connection.close()


def test_without_room_for_a_copy_nothing_is_migrated(old, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(migrations.shutil, "copyfile", full)
        engine = started(old)
    assert engine.store.is_send_only
    assert version_of(engine.store.connection) == 1
    engine.store.connection.close()
    engine = started(old)
    assert not engine.store.is_send_only
    engine.store.connection.close()


def test_a_wiped_phone_that_only_sends_forgets_everything(old):
    engine = started(old, {**schema.MIGRATIONS, **FAILING})
    told_to_leave = Answer(403, "application/problem+json", b'{"code": "device_revoked", "wipe": "now"}')
    engine.receive(engine.next_exchange(), told_to_leave)
    for table in ("outbox", "draft", "synced"):
        assert engine.store.one(f"SELECT count(*) FROM {table}") == (0,)
    engine.store.connection.close()
