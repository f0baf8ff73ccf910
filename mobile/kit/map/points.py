"""Draws the marks in sight as one mesh, and says which of them a finger meant."""

from math import hypot
from typing import Any

from kivy.graphics import Color, InstructionGroup, Mesh, PopMatrix, PushMatrix, Translate

from mobile.kit.map.atlas import CLUSTER, RING, Atlas
from mobile.kit.map.camera import Camera
from mobile.kit.map.point_index import Mark, PointIndex
from mobile.kit.theme import dp, theme
from mobile.kit.widgets.photo import texture_of

_MARGIN = 0.4
"""Marks are drawn so many windows beyond each side, so that a moving finger rarely needs new ones."""
_POINT, _CHOSEN, _REACH = 30, 46, 26
_CLUSTER_SIDES = ((10, 40), (100, 48), (1_000, 56))
_BIGGEST_CLUSTER = 64
_DIGIT = 17
_MOST_QUADS = 16_000
"""A mesh has 16-bit indices."""
KINDS = {
    "accent": "accent",
    "neutral": "edge",
    "success": "success",
    "warning": "warning",
    "danger": "danger",
    "info": "info",
}
"""Kinds of points, and the palette's colours they have."""


class PointLayer:
    """The points of the map; `chosen` is the key of one that has a ring."""

    def __init__(self) -> None:
        """Begin without points."""
        self.group = InstructionGroup()
        self.index = PointIndex()
        self.chosen = ""
        palette = theme.palette
        self._atlas = Atlas(
            {kind: getattr(palette, colour) for kind, colour in KINDS.items()},
            palette.accent, palette.on_accent, palette.surface,
        )  # fmt: skip
        self._shift = Translate()
        self._mesh = Mesh(mode="triangles", texture=texture_of(self._atlas.pixels))
        for part in (PushMatrix(), self._shift, Color(1, 1, 1, 1), self._mesh, PopMatrix()):
            self.group.add(part)
        self._shown: list[Mark] = []
        self._drawn_for: Any = None
        self._origin = (0.0, 0.0)

    def set_index(self, index: PointIndex) -> None:
        """Show other points."""
        self.index = index
        self._drawn_for = None

    def choose(self, key: str) -> None:
        """Put a ring around one point; an empty key takes it away."""
        self.chosen = key
        self._drawn_for = None

    def draw(self, camera: Camera) -> None:
        """Bring the marks below the camera; new ones only for another zoom or beyond the margin."""
        if not self._still_covers(camera):
            self._draw_anew(camera)
        self._shift.xy = camera.screen(*self._origin)

    def mark_at(self, camera: Camera, x: float, y: float) -> Mark | None:
        """Give the mark that a finger at these pixels meant: the nearest within reach."""
        best, best_way = None, float("inf")
        for mark in self._shown:
            mark_x, mark_y = camera.screen(mark.u, mark.v)
            way = hypot(mark_x - x, mark_y - y)
            if way < best_way and way <= max(dp(_REACH), self._side(mark) / 2):
                best, best_way = mark, way
        return best

    def _still_covers(self, camera: Camera) -> bool:
        if self._drawn_for is None:
            return False
        zoom, size, (west, north, east, south) = self._drawn_for
        left, top, right, bottom = camera.box()
        return bool(
            zoom == camera.zoom and size == (camera.width, camera.height)
            and west <= left and north <= top and right <= east and bottom <= south
        )  # fmt: skip

    def _draw_anew(self, camera: Camera) -> None:
        box = camera.box(_MARGIN)
        self._drawn_for = camera.zoom, (camera.width, camera.height), box
        self._origin = camera.u, camera.v
        self._shown = self.index.marks(camera.zoom, box)[:_MOST_QUADS]
        vertices: list[float] = []
        scale = camera.scale
        for mark in self._shown:
            x, y = (mark.u - camera.u) * scale, (camera.v - mark.v) * scale
            if mark.count == 1:
                side = dp(_CHOSEN) if mark.key == self.chosen else dp(_POINT)
                self._quad(vertices, mark.kind if mark.kind in KINDS else "accent", x, y, side)
            else:
                self._quad(vertices, mark.kind if mark.kind in KINDS else CLUSTER, x, y, self._side(mark))
                self._number(vertices, "999+" if mark.count > 999 else str(mark.count), x, y)  # noqa: PLR2004
        place = self.index.place(self.chosen) if self.chosen else None
        if place is not None:
            self._quad(vertices, RING, (place[0] - camera.u) * scale, (camera.v - place[1]) * scale, dp(_CHOSEN + 14))
        quads = len(vertices) // 16
        self._mesh.vertices = vertices
        self._mesh.indices = [
            corner for at in range(0, quads * 4, 4) for corner in (at, at + 1, at + 2, at + 2, at + 3, at)
        ]

    @staticmethod
    def _side(mark: Mark) -> float:
        if mark.count == 1:
            return dp(_POINT)
        return dp(next((side for below, side in _CLUSTER_SIDES if mark.count < below), _BIGGEST_CLUSTER))

    def _quad(self, vertices: list[float], part: str, x: float, y: float, side: float) -> None:
        left, bottom, right, top = self._atlas.parts[part]
        half = side / 2
        vertices += (
            x - half, y - half, left, bottom, x + half, y - half, right, bottom,
            x + half, y + half, right, top, x - half, y + half, left, top,
        )  # fmt: skip

    def _number(self, vertices: list[float], text: str, x: float, y: float) -> None:
        side = dp(_DIGIT) * (0.85 if len(text) > 3 else 1)  # noqa: PLR2004
        widths = [self._atlas.advance[digit] * side for digit in text]
        x -= sum(widths) / 2
        for digit, width in zip(text, widths, strict=True):
            self._quad(vertices, digit, x + width / 2, y, side)
            x += width
