"""When the phone's database was hurt: what can still be read goes into a new one, and the old file is kept beside it.

The new database is a stream of its own that sends everything again, with the old ids; the server takes an id once. So
nothing is done twice, and what only this phone knew still arrives. Rows come with the next pull. Safe against a kill at
any moment: the new file takes its place in one step when it is whole, and `finish` ends what was begun.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from mobile.sdk.files import UNFINISHED, sync_folder
from mobile.sdk.ids import uuid7
from mobile.sdk.open_db import open_db
from mobile.sdk.photo_files import PhotoFiles
from mobile.sdk.photos import PhotoQueue
from mobile.sdk.store import Store
from mobile.sdk.streams import start_stream
from mobile.wire.codec import sha_of

_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True)
class Salvaged:
    """What came through: records and their photos; `unreadable` records are in the old file only."""

    records: int
    photos: int
    unreadable: int


def salvage(
    path: Path,
    key: bytes,
    rescued: Sequence[Sequence[Any]],
    files: PhotoFiles,
    clock: Callable[[], int],
    chance: Random,
) -> Salvaged:
    """Make a new database of what was rescued (`open_db.Damaged`), and put the damaged one aside.

    Args:
        path: the damaged database; no connection to it is open.
        key: its key, which is the new one's too.
        rescued: lines of the outbox as `Damaged.rescued` gives them.
        files: the photos, which the damage did not touch.
        clock: milliseconds since 1970.
        chance: a source of it.

    Raises:
        OSError: there is no room; everything is as it was before.
    """
    lines = list({line[0]: line for line in rescued if _is_whole(line)}.values())
    part = _beside(path, ".salvaged" + UNFINISHED)
    for leftover in (part, *(_beside(part, end) for end in _BESIDE)):
        leftover.unlink(missing_ok=True)
    connection = open_db(part, key)
    try:
        photos = _fill(Store.create(connection), lines, files, clock, chance)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(_beside(path, ".salvaged"))
    finish(path)
    return Salvaged(len(lines), photos, len(rescued) - len(lines))


def set_aside(path: Path) -> None:
    """Keep a database that nobody can open under another name, so that a new one can begin. Nothing is deleted."""
    number = next(count for count in range(1, 10_000) if not _beside(path, f".damaged-{count}").exists())
    for end in (*_BESIDE, ""):
        if _beside(path, end).exists():
            _beside(path, end).replace(_beside(path, f".damaged-{number}{end}"))
    sync_folder(path.parent)


def finish(path: Path) -> None:
    """Put a salvaged database into its place, if there is one; called before the database is opened."""
    whole = _beside(path, ".salvaged")
    if whole.exists():
        set_aside(path)
        whole.replace(path)
        sync_folder(path.parent)


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _is_whole(line: Sequence[Any]) -> bool:
    """Whether every word of a line is as it was written: the server refuses another one."""
    try:
        mutation_id, _, kind, kv, at, base, body, sha = line[:8]
        parts = [json.loads(text) for text in (at, base, body)]
        return isinstance(mutation_id, str) and sha == sha_of(kind, kv, parts[2])
    except (ValueError, TypeError):
        return False


def _fill(
    store: Store, lines: Sequence[Sequence[Any]], files: PhotoFiles, clock: Callable[[], int], chance: Random
) -> int:
    with store.transaction():
        for seq, (mutation_id, _, kind, kv, at, base, body, sha, *_more) in enumerate(lines, 1):
            store.run(
                "INSERT INTO outbox (id, seq, kind, kv, at, base, body, sha) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (mutation_id, seq, kind, kv, at, base, body, sha),
            )
        start_stream(store, uuid7(clock(), chance))
    queue = PhotoQueue(store, files, clock, chance)
    # Photos are found again by their files, and belong to the record that names them.
    queue.sweep()
    photos = 0
    for line in lines:
        for photo_id in _photos_of(json.loads(line[6])):
            queue.attach(photo_id, str(line[0]))
        photos += len(queue.photos_of(str(line[0])))
    return photos


def _photos_of(body: Any) -> Iterator[str]:
    told = body if isinstance(body, dict) else {}
    for photo in (*(told.get("photos") or ()), told.get("signature")):
        if isinstance(photo, dict) and isinstance(photo.get("id"), str):
            yield photo["id"]
