"""Where the phone keeps pictures: files that are whole or not there, encrypted under a key of the database's."""

from pathlib import Path
from typing import Protocol

from mobile.sdk import sealing
from mobile.sdk.files import UNFINISHED, write_whole


class PhotoFiles(Protocol):
    """A place for pictures by name."""

    def write(self, name: str, data: bytes) -> None:
        """Keep bytes under a name; when it returns they are on the disk."""

    def read(self, name: str) -> bytes:
        """Give the bytes.

        Raises:
            OSError: there are none.
            ValueError: they were changed.
        """

    def delete(self, name: str) -> None:
        """Forget a name; none there is no error."""

    def names(self) -> list[str]:
        """Give the names of all that is whole."""

    def tidy(self) -> None:
        """Drop what a process that ended left unfinished; only where nothing is being written."""


class SealedFolder:
    """Pictures in a folder of the app, each encrypted and bound to its name."""

    def __init__(self, folder: Path, database_key: bytes) -> None:
        """Take the folder, which is made if need be, and the key of the phone's database."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._key = folder, sealing.derive(database_key, "photo files")

    def write(self, name: str, data: bytes) -> None:
        """Encrypt and write: beside, to the disk, renamed, the name to the disk."""
        write_whole(self._folder / name, sealing.encrypt(self._key, data, name))

    def read(self, name: str) -> bytes:
        """Read and decrypt."""
        return sealing.decrypt(self._key, (self._folder / name).read_bytes(), name)

    def delete(self, name: str) -> None:
        """Delete the file."""
        (self._folder / name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """List the files that are whole."""
        return sorted(path.name for path in self._folder.iterdir() if path.suffix != UNFINISHED)

    def tidy(self) -> None:
        """Delete the halves."""
        for path in self._folder.glob(f"*{UNFINISHED}"):
            path.unlink(missing_ok=True)
