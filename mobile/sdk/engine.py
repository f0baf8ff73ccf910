"""The sync engine of the phone, without a clock, a network or a thread: a function of its database and of events.

    record(…)            a command of the user: in the outbox before anything else happens
    next_exchange()      the request to be sent now, if any
    receive(…)           its answer, or None when none came; one transaction

Nothing that matters is held in memory: killed at any moment, the engine goes on from its database. A push that was
answered badly, or not at all, is sent again; the server takes a mutation once.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

from mobile.sdk import effects, retry
from mobile.sdk.exchange import PULL, PUSH, Answer, Exchange
from mobile.sdk.ids import uuid7
from mobile.sdk.pulling import apply_pull
from mobile.sdk.pushing import DEFERRED_MS, apply_push, build_push
from mobile.sdk.store import Store
from mobile.sdk.streams import adopt_epoch, mark_reused, start_stream, wipe
from mobile.wire import codec
from mobile.wire.limits import LEAST_WANTED, MOST_WANTED

PULL_EVERY_MS = 60_000
CHECK_EVERY_MS = 7 * 86_400_000
PROBLEM = "application/problem+json"


class Engine:
    """One phone's engine on its store."""

    def __init__(self, store: Store, clock: Callable[[], int], chance: Random, *, app: str = "0.1.0") -> None:
        """Take the store, a clock (milliseconds since 1970) and a source of chance."""
        self.store, self.clock, self.chance, self.app = store, clock, chance, app
        self._pushed_last = False
        if store.get("device") is None:
            with store.transaction():
                store.put(device=uuid7(clock(), chance), last_seq=0)

    # --- the user's side ------------------------------------------------------------------------------------------

    def record(
        self,
        kind: str,
        body: Mapping[str, Any],
        *,
        kv: int = 1,
        at: Mapping[str, Any] | None = None,
        finishes_draft: str | None = None,
    ) -> str:
        """Write a command into the outbox; from here on it is safe. Gives its id."""
        mutation_id = uuid7(self.clock(), self.chance)
        targets = effects.targets_of(kind, body)
        with self.store.transaction():
            seq = int(self.store.get("last_seq", 0)) + 1
            self.store.put(last_seq=seq)
            versions = {f"{table}/{row}": self.store.version_of((table, row)) for table, row in targets}
            base = {name: version for name, version in versions.items() if version is not None}
            self.store.run(
                "INSERT INTO outbox (id, seq, kind, kv, at, base, body, sha) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    mutation_id, seq, kind, kv, json.dumps(dict(at or {"wall": self.clock()})), json.dumps(base),
                    json.dumps(dict(body), ensure_ascii=False), codec.sha_of(kind, kv, dict(body)),
                ),
            )  # fmt: skip
            self.store.pin(mutation_id, targets)
            if finishes_draft is not None:
                self.store.run("DELETE FROM draft WHERE id = ?", (finishes_draft,))
                self.store.purge(self.store.unpin(finishes_draft))
        return mutation_id

    def save_draft(self, draft_id: str, kind: str, body: Mapping[str, Any]) -> None:
        """Keep unfinished work, at every change of it."""
        with self.store.transaction():
            self.store.run(
                "INSERT OR REPLACE INTO draft (id, kind, body, updated_at) VALUES (?, ?, ?, ?)",
                (draft_id, kind, json.dumps(dict(body), ensure_ascii=False), self.clock()),
            )
            self.store.pin(draft_id, effects.targets_of(kind, body))

    def drop_draft(self, draft_id: str) -> None:
        """Throw unfinished work away."""
        with self.store.transaction():
            self.store.run("DELETE FROM draft WHERE id = ?", (draft_id,))
            self.store.purge(self.store.unpin(draft_id))

    def dismiss(self, mutation_id: str) -> None:
        """The user has seen what became of a conflict; it counts no more."""
        with self.store.transaction():
            self.store.run("UPDATE outbox SET is_dismissed = 1 WHERE id = ?", (mutation_id,))

    def view(self) -> effects.Rows:
        """Give what the user sees: the server's rows with everything laid over them that they do not show yet.

        A row that left the phone's scopes and is only kept for work in hand is not among them.
        """
        rows: effects.Rows = {
            (table, row_id): json.loads(data)
            for table, row_id, data in self.store.all(
                """SELECT tbl, id, data FROM synced
                    WHERE EXISTS (SELECT 1 FROM membership AS m WHERE m.tbl = synced.tbl AND m.id = synced.id)"""
            )
        }
        for mutation_id, kind, body in self.store.all(
            "SELECT id, kind, body FROM outbox WHERE is_settled = 0 AND state IN ('waiting', 'ok') ORDER BY seq"
        ):
            effects.lay_over(rows, kind, mutation_id, json.loads(body))
        return rows

    def numbers(self) -> dict[str, int]:
        """Give the three numbers of the sync screen: waiting, sent, attention."""
        row = self.store.one(
            """SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'ok'),
                      count(*) FILTER (WHERE state IN ('conflict', 'quarantined') AND NOT is_dismissed) FROM outbox"""
        )
        waiting, sent, attention = row or (0, 0, 0)
        return {"waiting": waiting, "sent": sent, "attention": attention}

    # --- the network's side ---------------------------------------------------------------------------------------

    def next_exchange(self) -> Exchange | None:
        """Give the request to be sent now; None while there is nothing to do or it is too early to try again."""
        now = self.clock()
        if self.store.get("wiped") or now < retry.next_try(self.store, now):
            return None
        push = None if self._is_ahead("push_after", now, DEFERRED_MS) else self._push()
        is_pull_due = self._is_pull_due(now)
        # Neither waits for the other: a push that is refused for days does not keep news away.
        if push is not None and not (self._pushed_last and is_pull_due):
            self._pushed_last = True
            return push
        self._pushed_last = False
        return self._pull(now) if is_pull_due else push

    def receive(self, exchange: Exchange, answer: Answer | None) -> None:
        """Take the answer to a request, all of it or nothing; None: no answer came."""
        now = self.clock()
        if exchange.message["device"] != self.store.get("device"):
            return  # asked in the name of a stream that is no more
        message = _opened(answer)
        try:
            with self.store.transaction():
                if message is None:
                    retry.fail(self.store, now, self.chance)
                elif "epoch" not in message:
                    self._refused(message, now)
                else:
                    self._accepted(exchange, message, now)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            # It names our protocol and does not speak it: nothing of it counts.
            with self.store.transaction():
                retry.fail(self.store, now, self.chance)

    def _accepted(self, exchange: Exchange, message: Mapping[str, Any], now: int) -> None:
        retry.succeed(self.store, now)
        if message["epoch"] != self.store.get("epoch"):
            is_first = self.store.get("epoch") is None
            self._adopt(message["epoch"], now)
            if not is_first:
                return
        if exchange.path == PUSH:
            apply_push(self.store, exchange, message, now)
            if message.get("stopped") == "gap":
                start_stream(self.store, uuid7(now, self.chance))
        else:
            apply_pull(self.store, exchange, message)
            is_complete = self.store.one("SELECT 1 FROM scope WHERE is_complete = 0") is None
            self.store.put(pull_at=now + PULL_EVERY_MS if is_complete else now)
            if exchange.message["check"]:
                self.store.put(checked_at=now)
            if message["device"]["state"] != "active":
                self.store.put(revoked=message["device"]["state"])
        self._leave_if_told(now)

    def _refused(self, problem: Mapping[str, Any], now: int) -> None:
        code = problem["code"]
        if code == "epoch_changed":
            self._adopt(problem.get("server_epoch"), now)
        elif code == "device_forked":
            start_stream(self.store, uuid7(now, self.chance))
        elif code == "mutation_reused":
            mark_reused(self.store, str(problem.get("id")))
        elif code == "device_revoked":
            self.store.put(revoked=problem.get("wipe", "drain"))
            retry.fail(self.store, now, self.chance)
        else:
            self.store.put(needs_sign_in=int(code == "unauthenticated"))
            retry.fail(self.store, now, self.chance)
        self._leave_if_told(now)

    def _adopt(self, epoch: Any, now: int) -> None:
        adopt_epoch(self.store, epoch, uuid7(now, self.chance))

    def _leave_if_told(self, now: int) -> None:
        """Told to leave, the phone first gives what it holds, unless it is told to leave at once."""
        told = self.store.get("revoked")
        is_drained = self.store.one("SELECT 1 FROM outbox WHERE state = 'waiting'") is None
        if told in ("now", "wipe") or (told == "drain" and is_drained):
            wipe(self.store, now)

    # --- requests -------------------------------------------------------------------------------------------------

    def _is_pull_due(self, now: int) -> bool:
        return not self.store.get("revoked") and not self._is_ahead("pull_at", now, PULL_EVERY_MS)

    def _is_ahead(self, moment: str, now: int, most: int) -> bool:
        """Whether a moment is still to come; one farther away than it can be was set by a clock that went wrong."""
        return now < int(self.store.get(moment, 0)) <= now + most

    def _envelope(self) -> dict[str, Any]:
        return {"device": self.store.get("device"), "epoch": self.store.get("epoch"), "app": self.app}

    def _push(self) -> Exchange | None:
        mutations = build_push(self.store)
        if not mutations:
            return None
        message = {**self._envelope(), "fork_of": self.store.get("fork_of"), "mutations": mutations}
        return Exchange(PUSH, message, ids=tuple(mutation["id"] for mutation in mutations))

    def _pull(self, now: int) -> Exchange:
        scopes: Iterable[tuple[Any, ...]] = self.store.all("SELECT sid, cursor FROM scope ORDER BY priority, sid")
        cursors = {sid: cursor for sid, cursor in scopes}  # noqa: C416 (dict() would lose the types)
        is_check_due = abs(now - int(self.store.get("checked_at", 0))) > CHECK_EVERY_MS
        message = {
            **self._envelope(),
            "scopes": cursors,
            "want": MOST_WANTED if retry.is_quick(self.store) else LEAST_WANTED * 4,
            "check": sorted(cursors) if is_check_due else [],
        }
        return Exchange(PULL, message, cursors=cursors)


def _opened(answer: Answer | None) -> Mapping[str, Any] | None:
    """Give a message of ours or a problem of ours; None for anything else, whatever its status says."""
    if answer is None:
        return None
    if answer.media_type == PROBLEM:
        try:
            problem = json.loads(answer.body)
        except ValueError:
            return None
        is_ours = isinstance(problem, dict) and isinstance(problem.get("code"), str) and "epoch" not in problem
        return problem if is_ours else None
    if answer.status != 200:  # noqa: PLR2004 (the one status of an answer that is whole)
        return None
    try:
        message = codec.decode(answer.media_type, answer.body)
    except codec.NotOurs:
        return None
    return message if isinstance(message.get("epoch"), str) else None
