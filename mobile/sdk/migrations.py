"""An older app's database becomes this one's, in one transaction over a file of which a copy was made first.

Whatever happens, the outbox is as it was before: a migration that changes a line of it, or fails for any reason, is
undone as a whole, and the app opens in send-only mode. Then what was recorded still goes out, and nothing else works
until a version of the app comes that can read the rest.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from mobile.sdk.files import UNFINISHED, sync_folder

_LINES = "SELECT id, seq, kind, kv, at, base, body, sha, state, code, acked_at, is_dismissed FROM outbox ORDER BY id"


class OutboxChanged(RuntimeError):
    """A migration touched what the user has recorded; it is undone."""


def version_of(connection: sqlite3.Connection) -> int:
    """Give the version of an open database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Mapping[int, Sequence[str]]) -> bool:
    """Bring an open database up to date; gives whether it is. If not, it is as it was: only the outbox may be used."""
    if version_of(connection) == max(migrations):
        _drop_copy(connection)
        return True
    try:
        _copy(connection)
        connection.execute("BEGIN IMMEDIATE")
        _run(connection, migrations)
        connection.execute("COMMIT")
    except Exception:  # noqa: BLE001 (whatever it is, the user's work comes first)
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return False
    return True


def _run(connection: sqlite3.Connection, migrations: Mapping[int, Sequence[str]]) -> None:
    # Another process of this app may have been quicker.
    at, newest = version_of(connection), max(migrations)
    if at > newest:
        raise OutboxChanged("the database is of a newer app")
    before = _outbox(connection)
    for number in range(at + 1, newest + 1):
        for statement in migrations[number]:
            connection.execute(statement)
    if _outbox(connection) != before:
        raise OutboxChanged
    connection.execute(f"PRAGMA user_version = {newest}")


def _outbox(connection: sqlite3.Connection) -> tuple[str, str]:
    layout = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'outbox'").fetchone()
    digest = hashlib.sha256()
    for line in connection.execute(_LINES):
        digest.update(repr(tuple(line)).encode())
    return layout[0], digest.hexdigest()


def _copy(connection: sqlite3.Connection) -> None:
    copy = _copy_of(connection)
    if copy is None or copy.exists():
        return  # in memory; or it was copied before a first try that failed
    path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
    is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if is_busy:
        raise OSError("another process is using the database")
    part = copy.with_name(copy.name + UNFINISHED)
    shutil.copyfile(path, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(copy)
    sync_folder(path.parent)


def _drop_copy(connection: sqlite3.Connection) -> None:
    """The app has started once more on what was migrated: the copy is needed no longer."""
    copy = _copy_of(connection)
    if copy is not None:
        copy.unlink(missing_ok=True)


def _copy_of(connection: sqlite3.Connection) -> Path | None:
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    return Path(f"{path}.before") if path else None
