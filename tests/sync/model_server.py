"""A small, independent server of the sync protocol: transactions with locks, commits out of order, two towns.

It keeps its own ledger of effects, apart from the rows, so that "once" can be counted. `flaws` names protocol bugs that
are built in on purpose (tests/sync/mutants.py).
"""

import copy
import hashlib
import io
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from mobile.sdk import sealing
from mobile.wire import codec
from mobile.wire.bundle import SEAL_PURPOSE, Cipher, Line, read_bundle
from tests.sync.blob_server import BlobServer

BIG = 1 << 60
TOWN_KEY = bytes(range(32))
"""The municipality's X25519 key, with whose public half phones seal what they export."""
SERVER_KV = 1
PAGE = 4
Key = tuple[str, str]


def open_with_town_key(kid: str, sealed: bytes) -> Cipher:
    return sealing.decryptor(sealing.unseal(TOWN_KEY, sealed, SEAL_PURPOSE))


class Busy(Exception):
    """A row is held by a transaction that is still open."""


@dataclass
class Row:
    version: int
    data: dict[str, Any]

    def scopes(self, table: str) -> set[str]:
        data = self.data
        if table == "complaint":
            if data["status"] == "solved":
                return set()
            return {f"team:{data['team']}"} | ({f"user:{data['assignee']}"} if data["assignee"] else set())
        return {f"area:{data['area']}"} if table == "business" else {f"user:{data['staff']}"}


@dataclass
class Stream:
    staff: str
    last_seq: int = 0
    state: str = "active"


@dataclass
class Town:
    """What one municipality holds; replaced as a whole when a backup is restored."""

    rows: dict[Key, Row] = field(default_factory=dict)
    feed: list[tuple[int, int, str, Key, str]] = field(default_factory=list)  # xid, seq, sid, key, image
    mutations: dict[str, dict[str, Any]] = field(default_factory=dict)
    ledger: Counter[str] = field(default_factory=Counter)
    streams: dict[str, Stream] = field(default_factory=dict)
    history: dict[str, list[Any]] = field(default_factory=dict)


@dataclass
class Transaction:
    xid: int
    town: str
    writes: dict[Key, Row] = field(default_factory=dict)
    feed: list[tuple[int, str, Key, str]] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    mutation: dict[str, Any] | None = None
    overwritten: list[tuple[str, Any]] = field(default_factory=list)


class ModelServer:
    """Two towns, their transactions, and the protocol."""

    def __init__(self, towns: tuple[str, ...], flaws: frozenset[str] = frozenset()) -> None:
        self.flaws = flaws
        self.towns = {name: Town() for name in towns}
        self.grants: dict[tuple[str, str], set[str]] = {}  # (town, staff) → scopes
        self.epoch = "epoch-0"
        self.next_xid, self.next_seq = 10, 1
        self.now = 0
        self.active: dict[int, Transaction] = {}
        self.gives_rows = True
        """Whether a push tells the rows that it changed; a server need not."""
        self.blobs = BlobServer(self)
        self._backup: Any = None

    # --- transactions -----------------------------------------------------------------------------------------------

    def begin(self, town: str) -> Transaction:
        transaction = Transaction(self.next_xid, town)
        self.next_xid += 1
        self.active[transaction.xid] = transaction
        return transaction

    def write(self, transaction: Transaction, key: Key, **changes: Any) -> Row:
        """Change or make a row; it is locked until the transaction ends."""
        town = self.towns[transaction.town]
        for other in self.active.values():
            if other is not transaction and other.town == transaction.town and key in other.writes:
                raise Busy
        old = transaction.writes.get(key) or town.rows.get(key)
        new = Row(old.version + 1 if old else 1, {**(old.data if old else {}), **changes})
        before = old.scopes(key[0]) if old else set()
        after = new.scopes(key[0])
        transaction.writes[key] = new
        told = after if "no_leave_pointer" in self.flaws else before | after
        for sid in sorted(told):
            transaction.feed.append((self.next_seq, sid, key, json.dumps([new.version, new.data])))
            self.next_seq += 1
        return new

    def commit(self, transaction: Transaction) -> None:
        town = self.towns[transaction.town]
        town.rows.update(transaction.writes)
        town.feed.extend((transaction.xid, *entry) for entry in transaction.feed)
        town.ledger.update(transaction.effects)
        for where, value in transaction.overwritten:
            town.history.setdefault(where, []).append(value)
        if transaction.mutation is not None:
            town.mutations[transaction.mutation["id"]] = transaction.mutation
        del self.active[transaction.xid]

    def roll_back(self, transaction: Transaction) -> None:
        del self.active[transaction.xid]

    def back_up(self) -> None:
        self._backup = copy.deepcopy((self.towns, self.next_xid, self.next_seq, self.blobs.blobs))

    def restore(self, *, keeps_blobs: bool = True) -> bool:
        """Go back to the last backup, with a new epoch; open transactions are lost. Files may be newer, or not."""
        if self._backup is None:
            return False
        self.active.clear()
        self.towns, self.next_xid, self.next_seq, blobs = copy.deepcopy(self._backup)
        if "epoch_not_rotated" not in self.flaws:
            self.epoch = f"epoch-{int(self.epoch[6:]) + 1}"
        if keeps_blobs:
            self.blobs.compare()
        else:
            self.blobs.lose_since(blobs)
        return True

    # --- the protocol -----------------------------------------------------------------------------------------------

    def answer(
        self, path: str, town: str, staff: str, message: dict[str, Any], *, most: int = 50, crash_at: int = BIG
    ) -> tuple[int, str, bytes]:
        """Answer: status, media type, bytes. `most` stops a batch early; `crash_at` kills the worker there."""
        known = self.towns[town].streams
        stream = known.setdefault(message["device"], Stream(staff))
        if path.endswith("push"):
            if message["epoch"] not in (None, self.epoch):
                return self._problem(409, "epoch_changed", server_epoch=self.epoch)
            return self._push(town, staff, stream, message, most, crash_at)
        return self._pull(town, staff, stream, message, most)

    def import_bundle(self, town: str, staff: str, data: bytes) -> None:
        """Take a bundle that came by USB or on another phone: its lines by the push, its photos as blobs."""
        bundle = read_bundle(io.BytesIO(data), open_with_town_key)
        stream = self.towns[town].streams.setdefault(bundle.manifest["device"], Stream(staff))
        flaws = self.flaws
        if "bundle_without_dedupe" in flaws:
            self.flaws = flaws | {"no_dedupe", "accepts_any_order"}
        for record in bundle.records:
            if isinstance(record, Line):
                self._push(town, staff, stream, {"mutations": [record.mutation]}, 1, BIG)
            elif ("photo", record.id) in self.towns[town].rows:
                self.blobs.blobs.setdefault((town, record.id, record.variant), record.data)
                if record.variant == "original":
                    self.blobs.say(town, record.id, "stored")
        self.flaws = flaws

    def _problem(self, status: int, code: str, **more: Any) -> tuple[int, str, bytes]:
        return status, "application/problem+json", json.dumps({"code": code, "status": status, **more}).encode()

    def _message(self, **message: Any) -> tuple[int, str, bytes]:
        return 200, codec.PLAIN, codec.encode({"epoch": self.epoch, "now": self.now, **message}, codec.PLAIN)

    def _push(  # noqa: C901 (the rules of the protocol, in their order)
        self, town: str, staff: str, stream: Stream, message: dict[str, Any], most: int, crash_at: int
    ) -> tuple[int, str, bytes]:
        results: list[dict[str, Any]] = []
        stopped = None
        for number, mutation in enumerate(message["mutations"]):
            if number >= most:
                stopped = "time"
                break
            if number == crash_at and "dedupe_in_another_transaction" not in self.flaws:
                return 503, "text/plain", b""
            stored = self._stored(town, mutation)
            if stored is not None:
                if stored["sha"] != mutation["sha"]:
                    return self._problem(409, "mutation_reused", id=mutation["id"])
                if mutation["seq"] == stream.last_seq + 1:
                    stream.last_seq += 1
                results.append(stored["result"])
                continue
            if mutation["seq"] <= stream.last_seq and "accepts_any_order" not in self.flaws:
                return self._problem(409, "device_forked")
            if mutation["seq"] > stream.last_seq + 1 and "accepts_any_order" not in self.flaws:
                stopped = "gap"
                break
            if mutation["kv"] > SERVER_KV:
                stopped = "defer"
                break
            try:
                result = self._apply(town, staff, mutation, is_crashing=number == crash_at)
            except Busy:
                stopped = "busy"
                break
            if result is None:
                return 503, "text/plain", b""
            stream.last_seq = mutation["seq"]
            results.append(result)
        if stopped == "busy" and not results:
            return 503, "text/plain", b""
        return self._message(results=results, stopped=stopped, expected_seq=stream.last_seq + 1)

    def _stored(self, town: str, mutation: dict[str, Any]) -> dict[str, Any] | None:
        if "no_dedupe" in self.flaws:
            return None
        return self.towns[town].mutations.get(mutation["id"])

    def _apply(self, town: str, staff: str, mutation: dict[str, Any], *, is_crashing: bool) -> dict[str, Any] | None:
        transaction = self.begin(town)
        try:
            state, touched = self._effect(transaction, staff, mutation)
        except Busy:
            self.roll_back(transaction)
            raise
        told = touched if self.gives_rows else []
        rows = [[*key, transaction.writes[key].version, transaction.writes[key].data] for key in told]
        result = {"id": mutation["id"], "seq": mutation["seq"], "state": state, "code": None, "rows": rows,
                  "xid": str(transaction.xid)}  # fmt: skip
        if state != "ok":
            transaction.writes.clear()
            transaction.feed.clear()
        else:
            transaction.effects.append(mutation["id"])
        for photo in mutation["body"].get("photos", ()):
            if ("photo", photo["id"]) not in self.towns[town].rows:
                key = ("photo", photo["id"])
                self.write(transaction, key, state="awaited", sha256=photo["sha256"], staff=staff)
        if is_crashing:  # only the flawed server commits the effect before it writes the mutation down
            self.commit(transaction)
            return None
        transaction.mutation = {"id": mutation["id"], "sha": mutation["sha"], "result": result, "body": mutation}
        self.commit(transaction)
        return result

    def _effect(self, transaction: Transaction, staff: str, mutation: dict[str, Any]) -> tuple[str, list[Key]]:
        town, kind, body = self.towns[transaction.town], mutation["kind"], mutation["body"]
        if kind == "inspection.submit":
            key = ("inspection", body["id"])
            self.write(transaction, key, staff=staff, answers=body["answers"], canary=f"mark-{transaction.town}")
            return "ok", [key]
        named = "complaint" if kind.startswith("complaint.") else "business"
        key = (named, body[f"{named}_id"])
        row = town.rows.get(key)
        if row is None:
            return "quarantined", []
        if kind == "business.patch":
            # Of the version before last the body was one field; it is read for ever.
            changes = body["changes"] if mutation["kv"] else {body["field"]: {"base": None, "value": body["value"]}}
            for name, change in changes.items():
                if row.data.get(name) not in (change["base"], change["value"]):
                    transaction.overwritten.append((f"{key[1]}/{name}", row.data.get(name)))
            self.write(transaction, key, **{name: change["value"] for name, change in changes.items()})
            return "ok", [key]
        if kind == "complaint.note":
            lines = [*row.data["lines"], {"id": mutation["id"], "text": body["text"]}]
            self.write(transaction, key, lines=lines)
            return "ok", [key]
        if row.data["status"] == "solved":
            return "conflict", []
        if kind == "complaint.close":
            self.write(transaction, key, status="solved")
        else:
            self.write(transaction, key, status="assigned", assignee=staff)
        return "ok", [key]

    def _pull(
        self, town: str, staff: str, stream: Stream, message: dict[str, Any], most: int
    ) -> tuple[int, str, bytes]:
        horizon = min(self.active, default=self.next_xid)
        granted = self.grants[(town, staff)]
        asked = message["scopes"] if message["epoch"] == self.epoch else {}
        if stream.state != "active":
            granted, asked = set(), {}
        pages = [self._page(town, sid, asked.get(sid), horizon) for sid in sorted(granted)]
        if "serves_revoked_scopes" in self.flaws:
            pages += [self._page(town, sid, cursor, horizon) for sid, cursor in asked.items() if sid not in granted]
        told_horizon = str(horizon)
        if len(pages) > most:
            # No room for all of them. Until each has been read to this horizon, nobody may rely on it.
            pages = pages[:most] if most % 2 else pages[len(pages) - most :]
            told_horizon = told_horizon if "horizon_though_skipped" in self.flaws else "0"
        checks = [self._sum(town, sid) for sid in message["check"] if sid in granted and not self.active]
        done = {page["sid"] for page in pages if not page["more"]}
        return self._message(
            scopes=[{"sid": sid, "title": sid, "priority": 1} for sid in sorted(granted)],
            pages=pages,
            checks=[check for check in checks if check["sid"] in done],
            device={"last_seq": stream.last_seq, "horizon": told_horizon, "state": stream.state},
        )

    def members(self, town: str, sid: str) -> dict[Key, Row]:
        """The rows of a scope as they stand."""
        return {key: row for key, row in self.towns[town].rows.items() if sid in row.scopes(key[0])}

    def _sum(self, town: str, sid: str) -> dict[str, Any]:
        members, total = self.members(town, sid), 0
        for (table, row_id), row in members.items():
            total ^= int.from_bytes(hashlib.sha256(f"{table}/{row_id}/{row.version}".encode()).digest()[:8], "big")
        return {"sid": sid, "count": len(members), "sum": f"{total:016x}"}

    def _page(self, town: str, sid: str, cursor: str | None, horizon: int) -> dict[str, Any]:
        page: dict[str, Any] = {"sid": sid, "rows": [], "leaves": [], "start": False, "end": False}
        kind, first, last = cursor.split("|") if cursor else ("snapshot", str(horizon), "")
        if kind == "snapshot":
            members = sorted(self.members(self._leaking(town), sid).items())
            rest = [(key, row) for key, row in members if "/".join(key) > last]
            page["rows"] = [[*key, row.version, row.data] for key, row in rest[:PAGE]]
            page["start"], page["end"] = cursor is None, len(rest) <= PAGE
            at = "/".join(rest[PAGE - 1][0]) if len(rest) > PAGE else ""
            page["cursor"] = f"feed|{int(first) - 1}|{BIG}" if page["end"] else f"snapshot|{first}|{at}"
            return {**page, "more": True}
        entries = self._entries(town, sid, int(first), int(last), horizon)
        for xid, seq, _, key, image in entries[:PAGE]:
            self._point(page, town, sid, key, image)
            first, last = str(xid), str(seq)
        return {**page, "cursor": f"feed|{first}|{last}", "more": len(entries) > PAGE}

    def _point(self, page: dict[str, Any], town: str, sid: str, key: Key, image: str) -> None:
        row = self.towns[town].rows[key]
        version, data = json.loads(image) if "sends_images" in self.flaws else (row.version, row.data)
        where = "rows" if sid in row.scopes(key[0]) else "leaves"
        page[where] = [told for told in page[where] if tuple(told[:2]) != key]
        page[where].append([*key, version, data] if where == "rows" else [*key, version])

    def _entries(self, town: str, sid: str, xid: int, seq: int, horizon: int) -> list[Any]:
        feed = [entry for entry in self.towns[town].feed if entry[2] == sid]
        if "cursor_by_sequence" in self.flaws:
            return sorted((e for e in feed if e[1] > seq % BIG or (e[0] > xid and seq == BIG)), key=lambda e: e[1])
        if "cursor_by_sequence_below_horizon" in self.flaws:
            newer = (e for e in feed if e[0] < horizon and (e[1] > seq % BIG or (e[0] > xid and seq == BIG)))
            return sorted(newer, key=lambda e: e[1])
        if "no_horizon" in self.flaws:
            horizon = BIG
        return sorted(e for e in feed if (e[0], e[1]) > (xid, seq) and e[0] < horizon)

    def _leaking(self, town: str) -> str:
        return next(iter(self.towns)) if "one_wall_missing" in self.flaws else town
