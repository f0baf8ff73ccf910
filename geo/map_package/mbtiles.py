"""The MBTiles container (MBTiles specification 1.3): drawn tiles in one SQLite file, equal tiles stored once."""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

_SCHEMA = """
CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE image (digest BLOB PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE place (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, digest BLOB NOT NULL,
                    PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;
CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, data AS tile_data FROM place JOIN image USING (digest);
"""


def write_mbtiles(path: Path, tiles: Iterable[tuple[int, int, int, bytes]], metadata: Mapping[str, str]) -> int:
    """Write a new file of `(zoom, x, y, image)` tiles, y counted from the north; gives their number.

    The same tiles in the same order and the same metadata give the same bytes. The rows of the file count from the
    south, as the specification wants.

    Raises:
        FileExistsError: there is a file of that name already.
    """
    if path.exists():
        raise FileExistsError(path)
    count = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.executescript(f"PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; {_SCHEMA} BEGIN;")
        file.executemany("INSERT INTO metadata VALUES (?, ?)", sorted(metadata.items()))
        for zoom, x, y, image in tiles:
            digest = hashlib.blake2b(image, digest_size=12).digest()
            file.execute("INSERT OR IGNORE INTO image VALUES (?, ?)", (digest, image))
            file.execute("INSERT INTO place VALUES (?, ?, ?, ?)", (zoom, x, (1 << zoom) - 1 - y, digest))
            count += 1
        file.execute("COMMIT")
    return count
