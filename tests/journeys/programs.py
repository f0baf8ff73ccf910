"""Starting the product's own processes (`belediye serve`, `belediye worker`) for tests, with their log in a file."""

import base64
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.factories.towns import MASTER_KEY
from tests.simulators.netgsm import HEADER, PASSWORD, USERNAME

CHECKOUT = Path(__file__).parents[2]
WORKER = "import typer; from api.cli.worker import worker; typer.run(worker)"
SERVER = "import typer; from api.cli.serve import serve; typer.run(serve)"


class Program:
    """One running process; a context manager that kills what is left at the end."""

    def __init__(self, code, arguments, environment, log: Path) -> None:
        self.log_path = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code, *arguments],
                cwd=CHECKOUT, env=environment, stdout=file, stderr=file, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def wait_for_log(self, text, seconds=30.0):
        """Wait until the process has written the text; gives its log."""
        wait_until(lambda: text in self.log or self.process.poll() is not None, seconds, f"no {text!r} in the log")
        assert text in self.log, self.log[-3000:]
        return self.log

    def kill(self):
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def ask_to_leave(self):
        self.process.send_signal(signal.SIGTERM)

    def leave(self, seconds=40.0) -> int:
        """Ask it to leave and give its exit code."""
        self.ask_to_leave()
        return self.process.wait(seconds)


def wait_until(is_so, seconds=20.0, otherwise="it never became so"):
    """Wait until something is so, looking twenty times a second; gives what it became."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        found = is_so()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError(otherwise)


def environment_for(urls, files_path, *, sms_url=None, **changes):
    """The environment of a process on a test database; with `sms_url` it speaks to that provider."""
    given = {
        "BELEDIYE_ENVIRONMENT": "test",
        "BELEDIYE_DATABASE_URL": urls.app,
        "BELEDIYE_PLATFORM_DATABASE_URL": urls.platform,
        "BELEDIYE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "BELEDIYE_FILES_PATH": str(files_path),
        "BELEDIYE_POOL_SIZE": "4",
        # One citizen files for a whole load here.
        "BELEDIYE_PACE_FILING": "100000/hour",
        "BELEDIYE_LOG_JSON": "false",
    }
    if sms_url:
        given |= {
            "BELEDIYE_NETGSM_BASE_URL": sms_url,
            "BELEDIYE_NETGSM_USERNAME": USERNAME,
            "BELEDIYE_NETGSM_PASSWORD": PASSWORD,
            "BELEDIYE_NETGSM_HEADER": HEADER,
            "BELEDIYE_NETGSM_DEADLINE_SECONDS": "3",
        }
    ours = ("BELEDIYE_", "PROMETHEUS_", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # Where no bytecode is kept, every start would compile the libraries anew: four seconds instead of one.
    return {**inherited, "PYTHONPYCACHEPREFIX": str(CHECKOUT / ".local" / "bytecode"), **given, **changes}
