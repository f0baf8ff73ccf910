"""Beginning anew without losing anything: another stream, another epoch of the server, and the end."""

import json
from typing import Any

from mobile.sdk import effects, photo_rows
from mobile.sdk.store import Store

RETAINED = "seq > 0 AND NOT is_dismissed"
"""Of the outbox: what is sent again when the two sides do not agree about the past."""


def start_stream(store: Store, device: str) -> None:
    """Send everything that is retained again, in its order, as a stream of another name.

    Ids stay, and the server takes an id once: so this is right whenever the two sides do not agree about the past.
    """
    store.put(fork_of=store.get("device"), device=device)
    rows = store.all(f"SELECT id, kind, body FROM outbox WHERE {RETAINED} ORDER BY seq")
    # Numbers are unique: all of them first move, together, below 1 and the lowest. What is not sent again stays there.
    lowest, highest = store.one("SELECT min(seq), max(seq) FROM outbox") or (None, None)
    if lowest is not None:
        store.run("UPDATE outbox SET seq = seq - ?", (max(highest, 0) - min(lowest, 1) + 1,))
    for number, (mutation_id, kind, body) in enumerate(rows, 1):
        store.run(
            """UPDATE outbox SET seq = ?, state = 'waiting', code = NULL, xid = NULL, acked_at = NULL, is_settled = 0
                WHERE id = ?""",
            (number, mutation_id),
        )
        if not store.is_send_only:
            store.pin(mutation_id, effects.targets_of(kind, json.loads(body)))
    store.put(last_seq=len(rows), push_after=0)


def adopt_epoch(store: Store, epoch: Any, device: str) -> None:
    """The server's history is another one: it was restored from a backup, or this is the first contact."""
    is_first = store.get("epoch") is None
    store.put(epoch=epoch)
    if is_first:
        return
    if store.is_send_only:
        store.put(rows_of_epoch="another")
    else:
        forget_history(store)
    start_stream(store, device)


def forget_history(store: Store) -> None:
    """Take nothing that was told in another epoch for granted: every scope is read anew, every photo asked for."""
    store.run("UPDATE scope SET cursor = NULL, is_complete = 0")
    # Versions of another history say nothing about this one.
    store.run("UPDATE synced SET version = -1")
    photo_rows.forget_server(store)
    store.put(pull_at=0, rows_of_epoch=None)


def come_back(store: Store) -> None:
    """After a time of sending only: what was left alone meanwhile is put right."""
    if store.get("rows_of_epoch"):
        forget_history(store)
    holders = store.all(
        """SELECT DISTINCT holder FROM target WHERE holder NOT IN (SELECT id FROM draft)
              AND holder NOT IN (SELECT id FROM outbox WHERE state = 'waiting')"""
    )
    for (holder,) in holders:
        store.purge(store.unpin(holder))
    for mutation_id, kind, body in store.all("SELECT id, kind, body FROM outbox WHERE state = 'waiting'"):
        store.pin(mutation_id, effects.targets_of(kind, json.loads(body)))
    store.put(was_send_only=None)


def mark_reused(store: Store, mutation_id: str) -> None:
    """The server holds this id with another content; it is shown, never dropped."""
    store.run(
        """UPDATE outbox SET state = 'quarantined', code = 'mutation_reused', acked_at = 0, is_settled = 1
            WHERE id = ? AND state = 'waiting'""",
        (mutation_id,),
    )
    store.purge(store.unpin(mutation_id))


def wipe(store: Store, now: int) -> None:
    """Forget everything that this phone was trusted with."""
    for (table,) in store.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta'"):
        store.run(f"DELETE FROM {table}")
    store.put(wiped=now)
