"""The app without its screens: one folder, one person, one locked database, and the loop that syncs it.

`Phone` is what there is while the phone is locked; `open` gives `Unlocked`, whose `close` locks again.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

import httpx

from field_app import salvage
from field_app.account import Account
from field_app.acts import Acts, Body
from field_app.desk import Desk
from field_app.maps import Maps
from field_app.photo_cache import PhotoCache
from field_app.server import address_of, keep_address, kept_address
from field_app.syncing import SyncLoop
from mobile.sdk.bundle import Exported, export_bundle
from mobile.sdk.engine import Engine
from mobile.sdk.lease import Lease
from mobile.sdk.open_db import Damaged, open_db
from mobile.sdk.photo_files import SealedFolder
from mobile.sdk.photos import PhotoQueue
from mobile.sdk.store import Store
from mobile.sdk.transport import HttpTransport
from mobile.sdk.vault import KeyStore, Uptime, Vault

VERSION = "0.1.0"
DATABASE = "field.db"


@dataclass(frozen=True)
class Surroundings:
    """What the phone's system gives the app; tests give their own.

    Attributes:
        folder: the app's own, which no other app reads.
        key_store: the system's store of secrets.
        clock: milliseconds since 1970 as the phone has it, right or wrong.
        uptime: which start of the phone this is, and milliseconds since then.
        is_line_fast: whether large things may go over the present line.
        label: the phone's name, as the office sees it in its list of phones.
    """

    folder: Path
    key_store: KeyStore
    clock: Callable[[], int]
    uptime: Uptime
    is_line_fast: Callable[[], bool] = lambda: True
    label: str = "Saha telefonu"


class Phone:
    """The locked phone."""

    def __init__(self, around: Surroundings, client: httpx.Client, chance: Random | None = None) -> None:
        """Take the surroundings and a client of the server's address."""
        around.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.around, self._client, self._chance = around, client, chance or SystemRandom()
        client.base_url = kept_address(around.folder) or client.base_url
        self.vault = Vault(around.folder / "vault.json", around.key_store, around.uptime)
        self.account = Account(client, around.key_store, around.clock, lambda: self.vault.owner)

    @property
    def server(self) -> str:
        """The address of the installation."""
        return str(self._client.base_url).rstrip("/")

    @property
    def is_new(self) -> bool:
        """Whether nobody has signed in here: only then may the address change, or tokens would go to another server."""
        return not (self.vault.is_set_up or self.account.is_known)

    def change_server(self, text: str) -> None:
        """Speak with another installation from now on.

        Raises:
            NoAddress: it is no address, or not an encrypted one.
            RuntimeError: somebody has signed in here.
        """
        if not self.is_new:
            raise RuntimeError("the phone belongs to a person of an installation")
        address = address_of(text)
        keep_address(self.around.folder, address)
        self._client.base_url = address

    def open(self, key: bytes) -> "Unlocked":
        """Open the database, in the thread that will use it: the vault's `set_up`, `open` or `recover` gave the key.

        Raises:
            Damaged: the file was hurt; `rescue` saves what can be read.
            WrongKey: the file does not open at all; `begin_anew` keeps it and makes another.
        """
        salvage.finish(self._database)
        return Unlocked(self.around, self._client, self.account, key, self._chance)

    def rescue(self, key: bytes, damaged: Damaged) -> salvage.Salvaged:
        """Save what is readable of a damaged database into a new one; takes seconds, so in a thread.

        Raises:
            OSError: there is no room; all is as before.
        """
        files = SealedFolder(self.around.folder / "photos", key)
        return salvage.salvage(self._database, key, damaged.rescued, files, self.around.clock, self._chance)

    def begin_anew(self) -> None:
        """Keep a database that does not open under another name; the next `open` makes a new one."""
        salvage.set_aside(self._database)

    @property
    def _database(self) -> Path:
        return self.around.folder / DATABASE

    def forget(self) -> None:
        """Make everything here unreadable for ever, and end the session: the phone was told to leave.

        What nobody can read any more is deleted, so that the next person begins with an empty phone.
        """
        self.vault.forget()
        self.account.forget()
        for pattern in (f"{DATABASE}*", "photos/*", "seen/*", "bundles/*"):
            for path in self.around.folder.glob(pattern):
                path.unlink(missing_ok=True)


class Unlocked:
    """The open phone: what screens read (`desk`), what they record (`acts`), its photos, and syncing."""

    def __init__(
        self, around: Surroundings, client: httpx.Client, account: Account, key: bytes, chance: Random
    ) -> None:
        """Open the database with its key; the loop does not run before `sync.start()`."""
        self._around, self._key, self._chance = around, key, chance
        self.profile = account.profile
        self.files = SealedFolder(around.folder / "photos", key)
        self.engine = self._engine()
        self.engine.set_user(self.profile.staff_id)
        self.lease = Lease(self.engine.store, around.clock, around.uptime)
        keys = {kid: base64.b64decode(text) for kid, text in self.profile.policy_keys.items()}
        self.lease.pin_keys(self.profile.municipality_id, keys)
        self.seen = PhotoCache(SealedFolder(around.folder / "seen", key), client, account)
        self.photos = self._photos(self.engine.store)
        if not self.engine.store.is_send_only:
            self.photos.sweep()
        self.desk = Desk(self.engine, self.profile, around.clock)
        self.acts = Acts(self.engine, self.photos, self.at)
        self.maps = Maps(around.folder / "maps", client, account)
        send = HttpTransport(client, account.token).send
        self.sync = SyncLoop(self._engine, send, account, around.folder / "sync.lock")

    def at(self) -> Body:
        """Give what the clocks say now: the phone's own, and the one that nobody sets."""
        boot, uptime = self._around.uptime()
        return {"wall": self._around.clock(), "mono": uptime, "boot": boot}

    def export(self, path: Path) -> Exported:
        """Write everything recorded here into one file, sealed to the municipality: for a USB stick or another phone.

        Raises:
            OSError: there is no room for it.
        """
        return export_bundle(
            self.engine.store, self._picture, path, kid=self.profile.bundle_kid,
            public_key=base64.b64decode(self.profile.bundle_key), now=self._around.clock(), chance=self._chance,
            app=VERSION,
        )  # fmt: skip

    @contextmanager
    def reading(self) -> Iterator[Engine]:
        """Give an engine with a connection of its own, for long reads in another thread; nothing is written by it."""
        engine = self._engine()
        try:
            yield engine
        finally:
            engine.store.connection.close()

    def close(self) -> None:
        """Stop syncing and lock."""
        self.sync.stop()
        self.engine.store.connection.close()

    def _picture(self, photo_id: str, variant: str) -> bytes:
        return self.photos.bytes_of(photo_id, "preview" if variant == "preview" else "original")

    def _engine(self) -> Engine:
        """Open the database for one thread: the screens', or the sync loop's."""
        store = Store.create(open_db(self._around.folder / DATABASE, self._key))
        lease = Lease(store, self._around.clock, self._around.uptime)
        return Engine(store, self._around.clock, self._chance, app=VERSION, photos=self._photos(store), lease=lease)

    def _photos(self, store: Store) -> PhotoQueue:
        return PhotoQueue(
            store, self.files, self._around.clock, self._chance,
            is_line_fast=self._around.is_line_fast, bundles=self._around.folder / "bundles",
        )  # fmt: skip
