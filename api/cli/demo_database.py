"""The demonstration's database: on a private PostgreSQL of this checkout, or on a server that was named."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg

import api
from api.cli.database import migrate, prepare, with_database
from api.cli.private_postgres import PrivatePostgres
from api.demo.stage import Secrets, Urls

DATABASE = "belediye_demo"
_STOP = """
import sys
from pathlib import Path
from api.cli.private_postgres import PrivatePostgres
PrivatePostgres(Path(sys.argv[1])).stop()
"""
_MARK = "Cep Belediye: örnek veriler"


class NotOurs(RuntimeError):
    """A database of this name is there, and no demonstration made it."""


@contextmanager
def server_of(folder: Path, given_url: str | None) -> Iterator[str]:
    """Give the superuser's URL of the server; a private one is started for the block and stopped after it.

    Args:
        folder: whose private server; the checkout, or another demonstration's own folder.
        given_url: a superuser's URL; then that server is used and nothing is started.

    Raises:
        PrivatePostgresError: PostgreSQL is missing or did not start.
    """
    if given_url:
        yield given_url
        return
    server = PrivatePostgres.of_checkout(folder, "demo")
    with _guarded(server):
        try:
            server.start()
            yield server.url("postgres", "postgres")
        finally:
            server.stop()


@contextmanager
def _guarded(server: PrivatePostgres) -> Iterator[None]:
    """Have the server stopped even if this process is killed: a waiting shell notices that its input has closed."""
    command = ["/bin/sh", "-c", 'cat >/dev/null; exec "$@"', "guard", sys.executable, "-c", _STOP, str(server.home)]
    guard = subprocess.Popen(  # noqa: S603 (own command)
        command,
        cwd=Path(api.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(guard.pid, signal.SIGKILL)
        guard.wait()
        if guard.stdin:
            guard.stdin.close()


def urls_of(admin_url: str, secrets: Secrets) -> Urls:
    """Give the addresses of the demonstration's database by role."""
    admin = with_database(admin_url, DATABASE)
    parts = urlsplit(admin)

    def of(role: str) -> str:
        place = parts.netloc.rpartition("@")[2]
        login = f"{role}:{quote(secrets.passwords[role], safe='')}@{place}"
        return admin.replace(f"//{parts.netloc}/", f"//{login}/", 1)

    return Urls(admin, of("belediye_owner"), of("belediye_app"), of("belediye_platform"))


def renew_roles(admin_url: str, secrets: Secrets) -> None:
    """Give the roles this demonstration's passwords again: another user of the server may have set others."""
    prepare(admin_url, DATABASE, dict(secrets.passwords))


def make_empty(admin_url: str, secrets: Secrets) -> None:
    """Make the demonstration's database anew, with roles and schema; an earlier demonstration's is dropped.

    Raises:
        NotOurs: somebody else's database has the name.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        held = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (DATABASE,)
        ).fetchone()
        if held is not None and held[0] != _MARK:
            raise NotOurs(DATABASE)
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0")
        connection.execute(f"COMMENT ON DATABASE {DATABASE} IS '{_MARK}'")
    renew_roles(admin_url, secrets)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {DATABASE} OWNER TO belediye_owner")
    migrate(urls_of(admin_url, secrets).owner)
