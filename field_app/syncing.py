"""Syncing beside the screens: a thread with its own connection to the phone's database, woken by work and by time.

It never decides anything: what is sent and when is the engine's. It says truthfully how the last attempt ended.
"""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from field_app.account import Account, Offline, SignedOut
from field_app.numbers import fill_up
from mobile.sdk.engine import Engine
from mobile.sdk.exchange import Answer, Exchange
from mobile.sdk.runner import single_flight, sync_now

EVERY_SECONDS = 15.0
Ending = Literal["never", "ok", "offline", "signed_out", "busy"]


@dataclass(frozen=True)
class SyncState:
    """How syncing goes: whether it runs now, how the last attempt ended, and how many exchanges it took so far."""

    is_running: bool = False
    ending: Ending = "never"
    exchanges: int = 0


class _Stopped(Exception):
    """The loop ends before the next exchange, which was not sent: nothing is to be told to the engine."""


class SyncLoop:
    """One thread; `open_engine` is called in it, because a connection belongs to its thread."""

    def __init__(
        self,
        open_engine: Callable[[], Engine],
        send: Callable[[Exchange], Answer | None],
        account: Account,
        lock_file: Path,
    ) -> None:
        """Take the parts."""
        self._open_engine, self._send, self._account, self._lock_file = open_engine, send, account, lock_file
        self.on_change: Callable[[SyncState], None] = lambda _state: None
        """Called in the loop's thread at every step."""
        self._woken, self._stopping, self._is_urgent = threading.Event(), threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._is_answered = False
        self.state = SyncState()

    def start(self) -> None:
        """Begin; the first attempt comes at once."""
        self._stopping.clear()
        self._woken.set()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()

    def wake(self, *, at_once: bool = False) -> None:
        """Look for something to send; `at_once` also ends the pauses after failures: asked for, or a network came."""
        if at_once:
            self._is_urgent.set()
        self._woken.set()

    def stop(self) -> None:
        """End after the exchange that is on its way."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout=90)
            self._thread = None

    def _run(self) -> None:
        engine = self._open_engine()
        try:
            while not self._stopping.is_set():
                self._woken.wait(EVERY_SECONDS)
                self._woken.clear()
                if not self._stopping.is_set():
                    self.sync_once(engine)
        finally:
            engine.store.connection.close()

    def sync_once(self, engine: Engine) -> SyncState:
        """Exchange until there is nothing to do now; also what a headless run calls."""
        self._tell(replace(self.state, is_running=True, exchanges=0))
        with single_flight(self._lock_file) as is_alone:
            ending: Ending = self._exchange(engine) if is_alone else "busy"
        self._tell(replace(self.state, is_running=False, ending=ending))
        return self.state

    def _exchange(self, engine: Engine) -> Ending:
        try:
            self._account.token()
        except SignedOut:
            return "signed_out"
        except Offline:
            return "offline"
        if self._is_urgent.is_set():
            self._is_urgent.clear()
            engine.try_now()
        self._is_answered = True
        with contextlib.suppress(_Stopped):
            sync_now(engine, self._sent, lambda: self._tell(replace(self.state, exchanges=self.state.exchanges + 1)))
        if not self._is_answered:
            return "offline"
        if not self.state.exchanges and self.state.ending in ("never", "offline"):
            return self.state.ending  # nothing was tried in a pause after failures: nothing new is known
        if self.state.exchanges and not self._stopping.is_set() and not engine.store.get("wiped"):
            fill_up(self._account, engine.store, engine.clock())
        return "ok"

    def _sent(self, exchange: Exchange) -> Answer | None:
        if self._stopping.is_set():
            raise _Stopped
        try:
            answer = self._send(exchange)
        except (Offline, SignedOut):
            answer = None
        self._is_answered = answer is not None
        return answer

    def _tell(self, state: SyncState) -> None:
        self.state = state
        self.on_change(state)
