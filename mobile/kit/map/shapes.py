"""Outlines of areas, and the own position with what is known of its accuracy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kivy.graphics import Color, InstructionGroup, Line, PopMatrix, PushMatrix, Scale, SmoothEllipse, Translate

from mobile.kit.map.camera import Camera, Place, unit_of
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import LIGHT, rgba

_STRETCH = (0.75, 1.34)
"""Lines grow with the map while fingers pinch; beyond this they are drawn anew at their own width."""
_DOT, _DOT_EDGE = 18, 4


@dataclass(frozen=True)
class Area:
    """An area by its rings, each a closed row of (longitude, latitude), and the palette's colour of its line."""

    rings: Sequence[Sequence[Place]]
    tone: str = "accent"
    width: float = 2.5


class AreaLayer:
    """Draws the outlines."""

    def __init__(self) -> None:
        """Begin without areas."""
        self.group = InstructionGroup()
        self._areas: list[tuple[str, float, list[list[Place]]]] = []
        self._origin: tuple[float, float, float] | None = None
        self._shift, self._grow = Translate(), Scale(1, 1, 1)

    def set_areas(self, areas: Iterable[Area]) -> None:
        """Show other areas.

        Raises:
            ValueError: a corner is not on the globe.
        """
        self._areas = [
            (area.tone, area.width, [[unit_of(*corner) for corner in ring] for ring in area.rings]) for area in areas
        ]
        self._origin = None

    def draw(self, camera: Camera) -> None:
        """Bring the outlines below the camera."""
        if not self._areas:
            self.group.clear()
            return
        grown = camera.scale / self._origin[2] if self._origin else 0.0
        if self._origin is None or not _STRETCH[0] < grown < _STRETCH[1]:
            self._draw_anew(camera)
            grown = 1.0
        u, v, _ = self._origin or (0.0, 0.0, 1.0)
        self._shift.xy = camera.screen(u, v)
        self._grow.xyz = (grown, grown, 1)

    def _draw_anew(self, camera: Camera) -> None:
        self._origin = camera.u, camera.v, camera.scale
        self.group.clear()
        for part in (PushMatrix(), self._shift, self._grow):
            self.group.add(part)
        for tone, width, rings in self._areas:
            # The drawn ground is light in the dark as well, only dimmed.
            self.group.add(Color(*rgba(getattr(LIGHT, tone), 0.9)))
            for ring in rings:
                points = [
                    part for u, v in ring for part in ((u - camera.u) * camera.scale, (camera.v - v) * camera.scale)
                ]
                self.group.add(Line(points=points, width=dp(width) / 2, joint="round"))
        self.group.add(PopMatrix())


class PositionLayer:
    """The own position: a dot, and a ring that says how sure it is."""

    def __init__(self) -> None:
        """Begin without a position."""
        self.group = InstructionGroup()
        self._at: tuple[float, float, float] | None = None
        self._ring, self._edge, self._dot = SmoothEllipse(), SmoothEllipse(), SmoothEllipse()
        self._is_drawn = False

    def set_position(self, lon: float, lat: float, accuracy_m: float) -> None:
        """Say where the phone is."""
        self._at = *unit_of(lon, lat), accuracy_m

    def clear(self) -> None:
        """Show no position."""
        self._at = None

    def draw(self, camera: Camera) -> None:
        """Bring the dot below the camera."""
        if self._at is None:
            self.group.clear()
            self._is_drawn = False
            return
        if not self._is_drawn:
            self._is_drawn = True
            for colour, shape in (
                (theme.colour("info", 0.18), self._ring), (theme.colour("surface"), self._edge),
                (theme.colour("info"), self._dot),
            ):  # fmt: skip
                self.group.add(Color(*colour))
                self.group.add(shape)
        u, v, accuracy = self._at
        x, y = camera.screen(u, v)
        for shape, side in (
            (self._ring, 2 * camera.pixels_of(accuracy)), (self._edge, dp(_DOT + 2 * _DOT_EDGE)), (self._dot, dp(_DOT)),
        ):  # fmt: skip
            shape.pos, shape.size = (x - side / 2, y - side / 2), (side, side)
