"""The product, the lines to it and the two phones of the three days."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from tests.journeys.programs import CHECKOUT

Told = dict[str, Any]


class WindowPhone:
    """The phone with the app's window, in a process of its own."""

    def __init__(self, folder: Path, url: str, away_ms: int, place: tuple[float, float]) -> None:
        self.folder, self._url, self._place, self.away_ms = folder, url, place, away_ms
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()

    def _start(self) -> None:
        facts = {"folder": str(self.folder), "url": self._url, "away_ms": self.away_ms, "place": self._place}
        with (self.folder.parent / "window.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.field_window", json.dumps(facts)], cwd=CHECKOUT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip

    def begin(self, verb: str, **order: Any) -> None:
        """Tell it what to do; `end` waits until it is done."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": verb, **order}) + "\n")
        self._process.stdin.flush()

    def end(self) -> Told:
        """Wait until it is done; gives what is told."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        told: Told = json.loads(line) if line else {"failed": "the app ended by itself"}
        assert "failed" not in told, told
        self.away_ms = told.get("away_ms", self.away_ms)
        return told

    def do(self, verb: str, **order: Any) -> Told:
        """Have something done; gives what is told."""
        self.begin(verb, **order)
        return self.end()

    def kill(self) -> None:
        """End the app as an empty battery would."""
        self._process.kill()
        self._process.wait(20)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def start_again(self) -> None:
        """Start it on the same folder."""
        self._start()
