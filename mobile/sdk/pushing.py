"""The outbox on its way: what is sent, and what an answer makes of it."""

import json
from collections.abc import Mapping
from typing import Any

from mobile.sdk.exchange import Exchange
from mobile.sdk.store import Key, Store
from mobile.wire.limits import MOST_CODED_BYTES, MOST_MUTATIONS

DEFERRED_MS = 3_600_000
ACKED = ("ok", "conflict", "quarantined")


def build_push(store: Store) -> list[dict[str, Any]]:
    """Give the mutations of the next push: the first that wait, in their order, as many as fit."""
    rows = store.all(
        """SELECT id, seq, kind, kv, at, base, body, sha FROM outbox
            WHERE state = 'waiting' ORDER BY seq LIMIT ?""",
        (MOST_MUTATIONS,),
    )
    mutations: list[dict[str, Any]] = []
    size = 0
    for mutation_id, seq, kind, kv, at, base, body, sha in rows:
        # Deflated it is smaller, so what is plain within the limit fits in any case.
        size += len(body) + len(base) + len(at) + 200
        if mutations and size > MOST_CODED_BYTES:
            break
        mutations.append(
            {
                "id": mutation_id, "seq": seq, "kind": kind, "kv": kv, "at": json.loads(at), "base": json.loads(base),
                "body": json.loads(body), "sha": sha,
            }
        )  # fmt: skip
    return mutations


def apply_push(store: Store, exchange: Exchange, message: Mapping[str, Any], now: int) -> None:
    """Take the server's word on each mutation that it names; what it does not name waits on."""
    sent = set(exchange.ids)
    for result in message["results"]:
        if result["id"] in sent and result["state"] in ACKED:
            _acknowledge(store, result, int(message["now"]))
    if message.get("stopped") == "defer":
        store.put(push_after=now + DEFERRED_MS)


def apply_push_alone(store: Store, exchange: Exchange, message: Mapping[str, Any], now: int) -> None:
    """Take the server's word in send-only mode: nothing but the outbox is touched."""
    for result in message["results"]:
        if result["id"] in exchange.ids and result["state"] in ACKED:
            _mark(store, result, int(message["now"]))
    if message.get("stopped") == "defer":
        store.put(push_after=now + DEFERRED_MS)


def _acknowledge(store: Store, result: Mapping[str, Any], server_now: int) -> None:
    rows = result.get("rows") or []
    if not _mark(store, result, server_now):
        return
    # While a scope is being read anew its end may sweep away a row that was held before: only the horizon settles then.
    are_shown = store.one("SELECT 1 FROM scope WHERE is_complete = 0") is None
    for table, row_id, version, data in rows:
        key: Key = (table, row_id)
        if store.version_of(key) is not None:
            store.write_row(key, version, data)
        # A row of no scope of this phone comes by its scope, or not at all.
        are_shown = are_shown and store.is_member(key)
    if are_shown and rows:
        store.run("UPDATE outbox SET is_settled = 1 WHERE id = ?", (result["id"],))
    store.purge(store.unpin(result["id"]))


def _mark(store: Store, result: Mapping[str, Any], server_now: int) -> bool:
    # By the server's clock: the phone's may be a year off, and what is kept for 30 days must be kept for 30 days.
    touched = [[table, row, version] for table, row, version, _ in result.get("rows") or []]
    changed = store.run(
        """UPDATE outbox SET state = ?, code = ?, xid = ?, acked_at = ?, rows = ?, is_settled = ?
            WHERE id = ? AND state = 'waiting'""",
        (
            result["state"], result.get("code"), int(result.get("xid") or 0), server_now, json.dumps(touched),
            int(result["state"] != "ok"), result["id"],
        ),
    )  # fmt: skip
    return changed > 0
