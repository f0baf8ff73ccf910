"""Writing files on the phone so that a dead battery finds the old one or the new one, never half of one."""

import os
from pathlib import Path

UNFINISHED = ".part"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, or replace it: beside it, to the disk, renamed, and the name to the disk as well."""
    part = path.with_name(path.name + UNFINISHED)
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk: without this a new name may be forgotten although the bytes are there."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
