"""A phone of the simulation: its database, its files and its process, which may end between any two steps."""

import random
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mobile.sdk import schema
from mobile.sdk.engine import Engine
from mobile.sdk.lease import Lease
from mobile.sdk.photos import PhotoQueue
from mobile.sdk.store import Store
from tests.sync.model_server import BIG

NEXT = 3
GOOD = {
    **schema.MIGRATIONS,
    NEXT: ("CREATE TABLE later (id TEXT)", "ALTER TABLE draft ADD COLUMN note TEXT", "DROP INDEX outbox_open"),
}
FAILING = {**schema.MIGRATIONS, NEXT: ("CREATE TABLE later (id TEXT)", "DELETE FROM draft", "SELECT * FROM nowhere")}
GREEDY = {**schema.MIGRATIONS, NEXT: ("CREATE TABLE later (id TEXT)", "DELETE FROM outbox WHERE state = 'waiting'")}


class Killed(BaseException):
    """The phone's process ended, between two steps."""


class KillableConnection(sqlite3.Connection):
    """Ends the process before the n-th step from now, when told to."""

    countdown = BIG

    def tick(self) -> None:
        self.countdown -= 1
        if self.countdown < 0:
            self.countdown = BIG
            raise Killed

    def execute(self, *arguments: Any) -> sqlite3.Cursor:  # type: ignore[override]
        self.tick()
        return super().execute(*arguments)


def new_connection() -> KillableConnection:
    return sqlite3.connect(":memory:", factory=KillableConnection, isolation_level=None)


@dataclass
class Files:
    """Files of a phone: each write is whole or was not made."""

    connection: KillableConnection
    kept: dict[str, bytes] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    def write(self, name: str, data: bytes) -> None:
        self.connection.tick()
        self.kept[name] = data

    def read(self, name: str) -> bytes:
        if name not in self.kept:
            raise FileNotFoundError(name)
        return self.kept[name]

    def delete(self, name: str) -> None:
        self.connection.tick()
        if self.kept.pop(name, None) is not None:
            self.deleted.append(name)

    def names(self) -> list[str]:
        return list(self.kept)

    def tidy(self) -> None:
        return


@dataclass
class Phone:
    """One phone with what its user was told."""

    name: str
    town: str
    staff: str
    connection: KillableConnection
    files: Files
    chance: random.Random
    engine: Engine = None  # type: ignore[assignment]
    is_old: bool = False
    offset: int = 0
    migrations: Mapping[int, Sequence[str]] = field(default_factory=lambda: schema.MIGRATIONS)
    saved: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    photos: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Photos of saved work: hash, and when the user took them."""
    heard: int | None = None
    """When the server was last heard of."""
    drafted: tuple[str, str] | None = None
    """The row that the user's one draft stands on."""
    is_dropped: bool = False
    is_told: bool = False
    """The server has called this phone, under a name that it had, one that must leave."""
    is_gone: bool = False
    doom: int = BIG

    @property
    def store(self) -> Store:
        return self.engine.store

    @property
    def can_work(self) -> bool:
        return not self.store.get("wiped") and not self.store.is_send_only

    def start(self, clock: Any) -> None:
        """The app starts: on whatever its last process left behind."""
        store = Store.create(self.connection, self.migrations)
        photos = PhotoQueue(store, self.files, lambda: clock() + self.offset, self.chance, chunk_bytes=(64, 256))
        lease = Lease(store, lambda: clock() + self.offset, lambda: ("boot", clock()))
        self.engine = Engine(store, lambda: clock() + self.offset, self.chance, photos=photos, lease=lease)
        if self.engine.photos is not None:
            self.engine.photos.sweep()

    def shown(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What the user sees; nothing while reading is locked."""
        if not self.can_work or self.engine.lease.left_ms() == 0:
            return {}
        return self.engine.view()
