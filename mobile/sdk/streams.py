"""Beginning anew without losing anything: another stream, another epoch of the server, and the end."""

import json
from typing import Any

from mobile.sdk import effects
from mobile.sdk.store import Store

_RETAINED = "seq > 0 AND NOT is_dismissed"


def start_stream(store: Store, device: str) -> None:
    """Send everything that is retained again, in its order, as a stream of another name.

    Ids stay, and the server takes an id once: so this is right whenever the two sides do not agree about the past.
    """
    store.put(fork_of=store.get("device"), device=device)
    rows = store.all(f"SELECT id, kind, body FROM outbox WHERE {_RETAINED} ORDER BY seq")
    # Numbers are unique: all of them first move, together, to below the lowest. What is not sent again stays there.
    lowest, highest = store.one("SELECT min(seq), max(seq) FROM outbox") or (None, None)
    if lowest is not None:
        store.run("UPDATE outbox SET seq = seq - ?", (max(highest, 0) - lowest + 1,))
    for number, (mutation_id, kind, body) in enumerate(rows, 1):
        store.run(
            """UPDATE outbox SET seq = ?, state = 'waiting', code = NULL, xid = NULL, acked_at = NULL, is_settled = 0
                WHERE id = ?""",
            (number, mutation_id),
        )
        store.pin(mutation_id, effects.targets_of(kind, json.loads(body)))
    store.put(last_seq=len(rows), push_after=0)


def adopt_epoch(store: Store, epoch: Any, device: str) -> None:
    """The server's history is another one: it was restored from a backup, or this is the first contact."""
    is_first = store.get("epoch") is None
    store.put(epoch=epoch)
    if is_first:
        return
    store.run("UPDATE scope SET cursor = NULL, is_complete = 0")
    # Versions of another history say nothing about this one.
    store.run("UPDATE synced SET version = -1")
    store.put(pull_at=0)
    start_stream(store, device)


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
    for table in ("membership", "synced", "scope", "target", "draft", "outbox"):
        store.run(f"DELETE FROM {table}")
    store.put(wiped=now)
