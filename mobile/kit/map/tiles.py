"""The ground of the map: tiles read and decoded in threads, drawn from the graphics memory."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from math import floor
from typing import Any

from kivy.graphics import Color, InstructionGroup, MatrixInstruction, PopMatrix, PushMatrix, Rectangle
from kivy.graphics.transformation import Matrix

from mobile.kit.map.camera import Camera
from mobile.kit.map.packages import Packages, Tile
from mobile.kit.pictures import Pixels, read_picture
from mobile.kit.widgets.photo import texture_of
from mobile.kit.work import Work

_TILE_PIXELS = 512
_KEPT = 72
"""Textures in memory: a tablet shows 30, and the way back should not flicker. One is a megabyte."""
_AT_ONCE = 6
_FAR = 60_000.0
"""Pixels from the origin after which single precision would tremble."""


class TileLayer:
    """Draws what the packages have below the camera; where a tile is still to come, a part of the one above it."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """Take what asks for another frame."""
        self.group = InstructionGroup()
        self.packages = Packages()
        self.shade = (1.0, 1.0, 1.0, 1.0)
        self._changed = changed
        self._work = Work()
        self._textures: OrderedDict[Tile, Any] = OrderedDict()
        self._instead: dict[Tile, Tile | None] = {}
        self._asked: set[Tile] = set()
        self._matrix = MatrixInstruction()
        self._drawn: Any = None
        self._origin = (0.0, 0.0, 1.0)

    @property
    def is_settled(self) -> bool:
        """Say whether nothing is being read."""
        return not self._asked

    def set_packages(self, packages: Packages) -> None:
        """Show other packages from now on; the old ones are closed."""
        self._work.close()
        self.packages.close()
        self._work, self.packages = Work(), packages
        self._textures.clear()
        self._instead.clear()
        self._asked.clear()
        self._drawn = None

    def close(self) -> None:
        """Drop what is being read, and close the files."""
        self.set_packages(Packages())
        self._work.close()

    def draw(self, camera: Camera) -> None:
        """Bring the ground below the camera; cheap when only the finger moved."""
        if self.packages.is_empty:
            self.group.clear()
            return
        wanted = self._below(camera)
        self._ask(wanted, camera)
        plan = [(tile, self._known(tile)) for tile in wanted]
        if self._is_far(camera) or plan != self._drawn:
            self._draw_anew(plan, camera)
        self._place(camera)

    def _below(self, camera: Camera) -> list[Tile]:
        zoom = min(max(round(camera.zoom), self.packages.least_zoom), self.packages.most_zoom)
        side = 1 << zoom
        west, north, east, south = camera.box()
        columns = range(max(0, floor(west * side)), min(side - 1, floor(east * side)) + 1)
        rows = range(max(0, floor(north * side)), min(side - 1, floor(south * side)) + 1)
        return [(zoom, x, y) for y in rows for x in columns]

    def _ask(self, wanted: list[Tile], camera: Camera) -> None:
        missing = [tile for tile in wanted if tile not in self._instead and tile not in self._asked]
        if not missing or len(self._asked) >= _AT_ONCE:
            return
        side = 1 << missing[0][0]
        middle = camera.u * side - 0.5, camera.v * side - 0.5
        missing.sort(key=lambda tile: abs(tile[1] - middle[0]) + abs(tile[2] - middle[1]))
        for tile in missing[: _AT_ONCE - len(self._asked)]:
            self._asked.add(tile)
            self._work.run(partial(self._read, tile), then=partial(self._arrive, tile))

    def _read(self, tile: Tile) -> tuple[Tile, Pixels] | None:
        found = self.packages.nearest(tile)
        if found is None:
            return None
        try:
            return found[0], read_picture(found[1], _TILE_PIXELS)
        except OSError:
            return None

    def _arrive(self, tile: Tile, found: tuple[Tile, Pixels] | None) -> None:
        self._asked.discard(tile)
        if found is not None and found[0] not in self._textures:
            self._textures[found[0]] = texture_of(found[1])
            if len(self._textures) > _KEPT:
                gone, _ = self._textures.popitem(last=False)
                self._instead = {for_tile: used for for_tile, used in self._instead.items() if used != gone}
        self._instead[tile] = None if found is None else found[0]
        self._changed()

    def _known(self, tile: Tile) -> Tile | None:
        """Name the texture that a tile is drawn from: its own, or the nearest above it that is in memory."""
        named = self._instead.get(tile)
        if named is not None:
            self._textures.move_to_end(named)
            return named
        zoom, x, y = tile
        while zoom > self.packages.least_zoom:
            zoom, x, y = zoom - 1, x >> 1, y >> 1
            if (zoom, x, y) in self._textures:
                return zoom, x, y
        return None

    def _is_far(self, camera: Camera) -> bool:
        u, v, scale = self._origin
        return max(abs(camera.u - u), abs(camera.v - v)) * scale > _FAR

    def _draw_anew(self, plan: list[tuple[Tile, Tile | None]], camera: Camera) -> None:
        self._drawn = plan
        self._origin = camera.u, camera.v, camera.scale
        self.group.clear()
        for part in (PushMatrix(), self._matrix, Color(*self.shade)):
            self.group.add(part)
        for tile, source in plan:
            if source is not None:
                self.group.add(self._rectangle(tile, source))
        self.group.add(PopMatrix())

    def _rectangle(self, tile: Tile, source: Tile) -> Rectangle:
        u, v, scale = self._origin
        zoom, x, y = tile
        size = scale / (1 << zoom)
        texture = self._textures[source]
        deeper = zoom - source[0]
        if deeper:
            part = texture.width / (1 << deeper), texture.height / (1 << deeper)
            column, row = x - (source[1] << deeper), y - (source[2] << deeper)
            texture = texture.get_region(column * part[0], texture.height - (row + 1) * part[1], *part)
        left, top = (x / (1 << zoom) - u) * scale, -(y / (1 << zoom) - v) * scale
        return Rectangle(pos=(left, top - size), size=(size, size), texture=texture)

    def _place(self, camera: Camera) -> None:
        u, v, scale = self._origin
        x, y = camera.screen(u, v)
        grown = camera.scale / scale
        matrix = Matrix().translate(x, y, 0)
        matrix = matrix.multiply(Matrix().scale(grown, grown, 1))
        self._matrix.matrix = matrix
