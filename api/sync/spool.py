"""Where files on their way lie: one folder of this installation, a file for each upload.

The offset in the database is the truth. A piece is written and brought to the disk before the offset moves on; what
lies behind the offset (a piece whose transaction never committed) is cut off by the next one. With more than one server
the folder has to be shared between them and the workers, also where finished files lie in S3.
"""

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from api.core.storage import StorageUnavailable


class Spool:
    """The folder; it is made with the first file, readable by the service's own user only."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._folder = folder

    def path(self, upload_id: UUID) -> Path:
        """Say where an upload's bytes lie."""
        return self._folder / str(upload_id)

    def size(self, upload_id: UUID) -> int:
        """Give how many bytes lie there; 0 for none."""
        try:
            return self.path(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload_id: UUID, offset: int, piece: BinaryIO) -> None:
        """Write a piece behind the first `offset` bytes, which are there, and bring it to the disk.

        Raises:
            StorageUnavailable: the disk did not take it.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path(upload_id), os.O_RDWR | os.O_CREAT, 0o600)
            with open(descriptor, "r+b") as file:  # noqa: PTH123 (a descriptor, not a path)
                file.truncate(offset)
                file.seek(offset)
                shutil.copyfileobj(piece, file)
                file.flush()
                os.fsync(descriptor)
            if offset == 0:
                self._sync_folder()
        except OSError as error:
            raise StorageUnavailable(os.strerror(error.errno or 0)) from error

    def read(self, upload_id: UUID) -> bytes:
        """Give all bytes of an upload."""
        return self.path(upload_id).read_bytes()

    def delete(self, upload_id: UUID) -> None:
        """Forget an upload's bytes; none there is no error."""
        self.path(upload_id).unlink(missing_ok=True)

    def sweep(self, before: datetime) -> int:
        """Delete what was last written before a time, whether a row speaks of it or not; gives their number."""
        old = [path for path in self._folder.glob("*") if path.stat().st_mtime < before.timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _sync_folder(self) -> None:
        # Without this a power cut may forget the new name although the bytes are on the disk.
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
