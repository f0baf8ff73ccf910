"""The keys of each municipality, opened with the installation's master key and kept in memory for a while."""

import hmac
import threading
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock, crypto
from api.core.sql import fetch_all, run

FRESH_SECONDS = 300.0
DATA, INDEX = "data", "index"
INDEX_KEY_ID = 1_000_000  # index keys are numbered apart from data keys; they are never rotated
# Opens what phones seal to the municipality (X25519); apart as well, and not rotated: a phone keeps the public half.
BUNDLE, BUNDLE_KEY_ID = "bundle", 2_000_000


@dataclass
class _Held:
    ring: crypto.Keyring
    loaded: float


class _Keys:
    def __init__(self) -> None:
        self.master: bytes | None = None
        # By database first: the same number in another database is another municipality.
        self.held: WeakKeyDictionary[Any, dict[int, _Held]] = WeakKeyDictionary()
        self.lock = threading.Lock()


_keys = _Keys()


def install_master_key(master: bytes) -> None:
    """Give this process the master key; called once at start."""
    with _keys.lock:
        if _keys.master != master:
            _keys.held.clear()
        _keys.master = master


def _master() -> bytes:
    if _keys.master is None:
        raise crypto.BadKey("the master key is not installed in this process")
    return _keys.master


def derived_key(purpose: str) -> bytes:
    """Give a key of the whole installation for one purpose (cursors, links), derived from the master key; 32 bytes."""
    return hmac.digest(_master(), f"belediye|{purpose}".encode(), "sha256")


def _context(municipality_id: int, key_id: int) -> bytes:
    return f"{municipality_id}|{key_id}".encode()


async def make_keys(session: AsyncSession, municipality_id: int) -> None:
    """Make the first data key and the index key of a new municipality."""
    for key_id, purpose in ((1, DATA), (INDEX_KEY_ID, INDEX)):
        wrapped = crypto.wrap(_master(), crypto.new_key(), _context(municipality_id, key_id))
        await run(
            session,
            """INSERT INTO municipality_key (municipality_id, key_id, purpose, wrapped, created_at)
               VALUES (%s, %s, %s, %s, %s)""",
            (municipality_id, key_id, purpose, wrapped, clock.now()),
        )


async def rotate_data_key(session: AsyncSession, municipality_id: int) -> int:
    """Make a new data key; new values are sealed with it, old ones stay readable. Gives the new key's id."""
    rows = await fetch_all(
        session,
        "SELECT max(key_id) AS last FROM municipality_key WHERE municipality_id = %s AND purpose = %s",
        (municipality_id, DATA),
    )
    key_id = int(rows[0]["last"]) + 1
    wrapped = crypto.wrap(_master(), crypto.new_key(), _context(municipality_id, key_id))
    await run(
        session,
        """INSERT INTO municipality_key (municipality_id, key_id, purpose, wrapped, created_at)
           VALUES (%s, %s, %s, %s, %s)""",
        (municipality_id, key_id, DATA, wrapped, clock.now()),
    )
    forget(municipality_id)
    return key_id


async def keyring(session: AsyncSession, municipality_id: int) -> crypto.Keyring:
    """Give the opened keys of the municipality the session is in; read at most every five minutes.

    Raises:
        crypto.BadKey: the municipality has no keys, or the master key is not installed.
        crypto.DecryptError: the keys were wrapped with another master key.
    """
    held = _keys.held.get(session.bind, {}).get(municipality_id)
    if held is not None and time.monotonic() - held.loaded < FRESH_SECONDS:
        return held.ring
    rows = await fetch_all(
        session,
        "SELECT key_id, purpose, wrapped FROM municipality_key WHERE municipality_id = %s AND retired_at IS NULL",
        (municipality_id,),
    )
    opened = {
        row["key_id"]: crypto.unwrap(_master(), bytes(row["wrapped"]), _context(municipality_id, row["key_id"]))
        for row in rows
    }
    data = {row["key_id"]: opened[row["key_id"]] for row in rows if row["purpose"] == DATA}
    index = [opened[row["key_id"]] for row in rows if row["purpose"] == INDEX]
    if not data or not index:
        raise crypto.BadKey(f"municipality {municipality_id} has no keys")
    ring = crypto.Keyring(municipality_id, max(data), data, index[0])
    with _keys.lock:
        _keys.held.setdefault(session.bind, {})[municipality_id] = _Held(ring, time.monotonic())
    return ring


async def bundle_key(session: AsyncSession, municipality_id: int) -> bytes:
    """Give the municipality's private key for what phones seal to it, made with the first question; 32 raw bytes.

    Raises:
        crypto.BadKey: the master key is not installed.
        crypto.DecryptError: the key was wrapped with another master key.
    """
    context = _context(municipality_id, BUNDLE_KEY_ID)
    for _ in range(2):
        rows = await fetch_all(
            session,
            "SELECT wrapped FROM municipality_key WHERE municipality_id = %s AND key_id = %s",
            (municipality_id, BUNDLE_KEY_ID),
        )
        if rows:
            return crypto.unwrap(_master(), bytes(rows[0]["wrapped"]), context)
        # Any 32 bytes are a private key of X25519. Whoever is second takes the first one's.
        await run(
            session,
            """INSERT INTO municipality_key (municipality_id, key_id, purpose, wrapped, created_at)
               VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            (municipality_id, BUNDLE_KEY_ID, BUNDLE, crypto.wrap(_master(), crypto.new_key(), context), clock.now()),
        )
    raise crypto.BadKey(f"municipality {municipality_id} has no bundle key")


def forget(municipality_id: int | None = None) -> None:
    """Drop opened keys from memory (all, or one municipality's)."""
    with _keys.lock:
        if municipality_id is None:
            _keys.held.clear()
        else:
            for rings in _keys.held.values():
                rings.pop(municipality_id, None)
