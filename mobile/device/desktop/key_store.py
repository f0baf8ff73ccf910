"""Secrets in plain files that only their user may read, for development and tests."""

import os
import re
from pathlib import Path

_NAME = re.compile(r"[a-z0-9_.-]{1,80}")


class PlainFileKeyStore:
    """Keeps each secret in a file of mode 0600. Whoever has the disk has the secrets: not for the public."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first secret is kept."""
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """Give a secret, or None when there is none."""
        path = self._path(name)
        return path.read_bytes() if path.exists() else None

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret; the old one stays until the new one is whole."""
        path = self._path(name)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def forget(self, name: str) -> None:
        """Remove a secret's file."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise ValueError(f"not a name for a secret: {name!r}")
        return self._folder / f"{name}.key"
