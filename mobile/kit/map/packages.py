"""Reads tiles from MBTiles packages (MBTiles 1.3), several of them as if they were one map. For threads."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

Tile = tuple[int, int, int]
"""Zoom, column, row; rows count from the north."""


class Packages:
    """The packages of a phone; one that is damaged or gone counts as empty. Work for a thread."""

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        """Open the files."""
        self._lock = threading.Lock()
        self._files: list[sqlite3.Connection] = []
        zooms: list[int] = []
        for path in paths:
            file = _open(path)
            if file is not None:
                self._files.append(file)
                zooms += _zooms(file)
        self.least_zoom, self.most_zoom = (min(zooms), max(zooms)) if zooms else (0, -1)

    @property
    def is_empty(self) -> bool:
        """Say whether there is no tile at all."""
        return self.most_zoom < self.least_zoom

    def nearest(self, tile: Tile) -> tuple[Tile, bytes] | None:
        """Give a tile, or the smallest one above it that there is, with its image; None where the map has nothing."""
        zoom, x, y = tile
        while zoom >= self.least_zoom and not self.is_empty:
            image = self._image(zoom, x, y)
            if image is not None:
                return (zoom, x, y), image
            zoom, x, y = zoom - 1, x >> 1, y >> 1
        return None

    def close(self) -> None:
        """Close the files; there are no tiles after that."""
        with self._lock:
            while self._files:
                self._files.pop().close()

    def _image(self, zoom: int, x: int, y: int) -> bytes | None:
        with self._lock:
            for file in self._files:
                try:
                    row = file.execute(
                        "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                        (zoom, x, (1 << zoom) - 1 - y),
                    ).fetchone()
                except sqlite3.DatabaseError:
                    continue
                if row is not None:
                    return bytes(row[0])
        return None


def _open(path: Path) -> sqlite3.Connection | None:
    try:
        file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    except sqlite3.DatabaseError:
        return None
    try:
        file.execute("SELECT 1 FROM tiles LIMIT 1")
    except sqlite3.DatabaseError:
        file.close()
        return None
    return file


def _zooms(file: sqlite3.Connection) -> list[int]:
    named = dict(file.execute("SELECT name, value FROM metadata WHERE name IN ('minzoom', 'maxzoom')").fetchall())
    if len(named) == 2:  # noqa: PLR2004
        return [int(value) for value in named.values()]
    least, most = file.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
    return [] if least is None else [least, most]
