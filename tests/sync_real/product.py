"""The real product on a PostgreSQL of its own that may be killed: two API workers, the worker, the faults."""

import asyncio
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from psycopg.rows import dict_row

from api.cli.database import migrate, prepare
from api.cli.private_postgres import PrivatePostgres, find_binaries
from tests.factories.template import fill
from tests.journeys.programs import CHECKOUT, WORKER, Program, environment_for, wait_until
from tests.journeys.running import address_in

SERVER = "import typer; from api.cli.serve import serve; typer.run(serve)"
CLI = "from api.cli.main import app; app()"
DATABASE = "sahada"
LIMITS = {
    f"BELEDIYE_PACE_{name}": "1000000/hour" for name in ("FILING", "UPLOADING", "SENDING_FILES", "SEARCHING")
}  # fmt: skip
# The template is made again when one of these changed.
_SOURCES = ("api/migrations/**/*.py", "api/*/seed/**/*.json", "api/*/seeding.py", "tests/factories/t*.py")
_DROP_FAR = """SELECT part.oid::regclass::text
      FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid AND part.relkind = 'r',
           LATERAL regexp_match(pg_get_expr(part.relpartbound, part.oid), 'FROM \\(''([0-9-]{10})') AS bound
     WHERE bound[1]::date NOT BETWEEN date_trunc('month', now()) - interval '2 months'
                                  AND date_trunc('month', now()) + interval '4 months'"""


@dataclass(frozen=True)
class Urls:
    """The database by role."""

    server: PrivatePostgres
    name: str = DATABASE

    def _of(self, role: str) -> str:
        return self.server.url(role, self.name)

    @property
    def app(self) -> str:
        return self._of("belediye_app")

    @property
    def platform(self) -> str:
        return self._of("belediye_platform")

    @property
    def owner(self) -> str:
        return self._of("belediye_owner")

    @property
    def admin(self) -> str:
        return self._of("postgres")


class Product:
    """What runs, and what can be done to it."""

    def __init__(self, postgres: PrivatePostgres, folder: Path, stack: ExitStack) -> None:
        self.postgres, self.folder, self._stack = postgres, folder, stack
        self.urls = Urls(postgres)
        self.environment = environment_for(self.urls, folder / "files", **LIMITS)
        self.faults: Counter[str] = Counter()
        self._killed_at = 0.0

    def start(self, workers: int = 2) -> None:
        """Start the server processes and the background worker."""
        with self.urls_open():
            pass
        arguments = ["--port", "0", "--workers", str(workers)]
        self.server = self._stack.enter_context(
            Program(SERVER, arguments, self.environment, self.folder / "server.log")
        )
        self.worker = self._stack.enter_context(Program(WORKER, [], self.environment, self.folder / "worker.log"))
        self.url = address_in(self.server)
        host, port = re.match(r"http://([\d.]+):(\d+)", self.url).groups()
        self.address = host, int(port)

    def urls_open(self) -> psycopg.Connection[Any]:
        """Open a superuser's connection."""
        return psycopg.connect(self.urls.admin, row_factory=dict_row, autocommit=True)

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Read the database as the superuser, past every wall."""
        with self.urls_open() as connection:
            return connection.execute(sql, values).fetchall()

    def execute(self, sql: str, *values: Any) -> None:
        """Change the database as the superuser."""
        with self.urls_open() as connection:
            connection.execute(sql, values)

    # --- faults ---------------------------------------------------------------------------------------------------

    def kill_worker(self, chance: Random) -> None:
        """Kill one of the API's processes; the crew replaces it. Not oftener than it allows."""
        members = self.members()
        if len(members) > 1 and time.monotonic() - self._killed_at > 12:
            self._killed_at = time.monotonic()
            os.kill(chance.choice(members), signal.SIGKILL)
            self.faults["api worker killed"] += 1

    def _is_whole(self) -> bool:
        assert self.server.process.poll() is None, self.server.log[-3000:]
        assert self.worker.process.poll() is None, self.worker.log[-3000:]
        return len(self.members()) >= 2

    def members(self) -> list[int]:
        """Give the processes of the API."""
        pid = self.server.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]

    def kill_backend(self, _chance: Random) -> None:
        """End one of the application's connections in the middle of whatever it does."""
        with suppress(psycopg.OperationalError):
            found = self.rows(
                """SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = 'belediye'
                    ORDER BY state = 'active' DESC, random() LIMIT 1""",
                DATABASE,
            )
            for row in found:
                self.rows("SELECT pg_terminate_backend(%s)", row["pid"])
                self.faults["database connection ended"] += 1

    def stop_database(self, chance: Random) -> None:
        """Stop the database at once, as a crash does, and start it again."""
        self.postgres.stop("immediate")
        time.sleep(chance.random())
        self.postgres.start()
        self.faults["database crashed"] += 1

    @contextmanager
    def storm(self, chance: Random, every_s: float = 2.5) -> Iterator[None]:
        """Do one of these every few seconds while the block runs."""
        is_over = threading.Event()
        kinds = [self.kill_backend] * 4 + [self.kill_worker, self.stop_database]

        def blow() -> None:
            while not is_over.wait(every_s * (0.5 + chance.random())):
                chance.choice(kinds)(chance)

        thread = threading.Thread(target=blow, name="storm")
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join(120)
        self.wait_until_well()

    def wait_until_well(self) -> None:
        """Wait until both API processes are there again and the database answers."""
        wait_until(self._is_whole, 120, "the crew is not whole again")
        self.rows("SELECT 1")

    # --- backup and restore ---------------------------------------------------------------------------------------

    def back_up(self) -> Path:
        """Take a physical backup of the running server; gives its folder."""
        backup = self.postgres.home / "backup"
        shutil.rmtree(backup, ignore_errors=True)
        self.postgres._run(
            find_binaries() / "pg_basebackup", "-h", self.postgres.socket, "-U", "postgres", "-D", backup,
            "-X", "stream", "-c", "fast", "--no-sync",
        )  # fmt: skip
        return backup

    def restore(self, backup: Path) -> str:
        """Put the backup back in the place of the data, and say so as an operator does; gives what was told."""
        self.postgres.stop("immediate")
        shutil.rmtree(self.postgres.data)
        backup.rename(self.postgres.data)
        self.postgres.start()
        told = subprocess.run(
            [sys.executable, "-c", CLI, "db", "restored"], cwd=CHECKOUT, env=self.environment, capture_output=True,
            text=True, check=True, timeout=120,
        )  # fmt: skip
        return told.stdout


@contextmanager
def product_of_its_own(folder: Path) -> Iterator[Product]:
    """Lend a running product; one at a time on this machine's checkout."""
    # The lines go through `urls` read anew, so a killed server is no reason to end.
    lock = CHECKOUT / ".local" / "sync-real.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held, ExitStack() as stack:
        fcntl.flock(held, fcntl.LOCK_EX)
        # A crash must not take back what was committed: this server is as durable as a real one.
        postgres = PrivatePostgres.of_checkout(CHECKOUT, "sync_real")
        postgres.durable = True
        postgres.start()
        stack.callback(postgres.stop, "immediate")
        _fresh_database(postgres)
        product = Product(postgres, folder, stack)
        product.start()
        yield product


def _fresh_database(postgres: PrivatePostgres) -> None:
    digest = hashlib.sha256(time.strftime("%Y-%m").encode())
    for path in sorted(path for pattern in _SOURCES for path in CHECKOUT.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    template = f"template_{digest.hexdigest()[:12]}"
    with psycopg.connect(postgres.url(database="postgres"), autocommit=True) as connection:
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()]
        for name in names:
            if name in (DATABASE, "making") or (name.startswith("template_") and name != template):
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        if template not in names:
            _make_template(postgres)
            connection.execute(f"ALTER DATABASE making RENAME TO {template}")
        connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {template} STRATEGY file_copy")


def _make_template(postgres: PrivatePostgres) -> None:
    prepare(postgres.url(database="postgres"), "making")
    urls = Urls(postgres, "making")
    migrate(urls.owner)
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        for (name,) in connection.execute(_DROP_FAR).fetchall():
            connection.execute(f"DROP TABLE {name}")
    asyncio.run(fill(urls))
