"""Pull: what is new in each scope of a phone, read at one moment, in few statements, as much as the phone wants.

The feed holds pointers and is read only below `pg_snapshot_xmin`, where nothing new can appear; rows are told as they
stand at that same moment. So it does not matter in which order transactions began, wrote and ended.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from api.core import clock
from api.core.actor import Actor
from api.core.db import Database
from api.core.metrics import FEED_LAG_SECONDS
from api.core.sql import Row
from api.municipalities import service as municipalities
from api.sync import queries
from api.sync.cursors import NIL, Cursor, Seals
from api.sync.disaster import policy_for_phones
from api.sync.epoch import begin_epoch
from api.sync.field_devices import DeviceRevoked
from api.sync.push import milliseconds
from api.sync.schemas import PullIn
from api.sync.scopes import Scope, granted_scopes
from api.sync.streams import Phone, Unmet, meet, note_contact
from api.sync.tables import TABLES

MOST_ATTEMPTS = 3
MOST_SNAPSHOTS = 6
LEAST_ROWS, MOST_ROWS = 20, 1_000
SMALLEST_ROW = 150

Key = tuple[str, UUID]


class _Ahead(Exception):
    """The phone has read farther than this database has come: it was set back."""

    def __init__(self, epoch: UUID) -> None:
        super().__init__(str(epoch))
        self.epoch = epoch


@dataclass
class _Room:
    """Bytes that are left; the first row of an answer always has room, or a phone could wait for ever."""

    left: int
    is_untouched: bool = True

    def takes(self, told: Sequence[Any]) -> bool:
        """Whether there is room for one more row; counts it in."""
        size = len(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
        if size > self.left and not self.is_untouched:
            self.left = 0
            return False
        self.left -= size
        self.is_untouched = False
        return True


@dataclass
class _Reading:
    """One pull at its moment."""

    horizon: int
    granted: list[Scope]
    cursors: dict[str, Cursor | None]
    seals: Seals
    room: _Room
    floor: int
    rows_at_most: int
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)

    def in_order(self) -> Iterator[tuple[str, Cursor | None]]:
        """Give the scopes with their cursors, the most wanted first."""
        return ((scope.sid, self.cursors[scope.sid]) for scope in self.granted)


async def pull(database: Database, actor: Actor, asked: PullIn) -> dict[str, Any]:
    """Answer a pull (docs/sync-protocol.md).

    Raises:
        DeviceRevoked: the phone is to be wiped. DeviceForked: the stream is somebody else's.
    """
    phone = Phone(actor, asked.device, None, asked.epoch, asked.app, asked.waiting)
    for _ in range(MOST_ATTEMPTS):
        try:
            answer, is_to_note = await _read(database, phone, asked)
        except Unmet:
            await meet(database, phone)
        except _Ahead as ahead:
            async with database.transaction(actor.municipality_id) as session:
                await begin_epoch(session, actor.municipality_id, ended=ahead.epoch, reason="phone ahead of database")
        else:
            if is_to_note:
                await note_contact(database, phone)
            return answer
    raise RuntimeError("the phone could not be met")


async def _read(database: Database, phone: Phone, asked: PullIn) -> tuple[dict[str, Any], bool]:
    actor = phone.actor
    async with database.snapshot(actor.municipality_id) as session:
        head = await queries.head(session, phone.values())
        if head is None or head["device_id"] != actor.device_id or not head["is_same_cluster"]:
            raise Unmet
        if head["device_state"] == "wipe":
            raise DeviceRevoked(wipe="now")
        device = {"last_seq": head["last_seq"], "horizon": "0", "state": head["device_state"]}
        answer: dict[str, Any] = {
            "epoch": str(head["epoch"]),
            "now": milliseconds(clock.now()),
            "device": device,
            "scopes": [],
            "pages": [],
            "checks": [],
        }
        if head["device_state"] != "active":
            return answer, head["is_to_note"]
        town = await municipalities.town_config(session, actor.municipality_id, actor.config_version)
        reading = _begun(phone, asked, head, granted_scopes(actor, town, head["own_department_id"], head["areas"]))
        pointers = await _pointers(session, phone, reading)
        arms, values = _arms(reading, pointers)
        rows = await queries.rows(session, arms, {**values, "municipality_id": actor.municipality_id})
        _fill(reading, pointers, rows)
        read_to_end = [sid for sid in asked.check if sid in reading.pages and not reading.pages[sid]["more"]]
        checks = await queries.checks(session, actor.municipality_id, read_to_end) if read_to_end else {}
        if head["has_policy"]:
            answer["disaster"] = await policy_for_phones(session, actor.municipality_id)
    answer["scopes"] = [scope._asdict() for scope in reading.granted]
    answer["pages"] = list(reading.pages.values())
    answer["checks"] = [{"sid": sid, "count": count, "sum": total} for sid, (count, total) in checks.items()]
    if len(reading.pages) == len(reading.granted):
        device["horizon"] = str(reading.horizon)
    return answer, head["is_to_note"]


def _begun(phone: Phone, asked: PullIn, head: Row, granted: list[Scope]) -> _Reading:
    seals = Seals(phone.actor.municipality_id, head["epoch"], phone.actor.id)
    told = asked.scopes if phone.epoch == str(head["epoch"]) else {}
    cursors = {scope.sid: seals.read(scope.sid, told.get(scope.sid)) for scope in granted}
    if any(cursor is not None and cursor.xid > head["beyond"] for cursor in cursors.values()):
        raise _Ahead(head["epoch"])
    # Pointers before the floor are gone.
    kept = {sid: cursor if cursor and cursor.xid >= head["floor_xid"] else None for sid, cursor in cursors.items()}
    room = _Room(asked.room)
    rows_at_most = min(max(room.left // SMALLEST_ROW, LEAST_ROWS), MOST_ROWS)
    return _Reading(head["horizon"], granted, kept, seals, room, head["floor_xid"], rows_at_most)


async def _pointers(session: Any, phone: Phone, reading: _Reading) -> dict[str, list[Row]]:
    """Give what was pointed at in each scope whose feed is read, as far as this answer may go."""
    feeds = {sid: cursor for sid, cursor in reading.in_order() if cursor is not None and cursor.kind == "feed"}
    found: dict[str, list[Row]] = {sid: [] for sid in feeds}
    if not feeds:
        return found
    values = {
        "municipality_id": phone.actor.municipality_id,
        "sids": list(feeds),
        "xids": [str(cursor.xid) for cursor in feeds.values()],
        "tbls": [cursor.table for cursor in feeds.values()],
        "ids": [cursor.row_id for cursor in feeds.values()],
        "limit": reading.rows_at_most,
    }
    for row in await queries.pointers(session, values):
        if row["sid"] is not None:
            found[row["sid"]].append(row)
        else:
            lag = (clock.now() - row["waiting_since"]).total_seconds() if row["waiting_since"] else 0.0
            FEED_LAG_SECONDS.observe(max(lag, 0.0))
    # The most wanted scopes first; those for which nothing is left wait for the next answer.
    left = reading.rows_at_most
    for sid, rows in list(found.items()):
        if rows and left <= 0:
            del found[sid]
        left -= len(rows)
    return found


def _arms(reading: _Reading, pointers: dict[str, list[Row]]) -> tuple[list[str], dict[str, Any]]:
    """Give the parts of the one statement that reads all rows: those pointed at by id, and pages of snapshots."""
    arms: list[str] = []
    values: dict[str, Any] = {"granted": [scope.sid for scope in reading.granted], "limit": reading.rows_at_most}
    ids: dict[str, set[UUID]] = defaultdict(set)
    for row in (row for rows in pointers.values() for row in rows):
        ids[row["tbl"]].add(row["row_id"])
    for name in sorted(ids.keys() & TABLES.keys()):
        arms.append(queries.pointed_sql(TABLES[name]))
        values[f"ids_{name}"] = list(ids[name])
    snapshots = [(sid, cursor) for sid, cursor in reading.in_order() if cursor is None or cursor.kind == "snapshot"]
    for kind, group in groupby(snapshots[:MOST_SNAPSHOTS], key=lambda item: item[0].partition(":")[0]):
        scopes = dict(group)
        for table in (table for table in TABLES.values() if kind in table.scopes):
            asked = {sid: cursor for sid, cursor in scopes.items() if cursor is None or table.name >= cursor.table}
            if asked:
                arms.append(queries.snapshot_sql(table, kind))
                values |= {
                    f"sids_{table.name}_{kind}": list(asked),
                    f"keys_{table.name}_{kind}": list(queries.keys_of(asked, kind).values()),
                    f"after_{table.name}_{kind}": [
                        cursor.row_id if cursor is not None and cursor.table == table.name else NIL
                        for cursor in asked.values()
                    ],
                }
    return arms, values


def _fill(reading: _Reading, pointers: dict[str, list[Row]], rows: list[Row]) -> None:
    """Make the pages, the most wanted scopes first, as long as there is room."""
    by_key = {(row["tbl"], row["id"]): row for row in rows if row["sid"] is None}
    by_scope: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["sid"] is not None:
            by_scope[row["sid"]].append(row)
    snapshots = 0
    for sid, cursor in reading.in_order():
        page = None
        if cursor is not None and cursor.kind == "feed":
            if sid in pointers:
                page = _feed_page(reading, sid, cursor, pointers[sid], by_key)
        elif snapshots < MOST_SNAPSHOTS:
            snapshots += 1
            page = _snapshot_page(reading, sid, cursor, by_scope[sid])
        if page is not None:
            reading.pages[sid] = page


def _feed_page(
    reading: _Reading, sid: str, cursor: Cursor, pointers: list[Row], by_key: dict[Key, Row]
) -> dict[str, Any] | None:
    told: dict[str, list[Any]] = {"rows": [], "leaves": []}
    seen: set[Key] = set()
    read = 0
    for pointer in pointers:
        key: Key = (pointer["tbl"], pointer["row_id"])
        if key not in seen and pointer["tbl"] in TABLES:
            row = by_key.get(key)
            is_member = row is not None and sid in row["scopes"]
            named = [key[0], str(key[1]), row["version"] if row else 0]
            entry = [*named, row["data"]] if row and is_member else named
            if not reading.room.takes(entry):
                break
            told["rows" if is_member else "leaves"].append(entry)
            seen.add(key)
        cursor = Cursor("feed", pointer["xid"], *key)
        read += 1
    if pointers and not read:
        return None
    more = read < len(pointers) or len(pointers) == reading.rows_at_most
    # A quiet scope must not fall behind the floor; but it is not moved at every pull, that would cost bytes.
    if not more and cursor.xid < (reading.floor + reading.horizon) // 2:
        cursor = Cursor("feed", reading.horizon)
    return _page(reading, sid, cursor, more=more, rows=told["rows"], leaves=told["leaves"])


def _snapshot_page(reading: _Reading, sid: str, cursor: Cursor | None, rows: list[Row]) -> dict[str, Any] | None:
    began_at = cursor.xid if cursor is not None else reading.horizon
    told: list[list[Any]] = []
    last: Key | None = None
    is_whole = True
    for _, group in groupby(sorted(rows, key=lambda row: (row["tbl"], row["id"])), key=lambda row: row["tbl"]):
        of_table = list(group)
        for row in of_table:
            entry = [row["tbl"], str(row["id"]), row["version"], row["data"]]
            if not reading.room.takes(entry):
                is_whole = False
                break
            told.append(entry)
            last = (row["tbl"], row["id"])
        is_whole = is_whole and len(of_table) < reading.rows_at_most
        if not is_whole:
            break
    if not is_whole and last is None:
        return None
    after = Cursor("snapshot", began_at, *last) if last and not is_whole else Cursor("feed", began_at)
    # What was written while the snapshot was under way is in the feed.
    more = not (is_whole and began_at == reading.horizon)
    return _page(reading, sid, after, more=more, rows=told, leaves=[], start=cursor is None, end=is_whole)


def _page(
    reading: _Reading, sid: str, cursor: Cursor, *, more: bool, start: bool = False, end: bool = False, **told: Any
) -> dict[str, Any]:
    return {
        "sid": sid, **told, "cursor": reading.seals.write(sid, cursor), "more": more, "start": start, "end": end,
    }  # fmt: skip
