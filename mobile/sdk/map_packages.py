"""Offline maps on the phone: fetched in pieces over days if need be, and used only when they are whole."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from mobile.sdk.files import sync_folder

_BLOCK = 1 << 20


class MapNotWhole(Exception):
    """The file that came is not the one that was promised; it was thrown away and is fetched anew next time."""


@dataclass(frozen=True)
class Package:
    """What the server tells of a package."""

    id: str
    version: int
    sha256: str
    size: int


@dataclass(frozen=True)
class Piece:
    """The rest of a file from some byte on: what the server says of it, and its bytes as they come."""

    status: int
    headers: Mapping[str, str]
    blocks: Iterable[bytes]


Fetch = Callable[[str, Mapping[str, str]], AbstractContextManager[Piece]]
"""Asks for the file of a package id with these headers; may raise OSError at any byte."""


def path_of(folder: Path, package: Package) -> Path:
    """Say where a package's file lies when it is whole."""
    return folder / f"{package.id}-{package.version}.mbtiles"


def fetch_package(
    fetch: Fetch, folder: Path, package: Package, on_progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Path:
    """Fetch a package, or the rest of it; gives its path. An older version is used until the new one is whole.

    Args:
        fetch: how the server is asked.
        folder: where the phone keeps its maps.
        package: what is wanted.
        on_progress: told the bytes that are there, and all.

    Raises:
        OSError: the line broke; what came is kept, and the next call goes on from there.
        MapNotWhole: the hash of what came is another one.
    """
    whole = path_of(folder, package)
    if whole.exists():
        return whole
    part = whole.with_suffix(f".{package.sha256[:16]}.part")
    start = part.stat().st_size if part.exists() else 0
    if start < package.size:
        headers = {"Range": f"bytes={start}-", "If-Range": f'"{package.sha256}"'} if start else {}
        with fetch(package.id, headers) as piece:
            _append(part, piece, package, on_progress)
    _verify(part, package)
    part.replace(whole)
    sync_folder(folder)
    for old in folder.glob(f"{package.id}-*"):
        if old != whole:
            old.unlink()
    return whole


def _append(part: Path, piece: Piece, package: Package, on_progress: Callable[[int, int], None]) -> None:
    # 206 goes on where the part ends; 200 is the whole file from its beginning.
    with part.open("ab" if piece.status == 206 else "wb") as file:  # noqa: PLR2004
        for block in piece.blocks:
            file.write(block)
            on_progress(file.tell(), package.size)
        file.flush()
        os.fsync(file.fileno())


def _verify(part: Path, package: Package) -> None:
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != package.sha256:
        if part.stat().st_size < package.size:
            raise ConnectionError("the line ended before the file")
        part.unlink()
        raise MapNotWhole(package.id)
