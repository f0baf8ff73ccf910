import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64decode

import pytest

from api.demo.filling import SIZES, Order, size_of
from api.demo.processes import ChildFailed, Stopped, Troupe, environment_of, free_port, stoppable
from api.demo.stage import Stage, StageBusy


@pytest.fixture
def stage(tmp_path):
    stage = Stage(tmp_path / "state")
    stage.prepare()
    return stage


def test_secrets_are_made_once_and_are_for_their_owner_only(stage):
    first = stage.secrets()
    assert stage.secrets() == first
    assert (stage.folder / "demo.env").stat().st_mode & 0o777 == 0o600
    assert stage.folder.stat().st_mode & 0o077 == 0
    assert len(b64decode(first.master_key)) == 32
    assert len({first.master_key, first.sms_password, *first.passwords.values()}) == 5


def test_another_folder_has_other_secrets(stage, tmp_path):
    other = Stage(tmp_path / "other")
    other.prepare()
    assert other.secrets().master_key != stage.secrets().master_key


def test_a_secret_that_was_lost_is_made_anew_and_the_others_stay(stage):
    first = stage.secrets()
    path = stage.folder / "demo.env"
    kept = [line for line in path.read_text().splitlines(keepends=True) if not line.startswith("SMS_")]
    path.write_text("".join(kept))
    again = stage.secrets()
    assert again.master_key == first.master_key
    assert again.sms_password != first.sms_password


def test_secrets_are_not_told_by_accident(stage):
    secrets = stage.secrets()
    assert secrets.master_key not in repr(secrets)


def test_a_folder_serves_one_demonstration_at_a_time(stage):
    with stage.alone(), pytest.raises(StageBusy), Stage(stage.folder).alone():
        pytest.fail("two at once")
    with stage.alone():
        assert (stage.folder / "demo.lock").exists()


def test_a_fill_is_another_one_when_anything_it_depends_on_changes(stage, tmp_path):
    secrets = stage.secrets()
    order = Order(300, tmp_path)
    outlines = tmp_path / "outlines"
    outlines.mkdir()
    (outlines / "a.geojson").write_text("{}")
    fingerprints = {
        order.fingerprint(secrets),
        Order(301, tmp_path).fingerprint(secrets),
        Order(300, tmp_path, outlines).fingerprint(secrets),
    }
    (outlines / "a.geojson").write_text("{ }")
    fingerprints.add(Order(300, tmp_path, outlines).fingerprint(secrets))
    (stage.folder / "demo.env").unlink()
    fingerprints.add(order.fingerprint(stage.secrets()))
    assert len(fingerprints) == 5
    assert Order(300, tmp_path).fingerprint(secrets) == order.fingerprint(secrets)


@pytest.mark.parametrize(
    ("text", "size"), [("20000", 20_000), ("20.000", 20_000), ("1_000_000", 1_000_000), *SIZES.items()]
)
def test_a_size_is_a_number_or_a_name(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "viel", "-5", "0", "99", "1e6"])
def test_a_size_that_shows_nothing_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        size_of(text)


# --- processes ----------------------------------------------------------------------------------------------------

SLEEP = ("-c", "import time; print('here', flush=True); time.sleep(60)")


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_leaving_stops_every_process(stage):
    with Troupe(stage.logs) as troupe:
        pids = [troupe.start(name, SLEEP, os.environ, stage.folder).process.pid for name in ("one", "two")]
        assert all(map(is_running, pids))
    assert not any(map(is_running, pids))


def test_a_process_that_ended_is_told_with_the_end_of_its_log(stage):
    with Troupe(stage.logs) as troupe:
        troupe.start("steady", SLEEP, os.environ, stage.folder)
        child = troupe.start("broken", ("-c", "raise SystemExit('no room')"), os.environ, stage.folder)
        child.process.wait(20)
        with pytest.raises(ChildFailed, match="broken") as failure:
            troupe.watch()
    assert "no room" in failure.value.tail


def test_waiting_for_a_process_that_dies_ends_at_once(stage):
    with Troupe(stage.logs) as troupe:
        child = troupe.start("broken", ("-c", "raise SystemExit(3)"), os.environ, stage.folder)
        began = time.monotonic()
        with pytest.raises(ChildFailed, match="code 3"):
            child.wait_ready(f"http://127.0.0.1:{free_port(20_000)}/")
    assert time.monotonic() - began < 30


@pytest.mark.slow
def test_a_killed_demonstration_takes_its_processes_with_it(stage):
    script = f"""
import os, sys, pathlib
from api.demo.processes import Troupe
troupe = Troupe(pathlib.Path({str(stage.logs)!r}))
print(troupe.start("child", {SLEEP!r}, os.environ, pathlib.Path("/")).process.pid, flush=True)
sys.stdin.read()
"""
    demo = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pid = int(demo.stdout.readline())
    assert is_running(pid)
    demo.kill()
    demo.communicate()
    ends_at = time.monotonic() + 15
    while is_running(pid) and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert not is_running(pid)


def test_a_taken_port_is_passed_over():
    first = free_port(23_000)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        taken.listen()
        assert free_port(first) > first


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_stop_signal_is_one_exception_and_a_second_one_changes_nothing(number):
    before = signal.getsignal(number)

    def be_stopped_twice():
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), number)

    with pytest.raises(Stopped) as stop, stoppable():
        be_stopped_twice()
    assert stop.value.number == number
    assert signal.getsignal(number) is before


def test_a_started_process_gets_the_given_settings_and_none_of_this_ones(monkeypatch):
    monkeypatch.setenv("BELEDIYE_DATABASE_URL", "postgresql://somewhere")
    environment = environment_of({"environment": "demo"})
    assert environment["BELEDIYE_ENVIRONMENT"] == "demo"
    assert "BELEDIYE_DATABASE_URL" not in environment
    assert "PATH" in environment
