"""The whole product running for a journey: server, worker and SMS simulator on a clone of the template database."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.factories.towns import read_town
from tests.journeys.programs import SERVER, WORKER, Program, environment_for
from tests.simulators.control import SimulatorControl
from tests.simulators.process import start_simulator


def address_in(server: Program) -> str:
    """Wait until a server says where it listens; gives the address."""
    found = re.search(r"http://127\.0\.0\.1:\d+", server.wait_for_log("http://127.0.0.1:", seconds=60))
    assert found is not None
    return found[0]


class Running:
    """Where the running product is reached, and its processes."""

    def __init__(self, urls: Any, folder: Path, environment: dict[str, str], phones: SimulatorControl) -> None:
        self.urls, self.folder, self.phones = urls, folder, phones
        self.environment = environment
        self.town = read_town(urls, "kadikoy")
        self.stack = ExitStack()
        self.started = 0
        self.restart_server()

    def _start(self, code: str, *arguments: str) -> Program:
        self.started += 1
        log = self.folder / f"process-{self.started}.log"
        return self.stack.enter_context(Program(code, list(arguments), self.environment, log))

    def extra_server(self) -> Program:
        """Start one more server and wait for it."""
        server = self._start(SERVER, "--port", "0")
        address_in(server)
        return server

    def restart_server(self) -> None:
        """Start the server (again)."""
        self.server = self.extra_server()
        self.url = address_in(self.server)

    def start_worker(self) -> None:
        """Start the worker."""
        self.worker = self._start(WORKER)

    def http(self) -> httpx.Client:
        """A client of the API."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=20)


@contextmanager
def running(
    urls: Any, folder: Path, *, with_worker: bool = True, second_server: bool = False, **environment: str
) -> Iterator[Running]:
    """Start everything and wait until it is ready; nothing is left running afterwards."""
    with start_simulator("netgsm", arguments=("--delivery-seconds", "0.2")) as simulator:
        given = environment_for(urls, folder / "files", sms_url=simulator.base_url, **environment)
        product = Running(urls, folder, given, SimulatorControl(simulator.base_url))
        with product.stack:
            if with_worker:
                product.start_worker()
            if second_server:
                product.second = product.extra_server()
            yield product
