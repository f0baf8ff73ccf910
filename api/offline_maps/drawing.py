"""Draws a package in a process of its own: the drawing library is native code, and only this process may die of it."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely
import structlog
from anyio import to_thread

from api.core.sql import Row
from geo.map_package.layers import MapShape, write_layers

log = structlog.get_logger("belediye.offline_maps")

DEADLINE_SECONDS = 1_500
_SAID = 400


class DrawingFailed(Exception):
    """The drawing process ended without a file."""

    def __init__(self, said: str) -> None:
        """Take the last words of the process."""
        super().__init__(said)
        self.said = said


@dataclass(frozen=True)
class Drawing:
    """A drawn package."""

    data: bytes
    tile_count: int


async def draw_package(package: Row, rows: Sequence[Row], metadata: Mapping[str, str]) -> Drawing:
    """Draw the shapes of one package's box into an MBTiles file.

    Raises:
        DrawingFailed: the process ended badly, died, or took longer than DEADLINE_SECONDS.
    """
    with TemporaryDirectory(prefix="belediye-map-") as name:
        folder = Path(name)
        await to_thread.run_sync(_prepare, folder, package, rows, metadata)
        tile_count = await _run(folder)
        return Drawing(await to_thread.run_sync((folder / "map.mbtiles").read_bytes), tile_count)


def _prepare(folder: Path, package: Row, rows: Sequence[Row], metadata: Mapping[str, str]) -> None:
    write_layers(
        folder,
        (MapShape(row["layer"], row["kind"], row["name"], shapely.from_wkb(bytes(row["shape"]))) for row in rows),
    )
    plan: dict[str, Any] = {
        "folder": str(folder),
        "output": str(folder / "map.mbtiles"),
        "area": [package[side] for side in ("west", "south", "east", "north")],
        "first_zoom": package["first_zoom"],
        "last_zoom": package["last_zoom"],
        "metadata": dict(metadata),
    }
    (folder / "plan.json").write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")


async def _run(folder: Path) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "geo.map_package.render", str(folder / "plan.json"),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            told, said = await process.communicate()
    except TimeoutError:
        raise DrawingFailed(f"longer than {DEADLINE_SECONDS} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        last = said.decode(errors="replace").strip()[-_SAID:]
        log.warning("map not drawn", status=process.returncode)
        raise DrawingFailed(last or f"ended with status {process.returncode}")
    return int(json.loads(told.splitlines()[-1])["all"])
