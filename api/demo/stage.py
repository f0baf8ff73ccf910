"""Where a demonstration keeps its things: a folder with its secrets, logs and photos, and the right to use it alone."""

import base64
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from api.core.crypto import new_key

_ROLES = ("belediye_owner", "belediye_app", "belediye_platform")


class StageBusy(RuntimeError):
    """Another demonstration runs in this folder."""


@dataclass(frozen=True)
class Urls:
    """The demonstration's database by role."""

    admin: str
    owner: str
    app: str
    platform: str


@dataclass(frozen=True)
class Secrets:
    """Made once for this folder: the installation's master key, passwords of database roles and SMS account."""

    master_key: str = field(repr=False)
    passwords: Mapping[str, str] = field(repr=False)
    sms_password: str = field(repr=False)


@dataclass(frozen=True)
class Stage:
    """The folder of one demonstration."""

    folder: Path

    @property
    def logs(self) -> Path:
        """Logs of the started processes, `<name>.log`."""
        return self.folder / "log"

    @property
    def photos(self) -> Path:
        """The blob store."""
        return self.folder / "demo-files"

    def prepare(self) -> None:
        """Make the folders; nobody else may look into them."""
        for folder in (self.folder, self.logs, self.photos):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secrets(self) -> Secrets:
        """Read the secrets, or make them if there are none or some are missing; readable by the own user only."""
        path = self.folder / "demo.env"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        held = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        wanted = {
            "MASTER_KEY": base64.b64encode(new_key()).decode(),
            **{f"PASSWORD_{role.upper()}": secrets.token_urlsafe(24) for role in _ROLES},
            "SMS_PASSWORD": secrets.token_urlsafe(12),
        }
        values = {**wanted, **{name: held[name] for name in wanted if held.get(name)}}
        if values != held:
            lines = "".join(f"{name}={value}\n" for name, value in values.items())
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 (a descriptor, not a path)
                file.write(lines)
        path.chmod(0o600)
        passwords = {role: values[f"PASSWORD_{role.upper()}"] for role in _ROLES}
        return Secrets(values["MASTER_KEY"], passwords, values["SMS_PASSWORD"])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder for one demonstration.

        Raises:
            StageBusy: another one has it.
        """
        with (self.folder / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StageBusy from None
            yield
