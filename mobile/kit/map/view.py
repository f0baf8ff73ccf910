"""The map as a widget: a finger moves it, two fingers or a double tap enlarge it, a tap chooses."""

from collections.abc import Iterable, Mapping, Sequence
from math import log2
from pathlib import Path
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import PopMatrix, PushMatrix, Translate
from kivy.properties import NumericProperty, StringProperty

from mobile.kit.map.camera import Camera, lonlat_of, unit_of
from mobile.kit.map.gestures import GestureSurface
from mobile.kit.map.packages import Packages
from mobile.kit.map.point_index import MapPoint, Mark, PointIndex
from mobile.kit.map.points import PointLayer
from mobile.kit.map.shapes import Area, AreaLayer, PositionLayer
from mobile.kit.map.tiles import TileLayer
from mobile.kit.theme import dp, theme
from mobile.kit.work import Work

_LAST_CLUSTERED = 18.5


class MapView(GestureSurface):
    """The offline map.

    `on_point(key)` tells a point that was tapped, `on_cluster(keys)` a cluster that cannot be opened further (others
    open by themselves), `on_ground(lon, lat)` a tap beside them, `on_hold(lon, lat)` a long press, `on_rest()` that the
    map came to rest, which is the moment to keep `view()`. Children lie above it and are touched first.
    """

    chosen = StringProperty("")
    _zoom = NumericProperty(0)
    __events__ = ("on_point", "on_cluster", "on_ground", "on_hold", "on_rest")

    def __init__(self, lon: float = 35.0, lat: float = 39.0, zoom: float = 6.0, **properties: Any) -> None:
        """Look at a place at a zoom."""
        super().__init__(fill=theme.colour("raised"), **properties)
        self.camera = Camera(0.5, 0.5, zoom, tile=dp(256)).at(lon, lat)
        self._work = Work()
        self._fit: tuple[list[tuple[float, float]], float] | None = None
        self._anchor = (0.0, 0.0)
        self._indexing = 0
        self._redraw = Clock.create_trigger(self._draw, -1)
        self.tiles, self.points = TileLayer(self._redraw), PointLayer()
        self.areas, self.position = AreaLayer(), PositionLayer()
        if theme.appearance.dark:
            self.tiles.shade = (0.7, 0.73, 0.78, 1)
        self._shift = Translate()
        layers = (self.tiles.group, self.areas.group, self.points.group, self.position.group)
        for part in (PushMatrix(), self._shift, *layers, PopMatrix()):
            self.canvas.add(part)
        self.bind(pos=self._redraw, size=self._resize, chosen=self._choose, _zoom=self._zoom_to)
        self._redraw()

    # --- what is shown ------------------------------------------------------------------------------------------

    def set_packages(self, paths: Sequence[Path]) -> None:
        """Show the packages of these files, opened beside the screen."""
        self._work.run(lambda: Packages(paths), then=self._use_packages)

    def set_points(self, points: Iterable[MapPoint], *, clusters: bool = True) -> None:
        """Show these points, put into clusters beside the screen."""
        taken = tuple(points)
        self._indexing += 1
        turn = self._indexing

        def use(index: PointIndex) -> None:
            # Of two that were computed at once the one asked for last is shown.
            if turn == self._indexing:
                self._indexing = 0
                self.points.set_index(index)
                self._redraw()

        self._work.run(lambda: PointIndex(taken, clusters=clusters), then=use)

    def set_areas(self, areas: Iterable[Area]) -> None:
        """Show the outlines of these areas."""
        self.areas.set_areas(areas)
        self._redraw()

    def set_position(self, lon: float, lat: float, accuracy_m: float) -> None:
        """Show where the phone is."""
        self.position.set_position(lon, lat, accuracy_m)
        self._redraw()

    @property
    def is_settled(self) -> bool:
        """Say whether everything that was asked for is drawn."""
        return self.tiles.is_settled and not self._indexing and not self._work.waiting and not self._redraw.is_triggered

    # --- where it looks -----------------------------------------------------------------------------------------

    def look_at(self, lon: float, lat: float, zoom: float | None = None) -> None:
        """Go to a place, and to a zoom if one is given."""
        self.halt()
        self._move(self.camera.at(lon, lat, zoom))

    def look_at_all(self, lonlats: Iterable[tuple[float, float]], margin: float = 48) -> None:
        """See all these places (degrees), with so many dp free around them."""
        self.halt()
        self._fit = [unit_of(*place) for place in lonlats], dp(margin)
        self._resize()

    def enlarge(self, by: float, x: float | None = None, y: float | None = None) -> None:
        """Change the zoom softly, around a pixel of the map or its middle."""
        self.halt()
        self._anchor = (self.camera.width / 2 if x is None else x), (self.camera.height / 2 if y is None else y)
        self._zoom = self.camera.zoom
        move = Animation(_zoom=round(self.camera.zoom + by, 3), d=0.22, t="out_quad")
        move.bind(on_complete=lambda *_: self.dispatch("on_rest"))
        move.start(self)

    def view(self) -> dict[str, float]:
        """Say where it looks, to be kept."""
        lon, lat = lonlat_of(self.camera.u, self.camera.v)
        return {"lon": lon, "lat": lat, "zoom": self.camera.zoom}

    def set_view(self, view: Mapping[str, float]) -> None:
        """Look there again."""
        self.look_at(view["lon"], view["lat"], view["zoom"])

    def close(self) -> None:
        """Drop what is being computed and close the packages; call it when the screen is left."""
        self.halt()
        self._work.close()
        self.tiles.close()

    # --- told ---------------------------------------------------------------------------------------------------

    def on_point(self, key: str) -> None:
        """Do nothing of its own: listeners open the point."""

    def on_cluster(self, keys: list[str]) -> None:
        """Do nothing of its own: listeners show a list."""

    def on_ground(self, lon: float, lat: float) -> None:
        """Do nothing of its own: listeners close what is open."""

    def on_hold(self, lon: float, lat: float) -> None:
        """Do nothing of its own: listeners put something there."""

    def on_rest(self) -> None:
        """Do nothing of its own: listeners keep the view."""

    # --- drawing ------------------------------------------------------------------------------------------------

    def _use_packages(self, packages: Packages) -> None:
        self.tiles.set_packages(packages)
        self._redraw()

    def _move(self, camera: Camera) -> None:
        self.camera = camera
        self._fit = None
        self._redraw()

    def _resize(self, *_: Any) -> None:
        self.camera = self.camera.sized(self.width, self.height)
        if self._fit is not None:
            self.camera = self.camera.fitted(*self._fit)
        self._redraw()

    def _choose(self, *_: Any) -> None:
        self.points.choose(self.chosen)
        self._redraw()

    def _draw(self, *_: Any) -> None:
        self._shift.xy = self.pos
        for layer in (self.tiles, self.areas, self.points, self.position):
            layer.draw(self.camera)

    def _zoom_to(self, *_: Any) -> None:
        self._move(self.camera.zoomed(self._zoom, *self._anchor))

    # --- fingers ------------------------------------------------------------------------------------------------

    def halt(self) -> None:
        """Stop sliding and growing."""
        self.stop_sliding()
        Animation.cancel_all(self, "_zoom")

    def rest(self) -> None:
        """Tell that the map came to rest."""
        self.dispatch("on_rest")

    def drag(self, dx: float, dy: float) -> None:
        """Move the map."""
        self._move(self.camera.moved(dx, dy))

    def pinch(self, factor: float, x: float, y: float) -> None:
        """Enlarge the map around a pixel."""
        self._move(self.camera.zoomed(self.camera.zoom + log2(factor), x, y))

    def scroll(self, by: float, x: float, y: float) -> None:
        """Enlarge the map by the wheel."""
        self.enlarge(by, x, y)

    def press_long(self, x: float, y: float) -> None:
        """Tell what place was held."""
        self.dispatch("on_hold", *lonlat_of(*self.camera.unit(x, y)))

    def tap(self, x: float, y: float, *, is_double: bool) -> None:
        """Choose what was tapped; a double tap enlarges."""
        if is_double:
            self.enlarge(1, x, y)
            return
        mark = self.points.mark_at(self.camera, x, y)
        if mark is None:
            self.dispatch("on_ground", *lonlat_of(*self.camera.unit(x, y)))
        elif mark.count == 1:
            self.dispatch("on_point", mark.key)
        else:
            self._open_cluster(mark, x, y)

    def _open_cluster(self, mark: Mark, x: float, y: float) -> None:
        keys = self.points.index.members(self.camera.zoom, mark)
        if self.camera.zoom >= _LAST_CLUSTERED or len(set(self.points.index.places(keys))) == 1:
            self.dispatch("on_cluster", keys)
        else:
            self.enlarge(2, x, y)
