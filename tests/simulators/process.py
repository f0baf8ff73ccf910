"""Starting a simulator as a child process, for tests and the demo."""

import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

REPOSITORY = Path(__file__).resolve().parents[2]
READY_SECONDS = 30
STOP_SECONDS = 5


class SimulatorFailedError(RuntimeError):
    """The child process ended, or said nothing, instead of announcing its address."""


class Simulator:
    """A running simulator; a context manager, or call `stop()` oneself. It also ends when this process dies."""

    def __init__(self, process: "subprocess.Popen[bytes]", base_url: str) -> None:
        self._process = process
        self.base_url = base_url

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> int:
        """End the process and give its exit code (0 for a clean stop); harmless to repeat."""
        self._process.terminate()
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_simulator(name: str, port: int = 0, arguments: Sequence[str] = ()) -> Simulator:
    """Start `tests.simulators.<name>` on loopback and wait until it takes connections.

    Raises:
        SimulatorFailedError: it did not come up within 30 seconds.
    """
    command = [sys.executable, "-m", f"tests.simulators.{name}", "--port", str(port), "--stop-with-parent", *arguments]
    # The child watches the pipe at its standard input: it closes even when this process is killed.
    process = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        return Simulator(process, _read_address(process))
    except SimulatorFailedError:
        Simulator(process, "").stop()
        raise


def _read_address(process: "subprocess.Popen[bytes]") -> str:
    if process.stdout is None:
        raise SimulatorFailedError("no standard output")
    ready, _, _ = select.select([process.stdout], [], [], READY_SECONDS)
    address = process.stdout.readline().decode().strip() if ready else ""
    if not address.startswith("http"):
        raise SimulatorFailedError(f"no address announced; exit code {process.poll()}")
    return address
