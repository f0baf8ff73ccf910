"""The demonstration's own processes: started on free ports, watched, and none of them left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

import httpx

READY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_PORTS_TRIED = 50
_LOG_TAIL = 15


class Stopped(BaseException):
    """The demonstration was told to stop (Ctrl-C, SIGTERM, closed terminal)."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class ChildFailed(RuntimeError):
    """A process ended or did not come up; carries its name, its log and the end of it."""

    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason, self.log = name, reason, log

    @property
    def tail(self) -> str:
        """The last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-_LOG_TAIL:])


@dataclass
class Child:
    """One started process."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def demand_alive(self) -> None:
        """Go on only while it runs. Raises ChildFailed."""
        code = self.process.poll()
        if code is not None:
            raise ChildFailed(self.name, f"ended with code {code}", self.log)

    def wait_ready(self, url: str) -> None:
        """Wait until an address answers 200.

        Raises:
            ChildFailed: the process ended, or did not answer in time.
        """
        ends_at = time.monotonic() + READY_SECONDS
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            while time.monotonic() < ends_at:
                self.demand_alive()
                try:
                    if client.get(url).status_code == httpx.codes.OK:
                        return
                except httpx.HTTPError:
                    pass
                time.sleep(0.1)
        raise ChildFailed(self.name, f"no answer within {READY_SECONDS:.0f} seconds", self.log)


class Troupe:
    """All processes of a demonstration; leaving the context stops them, the last one started first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self.children: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self.children):
            if child.process.poll() is None:
                child.process.terminate()
        for child in reversed(self.children):
            try:
                child.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Child:
        """Start a Python command of this installation; what it says goes to `<name>.log`.

        It has a session of its own, so that Ctrl-C reaches only this process, which stops it in order; and the kernel
        ends it when this process is killed.
        """
        log = self._logs / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 (own commands)
                ["/usr/bin/setpriv", "--pdeathsig", "TERM", sys.executable, *command],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def watch(self) -> None:
        """Wait for ever; ends only by being told to stop, or by a process that ends of itself.

        Raises:
            ChildFailed: one of them ended.
        """
        while True:
            for child in self.children:
                child.demand_alive()
            time.sleep(0.5)


def free_port(wanted: int) -> int:
    """Give the wanted port of loopback if it is free, else the next free one after it.

    Raises:
        OSError: none of the next fifty is free.
    """
    for port in range(wanted, wanted + _PORTS_TRIED):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: a port in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {wanted} and {wanted + _PORTS_TRIED - 1}")


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the signals that end a program into Stopped for the block; one is enough, later ones change nothing."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def environment_of(settings: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a started process: this one's without its settings, and the given settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BELEDIYE_")}
    return {**inherited, **{f"BELEDIYE_{name.upper()}": value for name, value in settings.items()}}
