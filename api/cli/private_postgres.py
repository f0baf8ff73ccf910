"""A private PostgreSQL with PostGIS for the demo and the tests: own data folder, own socket, no TCP port.

The system's cluster is never touched. PostgreSQL refuses to run as root, so a root caller's server runs as the
system user `postgres`, in a folder that this user can reach wherever the checkout lies.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


class PrivatePostgresError(RuntimeError):
    """The server could not be made or started; the text says what to do."""


def find_binaries() -> Path:
    """Give the folder of the newest installed PostgreSQL that also has PostGIS.

    Raises:
        PrivatePostgresError: none is installed.
    """
    found = [
        version / "bin"
        for version in Path("/usr/lib/postgresql").glob("*")
        if (version / "bin/initdb").exists()
        and list(Path(f"/usr/share/postgresql/{version.name}/extension").glob("postgis.control"))
    ]
    if not found:
        raise PrivatePostgresError(
            "PostgreSQL with PostGIS is not installed. Run `make setup`, or: apt-get install postgresql-postgis"
        )
    return max(found, key=lambda path: float(path.parent.name))


@dataclass
class PrivatePostgres:
    """One private server; `durable=False` trades crash safety for speed (tests, demo)."""

    home: Path
    durable: bool = False

    @classmethod
    def of_checkout(cls, checkout: Path, name: str = "demo") -> "PrivatePostgres":
        """Place the server of this checkout: in `.local/` for a user, in /var/tmp for root (see module text)."""
        if os.geteuid() != 0:
            return cls(checkout / ".local" / "postgres" / name)
        digest = hashlib.sha256(str(checkout.resolve()).encode()).hexdigest()[:12]
        return cls(Path("/var/tmp") / f"cep-belediye-{digest}" / name)  # noqa: S108 (made 0700 below)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home / "data"

    @property
    def socket(self) -> Path:
        """A short path for the socket: PostgreSQL allows 107 characters."""
        digest = hashlib.sha256(str(self.home.resolve()).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"cb-{os.geteuid()}-{digest}"

    def url(self, role: str = "postgres", database: str = "belediye") -> str:
        """Give the libpq URL of one role and database on this server."""
        return f"postgresql://{role}@/{database}?host={self.socket}"

    def _command(self, *arguments: str | Path) -> list[str]:
        plain = [str(argument) for argument in arguments]
        if os.geteuid() != 0:
            return plain
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *plain]

    def _own(self, *folders: Path) -> None:
        for folder in folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                user = pwd.getpwnam("postgres")
                os.chown(folder, user.pw_uid, user.pw_gid)
            elif folder.stat().st_uid != os.geteuid():
                raise PrivatePostgresError(f"{folder} belongs to somebody else; remove it and try again")
            folder.chmod(0o700)

    def _run(self, *arguments: str | Path) -> None:
        done = subprocess.run(  # noqa: S603 (fixed programs)
            self._command(*arguments), cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            log = self.home / "log"
            tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise PrivatePostgresError(f"{Path(str(arguments[0])).name} failed: {done.stdout}{done.stderr}{tail}")

    def is_running(self) -> bool:
        """Whether the postmaster of this data folder answers."""
        return (
            subprocess.run(  # noqa: S603
                self._command(find_binaries() / "pg_ctl", "-D", self.data, "-s", "status"),
                cwd="/", capture_output=True, check=False,
            ).returncode == 0
        )  # fmt: skip

    def start(self) -> None:
        """Make the data folder if it is missing, and start the server if it is not running.

        Raises:
            PrivatePostgresError: another major version made the folder, or the server did not start.
        """
        binaries = find_binaries()
        home = self.home
        if os.geteuid() == 0:
            # The parent must let `postgres` through, and nobody else write.
            home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._own(home, self.socket)
        version = self.data / "PG_VERSION"
        if version.exists() and version.read_text().strip() != binaries.parent.name:
            raise PrivatePostgresError(
                f"{self.data} was made by PostgreSQL {version.read_text().strip()}, this machine has "
                f"{binaries.parent.name}. It holds only demo data: remove it and try again."
            )
        if not version.exists():
            shutil.rmtree(self.data, ignore_errors=True)
            self._run(binaries / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "-E", "UTF8",
                      "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        if not self.is_running():
            options = (
                f"-k {self.socket} -c listen_addresses='' -c jit=off -c max_connections=200 -c shared_buffers=256MB"
            )
            if not self.durable:
                options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
            options += " -c max_wal_size=4GB -c log_min_messages=fatal -c track_io_timing=off"
            self._run(binaries / "pg_ctl", "-D", self.data, "-w", "-s", "-l", home / "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs; data stays."""
        if self.data.exists() and self.is_running():
            self._run(find_binaries() / "pg_ctl", "-D", self.data, "-w", "-s", "-m", mode, "stop")

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop("immediate")
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.socket, ignore_errors=True)

    def postmaster_pid(self) -> int:
        """Give the process id of the running postmaster."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def kill(self) -> None:
        """Kill the server as a power cut would (fault tests)."""
        pid = self.postmaster_pid()
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            for _ in range(100):
                os.kill(pid, 0)
                time.sleep(0.02)
