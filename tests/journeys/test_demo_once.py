"""`belediye demo` as a visitor runs it: everything is started, the main job is played, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from api.cli.private_postgres import PrivatePostgres

CHECKOUT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from api.cli.main import app; app()"]
SIZE = "300"

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not (CHECKOUT / ".local/reference/districts.json").exists(), reason="run `make setup` first"),
]


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A folder of its own: neither the checkout's demonstration nor another run's is touched."""
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    server = PrivatePostgres.of_checkout(folder, "demo")
    server.remove()
    with suppress(OSError):
        server.home.parent.rmdir()


@pytest.fixture
def environment(state):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("BELEDIYE_", "DATABASE_"))}
    return {**inherited, "DEMO_SIZE": SIZE, "DEMO_STATE": str(state), "COLUMNS": "160"}


def those_of(state):
    """Processes that name this demonstration's folder, or whose environment does."""
    found = []
    server = str(PrivatePostgres.of_checkout(state, "demo").home)
    for process in psutil.process_iter():
        try:
            named = " ".join(process.cmdline())
            is_ours = process.environ().get("DEMO_STATE") == str(state) or str(state) in named or server in named
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        if is_ours and process.pid != os.getpid():
            found.append(f"{process.pid} {named}")
    return found


def run_once(environment):
    return subprocess.run(
        [*COMMAND, "demo"], cwd=CHECKOUT, env={**environment, "ONCE": "1"}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def first(state):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("BELEDIYE_", "DATABASE_"))}
    return run_once({**inherited, "DEMO_SIZE": SIZE, "DEMO_STATE": str(state), "COLUMNS": "160"})


def test_the_main_job_is_played_to_its_end(first):
    assert (first.returncode, first.stdout.splitlines()[-1]) == (0, "demo ok: report, field"), (
        first.stdout + first.stderr
    )
    assert first.stdout.count("✓") == 21
    assert "✗" not in first.stdout


def test_nothing_is_left_running(first, state):
    assert first.returncode == 0
    assert those_of(state) == []


def test_what_was_loaded_is_found_again_and_has_a_sound_audit_trail(first, state, environment):
    assert first.returncode == 0
    again = run_once(environment)
    assert "Örnek veriler hazır (300 başvuru)." in again.stdout, again.stdout + again.stderr
    assert again.stdout.splitlines()[-1] == "demo ok: report, field"
    server = PrivatePostgres.of_checkout(state, "demo")
    secrets = dict(line.split("=", 1) for line in (state / "demo.env").read_text().splitlines())
    server.start()
    try:
        verified = subprocess.run(
            [*COMMAND, "audit", "verify"],
            cwd=CHECKOUT,
            env={
                **environment,
                "BELEDIYE_ENVIRONMENT": "demo",
                "BELEDIYE_DATABASE_URL": server.url("belediye_app", "belediye_demo"),
                "BELEDIYE_PLATFORM_DATABASE_URL": server.url("belediye_platform", "belediye_demo"),
                "BELEDIYE_MASTER_KEY": secrets["MASTER_KEY"],
            },
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        server.stop()
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert all(slug in verified.stdout for slug in ("kadikoy", "safranbolu"))


@pytest.mark.parametrize("how", ["terminated", "child killed", "killed"])
def test_a_serving_demonstration_leaves_nothing_however_it_ends(first, state, environment, how):
    assert first.returncode == 0
    demo = subprocess.Popen(
        [*COMMAND, "demo"], cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = ""
    while "Durdurmak için" not in said and (line := demo.stdout.readline()):
        said += line
    address = next(word for word in said.split() if word.startswith("http") and word.endswith("/openapi.json"))
    assert httpx.get(address.replace("openapi.json", "readyz"), trust_env=False).status_code == 200
    if how == "child killed":
        next(child for child in psutil.Process(demo.pid).children() if "serve" in child.cmdline()).kill()
    else:
        demo.send_signal(signal.SIGTERM if how == "terminated" else signal.SIGKILL)
    said += demo.communicate()[0]
    assert demo.returncode == {"terminated": 143, "child killed": 1, "killed": -9}[how], said
    ends_at = time.monotonic() + 20
    while those_of(state) and time.monotonic() < ends_at:
        time.sleep(0.2)
    assert those_of(state) == []
