"""The test's end of a phone: its process, its line, what its user saw saved; killed and started again at will."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx

from api.core.db import Database
from api.identity.refresh import first_refresh_token, tokens_for
from mobile.device.desktop.key_store import PlainFileKeyStore
from mobile.sdk.open_db import open_db
from mobile.sdk.photo_files import SealedFolder
from mobile.sdk.store import Store
from tests.factories.people import staff_claims
from tests.factories.towns import Town
from tests.journeys.programs import CHECKOUT, wait_until
from tests.sync_real.proxy import Line

ANSWER_SECONDS = 120.0


@contextmanager
def maker_of_phones() -> Iterator[str]:
    """Run the program that makes phones; gives its socket."""
    with tempfile.TemporaryDirectory(prefix="cb-phones-") as folder:
        path = f"{folder}/door"
        with subprocess.Popen([sys.executable, "-m", "tests.sync_real.phone", path], cwd=CHECKOUT) as process:
            try:
                wait_until(lambda: Path(path).exists(), 60, "no phone can be made")
                yield path
            finally:
                process.terminate()
                process.wait(10)


class Handset:
    """One phone of one person."""

    def __init__(self, maker: str, folder: Path, line: Line, seed: str) -> None:
        self._maker, self.folder, self.line, self._seed = maker, folder, line, seed
        self.key, self.saved = secrets.token_bytes(32), []
        self.lives = self.kills = 0
        self.told: dict[str, Any] = {"later_ms": 0}
        self._pid: int | None = None

    async def sign_in(self, database: Database, town: Town, role: str, url: str) -> None:
        """Sign a person in on it, as its first online start does; the profile is asked for without the bad line."""
        claims = await staff_claims(database, town, role)
        async with database.transaction(town.municipality_id) as session:
            token = await first_refresh_token(session, town.municipality_id, claims.device_id, "field_app")
        tokens = (await tokens_for(database, claims, token)).model_dump(mode="json")
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            profile = (await client.get("/v1/sync/profile", headers=headers)).raise_for_status().json()
        stamped = {**tokens, "good_until": time.time_ns() // 1_000_000 + tokens["expires_in"] * 1000}
        PlainFileKeyStore(self.folder / "keys").write(
            "account", json.dumps({"tokens": stamped, "profile": profile}).encode()
        )
        self.role, self.staff_id = role, town.staff[role].id

    def start(self) -> None:
        """Start the app."""
        self.lives += 1
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_SECONDS)
        self._socket.connect(self._maker)
        self._told, self._say = self._socket.makefile("r"), self._socket.makefile("w")
        facts = {
            "folder": str(self.folder), "url": f"http://127.0.0.1:{self.line.port}", "key": self.key.hex(),
            "seed": f"{self._seed} {self.lives}", "later_ms": self.told["later_ms"],
        }  # fmt: skip
        self._order(facts)
        self._pid = int(json.loads(self._told.readline())["pid"])

    def _order(self, order: dict[str, Any]) -> None:
        self._say.write(json.dumps(order) + "\n")
        self._say.flush()

    def do(self, order: dict[str, Any]) -> dict[str, Any]:
        """Have it do something; gives what it says at the end."""
        self._order(order)
        while True:
            heard = self._told.readline()
            assert heard, f"the phone in {self.folder} died"
            answer = json.loads(heard)
            if "done" in answer:
                self.told = answer
                return answer
            self.saved.append(answer["saved"])

    def do_and_die(self, order: dict[str, Any], after_s: float) -> None:
        """Have it do something and kill it meanwhile; what its user saw saved before counts."""
        self._order(order)
        time.sleep(after_s)
        assert self._pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        self.kills += 1
        while heard := self._rest():
            answer = json.loads(heard)
            if "saved" in answer:
                self.saved.append(answer["saved"])
            else:
                self.told = answer
        self._close()

    def _rest(self) -> str:
        """Give the next line of a phone that was killed; nothing after its last whole one."""
        try:
            heard = self._told.readline()
        except ConnectionResetError:
            # It had not read all that it was told; what it said comes behind.
            heard = self._told.readline()
        return heard if heard.endswith("\n") else ""

    def end(self) -> None:
        """Close the app."""
        if self._pid is not None:
            self._close()

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            self._say.close()
        self._told.close()
        self._socket.close()
        pid, self._pid = self._pid, None
        assert pid is not None
        wait_until(lambda: not Path(f"/proc/{pid}").exists(), 60, "a phone does not end")

    # --- looked into, when it is closed ---------------------------------------------------------------------------

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """Open its database beside it."""
        connection = open_db(self.folder / "field.db", self.key)
        try:
            yield Store(connection)
        finally:
            connection.close()

    def picture(self, photo_id: str) -> bytes:
        """Give a photo as it lies on the phone.

        Raises:
            OSError: it is there no more.
        """
        return SealedFolder(self.folder / "photos", self.key).read(f"{photo_id}.original")

    def is_at_rest(self) -> bool:
        """Whether it has nothing to send and everything was read, by its last words."""
        told = self.told
        return not told["waiting"] and not told["waiting_photos"] and 0 < told["scopes"] == told["complete"]


def weather_seed(*parts: Any) -> Random:
    """Give chance that does not depend on who else takes some."""
    return Random("/".join(map(str, parts)))
