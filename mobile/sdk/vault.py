"""The key of the phone's database: random, wrapped by the key store's secret and the user's PIN together.

The file beside the database (`vault.json`) holds two wraps of the same key:

- `pin`: under scrypt(PIN) and the key store's secret. After ten wrong PINs every further one must wait, longer each
  time (1 minute, doubling to a day). The count is on the disk before a PIN is tried, and a wait is counted by the time
  since the phone started: killing the app, starting the phone again or setting its clock does not shorten it.
- `recovery`: under a second secret of the key store, bound to the user. Whoever forgot the PIN signs in online; the app
  then calls `recover` with the user that the server named, and a new PIN wraps the same key. So nothing of the outbox
  is lost with a PIN. If the key store has lost that secret (another phone, a reset of the store), only a new vault is
  left; the old database stays where it is, and nothing here deletes it.

`recovery` is as strong as the system's key store and the user's password, for nothing but this code asks the server:
whoever can run code as this app on an unlocked phone can read the key. `forget` makes both wraps worthless at once.
"""

import base64
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from mobile.sdk import sealing
from mobile.sdk.files import write_whole

FREE_TRIES = 10
FIRST_WAIT_MS, LONGEST_WAIT_MS = 60_000, 86_400_000
LEAST_DIGITS = 6

Uptime = Callable[[], tuple[str, int]]
"""Which start of the phone this is, and milliseconds since then, sleep included."""


class KeyStore(Protocol):
    """The system's store of secrets, which no other app reads and no backup holds."""

    def read(self, name: str) -> bytes | None:
        """Give a secret, or None where there is none."""

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret."""

    def forget(self, name: str) -> None:
        """Destroy a secret; none there is no error."""


class WrongPin(ValueError):
    """Not the PIN; `tries_left` before waits begin."""

    def __init__(self, tries_left: int) -> None:
        """Take the number of tries that cost no wait."""
        super().__init__(str(tries_left))
        self.tries_left = tries_left


class MustWait(ValueError):
    """Too many wrong PINs; `left_ms` until the next may be tried."""

    def __init__(self, left_ms: int) -> None:
        """Take the milliseconds that are left."""
        super().__init__(str(left_ms))
        self.left_ms = left_ms


class WeakPin(ValueError):
    """Fewer than six digits, something else than digits, one digit over and over, or a plain row of them."""


class NoRecovery(ValueError):
    """Another user, or the key store does not hold the recovery secret any more."""


class Vault:
    """Keeps the database's key; `path` is its file, in the app's own folder."""

    def __init__(self, path: Path, key_store: KeyStore, uptime: Uptime) -> None:
        """Take the file, the system's key store and the time since the phone started."""
        self._path, self._key_store, self._uptime = path, key_store, uptime

    @property
    def is_set_up(self) -> bool:
        """Whether there is a key."""
        return self._path.exists()

    @property
    def owner(self) -> str | None:
        """The user to whom the database belongs; None where there is none."""
        return str(self._read()["staff_id"]) if self.is_set_up else None

    def set_up(self, staff_id: str, pin: str) -> bytes:
        """Make a new key for a user who has just signed in; gives it.

        Raises:
            WeakPin: the PIN is none.
            FileExistsError: there is a vault; it would be lost with what it opens.
        """
        _check_pin(pin)
        if self.is_set_up:
            raise FileExistsError(self._path)
        for name in ("pin", "recovery"):
            self._key_store.write(name, sealing.new_key())
        return self._wrap(sealing.new_key(), staff_id, pin)

    def open(self, pin: str) -> bytes:
        """Give the key.

        Raises:
            WrongPin: another PIN.
            MustWait: too many were wrong.
        """
        facts = self._read()
        left = self._left(facts)
        if left > 0:
            raise MustWait(left)
        # The try counts before it is made: an app that is killed meanwhile has had it.
        tries = facts["tries"] + 1
        boot, now = self._uptime()
        wait = 0 if tries < FREE_TRIES else min(FIRST_WAIT_MS * 2 ** min(tries - FREE_TRIES, 20), LONGEST_WAIT_MS)
        write_whole(self._path, json.dumps({**facts, "tries": tries, "wait": [boot, now, wait]}).encode())
        try:
            key = sealing.decrypt(self._pin_key(pin, _bytes(facts["salt"])), _bytes(facts["pin"]), "pin")
        except sealing.Unreadable:
            raise WrongPin(max(0, FREE_TRIES - tries)) from None
        write_whole(self._path, json.dumps({**facts, "tries": 0, "wait": ["", 0, 0]}).encode())
        return key

    def change_pin(self, old: str, new: str) -> None:
        """Wrap the key with another PIN.

        Raises:
            WeakPin: the new PIN is none.
            WrongPin: the old PIN is another.
            MustWait: too many were wrong.
        """
        _check_pin(new)
        self._wrap(self.open(old), self._read()["staff_id"], new)

    def recover(self, staff_id: str, pin: str) -> bytes:
        """Give the same key a new PIN, after this user has signed in online; gives the key.

        Raises:
            WeakPin: the PIN is none.
            NoRecovery: the vault is another user's, or the key store has lost its secret.
        """
        _check_pin(pin)
        facts, secret = self._read(), self._key_store.read("recovery")
        if secret is None or facts["staff_id"] != staff_id:
            raise NoRecovery
        try:
            key = sealing.decrypt(sealing.derive(secret, "recovery"), _bytes(facts["recovery"]), staff_id)
        except sealing.Unreadable:
            raise NoRecovery from None
        if self._key_store.read("pin") is None:
            self._key_store.write("pin", sealing.new_key())
        return self._wrap(key, staff_id, pin)

    def forget(self) -> None:
        """Make the database unreadable for ever: its key is in no reach of anybody (a phone that was told to leave)."""
        for name in ("pin", "recovery"):
            self._key_store.forget(name)
        self._path.unlink(missing_ok=True)

    def _wrap(self, key: bytes, staff_id: str, pin: str) -> bytes:
        salt, recovery = sealing.new_key(), self._key_store.read("recovery")
        facts = {
            "staff_id": staff_id,
            "salt": _text(salt),
            "pin": _text(sealing.encrypt(self._pin_key(pin, salt), key, "pin")),
            "recovery": _text(sealing.encrypt(sealing.derive(recovery, "recovery"), key, staff_id)) if recovery else "",
            "tries": 0,
            "wait": ["", 0, 0],
        }
        write_whole(self._path, json.dumps(facts).encode())
        return key

    def _pin_key(self, pin: str, salt: bytes) -> bytes:
        secret = self._key_store.read("pin")
        # Without the store's secret no PIN fits; that is for `recover` to say.
        return sealing.pin_key(pin, salt, secret or b"")

    def _read(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self._path.read_bytes())
        return facts

    def _left(self, facts: dict[str, Any]) -> int:
        began, at, wait = facts["wait"]
        boot, now = self._uptime()
        if not wait:
            return 0
        if boot != began:
            # The phone was started again: how long it was off nobody can tell, so the wait begins anew, once.
            write_whole(self._path, json.dumps({**facts, "wait": [boot, now, wait]}).encode())
            return int(wait)
        return max(0, int(wait) - max(0, now - int(at)))


def _check_pin(pin: str) -> None:
    steps = {ord(second) - ord(first) for first, second in pairwise(pin)}
    if len(pin) < LEAST_DIGITS or not (pin.isascii() and pin.isdigit()) or steps in ({0}, {1}, {-1}):
        raise WeakPin


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
