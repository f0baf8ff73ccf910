"""The cursor under eight writers whose transactions are slow, end out of order and are rolled back.

Ours loses nothing. The two wrong ones that many systems have must lose rows in the same run, or the run proves nothing:
by sequence alone, and by sequence below the horizon.
"""

import random
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from api.sync.queries import POINTERS_SQL

WRITERS, SECONDS = 8, 6.0
TOWN, SCOPE, NIL = 1, "ref", UUID(int=0)
# The wrong ones get the sequence that they trust in.
TABLE = """
    CREATE TABLE cursor_stress (xid xid8 NOT NULL DEFAULT pg_current_xact_id(), seq bigserial PRIMARY KEY,
                                id uuid NOT NULL)"""
WRITE = """
    WITH written AS (INSERT INTO cursor_stress (id) VALUES (%(id)s))
    INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id) VALUES (%(town)s, %(scope)s, 'stress', %(id)s)"""
BY_SEQUENCE = "SELECT seq, id FROM cursor_stress WHERE seq > %(seq)s ORDER BY seq LIMIT 500"
BELOW_HORIZON = """
    SELECT seq, id FROM cursor_stress WHERE seq > %(seq)s AND xid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY seq LIMIT 500"""


class OurCursor:
    """What a pull does: its own statement, with its own cursor."""

    def __init__(self) -> None:
        self.at = (0, "", NIL)

    def next(self, connection: psycopg.Connection[Any]) -> list[UUID]:
        """Give the rows behind the cursor."""
        xid, table, row_id = self.at
        values = {"municipality_id": TOWN, "sids": [SCOPE], "xids": [str(xid)], "tbls": [table], "ids": [row_id],
                  "limit": 500}  # fmt: skip
        rows = [row for row in connection.execute(POINTERS_SQL, values).fetchall() if row[0] is not None]
        if rows:
            self.at = (rows[-1][1], rows[-1][2], rows[-1][3])
        return [row[3] for row in rows]


class WrongCursor:
    """A cursor that trusts in a sequence."""

    def __init__(self, sql: str) -> None:
        self.sql, self.at = sql, 0

    def next(self, connection: psycopg.Connection[Any]) -> list[UUID]:
        """Give the rows behind the cursor."""
        rows = connection.execute(self.sql, {"seq": self.at}).fetchall()
        if rows:
            self.at = rows[-1][0]
        return [row[1] for row in rows]


def write(dsn: str, number: int, is_over: Callable[[], bool], committed: set[UUID]) -> None:
    """Commit rows until told to stop: a fifth of the transactions is slow, one in twenty is rolled back."""
    chance = random.Random(number)
    with psycopg.connect(dsn) as connection:
        while not is_over():
            rows = [uuid4() for _ in range(chance.randint(1, 3))]
            # What decides the order is taken at different moments: the transaction's number first, the sequence later.
            connection.execute("SELECT pg_current_xact_id()")
            if chance.random() < 0.2:
                time.sleep(chance.uniform(0.0, 0.03))
            for row in rows:
                connection.execute(WRITE, {"id": row, "town": TOWN, "scope": SCOPE})
            if chance.random() < 0.2:
                time.sleep(chance.uniform(0.0, 0.03))
            if chance.random() < 0.05:
                connection.rollback()
            else:
                connection.commit()
                committed.update(rows)
            time.sleep(chance.uniform(0.0, 0.004))


def read(dsn: str, cursor: OurCursor | WrongCursor, is_over: Callable[[], bool], seen: list[UUID]) -> None:
    """Follow the rows with a cursor, to the very end."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while True:
            is_last = is_over()
            rows = cursor.next(connection)
            seen += rows
            if is_last and not rows:
                return
            time.sleep(0.002)


def passes_horizon(dsn: str) -> None:
    """Wait until everything that is committed lies below the horizon, whoever else uses the server."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        (target,) = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
        for _ in range(600):
            (now,) = connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchone()
            if now >= target:
                return
            time.sleep(0.05)
    raise AssertionError("another transaction holds the horizon up")


@pytest.mark.slow
def test_our_cursor_loses_nothing_where_the_two_wrong_ones_do(real_db):
    with psycopg.connect(real_db.admin, autocommit=True) as connection:
        connection.execute(TABLE)
    ends_at = time.monotonic() + SECONDS
    writers_gone = threading.Event()
    committed: list[set[UUID]] = [set() for _ in range(WRITERS)]
    ours, by_sequence, below_horizon = ([], [], [])  # type: tuple[list[UUID], list[UUID], list[UUID]]
    cursors = (
        (OurCursor(), ours),
        (WrongCursor(BY_SEQUENCE), by_sequence),
        (WrongCursor(BELOW_HORIZON), below_horizon),
    )
    writers = [
        threading.Thread(target=write, args=(real_db.admin, number, lambda: time.monotonic() > ends_at, rows))
        for number, rows in enumerate(committed, 1)
    ]
    readers = [
        threading.Thread(target=read, args=(real_db.admin, cursor, writers_gone.is_set, seen))
        for cursor, seen in cursors
    ]
    for thread in (*writers, *readers):
        thread.start()
    for thread in writers:
        thread.join()
    passes_horizon(real_db.admin)
    writers_gone.set()
    for thread in readers:
        thread.join()
    written = set().union(*committed)
    assert len(written) > 1_000
    assert sorted(ours) == sorted(written), "something was lost, read twice, or never committed"
    assert written - set(by_sequence)
    assert written - set(below_horizon)
