"""One private PostgreSQL for the run; every fixture says whether it rolls back or really commits.

`session`  one transaction rolled back at the end: quick, for rules and queries of one municipality
`real_db`  its own clone of the template database, real commits: isolation, jobs, locks, races
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import psycopg
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from api.cli.database import migrate, prepare, with_database
from api.cli.private_postgres import PrivatePostgres
from api.core import clock
from api.core.db import Database
from api.core.logs import configure_logging
from api.identity import passwords
from tests.factories.serving import Served, served
from tests.factories.towns import QUICK_HASHER

PRODUCT_HASHER = passwords._hasher
CHECKOUT = Path(__file__).parents[1]
SERVER_IN_USE = pytest.StashKey[TextIO]()
# Runs beside each other do not meet: their clones are named by the controlling process.
RUN = os.environ.setdefault("BELEDIYE_TEST_RUN", str(os.getpid()))
# What the template database is made of; a run finds the template of an earlier one as long as none of this changed.
TEMPLATE_SOURCES = (
    "api/migrations/**/*.py", "api/*/seed/**/*.json", "api/*/seeding.py", "api/municipalities/*.py",
    "api/platform/*.py", "api/core/keys.py", "api/core/audit.py", "api/core/crypto.py", "api/cli/database.py",
    "tests/factories/t*.py",
)  # fmt: skip


# Month partitions that tests have; what falls outside goes to the default one. All of them would be four fifths of the
# files that each clone copies.
MONTHS_BEFORE, MONTHS_AHEAD = 2, 4
FAR_PARTITIONS_SQL = """
    SELECT part.oid::regclass::text
      FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid AND part.relkind = 'r',
           LATERAL regexp_match(pg_get_expr(part.relpartbound, part.oid), 'FROM \\(''([0-9-]{10})') AS bound
     WHERE bound[1]::date NOT BETWEEN date_trunc('month', now()) - make_interval(months => %s)
                                  AND date_trunc('month', now()) + make_interval(months => %s)"""


def _template_name() -> str:
    digest = hashlib.sha256(f"{clock.today():%Y-%m} {MONTHS_BEFORE} {MONTHS_AHEAD}".encode())
    for path in sorted(path for pattern in TEMPLATE_SOURCES for path in CHECKOUT.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    return f"btt_{digest.hexdigest()[:16]}"


TEMPLATE = _template_name()


def _server() -> PrivatePostgres:
    return PrivatePostgres.of_checkout(CHECKOUT, "test")


def admin_url(database: str = "postgres") -> str:
    """URL of a superuser on the test server (`DATABASE_URL` replaces the private one)."""
    given = os.environ.get("DATABASE_URL")
    return with_database(given, database) if given else _server().url("postgres", database)


@dataclass(frozen=True)
class DatabaseUrls:
    """One database by role."""

    name: str

    def of(self, role: str) -> str:
        """URL of the database for a role."""
        url = admin_url(self.name)
        host = url.split("@", 1)[1]
        password = f":{os.environ['BELEDIYE_TEST_ROLE_PASSWORD']}" if "DATABASE_URL" in os.environ else ""
        return f"postgresql://{role}{password}@{host}"

    @property
    def app(self) -> str:
        """The walled role."""
        return self.of("belediye_app")

    @property
    def platform(self) -> str:
        """The role that crosses municipalities."""
        return self.of("belediye_platform")

    @property
    def owner(self) -> str:
        """The role that migrates."""
        return self.of("belediye_owner")

    @property
    def admin(self) -> str:
        """The superuser."""
        return admin_url(self.name)


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts the server and makes the template once; workers find it ready."""
    configure_logging(json=True, level="WARNING")
    passwords._hasher = QUICK_HASHER
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    role_passwords = None
    if "DATABASE_URL" in os.environ:
        password = os.environ.setdefault("BELEDIYE_TEST_ROLE_PASSWORD", secrets.token_urlsafe(16))
        role_passwords = dict.fromkeys(("belediye_owner", "belediye_app", "belediye_platform"), password)
    else:
        # Held by every run that uses the private server: the last one to let go may stop it.
        config.stash[SERVER_IN_USE] = _hold_server()
        _server().start()
    _drop_databases(lambda run: not _is_alive(run))
    _make_template(role_passwords)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start processes and wait for them come first: begun last, one of them would be run alone."""
    early = {item.path for item in items if item.get_closest_marker("journey") or item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in early)


def _make_template(role_passwords: dict[str, str] | None) -> None:
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        # One run makes it, others wait; it gets its name only when it is whole.
        connection.execute("SELECT pg_advisory_lock(20260102)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone():
            if role_passwords:
                prepare(admin_url(), TEMPLATE, role_passwords)
            return
        making = f"bt_{RUN}_making"
        prepare(admin_url(), making, role_passwords)
        migrate(DatabaseUrls(making).owner)
        _drop_far_partitions(DatabaseUrls(making))
        from tests.factories.template import fill  # noqa: PLC0415 (needs the migrated database)

        asyncio.run(fill(DatabaseUrls(making)))
        connection.execute(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")
        old = "SELECT datname FROM pg_database WHERE datname LIKE 'btt\\_%' ORDER BY oid DESC OFFSET 9"
        for (name,) in connection.execute(old).fetchall():
            connection.execute(f'DROP DATABASE "{name}"')


def _drop_far_partitions(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        for (name,) in connection.execute(FAR_PARTITIONS_SQL, (MONTHS_BEFORE, MONTHS_AHEAD)).fetchall():
            connection.execute(f"DROP TABLE {name}")


def _hold_server() -> TextIO:
    path = CHECKOUT / ".local" / "test-server.lock"
    path.parent.mkdir(exist_ok=True)
    lock = path.open("w", encoding="utf-8")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def _is_alive(run: str) -> bool:
    return Path(f"/proc/{run}").exists()


def _databases() -> list[str]:
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bt\\_%'").fetchall()
    return [name for (name,) in rows]


def _drop_databases(is_gone: Callable[[str], bool]) -> None:
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        for name in _databases():
            if is_gone(name.split("_")[1]):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop this run's databases; the last run stops the server."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    _drop_databases(lambda run: run == RUN)
    in_use = config.stash.get(SERVER_IN_USE, None)
    if in_use is not None:
        with in_use, contextlib.suppress(BlockingIOError):
            fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _server().stop()


@pytest.fixture
def true_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Password hashes that cost what the product's cost; everywhere else in the tests they are cheap."""
    monkeypatch.setattr(passwords, "_hasher", PRODUCT_HASHER)
    passwords._dummy_hash.cache_clear()
    yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def _clone() -> DatabaseUrls:
    name = f"bt_{RUN}_{secrets.token_hex(4)}"
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    return DatabaseUrls(name)


def _drop(urls: DatabaseUrls) -> None:
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {urls.name} WITH (FORCE)")


@pytest.fixture
def real_db() -> Iterator[DatabaseUrls]:
    """A clone of the template for one test; commits are real."""
    urls = _clone()
    yield urls
    _drop(urls)


@pytest.fixture(scope="module")
def module_db() -> Iterator[DatabaseUrls]:
    """A clone of the template shared by one module's tests; commits are real."""
    urls = _clone()
    yield urls
    _drop(urls)


@pytest.fixture
async def database(real_db: DatabaseUrls) -> AsyncIterator[Database]:
    """The app role's pool on `real_db`."""
    pool = Database(real_db.app, pool_size=4)
    yield pool
    await pool.close()


@pytest.fixture
async def session(module_db: DatabaseUrls) -> AsyncIterator[AsyncSession]:
    """One transaction of the app role on the module's clone, rolled back at the end; enter a municipality first."""
    pool = Database(module_db.app, pool_size=1)
    async with AsyncSession(pool.engine, expire_on_commit=False, autoflush=False) as transaction:
        yield transaction
        await transaction.rollback()
    await pool.close()


@pytest.fixture(scope="module")
async def server(module_db: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """The application on the module's database, with everybody who may sign in."""
    async with served(module_db, tmp_path_factory.mktemp("files")) as running:
        yield running
