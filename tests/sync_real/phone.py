"""A real phone in a process of its own, without its screens: `python -m tests.sync_real.phone SOCKET`.

The program waits at a socket; for each caller it makes a process (it has everything loaded, so that a phone starts at
once), which opens the encrypted database in its folder and does what it is told, one JSON line each. It may be killed
at any moment and started again on the same folder. What it says was saved, its user saw saved.
"""

import json
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from field_app.account import Offline, Refused, SignedOut
from field_app.numbers import LEAST, NumberBook, ask_for_numbers
from field_app.phone import Phone, Surroundings, Unlocked
from mobile.device.desktop.key_store import PlainFileKeyStore
from tests.sync_real.acts import Writer

CONNECT_SECONDS = 2.0


class Life:
    """One run of the app on a phone, from its start to its end."""

    def __init__(self, folder: Path, url: str, key: bytes, seed: str, later_ms: int) -> None:
        """Open the phone's folder; its clock is so much ahead."""
        self.later_ms = later_ms
        around = Surroundings(folder, PlainFileKeyStore(folder / "keys"), self.clock, self.uptime)
        client = httpx.Client(base_url=url, trust_env=False)
        self.account = (phone := Phone(around, client)).account
        self.unlocked: Unlocked = phone.open(key)
        self.engine = self.unlocked.engine
        self.book = NumberBook(self.engine.store)
        self.writer = Writer(self.unlocked, self.book, random.Random(seed))

    def clock(self) -> int:
        """Give the phone's clock: the machine's, so much later as it was told."""
        return time.time_ns() // 1_000_000 + self.later_ms

    def uptime(self) -> tuple[str, int]:
        """Give the phone's time since it was started."""
        return "boot", time.monotonic_ns() // 1_000_000 + self.later_ms

    def do(self, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Do what is told; gives what there is to say, the last with `done`."""
        self.later_ms += order.get("later_ms", 0)
        if order["do"] == "act":
            for _ in range(order["count"]):
                yield {"saved": self.writer.act()}
        elif order["do"] == "sync":
            self._ask_for_numbers()
            self.unlocked.sync.sync_once(self.engine)
        yield {"done": self.unlocked.sync.state.ending, **self.engine.numbers(), **self._scopes()}

    def _ask_for_numbers(self) -> None:
        with suppress(Offline, SignedOut, Refused):
            if self.book.left(self.writer.today().year) < LEAST:
                self.book.take_in(ask_for_numbers(self.account))

    def _scopes(self) -> dict[str, int]:
        store = self.engine.store
        told = store.one("SELECT count(*), count(*) FILTER (WHERE is_complete = 1) FROM scope") or (0, 0)
        return {"scopes": told[0], "complete": told[1], "later_ms": self.later_ms}


def live(line: socket.socket) -> None:
    """Be one phone: the first line says which, the others what to do."""
    with line.makefile("r", encoding="utf-8") as told, line.makefile("w", encoding="utf-8") as say:
        facts = json.loads(told.readline())
        life = Life(Path(facts["folder"]), facts["url"], bytes.fromhex(facts["key"]), facts["seed"], facts["later_ms"])
        say.write(json.dumps({"pid": os.getpid()}) + "\n")
        say.flush()
        for order in told:
            for answer in life.do(json.loads(order)):
                say.write(json.dumps(answer) + "\n")
                say.flush()
        life.unlocked.close()


def main(path: str) -> None:
    """Make phones until the one who started this is gone."""
    parent = os.getppid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen(64)
        door.settimeout(1.0)
        while os.getppid() == parent:
            try:
                line, _ = door.accept()
            except TimeoutError:
                continue
            line.settimeout(None)
            if os.fork() == 0:
                door.close()
                # A line that is closed in the middle is the end of the phone, like everything else.
                with suppress(OSError):
                    live(line)
                os._exit(0)
            line.close()


if __name__ == "__main__":
    main(sys.argv[1])
