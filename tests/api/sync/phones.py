"""Phones for tests: the real engine on its own SQLite, over the real server in this process."""

import asyncio
import json
import sqlite3
import time
from random import Random
from typing import Any

import httpx

from api.core import clock
from mobile.sdk.engine import Engine
from mobile.sdk.exchange import PULL, PUSH, Answer, Exchange
from mobile.sdk.ids import uuid7
from mobile.sdk.pulling import sum_of
from mobile.sdk.store import Store
from mobile.wire import codec
from tests.factories.people import bearer, staff_claims

EXCHANGES_AT_MOST = 200


def wall() -> int:
    """Milliseconds since 1970 by the server's clock."""
    return int(clock.now().timestamp() * 1000)


async def horizon_passes(server: Any) -> None:
    """Wait until everything that is committed can be read: whoever else uses the database server may hold it up."""
    (row,) = server.rows("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid")
    for _ in range(600):
        (now,) = server.rows("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid")
        if now["xid"] >= row["xid"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("another transaction holds the horizon up")


class Phone:
    """One phone of one staff user."""

    def __init__(self, server: Any, headers: dict[str, str], seed: int = 1) -> None:
        self.server, self.headers, self.chance = server, headers, Random(seed)
        self.offset = 0
        self.store = Store.create(sqlite3.connect(":memory:", isolation_level=None))
        self.engine = Engine(self.store, lambda: wall() + self.offset, self.chance)
        self.seen: list[bytes] = []

    @classmethod
    async def of(cls, server: Any, role: str = "field_inspector", slug: str = "kadikoy", seed: int = 1) -> "Phone":
        """Sign a new phone of the staff user of a role in."""
        claims = await staff_claims(server.database, server.town(slug), role)
        return cls(server, await bearer(server.database, claims), seed)

    async def send(self, exchange: Exchange) -> Answer:
        """Carry one exchange, as `mobile.sdk.transport` does."""
        answer = await self.server.client.post(
            exchange.path, content=codec.encode(exchange.message),
            headers={**self.headers, "Content-Type": codec.DEFLATED},
        )  # fmt: skip
        self.seen.append(answer.content)
        media_type = answer.headers.get("content-type", "")
        return Answer(answer.status_code, media_type if media_type == codec.DEFLATED else media_type.split(";")[0],
                      answer.content)  # fmt: skip

    async def sync(self) -> int:
        """Exchange until there is nothing left to do now; gives the number of exchanges."""
        await horizon_passes(self.server)
        # Later than the last time: nothing is too early to be asked again.
        self.offset += 3_700_000
        for count in range(EXCHANGES_AT_MOST):
            exchange = self.engine.next_exchange()
            if exchange is None:
                return count
            answer = await self.send(exchange)
            if exchange.path == PUSH:
                await horizon_passes(self.server)
            self.engine.receive(exchange, answer)
        raise AssertionError("the phone never comes to rest")

    def held(self) -> dict[tuple[str, str], Any]:
        """Rows that belong to a scope of the phone, as the server told them."""
        return {
            (table, row_id): (version, json.loads(data))
            for table, row_id, version, data in self.store.all(
                """SELECT tbl, id, version, data FROM synced
                    WHERE EXISTS (SELECT 1 FROM membership m WHERE m.tbl = synced.tbl AND m.id = synced.id)"""
            )
        }

    def sums(self) -> dict[str, tuple[int, str]]:
        """What the phone counts in each scope."""
        return {sid: sum_of(self.store, sid) for (sid,) in self.store.all("SELECT sid FROM scope")}


async def post(
    server: Any, headers: dict[str, str], path: str, message: Any, media: str = codec.PLAIN
) -> httpx.Response:
    """Send a message as it is."""
    return await server.client.post(
        path, content=codec.encode(message, media), headers={**headers, "Content-Type": media}
    )


class Wire:
    """A phone without an engine: messages by hand."""

    def __init__(self, server: Any, headers: dict[str, str], seed: int = 7) -> None:
        self.server, self.headers, self.chance = server, headers, Random(seed * 1_000_003 + time.monotonic_ns())
        self.device, self.epoch, self.seq = self.new_id(), None, 0

    @classmethod
    async def of(cls, server: Any, role: str = "field_inspector", slug: str = "kadikoy") -> "Wire":
        """Sign a new phone of the staff user of a role in."""
        claims = await staff_claims(server.database, server.town(slug), role)
        wire = cls(server, await bearer(server.database, claims))
        wire.claims = claims
        return wire

    def new_id(self) -> str:
        """A new UUIDv7."""
        return uuid7(wall(), self.chance)

    def mutation(
        self, kind: str, body: Any, *, seq: int | None = None, kv: int = 1, base: Any = None, **more: Any
    ) -> Any:
        """The next command of the stream, or one with another number."""
        if seq is None:
            self.seq = seq = self.seq + 1
        return {
            "id": self.new_id(), "seq": seq, "kind": kind, "kv": kv, "at": {"wall": wall()}, "base": base or {},
            "body": body, "sha": codec.sha_of(kind, kv, body), **more,
        }  # fmt: skip

    async def push(self, *mutations: Any, **more: Any) -> httpx.Response:
        """Send commands."""
        message = {"device": self.device, "fork_of": None, "epoch": self.epoch, "app": "0.1.0",
                   "mutations": list(mutations), **more}  # fmt: skip
        return await post(self.server, self.headers, PUSH, message)

    async def pushed(self, *mutations: Any) -> dict[str, Any]:
        """Send commands that must be taken in; gives the message."""
        answer = await self.push(*mutations)
        assert answer.status_code == 200, answer.text
        return codec.decode(codec.PLAIN, answer.content)

    async def pull(self, scopes: Any = None, **more: Any) -> httpx.Response:
        """Ask for news."""
        message = {"device": self.device, "epoch": self.epoch, "app": "0.1.0", "scopes": scopes or {},
                   "want": 256 * 1024, "check": [], **more}  # fmt: skip
        return await post(self.server, self.headers, PULL, message)

    async def pulled(self, scopes: Any = None, *, waits: bool = True, **more: Any) -> dict[str, Any]:
        """Ask for news that must be told; keeps the epoch."""
        if waits:
            await horizon_passes(self.server)
        answer = await self.pull(scopes, **more)
        assert answer.status_code == 200, answer.text
        message = codec.decode(codec.PLAIN, answer.content)
        self.epoch = message["epoch"]
        return message
