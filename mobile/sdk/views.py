"""What the user sees: the server's rows with the waiting work laid over them, read as far as a screen needs them.

A row that left the phone's scopes and is only kept for work in hand is not shown.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mobile.sdk import effects
from mobile.sdk.effects import Key, Rows
from mobile.sdk.store import Store

_IS_SHOWN = "EXISTS (SELECT 1 FROM membership AS m WHERE m.tbl = s.tbl AND m.id = s.id)"
_MOST_NAMED = 500


@dataclass(frozen=True)
class _Pending:
    """A command that the server's rows do not show yet."""

    id: str
    kind: str
    body: dict[str, Any]
    touched: tuple[Key, ...]


class Views:
    """Reads of one phone's database."""

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store
        self._mark: tuple[int, int] | None = None
        self._pending: list[_Pending] = []

    def mark(self) -> tuple[int, int]:
        """Give something that is another one after every change of the database, by this process or another."""
        told = self._store.one("PRAGMA data_version") or (0,)
        return int(told[0]), self._store.connection.total_changes

    def all(self) -> Rows:
        """Give every row of every table: for tests and tools, not for screens."""
        rows: Rows = {
            (table, row_id): json.loads(data)
            for table, row_id, data in self._store.all(f"SELECT tbl, id, data FROM synced AS s WHERE {_IS_SHOWN}")
        }
        return self._laid_over(rows, self._waiting())

    def row(self, table: str, row_id: str) -> dict[str, Any] | None:
        """Give one row, or None where it is not shown."""
        key = (table, row_id)
        return self._laid_over(self._read(table, [row_id]), self._touching({key})).get(key)

    def rows(
        self, table: str, *, ids: Sequence[str] | None, sid: str | None, after: str, limit: int | None
    ) -> list[tuple[str, dict[str, Any]]]:
        """Give rows of a table by id; see `Engine.view_rows`."""
        rows = self._read(table, ids, sid, after, limit)
        keys = set(rows)
        if sid is None:
            # What is made here and waits stands in the page's stretch of ids, or comes with a later page.
            last = max(rows)[1] if limit is not None and len(rows) == limit else None
            keys |= {
                (table, row_id)
                for waiting in self._waiting()
                for name, row_id in waiting.touched
                if name == table
                and row_id > after
                and (last is None or row_id < last)
                and (ids is None or row_id in ids)
            }
        shown = self._laid_over(rows, self._touching(keys))
        found = sorted((key[1], row) for key, row in shown.items() if key in keys)
        return found if limit is None else found[:limit]

    def count(self, table: str, sid: str | None) -> int:
        """Give the number of rows that `rows` gives."""
        if sid is not None:
            told = self._store.one("SELECT count(*) FROM membership WHERE sid = ? AND tbl = ?", (sid, table))
            return int(told[0]) if told else 0
        told = self._store.one("SELECT count(DISTINCT id) FROM membership WHERE tbl = ?", (table,))
        touched = {key for waiting in self._waiting() for key in waiting.touched if key[0] == table}
        there = self._read(table, sorted(key[1] for key in touched))
        made = self._laid_over(dict(there), self._touching(touched)).keys() - there.keys()
        return (int(told[0]) if told else 0) + sum(key[0] == table for key in made)

    # --- reading --------------------------------------------------------------------------------------------------

    def _read(
        self, table: str, ids: Sequence[str] | None, sid: str | None = None, after: str = "", limit: int | None = None
    ) -> Rows:
        if ids is not None:
            ids = sorted({row_id for row_id in ids if row_id > after})
            found = [
                row for at in range(0, len(ids), _MOST_NAMED) for row in self._named(table, ids[at:][:_MOST_NAMED])
            ]
            if sid is not None:
                mine = {
                    row[0]
                    for row in self._store.all("SELECT id FROM membership WHERE sid = ? AND tbl = ?", (sid, table))
                }
                found = [row for row in found if row[0] in mine]
            found = found[:limit]
        elif sid is not None:
            found = self._store.all(
                """SELECT m.id, s.data FROM membership AS m JOIN synced AS s ON s.tbl = m.tbl AND s.id = m.id
                    WHERE m.sid = ? AND m.tbl = ? AND m.id > ? ORDER BY m.id LIMIT ?""",
                (sid, table, after, -1 if limit is None else limit),
            )
        else:
            found = self._store.all(
                f"SELECT id, data FROM synced AS s WHERE tbl = ? AND id > ? AND {_IS_SHOWN} ORDER BY id LIMIT ?",
                (table, after, -1 if limit is None else limit),
            )
        return {(table, row_id): json.loads(data) for row_id, data in found}

    def _named(self, table: str, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        marks = ", ".join("?" * len(ids))
        return self._store.all(
            f"SELECT id, data FROM synced AS s WHERE tbl = ? AND id IN ({marks}) AND {_IS_SHOWN} ORDER BY id",
            (table, *ids),
        )

    def _waiting(self) -> list[_Pending]:
        """What is not shown by the server's rows; decoded once for as long as nothing changes."""
        mark = self.mark()
        if mark != self._mark:
            # A command never changes once it is recorded: what was decoded before is decoded.
            known = {waiting.id: waiting for waiting in self._pending}
            self._pending = [
                known.get(mutation_id) or self._decoded(mutation_id)
                for (mutation_id,) in self._store.all(
                    "SELECT id FROM outbox WHERE is_settled = 0 AND state IN ('waiting', 'ok') ORDER BY seq"
                )
            ]
            self._mark = mark
        return self._pending

    def _decoded(self, mutation_id: str) -> _Pending:
        kind, coded = self._store.one("SELECT kind, body FROM outbox WHERE id = ?", (mutation_id,)) or ("", "{}")
        body = json.loads(coded)
        return _Pending(mutation_id, kind, body, tuple(effects.touched_by(kind, mutation_id, body)))

    def _touching(self, keys: set[Key]) -> Iterable[_Pending]:
        return [one for one in self._waiting() if not keys.isdisjoint(one.touched)]

    def _laid_over(self, rows: Rows, pending: Iterable[_Pending]) -> Rows:
        who = str(self._store.get("staff_id", ""))
        for one in pending:
            effects.lay_over(rows, one.kind, one.id, one.body, who)
        return rows
