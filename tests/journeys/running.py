"""The whole product running for a journey: server, worker and SMS simulator on a clone of the template database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.factories.towns import Town, read_town
from tests.journeys.programs import SERVER, WORKER, Program, environment_for
from tests.simulators.control import SimulatorControl
from tests.simulators.process import start_simulator


@dataclass
class Running:
    """Where the running product is reached, and its processes."""

    url: str
    phones: SimulatorControl
    server: Program
    worker: Program
    urls: Any
    town: Town

    def http(self) -> httpx.Client:
        """A client of the API."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=20)


@contextmanager
def running(urls: Any, folder: Path, **environment: str) -> Iterator[Running]:
    """Start everything and wait until it is ready; nothing is left running afterwards."""
    with start_simulator("netgsm", arguments=("--delivery-seconds", "0.2")) as simulator:
        given = environment_for(urls, folder / "files", sms_url=simulator.base_url, **environment)
        with (
            Program(SERVER, ["--port", "0"], given, folder / "server.log") as server,
            Program(WORKER, [], given, folder / "worker.log") as worker,
        ):
            log = server.wait_for_log("http://127.0.0.1:", seconds=60)
            url = re.search(r"http://127\.0\.0\.1:\d+", log)
            assert url is not None
            phones = SimulatorControl(simulator.base_url)
            yield Running(url[0], phones, server, worker, urls, read_town(urls, "kadikoy"))
