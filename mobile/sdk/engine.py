"""The sync engine of the phone, without a clock, a network or a thread: a function of its database and of events.

    record(…)            a command of the user: in the outbox before anything else happens
    next_exchange()      the request to be sent now, if any
    receive(…)           its answer, or None when none came; one transaction

Nothing that matters is held in memory: killed at any moment, the engine goes on from its database. A push that was
answered badly, or not at all, is sent again; the server takes a mutation once. Photos go after records, and wait apart.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

from mobile.sdk import effects, own_work, photo_rows, retry
from mobile.sdk.answers import opened
from mobile.sdk.exchange import PULL, PUSH, Answer, Exchange
from mobile.sdk.ids import uuid7
from mobile.sdk.lease import Lease
from mobile.sdk.photos import PhotoQueue
from mobile.sdk.pulling import apply_pull
from mobile.sdk.pushing import DEFERRED_MS, apply_push, apply_push_alone, build_push
from mobile.sdk.store import Store
from mobile.sdk.streams import adopt_epoch, come_back, mark_reused, start_stream, wipe
from mobile.sdk.views import Views
from mobile.wire import codec
from mobile.wire.limits import LEAST_WANTED, MOST_WANTED

PULL_EVERY_MS = 60_000
CHECK_EVERY_MS = 7 * 86_400_000


class SendOnly(RuntimeError):
    """The database is of another version of the app: what was recorded is sent, nothing else works until an update."""


class Engine:
    """One phone's engine on its store."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], int],
        chance: Random,
        *,
        app: str = "0.1.0",
        photos: PhotoQueue | None = None,
        lease: Lease | None = None,
    ) -> None:
        """Take the store, a clock (milliseconds since 1970) and chance; photos and the lease where there are any.

        With `store.is_send_only` set, only `numbers`, `lines` and the network's side work; the rest raises SendOnly.
        """
        self.store, self.clock, self.chance, self.app = store, clock, chance, app
        self.photos = None if store.is_send_only else photos
        self.lease = lease
        self._views = Views(store)
        self._pushed_last = self._expects_news = False
        with store.transaction():
            if store.get("device") is None:
                store.put(device=uuid7(clock(), chance), last_seq=0)
            if store.is_send_only:
                store.put(was_send_only=1)
            elif store.get("was_send_only"):
                come_back(store)

    # --- the user's side ------------------------------------------------------------------------------------------

    def record(
        self,
        kind: str,
        body: Mapping[str, Any],
        *,
        kv: int = 1,
        at: Mapping[str, Any] | None = None,
        finishes_draft: str | None = None,
        also: Callable[[], Mapping[str, Any]] = dict,
    ) -> str:
        """Write a command into the outbox; from here on it is safe. Gives its id.

        Args:
            kind: name of the command.
            body: what it says, by the kind's own shape (`photos`: the references of its photos).
            kv: version of that shape.
            at: when and how sure ({"wall": ms, …}); the engine's clock where it is not told.
            finishes_draft: the draft that has become this command; its photos are the command's from now on.
            also: gives more of the body; called in the transaction, for what is taken from the store only if the
                command is kept, such as a record number.

        Raises:
            SendOnly: the database is of another version.
        """
        self._check_whole()
        mutation_id = uuid7(self.clock(), self.chance)
        targets = effects.targets_of(kind, body)
        with self.store.transaction():
            whole = {**body, **also()}
            seq = int(self.store.get("last_seq", 0)) + 1
            self.store.put(last_seq=seq)
            versions = {f"{table}/{row}": self.store.version_of((table, row)) for table, row in targets}
            base = {name: version for name, version in versions.items() if version is not None}
            self.store.run(
                "INSERT INTO outbox (id, seq, kind, kv, at, base, body, sha) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    mutation_id, seq, kind, kv, json.dumps(dict(at or {"wall": self.clock()})), json.dumps(base),
                    json.dumps(whole, ensure_ascii=False), codec.sha_of(kind, kv, whole),
                ),
            )  # fmt: skip
            self.store.pin(mutation_id, targets)
            if finishes_draft is not None:
                photo_rows.pass_on(self.store, finishes_draft, mutation_id)
                self.store.run("DELETE FROM draft WHERE id = ?", (finishes_draft,))
                self.store.purge(self.store.unpin(finishes_draft))
        return mutation_id

    def save_draft(self, draft_id: str, kind: str, body: Mapping[str, Any]) -> None:
        """Keep unfinished work, at every change of it.

        Raises:
            SendOnly: the database is of another version.
        """
        self._check_whole()
        with self.store.transaction():
            self.store.run(
                "INSERT OR REPLACE INTO draft (id, kind, body, updated_at) VALUES (?, ?, ?, ?)",
                (draft_id, kind, json.dumps(dict(body), ensure_ascii=False), self.clock()),
            )
            self.store.pin(draft_id, effects.targets_of(kind, body))

    def drop_draft(self, draft_id: str) -> None:
        """Throw unfinished work away, and its photos."""
        self._check_whole()
        with self.store.transaction():
            self.store.run("DELETE FROM draft WHERE id = ?", (draft_id,))
            photo_rows.release(self.store, "holder = ?", (draft_id,))
            self.store.purge(self.store.unpin(draft_id))
        if self.photos is not None:
            self.photos.clean_up()

    def dismiss(self, mutation_id: str) -> None:
        """The user has seen what became of a conflict; it counts no more."""
        with self.store.transaction():
            self.store.run("UPDATE outbox SET is_dismissed = 1 WHERE id = ?", (mutation_id,))

    def view(self) -> effects.Rows:
        """Give all that the user sees, of every table: for tests and tools; screens ask for rows.

        Raises:
            ReadingLocked: the lease is over.
            SendOnly: the database is of another version.
        """
        self._check_readable()
        return self._views.all()

    def view_row(self, table: str, row_id: str) -> dict[str, Any] | None:
        """Give one row as the user sees it (waiting work laid over it), or None; raises as `view`."""
        self._check_readable()
        return self._views.row(table, row_id)

    def view_rows(
        self,
        table: str,
        *,
        ids: Sequence[str] | None = None,
        sid: str | None = None,
        after: str = "",
        limit: int | None = None,
    ) -> list[tuple[str, dict[str, Any]]]:
        """Give rows of a table as the user sees them, by id; raises as `view`.

        Args:
            table: complaint, inspection, business, task, message, form, town, colleague or photo.
            ids: only these.
            sid: only the rows of this scope as the server told them (what is made here and waits is in none yet).
            after: only what comes after this id: the last one of the page before.
            limit: at most so many; fewer than that means there are no more.

        Returns:
            (id, data) in the order of ids.
        """
        self._check_readable()
        return self._views.rows(table, ids=ids, sid=sid, after=after, limit=limit)

    def view_count(self, table: str, *, sid: str | None = None) -> int:
        """Give how many rows `view_rows` would give without a limit; raises as `view`."""
        self._check_readable()
        return self._views.count(table, sid)

    def view_mark(self) -> tuple[int, int]:
        """Give something that is another one after every change, so that a screen knows when to read again."""
        return self._views.mark()

    def lines(self, states: Sequence[str] = own_work.STATES, limit: int = 200) -> list[own_work.Line]:
        """Give the user's commands in some states, the newest first, without the dismissed ones."""
        return own_work.lines(self.store, states, limit)

    def line(self, mutation_id: str) -> own_work.Line | None:
        """Give one command, or None where it is not kept any more."""
        return own_work.line(self.store, mutation_id)

    def drafts(self, kind: str | None = None) -> list[own_work.Draft]:
        """Give unfinished work, the last touched first; it can be gone on with when reading is locked."""
        self._check_whole()
        return own_work.drafts(self.store, kind)

    def numbers(self) -> dict[str, int]:
        """Give the numbers of the sync screen: records waiting, sent and in need of attention, and photos that wait.

        `attention` counts records and photos; a photo waits from the moment its record is in the outbox until the
        server's word that it is stored has come.
        """
        row = self.store.one(
            """SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'ok'),
                      count(*) FILTER (WHERE state IN ('conflict', 'quarantined') AND NOT is_dismissed) FROM outbox"""
        )
        waiting, sent, attention = row or (0, 0, 0)
        photos_waiting, photos_in_need = (0, 0) if self.store.is_send_only else photo_rows.count(self.store)
        return {
            "waiting": waiting, "sent": sent, "attention": attention + photos_in_need, "waiting_photos": photos_waiting,
        }  # fmt: skip

    def set_user(self, staff_id: str) -> None:
        """Say who is signed in, so that what is taken shows as theirs at once."""
        with self.store.transaction():
            self.store.put(staff_id=staff_id)

    def try_now(self) -> None:
        """End all pauses: the user asks for it, or a network has come; and ask for news at once."""
        with self.store.transaction():
            retry.end_pauses(self.store)
            self.store.put(pull_at=0)

    # --- the network's side ---------------------------------------------------------------------------------------

    def next_exchange(self) -> Exchange | None:
        """Give the request to be sent now; None while there is nothing to do or it is too early to try again."""
        now = self.clock()
        if self.store.get("wiped"):
            return None
        exchange = self._next_of_records(now)
        if exchange is None and self.photos is not None:
            exchange = self.photos.next_exchange()
        if exchange is None and self._expects_news and now >= retry.next_try(self.store, now) and self._may_pull():
            # All is sent: what the server made of it is asked for at once, not in a minute.
            return self._pull(now)
        return exchange

    def _next_of_records(self, now: int) -> Exchange | None:
        if now < retry.next_try(self.store, now):
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
        if exchange.upload is not None:
            self._receive_upload(exchange, answer, now)
            return
        if exchange.message["device"] != self.store.get("device"):
            return  # asked in the name of a stream that is no more
        message = opened(answer)
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
        if self.photos is not None and exchange.path == PULL:
            self.photos.clean_up()

    def _receive_upload(self, exchange: Exchange, answer: Answer | None, now: int) -> None:
        if self.photos is None or exchange.upload is None:
            return
        self.photos.receive(exchange, answer)
        self._expects_news = True
        if self.store.get("revoked"):
            with self.store.transaction():
                self._leave_if_told(now)
        if self.store.get("wiped") or exchange.upload[1] == "bundle":
            self.photos.clean_up()

    def _accepted(self, exchange: Exchange, message: Mapping[str, Any], now: int) -> None:
        retry.succeed(self.store, now)
        if self.lease is not None:
            self.lease.heard(int(message["now"]), message.get("disaster"))
        if message["epoch"] != self.store.get("epoch"):
            is_first = self.store.get("epoch") is None
            self._adopt(message["epoch"], now)
            if not is_first:
                return
        if exchange.path == PUSH:
            (apply_push_alone if self.store.is_send_only else apply_push)(self.store, exchange, message, now)
            self._expects_news = True
            if message.get("stopped") == "gap":
                start_stream(self.store, uuid7(now, self.chance))
        else:
            apply_pull(self.store, exchange, message)
            photo_rows.compare(self.store, now, int(message["now"]))
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
        is_drained = self.store.one("SELECT 1 FROM outbox WHERE state = 'waiting'") is None and (
            self.photos is None or photo_rows.is_all_given(self.store)
        )
        if told in ("now", "wipe") or (told == "drain" and is_drained):
            wipe(self.store, now)

    # --- what may be done -----------------------------------------------------------------------------------------

    def _check_whole(self) -> None:
        if self.store.is_send_only:
            raise SendOnly

    def _check_readable(self) -> None:
        self._check_whole()
        if self.lease is not None:
            self.lease.check()

    # --- requests -------------------------------------------------------------------------------------------------

    def _is_pull_due(self, now: int) -> bool:
        return self._may_pull() and not self._is_ahead("pull_at", now, PULL_EVERY_MS)

    def _may_pull(self) -> bool:
        return not self.store.get("revoked") and not self.store.is_send_only

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
        self._expects_news = False
        scopes: Iterable[tuple[Any, ...]] = self.store.all("SELECT sid, cursor FROM scope ORDER BY priority, sid")
        cursors = {sid: cursor for sid, cursor in scopes}  # noqa: C416 (dict() would lose the types)
        numbers = self.numbers()
        is_check_due = abs(now - int(self.store.get("checked_at", 0))) > CHECK_EVERY_MS
        message = {
            **self._envelope(),
            "scopes": cursors,
            "want": MOST_WANTED if retry.is_quick(self.store) else LEAST_WANTED * 4,
            "check": sorted(cursors) if is_check_due else [],
            "waiting": [numbers["waiting"], numbers["waiting_photos"]],
        }
        return Exchange(PULL, message, cursors=cursors)
