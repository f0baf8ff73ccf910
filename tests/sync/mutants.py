"""Protocol bugs, built in on purpose: a proof that misses one of them proves nothing.

A server's flaw is a word of `ModelServer`; a phone's is a patch of the engine's own code. Each must be caught by some
seed of few.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mobile.sdk import engine, pulling, pushing, retry, streams
from mobile.sdk.exchange import PUSH, Answer, Exchange
from mobile.sdk.store import Store
from tests.sync.mutants_of_files import FILES, replaced


@dataclass(frozen=True)
class Mutant:
    """One bug: what is wrong, and how it is built in."""

    name: str
    flaws: frozenset[str] = frozenset()
    patch: Callable[[], Any] | None = None

    @contextmanager
    def built_in(self) -> Iterator[frozenset[str]]:
        """Build the bug in for a while; gives the server's flaws."""
        if self.patch is None:
            yield self.flaws
        else:
            with self.patch():
                yield self.flaws


def _all_acked(store: Store, exchange: Exchange) -> None:
    for mutation_id in exchange.ids:
        store.run("UPDATE outbox SET state = 'ok', xid = 0, acked_at = 0 WHERE id = ?", (mutation_id,))


# --- the phone's bugs -----------------------------------------------------------------------------------------------

_next, _receive, _push = engine.Engine.next_exchange, engine.Engine.receive, engine.Engine._push
_apply_push, _acknowledge, _build_push = pushing.apply_push, pushing._acknowledge, pushing.build_push
_apply_page, _apply_scopes = pulling._apply_page, pulling._apply_scopes
_start_stream, _adopt_epoch, _fail = streams.start_stream, streams.adopt_epoch, retry.fail
_write_row = Store.write_row


def _delete_on_send(self: engine.Engine) -> Exchange | None:
    exchange = _next(self)
    if exchange is not None and exchange.path == PUSH:
        with self.store.transaction():
            _all_acked(self.store, exchange)
    return exchange


def _ack_whole_batch(store: Store, exchange: Exchange, message: Any, now: int) -> None:
    _apply_push(store, exchange, message, now)
    for mutation_id in exchange.ids:
        store.run("UPDATE outbox SET state = 'ok', xid = 0 WHERE id = ? AND state = 'waiting'", (mutation_id,))


def _portal_is_ack(self: engine.Engine, exchange: Exchange, answer: Answer | None) -> None:
    if answer is not None and answer.status == 200 and exchange.path == PUSH and b"html" in answer.body:
        with self.store.transaction():
            _all_acked(self.store, exchange)
        return
    _receive(self, exchange, answer)


def _cursor_first(store: Store, exchange: Exchange, page: Any) -> Any:
    sid = page["sid"]
    scope = store.one("SELECT cursor FROM scope WHERE sid = ?", (sid,))
    if scope is not None and scope[0] == exchange.cursors.get(sid):
        store.run("UPDATE scope SET cursor = ? WHERE sid = ?", (page["cursor"], sid))
        store.run("COMMIT")
        store.run("BEGIN IMMEDIATE")
        moved = {**exchange.cursors, sid: page["cursor"]}
        exchange = Exchange(exchange.path, exchange.message, exchange.ids, moved)
    return _apply_page(store, exchange, page)


def _without_guard(self: Store, key: Any, version: int, data: Any) -> None:
    self.run("DELETE FROM synced WHERE tbl = ? AND id = ?", key)
    _write_row(self, key, version, data)


def _purge_all(self: Store, keys: Any) -> None:
    for key in keys:
        self.run(
            """DELETE FROM synced WHERE tbl = ?1 AND id = ?2
                  AND NOT EXISTS (SELECT 1 FROM membership WHERE tbl = ?1 AND id = ?2)""",
            key,
        )


def _settled_at_ack(store: Store, result: Any, now: int) -> None:
    _acknowledge(store, result, now)
    store.run("UPDATE outbox SET is_settled = 1 WHERE id = ?", (result["id"],))


def _settled_too_early(store: Store, horizon: int) -> None:
    store.run("UPDATE outbox SET is_settled = 1 WHERE state = 'ok' AND xid < ?", (horizon + 1000,))


def _once(self: engine.Engine) -> Exchange | None:
    newest = self.store.get("last_seq")
    if self.store.get("tried") == newest:
        return None
    self.store.put(tried=newest)
    return _push(self)


def _new_ids(store: Store, now: int, chance: Any, queue: str = retry.RECORDS) -> None:
    _fail(store, now, chance, queue)
    for (mutation_id,) in store.all("SELECT id FROM outbox WHERE state = 'waiting'"):
        store.run("UPDATE outbox SET id = ? WHERE id = ?", (f"{chance.getrandbits(120):x}", mutation_id))


def _only_what_waits(store: Store, device: str) -> None:
    acked = store.all("SELECT id, state, xid, acked_at FROM outbox WHERE state <> 'waiting'")
    _start_stream(store, device)
    for mutation_id, state, xid, acked_at in acked:
        store.run(
            "UPDATE outbox SET state = ?, xid = ?, acked_at = ?, is_settled = 1, seq = seq + 1000000 WHERE id = ?",
            (state, xid, acked_at, mutation_id),
        )
    waiting = store.all("SELECT id FROM outbox WHERE state = 'waiting' ORDER BY seq")
    for number, (mutation_id,) in enumerate(waiting, 1):
        store.run("UPDATE outbox SET seq = ? WHERE id = ?", (-number, mutation_id))
    store.run("UPDATE outbox SET seq = -seq WHERE state = 'waiting'")
    store.put(last_seq=len(waiting))


def _cursors_kept(store: Store, epoch: Any, device: str) -> None:
    cursors = store.all("SELECT cursor, sid FROM scope")
    _adopt_epoch(store, epoch, device)
    for cursor, sid in cursors:
        # A server tells cursors of another epoch from its own; here it cannot, as if they bore no epoch.
        store.run("UPDATE scope SET cursor = ?, is_complete = 1 WHERE sid = ?", (cursor, sid))


def _versions_kept(store: Store, epoch: Any, device: str) -> None:
    versions = store.all("SELECT version, tbl, id FROM synced")
    _adopt_epoch(store, epoch, device)
    for row in versions:
        store.run("UPDATE synced SET version = ? + 1000 WHERE tbl = ? AND id = ?", row)


def _no_sweep(store: Store, exchange: Exchange, page: Any) -> Any:
    return _apply_page(store, exchange, {**page, "end": False})


def _no_leaves(store: Store, exchange: Exchange, page: Any) -> Any:
    return _apply_page(store, exchange, {**page, "leaves": []})


def _scopes_stay(store: Store, scopes: Any) -> Any:
    granted = [scope["sid"] for scope in scopes]
    kept = [{"sid": sid, "title": sid, "priority": 1} for (sid,) in store.all("SELECT sid FROM scope")]
    return _apply_scopes(store, [*scopes, *(scope for scope in kept if scope["sid"] not in granted)])


def _conflicts_are_fine(store: Store, result: Any, now: int) -> None:
    _acknowledge(store, {**result, "state": "ok"}, now)


def _any_order(store: Store) -> list[dict[str, Any]]:
    waiting = _build_push(store)
    for mutation, seq in zip(reversed(waiting), [mutation["seq"] for mutation in waiting], strict=True):
        mutation["seq"] = seq
    return waiting[::-1]


def _leaves_at_once(self: engine.Engine, now: int) -> None:
    if self.store.get("revoked"):
        streams.wipe(self.store, now)


def _never_leaves(self: engine.Engine, now: int) -> None:
    del self, now


PHONE = {
    "sent work is taken for done": replaced(engine.Engine, "next_exchange", _delete_on_send),
    "an answer acknowledges the whole batch": replaced(engine, "apply_push", _ack_whole_batch),
    "a captive portal's 200 is an acknowledgement": replaced(engine.Engine, "receive", _portal_is_ack),
    "the cursor is written before the rows": replaced(pulling, "_apply_page", _cursor_first),
    "older rows replace newer ones": replaced(Store, "write_row", _without_guard),
    "rows under waiting work are purged": replaced(Store, "purge", _purge_all),
    "work leaves the view when it is acknowledged": replaced(pushing, "_acknowledge", _settled_at_ack),
    "work leaves the view before every scope was read": replaced(pulling, "_settle", _settled_too_early),
    "a failed push waits for new work": replaced(engine.Engine, "_push", _once),
    "a retry takes a new id": replaced(retry, "fail", _new_ids),
    "a restored server gets only what waits": replaced(streams, "start_stream", _only_what_waits),
    "cursors of another epoch are kept": replaced(engine, "adopt_epoch", _cursors_kept),
    "versions of another epoch are kept": replaced(engine, "adopt_epoch", _versions_kept),
    "a new snapshot sweeps nothing": replaced(pulling, "_apply_page", _no_sweep),
    "rows never leave": replaced(pulling, "_apply_page", _no_leaves),
    "a scope that was taken away stays": replaced(pulling, "_apply_scopes", _scopes_stay),
    "a conflict counts as done": replaced(pushing, "_acknowledge", _conflicts_are_fine),
    "work is sent in another order": replaced(engine, "build_push", _any_order),
    "a phone told to drain forgets at once": replaced(engine.Engine, "_leave_if_told", _leaves_at_once),
    "a phone told to leave stays": replaced(engine.Engine, "_leave_if_told", _never_leaves),
}

# --- the server's bugs ----------------------------------------------------------------------------------------------

SERVER = {
    "no dedupe": ("no_dedupe", "accepts_any_order"),
    "dedupe is written in another transaction": ("dedupe_in_another_transaction",),
    "no pointer where a row leaves": ("no_leave_pointer",),
    "the cursor is the sequence": ("cursor_by_sequence",),
    "the cursor is the sequence, below the horizon": ("cursor_by_sequence_below_horizon",),
    "no horizon": ("no_horizon",),
    "a restored server keeps its epoch": ("epoch_not_rotated",),
    "scopes that are not granted are served": ("serves_revoked_scopes",),
    "one wall between towns is missing": ("one_wall_missing",),
    "a horizon is told though a scope was left out": ("horizon_though_skipped",),
    "a bundle is imported without dedupe": ("bundle_without_dedupe",),
    "a photo is stored before its hash is verified": ("checksum_unchecked", "hash_unverified"),
    "a chunk counts wherever it was meant to stand": ("offset_unchecked", "hash_unverified"),
}

MUTANTS = [
    *(Mutant(name, patch=patch) for name, patch in (PHONE | FILES).items()),
    *(Mutant(name, flaws=frozenset(flaws)) for name, flaws in SERVER.items()),
    Mutant(
        "rows are replayed as images, without a guard",
        frozenset({"sends_images"}),
        replaced(Store, "write_row", _without_guard),
    ),
]
