"""The private server of the benchmark and the names of its databases."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from api.cli.private_postgres import PrivatePostgres

CHECKOUT = Path(__file__).parents[2]
# A prepared database is used again as long as none of this changed. How the demonstration draws its reports is not
# among it: older pretend reports measure as well as newer ones.
_SOURCES = (
    "api/migrations/versions/*.py", "api/*/seed/**/*.json", "api/cli/database.py", "tests/bench/data.py",
    "tests/bench/copies.py", "tests/bench/field_town.py",
)  # fmt: skip
# Followed by the number of the process that made them.
_OF_A_RUN = ("bench_run_", "bench_making_")


def server() -> PrivatePostgres:
    """Give the benchmark's own PostgreSQL; the demo's and the tests' are left alone."""
    return PrivatePostgres.of_checkout(CHECKOUT, "bench")


@dataclass(frozen=True)
class Urls:
    """One database of the benchmark by role."""

    name: str

    @property
    def app(self) -> str:
        """The walled role."""
        return server().url("belediye_app", self.name)

    @property
    def platform(self) -> str:
        """The role that crosses municipalities."""
        return server().url("belediye_platform", self.name)

    @property
    def owner(self) -> str:
        """The role that migrates and loads."""
        return server().url("belediye_owner", self.name)

    @property
    def admin(self) -> str:
        """The superuser."""
        return server().url("postgres", self.name)


def fingerprint() -> str:
    """Say in twelve digits what the prepared data is made of."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCES for path in CHECKOUT.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def databases() -> list[str]:
    """Give the names of all databases of the benchmark."""
    with psycopg.connect(Urls("postgres").admin, autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'").fetchall()
    return [name for (name,) in rows]


def rename(old: str, new: str) -> None:
    """Give a database its name once it is whole."""
    with psycopg.connect(Urls("postgres").admin, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def drop(name: str) -> None:
    """Drop a database of the benchmark."""
    with psycopg.connect(Urls("postgres").admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def copy(source: str, name: str) -> Urls:
    """Copy a database file by file."""
    with psycopg.connect(Urls("postgres").admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')
    return Urls(name)


def drop_leftovers() -> None:
    """Drop what runs that were killed left behind."""
    for name in databases():
        if name.startswith(_OF_A_RUN) and not Path(f"/proc/{name.split('_')[2]}").exists():
            drop(name)


def is_in_use() -> bool:
    """Say whether another run works on the server."""
    return any(name.startswith(_OF_A_RUN) for name in databases())


@contextmanager
def clone(source: str) -> Iterator[Urls]:
    """Lend a copy of a prepared database that may be written to, and drop it afterwards."""
    urls = copy(source, f"bench_run_{os.getpid()}_{source.split('_')[1]}")
    try:
        yield urls
    finally:
        drop(urls.name)
