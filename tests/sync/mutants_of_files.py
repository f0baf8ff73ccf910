"""Bugs of photos, exports, migrations, the lease and the views, built into the phone's own code (see `mutants.py`)."""

import sqlite3
from collections.abc import Callable
from typing import Any
from unittest import mock

from mobile.sdk import bundle, engine, migrations, photo_rows, store, streams, uploads
from mobile.sdk.exchange import Exchange
from mobile.sdk.lease import Lease
from mobile.sdk.store import Store
from mobile.sdk.uploads import Uploads
from mobile.sdk.views import Views


def replaced(owner: Any, name: str, new: Any) -> Callable[[], Any]:
    return lambda: mock.patch.object(owner, name, new)


_advance, _compare, _make_lease, _write_lines = (
    Uploads._advance,
    photo_rows.compare,
    Lease.__init__,
    bundle._write_lines,
)
_read, _rows, _start_alone = Views._read, Views.rows, streams.start_stream


def _deleted_at_end(self: Uploads, exchange: Exchange, url: str, offset: int, size: int, now: int) -> None:
    _advance(self, exchange, url, offset, size, now)
    if offset == size:
        self._store.run("UPDATE photo SET state = 'released' WHERE id = ?", exchange.upload[:1])


def _believes_itself(self: Uploads, exchange: Exchange, now: int) -> None:
    if exchange.method == "PATCH":
        self._store.run(
            "UPDATE upload SET done = min(size, done + ?) WHERE id = ? AND variant = ?",
            (len(exchange.content), *exchange.upload),
        )


def _by_own_clock(store: Store, now: int, server_now: int) -> None:
    _compare(store, now, now)


def _once_stored_for_ever(store: Store, now: int, server_now: int) -> None:
    stored = store.all("SELECT id, stored_at FROM photo WHERE stored_at IS NOT NULL")
    _compare(store, now, server_now)
    for photo_id, stored_at in stored:
        store.run("UPDATE photo SET stored_at = ? WHERE id = ?", (stored_at, photo_id))
        store.run("UPDATE upload SET done_at = ? WHERE id = ?", (now, photo_id))


def _left_with_the_draft(store: Store, draft_id: str, mutation_id: str) -> None:
    del store, draft_id, mutation_id


def _not_looked_at(connection: sqlite3.Connection) -> str:
    del connection
    return ""


def _half_done(connection: sqlite3.Connection, steps: Any) -> bool:
    if migrations.version_of(connection) == max(steps):
        return True
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations._run(connection, steps)
    except sqlite3.DatabaseError:
        connection.execute("COMMIT")
        return False
    connection.execute("COMMIT")
    return True


def _by_the_wall(self: Lease, store: Store, clock: Any, uptime: Any) -> None:
    _make_lease(self, store, clock, lambda: ("boot", clock()))


class _Renaming:
    """A writer that gives everything another id."""

    def __init__(self, writer: Any) -> None:
        self.writer = writer

    def line(self, mutation: Any) -> None:
        self.writer.line({**mutation, "id": f"other-{mutation['id']}"})


class _Turning:
    """A writer that turns the lines round."""

    def __init__(self, writer: Any) -> None:
        self.writer, self.lines = writer, []

    def line(self, mutation: Any) -> None:
        self.lines.append(mutation)

    def end(self) -> None:
        for seq, mutation in enumerate(reversed(self.lines), 1):
            self.writer.line({**mutation, "seq": seq})


def _renamed(store: Store, writer: Any) -> int:
    return _write_lines(store, _Renaming(writer))


def _turned(store: Store, writer: Any) -> int:
    turning = _Turning(writer)
    count = _write_lines(store, turning)
    turning.end()
    return count


def _bare(self: Views, table: str, row_id: str) -> Any:
    return _read(self, table, [row_id]).get((table, row_id))


def _only_the_servers(self: Views, table: str, **where: Any) -> Any:
    there = {row[0] for row in self._store.all("SELECT id FROM membership WHERE tbl = ?", (table,))}
    return [(row_id, row) for row_id, row in _rows(self, table, **where) if row_id in there]


BEFORE_ITS_RECORD = uploads._NEXT.replace("AND o.state <> 'waiting'", "")

FILES = {
    "a photo is deleted when its upload ends": replaced(Uploads, "_advance", _deleted_at_end),
    "an upload goes on where the phone believes it is": replaced(Uploads, "_doubt", _believes_itself),
    "a photo goes before its record": replaced(uploads, "_NEXT", BEFORE_ITS_RECORD),
    "a photo is deleted by the phone's own clock": replaced(photo_rows, "compare", _by_own_clock),
    "a photo that the server lost is not sent again": replaced(photo_rows, "compare", _once_stored_for_ever),
    "an upload that ended is not asked for again": replaced(photo_rows, "RECHECK_MS", 10**15),
    "the photos of a draft do not become its command's": replaced(photo_rows, "pass_on", _left_with_the_draft),
    "a phone told to drain forgets its photos": replaced(photo_rows, "is_all_given", lambda _: True),
    "a migration may drop what waits": replaced(migrations, "_outbox", _not_looked_at),
    "a migration that fails is half done": replaced(store, "migrate", _half_done),
    "a clock set back makes the lease longer": replaced(Lease, "__init__", _by_the_wall),
    "a lease is for ever": replaced(Lease, "left_ms", lambda _: 1),
    "what is exported has other ids": replaced(bundle, "_write_lines", _renamed),
    "what is exported is in another order": replaced(bundle, "_write_lines", _turned),
    "one row is shown without what waits": replaced(Views, "row", _bare),
    "a page is shown without what was made here": replaced(Views, "rows", _only_the_servers),
    "after sending only, nothing is put right": replaced(engine, "come_back", lambda _: None),
}
