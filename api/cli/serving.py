"""The server processes: one or several on one listening socket, each leaving in good order.

Told to leave (SIGTERM), a process first answers `/readyz` with 503 and goes on serving, so that whoever spreads the
requests looks elsewhere; then it closes the door, finishes what it has begun within 25 seconds and ends with 0.
"""

import asyncio
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import wait as wait_for_any
from multiprocessing.context import SpawnProcess
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client.multiprocess import mark_process_dead

from api.app import create_app
from api.core.db import Database
from api.core.exposition import SHARED_FOLDER
from api.core.logs import configure_logging, log_crashes
from api.core.startup import StartRefused
from api.core.waiting import wait_for_database
from api.settings import Settings, get_settings

log = structlog.get_logger("belediye.serve")

DRAIN_SECONDS = 25
NOTICE_SECONDS = 2.0
# Another one than uvicorn's for a start that failed: that may be tried again, a refusal may not.
REFUSED = 78
MOST_DEATHS = 3
DEATHS_WITHIN_SECONDS = 30.0
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class DrainingServer(uvicorn.Server):
    """A server that says for a moment that it is leaving before it leaves."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, *, notice_seconds: float, parent: int | None) -> None:
        """Take what to serve; a process whose parent is gone leaves as well."""
        super().__init__(config)
        self._app, self._notice_seconds, self._parent = app, notice_seconds, parent
        self._leaves_at: float | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals for the time of serving; unlike uvicorn's own, they end in exit code 0."""
        before = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 (uvicorn's signature)
        """Start leaving; Ctrl-C a second time leaves at once."""
        if self._leaves_at is not None and sig == signal.SIGINT:
            self._leaves_at, self.force_exit = 0.0, True
        self._leave()

    async def on_tick(self, counter: int) -> bool:
        """Say every tenth of a second whether to stop."""
        if self._parent is not None and os.getppid() != self._parent:
            self._leave()
        if self._leaves_at is not None and time.monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)

    def _leave(self) -> None:
        self._app.state.is_draining = True
        if self._leaves_at is None:
            self._leaves_at = time.monotonic() + self._notice_seconds


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket; port 0 takes a free one."""
    listener = socket.create_server((host, port), backlog=2048, reuse_port=False)
    listener.set_inheritable(True)
    return listener


def serve_one(listener: socket.socket, settings: Settings, notice_seconds: float, parent: int | None = None) -> None:
    """Serve in this process until told to leave.

    Raises:
        StartRefused: the settings are not safe for their environment.
    """
    configure_logging(json=settings.log_json, level=settings.log_level)
    log_crashes()
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # the application's own layer writes one line for each request
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=1000,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    DrainingServer(config, app, notice_seconds=notice_seconds, parent=parent).run(sockets=[listener])


async def wait_for_database_of(settings: Settings) -> None:
    """Wait until the database that the settings name answers.

    Raises:
        StartRefused: it must not be used like this.
    """
    database = Database(settings.database_url.get_secret_value(), pool_size=1)
    try:
        await wait_for_database(database)
    finally:
        await database.close()


def _serve_child(listener: socket.socket, notice_seconds: float, parent: int) -> None:
    settings = get_settings()
    configure_logging(json=settings.log_json, level=settings.log_level)
    try:
        # Whoever is replaced while the database is away comes back with it.
        asyncio.run(wait_for_database_of(settings))
        serve_one(listener, settings, notice_seconds, parent)
    except StartRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise SystemExit(REFUSED) from None


@dataclass
class Crew:
    """Several serving processes on one socket; one that dies is replaced."""

    listener: socket.socket
    size: int
    notice_seconds: float
    members: list[SpawnProcess] = field(default_factory=list)
    is_leaving: bool = False

    def run(self) -> int:
        """Serve until told to leave; gives the exit code."""
        folder = os.environ.get(SHARED_FOLDER) or tempfile.mkdtemp(prefix="belediye-figures-")
        os.environ[SHARED_FOLDER] = folder
        for number in SIGNALS:
            signal.signal(number, self._leave)
        refused, gave_up = False, False
        deaths: deque[float] = deque(maxlen=MOST_DEATHS * self.size)
        try:
            self._fill()
            while self.members:
                for dead in self._wait():
                    refused = refused or dead.exitcode == REFUSED
                    if not self.is_leaving:
                        log.error("server process died", pid=dead.pid, exit_code=dead.exitcode)
                        deaths.append(time.monotonic())
                gave_up = gave_up or (len(deaths) == deaths.maxlen and deaths[-1] - deaths[0] < DEATHS_WITHIN_SECONDS)
                if refused or gave_up:
                    self._leave(signal.SIGTERM, None)
                self._fill()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return 1 if refused or gave_up else 0

    def _fill(self) -> None:
        while len(self.members) < self.size and not self.is_leaving:
            member = multiprocessing.get_context("spawn").Process(
                target=_serve_child, args=(self.listener, self.notice_seconds, os.getpid())
            )
            member.start()
            self.members.append(member)

    def _wait(self) -> list[SpawnProcess]:
        wait_for_any([member.sentinel for member in self.members], timeout=1.0)
        dead = [member for member in self.members if member.exitcode is not None]
        for member in dead:
            self.members.remove(member)
            mark_process_dead(member.pid)  # type: ignore[no-untyped-call]
        return dead

    def _leave(self, number: int, _frame: FrameType | None) -> None:
        self.is_leaving = True
        for member in self.members:
            if member.exitcode is None and member.pid:
                os.kill(member.pid, number)
