"""The server process: it starts in any order, leaves in good order, and outlives its database's connections."""

import asyncio
import base64
import os
import re
import signal
import socket
import ssl
import time

import httpx
import psycopg
import pytest

from tests.journeys.programs import SERVER, WORKER, Program, environment_for, wait_until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Running:
    """A server process and its address."""

    def __init__(self, program):
        self.program = program
        self.base_url = wait_until(self._address, 60, "no address was announced")
        wait_until(self.is_ready, 60, "never ready")

    def _address(self):
        assert self.program.process.poll() is None, self.program.log
        found = re.search(r"^(http://\S+)$", self.program.log, re.MULTILINE)
        return found and found.group(1)

    def get(self, path):
        return httpx.get(self.base_url + path, verify=_NO_CERTIFICATES, trust_env=False, timeout=10)

    def is_ready(self):
        try:
            return self.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    @property
    def address(self):
        host, port = self.base_url.removeprefix("http://").split(":")
        return host, int(port)


@pytest.fixture
def start(module_db, tmp_path):
    """Start a server with arguments; all are killed at the end."""
    programs = []

    def _start(*arguments, urls=module_db, **changes):
        environment = environment_for(urls, tmp_path / "files", **changes)
        program = Program(SERVER, ["--port", "0", *arguments], environment, tmp_path / f"server{len(programs)}.log")
        programs.append(program)
        return program

    yield _start
    for program in programs:
        program.__exit__()


def half_a_request(address, body=b'{"municipality": "yok", "phone": "05321112233"}'):
    """Send a request but for its last byte; gives the socket and that byte."""
    connection = socket.create_connection(address, timeout=20)
    lines = ("POST /v1/auth/code HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}")
    connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode() + body[:-1])
    return connection, body[-1:]


def test_a_server_told_to_leave_says_so_finishes_what_it_began_and_ends_with_0(start):
    running = Running(start("--notice-seconds", "2"))
    connection, rest = half_a_request(running.address)
    time.sleep(0.3)
    running.program.ask_to_leave()
    wait_until(lambda: running.get("/readyz").status_code == 503, 2)
    assert running.get("/livez").status_code == 200  # it still serves whoever comes
    assert running.get("/readyz").json() == {"status": "draining"}
    wait_until(lambda: not _accepts(running.address), 10, "the door stayed open")
    connection.sendall(rest)
    assert connection.recv(4096).startswith(b"HTTP/1.1 ")
    connection.close()
    assert running.program.process.wait(20) == 0


def _accepts(address):
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True


def test_a_request_that_never_ends_holds_a_leaving_server_for_25_seconds_at_most(start):
    running = Running(start("--notice-seconds", "0"))
    connection, _ = half_a_request(running.address)
    started = time.monotonic()
    assert running.program.leave(40) == 0
    assert 20 < time.monotonic() - started < 32
    connection.close()


def test_several_processes_share_one_address_replace_their_dead_and_leave_with_0(start):
    running = Running(start("--workers", "2", "--notice-seconds", "0"))
    children = wait_until(lambda: len(_children(running.program)) == 2 and _children(running.program), 30)
    os.kill(children[0], signal.SIGKILL)
    replaced = wait_until(
        lambda: len(_children(running.program)) == 2 and set(_children(running.program)) - set(children), 30
    )
    assert replaced
    wait_until(running.is_ready, 30)
    assert running.program.leave() == 0
    assert all(not _lives(child) for child in [*children, *replaced])


def _children(program):
    path = f"/proc/{program.process.pid}/task/{program.process.pid}/children"
    with open(path, encoding="ascii") as file:  # noqa: PTH123 (procfs)
        found = [int(each) for each in file.read().split()]
    return [each for each in found if _serves(each)]


def _serves(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:  # noqa: PTH123 (procfs)
            return "spawn_main" in file.read()
    except OSError:
        return False


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_server_process_leaves_when_its_parent_is_gone(start):
    running = Running(start("--workers", "2", "--notice-seconds", "0"))
    children = wait_until(lambda: len(_children(running.program)) == 2 and _children(running.program), 30)
    wait_until(running.is_ready, 30)
    running.program.kill()
    wait_until(lambda: not any(_lives(child) for child in children), 20, "orphans stayed")
    assert not _accepts(running.address)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BELEDIYE_MASTER_KEY", base64.b64encode(b"0" * 32).decode(), "BELEDIYE_MASTER_KEY"),
        ("BELEDIYE_ENVIRONMENT", "production", "https"),
        ("BELEDIYE_POOL_SIZE", "many", "BELEDIYE_POOL_SIZE"),
    ],
)
@pytest.mark.parametrize("code", [SERVER, WORKER], ids=["server", "worker"])
def test_unsafe_settings_are_refused_before_anything_starts(module_db, tmp_path, code, name, value, told):
    environment = environment_for(module_db, tmp_path / "files", **{name: value})
    with Program(code, [], environment, tmp_path / "log") as program:
        assert program.process.wait(60) == 1
        assert told in program.log
        assert "Traceback" not in program.log


def test_a_database_role_that_passes_the_walls_is_refused(start, module_db):
    program = start(BELEDIYE_DATABASE_URL=module_db.owner)
    assert program.process.wait(60) == 1
    assert "belediye_app" in program.log


def test_a_server_that_starts_before_its_database_waits_for_it(start, module_db):
    away = module_db.app.replace(module_db.name, f"{module_db.name}_later")
    program = start(BELEDIYE_DATABASE_URL=away)
    program.wait_for_log("waiting for the database", 60)
    with psycopg.connect(module_db.admin.replace(module_db.name, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {module_db.name}_later TEMPLATE {module_db.name} STRATEGY file_copy")
    Running(program)
    assert program.leave() == 0
    with psycopg.connect(module_db.admin.replace(module_db.name, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {module_db.name}_later WITH (FORCE)")


async def test_cutting_every_database_connection_again_and_again_costs_no_answer_that_a_retry_does_not_bring(
    start, real_db
):
    running = Running(start("--notice-seconds", "0", urls=real_db))
    answers = []

    async def ask(client, seconds):
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            for _ in range(3):
                answer = await client.get("/v1/public/kadikoy/categories")
                if answer.status_code != 503:
                    break
                assert answer.headers["retry-after"]
                await asyncio.sleep(0.1)
            answers.append(answer.status_code)

    async def cut(seconds):
        ends_at = time.monotonic() + seconds
        with psycopg.connect(real_db.admin, autocommit=True) as connection:
            while time.monotonic() < ends_at:
                connection.execute(
                    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND usename = 'belediye_app'"""
                )
                await asyncio.sleep(2)

    async with httpx.AsyncClient(
        base_url=running.base_url, verify=_NO_CERTIFICATES, trust_env=False, timeout=10
    ) as client:
        await asyncio.gather(cut(8), *(ask(client, 8) for _ in range(3)))
        after = await client.get("/v1/public/kadikoy/categories")
    assert after.status_code == 200
    assert len(answers) > 20
    assert set(answers) <= {200, 503}
    assert answers.count(503) < len(answers) * 0.05
    assert running.program.leave() == 0
