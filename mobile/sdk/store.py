"""The phone's database with its few rules: one writer, short transactions, the outbox beside what it changes."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from mobile.sdk import schema
from mobile.sdk.migrations import migrate

Key = tuple[str, str]


class Store:
    """One phone's database; `connection` is in autocommit mode, with plain or encrypted SQLite below it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take an open connection; `create` makes the tables of a new database."""
        self.connection = connection
        self.is_send_only = False
        """The database is of another version and could not be brought to this one: only the outbox may be used."""

    @classmethod
    def create(
        cls, connection: sqlite3.Connection, migrations: Mapping[int, Sequence[str]] = schema.MIGRATIONS
    ) -> "Store":
        """Make the tables if there are none yet, or bring an older app's to this version (see `migrations`)."""
        store = cls(connection)
        if store.one("SELECT name FROM sqlite_master WHERE name = 'outbox'") is None:
            with store.transaction():
                for statement in schema.TABLES:
                    store.run(statement)
                store.run(f"PRAGMA user_version = {schema.VERSION}")
        else:
            store.is_send_only = not migrate(connection, migrations)
        return store

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything in the block, or nothing of it."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.run("COMMIT")

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement; gives the number of rows it touched."""
        return self.connection.execute(sql, values).rowcount

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Give all rows."""
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...] | None:
        """Give the first row, or None."""
        row: tuple[Any, ...] | None = self.connection.execute(sql, values).fetchone()
        return row

    # --- meta -----------------------------------------------------------------------------------------------------

    def get(self, key: str, otherwise: Any = None) -> Any:
        """Read one fact about this phone."""
        row = self.one("SELECT value FROM meta WHERE key = ?", (key,))
        return otherwise if row is None or row[0] is None else row[0]

    def put(self, **facts: Any) -> None:
        """Write facts about this phone."""
        for key, value in facts.items():
            self.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    # --- rows of the server ---------------------------------------------------------------------------------------

    def version_of(self, key: Key) -> int | None:
        """Give the version of a row that is held, or None."""
        row = self.one("SELECT version FROM synced WHERE tbl = ? AND id = ?", key)
        return None if row is None else int(row[0])

    def is_member(self, key: Key) -> bool:
        """Whether a row belongs to a scope of this phone now."""
        return self.one("SELECT 1 FROM membership WHERE tbl = ? AND id = ?", key) is not None

    def write_row(self, key: Key, version: int, data: Any) -> None:
        """Take a row as the server told it, unless what is held is newer."""
        self.run(
            """INSERT INTO synced (tbl, id, version, data) VALUES (?, ?, ?, ?)
                   ON CONFLICT (tbl, id) DO UPDATE SET version = excluded.version, data = excluded.data
                WHERE excluded.version >= synced.version""",
            (*key, version, json.dumps(data, ensure_ascii=False)),
        )

    def pin(self, holder: str, keys: Iterable[Key]) -> None:
        """Keep rows while `holder` (a line of the outbox, a draft) stands on them."""
        for key in keys:
            self.run("INSERT OR IGNORE INTO target (tbl, id, holder) VALUES (?, ?, ?)", (*key, holder))

    def unpin(self, holder: str) -> list[Key]:
        """Let the rows of a holder go; gives them."""
        keys = self.all("SELECT tbl, id FROM target WHERE holder = ?", (holder,))
        self.run("DELETE FROM target WHERE holder = ?", (holder,))
        return [(key[0], key[1]) for key in keys]

    def purge(self, keys: Iterable[Key]) -> None:
        """Drop those of the rows that belong to no scope any more and that nothing stands on."""
        for key in keys:
            self.run(
                """DELETE FROM synced WHERE tbl = ?1 AND id = ?2
                      AND NOT EXISTS (SELECT 1 FROM membership WHERE tbl = ?1 AND id = ?2)
                      AND NOT EXISTS (SELECT 1 FROM target WHERE tbl = ?1 AND id = ?2)""",
                key,
            )
