"""Opens the phone's database: encrypted at rest, durable at every commit, and looked over after an unclean end.

The key is 32 random bytes that the key store holds; it opens the file directly, because stretching a random key costs a
third of a second at every start and adds nothing. On Android an encrypted SQLite must be built into the app; that build
has not been made yet, so there `open_db` refuses unless the caller says that a plain file is meant.
"""

import contextlib
import sqlite3
from pathlib import Path

try:
    from sqlcipher3 import dbapi2 as cipher
except ImportError:  # a phone without the encrypted build
    cipher = None

KEY_BYTES = 32


class NoCipher(RuntimeError):
    """This build cannot encrypt its database."""


class WrongKey(ValueError):
    """The key does not open this file, or the file is no database."""


class Damaged(RuntimeError):
    """The file is a database, but not whole; what can be read of it is in `rescued`."""

    def __init__(self, rescued: list[tuple[object, ...]]) -> None:
        """Take the lines of the outbox that could still be read."""
        super().__init__(f"{len(rescued)} lines rescued")
        self.rescued = rescued


def open_db(path: Path, key: bytes | None) -> sqlite3.Connection:
    """Open or make the database of this phone.

    Args:
        path: the file; its folder belongs to the app alone.
        key: KEY_BYTES random bytes; None means a plain file, which only tests and tools ask for.

    Raises:
        ValueError: the key has another length.
        NoCipher: a key was given and this build cannot encrypt.
        WrongKey: the key does not fit.
        Damaged: the file was hurt; the outbox was rescued as far as it goes.
    """
    if key is not None and len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    if key is not None and cipher is None:
        raise NoCipher
    module = sqlite3 if key is None else cipher
    connection: sqlite3.Connection = module.connect(str(path), isolation_level=None)
    try:
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        # Temporary tables and sorting stay in memory: they would lie unencrypted beside the file.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA journal_mode = WAL")
        # A dead battery must not take back what the user saw saved.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA busy_timeout = 5000")
    except module.DatabaseError:
        connection.close()
        raise WrongKey from None
    _look_over(connection, module.DatabaseError)
    return connection


def _look_over(connection: sqlite3.Connection, error: type[Exception]) -> None:
    try:
        told = connection.execute("PRAGMA quick_check(1)").fetchone()
    except error:
        told = None
    if told == ("ok",):
        return
    rescued: list[tuple[object, ...]] = []
    # What was read stays when the next row cannot be.
    with contextlib.suppress(error):
        rescued.extend(
            map(
                tuple,
                connection.execute("SELECT id, seq, kind, kv, at, base, body, sha, state FROM outbox ORDER BY seq"),
            )
        )
    connection.close()
    raise Damaged(rescued)
