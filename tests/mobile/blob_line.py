"""A phone with photos and a blob server of the protocol's, with a line between them that a test may break."""

import hashlib
import random
import sqlite3
from dataclasses import dataclass, field

from mobile.sdk.engine import PULL_EVERY_MS, Engine
from mobile.sdk.exchange import PULL, PUSH, Answer, Exchange
from mobile.sdk.photo_files import SealedFolder
from mobile.sdk.photos import PhotoQueue
from mobile.sdk.pictures import Picture
from mobile.sdk.store import Store
from tests.sync.model_server import ModelServer

KEY = bytes(range(32))


@dataclass
class Line:
    """One phone, one server; `speed` is in bytes per second, 0 means at once."""

    folder: object
    now: int = 1_795_000_000_000
    speed: int = 0
    is_fast: bool = True
    sent: list[Exchange] = field(default_factory=list)

    def __post_init__(self):
        self.model = ModelServer(("north",))
        self.model.grants["north", "x"] = {"user:x"}
        self.connection = sqlite3.connect(self.folder / "phone.db", isolation_level=None)
        self.start()

    def start(self):
        """The app starts again on what is there."""
        store = Store.create(self.connection)
        self.photos = PhotoQueue(
            store, SealedFolder(self.folder / "photos", KEY), lambda: self.now, random.Random(self.now),
            is_line_fast=lambda: self.is_fast, bundles=self.folder / "bundles",
        )  # fmt: skip
        self.engine = Engine(store, lambda: self.now, random.Random(self.now), photos=self.photos)
        self.store = store

    def photo(self, holder="d1", size=50_000, *, preview=b"small", **more):
        picture = Picture(random.Random(size).randbytes(size), preview, "image/jpeg", {})
        return self.photos.keep(holder, picture, **more)

    def record(self, holder="d1"):
        body = {"id": f"i-{holder}", "answers": {}, "photos": [p.reference() for p in self.photos.photos_of(holder)]}
        return self.engine.record("inspection.submit", body, finishes_draft=holder)

    def carry(self, exchange):
        """To the server and back, over a line that nothing breaks."""
        self.sent.append(exchange)
        self.model.now = self.now
        if exchange.upload is None:
            return Answer(*self.model.answer(exchange.path, "north", "x", dict(exchange.message)))
        if self.speed:
            self.now += 1_000 * len(exchange.content) // self.speed
        told = self.model.blobs.answer("north", exchange.method, exchange.path, exchange.headers, exchange.content)
        return Answer(told[0], "", b"", told[1])

    def sync(self, count=200, carry=None):
        """Exchange until there is nothing to do now."""
        for _ in range(count):
            exchange = self.engine.next_exchange()
            if exchange is None:
                return
            self.engine.receive(exchange, (carry or self.carry)(exchange))

    def meet(self):
        """Some pulls, each a minute after the other."""
        for _ in range(3):
            self.now += PULL_EVERY_MS
            self.sync()

    def files(self):
        """Names of what lies in the phone's folder of photos."""
        return sorted(path.name for path in (self.folder / "photos").iterdir())

    def blob_of(self, photo_id, variant="original"):
        return self.model.blobs.blobs.get(("north", photo_id, variant), b"")

    def has(self, photo):
        return hashlib.sha256(self.blob_of(photo.id)).hexdigest() == photo.sha256

    @property
    def uploads(self):
        return [exchange for exchange in self.sent if exchange.path not in (PUSH, PULL)]
