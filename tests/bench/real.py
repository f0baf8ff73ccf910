"""The real side of every comparison: the server in a process of its own, and a client that costs it nothing extra."""

import http.client
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.cpu import BackendCpu, cpu_seconds
from tests.bench.places import CHECKOUT, Urls

_READY_TRIES, _STOP_SECONDS = 200, 30
_KEPT_ALIVE_SECONDS = 2.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    statements: int


class Server:
    """A running server, one kept-alive connection to it, and the CPU that it and its backends have used."""

    def __init__(self, urls: Urls, port: int, pid: int) -> None:
        self.urls, self._pid, self._used_at = urls, pid, 0.0
        self._client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._backends = BackendCpu(urls.admin, urls.name, "belediye")

    def ask(
        self, method: str, path: str, token: str, body: bytes | None = None, media_type: str = "application/json"
    ) -> Answer:
        """Send a request and read the whole answer.

        Raises:
            RuntimeError: it is no success.
        """
        headers = {"Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = media_type
        if time.monotonic() - self._used_at > _KEPT_ALIVE_SECONDS:
            self._client.close()  # the server has given the quiet connection up, or is about to
        self._client.request(method, path, body, headers)
        response = self._client.getresponse()
        self._used_at = time.monotonic()
        answer = Answer(response.status, response.read(), int(response.headers["x-statements"]))
        if answer.status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:500].decode(errors='replace')}")
        return answer

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._client.port

    def cpu(self) -> tuple[float, float]:
        """Give the CPU seconds of the server process and of its PostgreSQL backends."""
        return cpu_seconds(self._pid), self._backends.seconds()

    def close(self) -> None:
        """Close what this side holds open."""
        self._client.close()
        self._backends.close()


def usual(statements: Counter[int]) -> int:
    """Give how many statements most requests ran.

    The first one after a start also reads the town's configuration, and one a minute the keys that sign tokens.
    """
    return statements.most_common(1)[0][0]


@contextmanager
def running(urls: Urls) -> Iterator[Server]:
    """Start the server on a database and stop it afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="belediye-bench-") as folder,
        Path(folder, "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.serve", urls.name, folder],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the server did not start: {Path(folder, 'log').read_text()[-2000:]}")
            server = Server(urls, int(line), process.pid)
            try:
                yield server
            finally:
                server.close()
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
