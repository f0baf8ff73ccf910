"""News of the server: pages of scopes, applied with their cursor or not at all."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from mobile.sdk.exchange import Exchange
from mobile.sdk.store import Key, Store
from mobile.wire.limits import KEPT_DAYS

DAY_MS = 86_400_000


def apply_pull(store: Store, exchange: Exchange, message: Mapping[str, Any]) -> None:
    """Apply one answer: scopes that came or went, pages, and what the outbox need not show any more."""
    loose: set[Key] = set()
    loose.update(_apply_scopes(store, message["scopes"]))
    for page in message["pages"]:
        loose.update(_apply_page(store, exchange, page))
    store.purge(loose)
    _settle(store, int(message["device"]["horizon"]))
    _compare(store, message.get("checks", ()))
    _forget(store, int(message["now"]))


def sum_of(store: Store, sid: str) -> tuple[int, str]:
    """Give the number of a scope's rows and the exclusive-or of their hashes, as the server does."""
    rows = store.all("SELECT tbl, id, version FROM membership JOIN synced USING (tbl, id) WHERE sid = ?", (sid,))
    total = 0
    for table, row_id, version in rows:
        total ^= int.from_bytes(hashlib.sha256(f"{table}/{row_id}/{version}".encode()).digest()[:8], "big")
    return len(rows), f"{total:016x}"


def _apply_scopes(store: Store, scopes: Iterable[Mapping[str, Any]]) -> set[Key]:
    granted = {scope["sid"]: scope for scope in scopes}
    loose: set[Key] = set()
    for (sid,) in store.all("SELECT sid FROM scope"):
        if sid not in granted:
            loose.update(_members(store, "sid = ?", (sid,)))
            store.run("DELETE FROM membership WHERE sid = ?", (sid,))
            store.run("DELETE FROM scope WHERE sid = ?", (sid,))
    for sid, scope in granted.items():
        store.run(
            """INSERT INTO scope (sid, title, priority, cursor, run, is_complete) VALUES (?, ?, ?, NULL, 0, 0)
                   ON CONFLICT (sid) DO UPDATE SET title = excluded.title, priority = excluded.priority""",
            (sid, scope["title"], scope["priority"]),
        )
    return loose


def _apply_page(store: Store, exchange: Exchange, page: Mapping[str, Any]) -> set[Key]:
    sid = page["sid"]
    scope = store.one("SELECT cursor, run FROM scope WHERE sid = ?", (sid,))
    if scope is None or scope[0] != exchange.cursors.get(sid):
        return set()  # not where this page goes on
    run = scope[1] + 1 if page["start"] else scope[1]
    for table, row_id, version, data in page["rows"]:
        store.write_row((table, row_id), version, data)
        store.run(
            "INSERT OR REPLACE INTO membership (tbl, id, sid, run) VALUES (?, ?, ?, ?)", (table, row_id, sid, run)
        )
    loose: set[Key] = set()
    for table, row_id, _ in page["leaves"]:
        store.run("DELETE FROM membership WHERE tbl = ? AND id = ? AND sid = ?", (table, row_id, sid))
        loose.add((table, row_id))
    if page["end"]:
        # What a whole snapshot did not mention has left while this phone did not look.
        loose.update(_members(store, "sid = ? AND run < ?", (sid, run)))
        store.run("DELETE FROM membership WHERE sid = ? AND run < ?", (sid, run))
    store.run(
        "UPDATE scope SET cursor = ?, run = ?, is_complete = ? WHERE sid = ?",
        (page["cursor"], run, int(not page["more"]), sid),
    )
    return loose


def _members(store: Store, condition: str, values: tuple[Any, ...]) -> list[Key]:
    return [(row[0], row[1]) for row in store.all(f"SELECT tbl, id FROM membership WHERE {condition}", values)]


def _settle(store: Store, horizon: int) -> None:
    """What committed below the horizon is in the rows now, as soon as every scope has been read to its end."""
    if store.one("SELECT 1 FROM scope WHERE is_complete = 0") is None:
        store.run("UPDATE outbox SET is_settled = 1 WHERE state = 'ok' AND is_settled = 0 AND xid < ?", (horizon,))


def _compare(store: Store, checks: Iterable[Mapping[str, Any]]) -> None:
    """Where this phone and the server do not hold the same, the scope is read anew."""
    for check in checks:
        if sum_of(store, check["sid"]) != (check["count"], check["sum"]):
            store.run("UPDATE scope SET cursor = NULL, is_complete = 0 WHERE sid = ?", (check["sid"],))


def _forget(store: Store, server_now: int) -> None:
    store.run(
        """DELETE FROM outbox WHERE acked_at < ? AND is_settled = 1
              AND (state = 'ok' OR (state <> 'waiting' AND is_dismissed = 1))
              AND id NOT IN (SELECT holder FROM photo WHERE state = 'here' AND stored_at IS NULL)""",
        (server_now - KEPT_DAYS * DAY_MS,),
    )
