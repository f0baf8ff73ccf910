"""The map of today's work on the offline base map: cases, visits, tasks, businesses near by, and one's own place."""

from typing import Any

from kivy.uix.floatlayout import FloatLayout

from field_app.screens.base import TabScreen
from field_app.screens.field_map.legend import Legend
from field_app.screens.field_map.vm import FILTERS, chosen_of, kind_of
from field_app.screens.today.vm import line_of
from field_app.today import Work
from mobile.kit.i18n import formats, language, t
from mobile.kit.map.controls import MapControls
from mobile.kit.map.point_index import MapPoint
from mobile.kit.map.shapes import Area
from mobile.kit.map.view import MapView
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_M, GAP_S
from mobile.kit.widgets.banner import Banner
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import IconButton
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.dialog import BottomSheet
from mobile.kit.widgets.layout import Column, show
from mobile.kit.widgets.segmented import Segmented
from mobile.sdk.lease import ReadingLocked

_NEAR_ZOOM = 16.5
_MOST_IN_SHEET = 30


class FieldMap(TabScreen):
    """Where the work is."""

    tab = "map"

    def build(self) -> None:
        """Make the map; it looks where it looked last, or at all the work."""
        self.works: dict[str, Work] = {}
        self.map = MapView(
            test_id="map", pos_hint={"x": 0, "y": 0}, on_point=self._choose, on_cluster=self._open_cluster,
            on_ground=self._unchoose,
        )  # fmt: skip
        self.map.bind(on_rest=lambda *_: self._keep_view())
        self.stage = FloatLayout()
        self.stage.add_widget(self.map)
        MapControls(self.map, on_locate=lambda *_: self._locate())
        self.card = Column(pos_hint={"x": 0.03, "y": 0.03}, size_hint_x=0.74)
        self.stage.add_widget(self.card)
        self.stage.add_widget(Legend(pos_hint={"x": 0.03, "top": 0.98}, test_id="legend"))
        self.which = Segmented(value=str(self.field.open.engine.store.get("map_filter", FILTERS[0])), test_id="filter")
        self.which.bind(value=self._filter)
        self._all: list[Work] = []
        self.filters = Column(self.which, padding=(dp(GAP_M), dp(GAP_S)))
        self.hint = Column(self.filters, spacing=0)
        new = IconButton("map-marker-plus", tone="accent", test_id="new_finding", on_tap=self._new_finding)
        self.frame(TopBar(t("tab.map"), actions=[new]), Column(self.hint, self.stage, size_hint_y=1, spacing=0))
        self.map.set_packages(self.field.open.maps.files())
        self._is_placed = False
        if "lon" in self.arguments:
            self.map.look_at(self.arguments["lon"], self.arguments["lat"], _NEAR_ZOOM)
            self._is_placed = True

    def refresh(self) -> None:
        """Show the work as it is now."""
        unlocked = self.field.open
        try:
            works = unlocked.desk.work("due", self.field.here, language=language.current)
            areas = unlocked.desk.areas()
        except ReadingLocked:
            works, areas = [], []
        self.map.set_areas(Area(area.rings, tone="edge") for area in areas)
        self._all = works
        self._show_points()
        self._place(works)
        if unlocked.maps.files():
            show(self.hint, self.filters)
        else:
            banner = Banner(t("map.none"), icon="download", tone="info", action=t("map.get"), test_id="get_maps")
            banner.bind(on_tap=lambda *_: self.navigator.go("offline_maps"))
            show(self.hint, self.filters, banner)

    def _show_points(self) -> None:
        today = self.field.open.desk.today()
        counts = {which: len(chosen_of(self._all, which, today)) for which in FILTERS}
        self.which.options = [
            (which, f"{t(f'map.filter.{which}')} {formats.number(counts[which])}") for which in FILTERS
        ]
        shown = chosen_of(self._all, self.which.value, today)
        self.works = {f"{work.kind}/{work.id}": work for work in shown}
        self.map.set_points(
            MapPoint(key, *work.place, kind_of(work, today))
            for key, work in self.works.items()
            if work.place is not None
        )  # fmt: skip
        if self.map.chosen not in self.works:
            self._unchoose()

    def _filter(self, *_: Any) -> None:
        store = self.field.open.engine.store
        with store.transaction():
            store.put(map_filter=self.which.value)
        self._show_points()

    def refresh_state(self) -> None:
        """Also follow the own position."""
        super().refresh_state()
        if self.field.fix is not None:
            self.map.set_position(self.field.fix.lon, self.field.fix.lat, self.field.fix.accuracy_m)

    def save(self) -> dict[str, Any]:
        """Keep where the map looks."""
        return {"view": self.map.view(), "chosen": self.map.chosen} if self._is_placed else {}

    def restore(self, saved: dict[str, Any]) -> None:
        """Look there again, unless a place was asked for."""
        view = saved.get("view")
        if view and "lon" not in self.arguments:
            self.map.look_at(view["lon"], view["lat"], view["zoom"])
            self._is_placed = True

    def _place(self, works: list[Work]) -> None:
        if self._is_placed:
            return
        kept = self.field.open.engine.store.get("map_view")
        places = [work.place for work in works if work.place is not None]
        center = self.field.open.desk.town().center
        if kept:
            lon, lat, zoom = (float(part) for part in str(kept).split(","))
            self.map.look_at(lon, lat, zoom)
        elif len(places) > 1:
            self.map.look_at_all(places)
        elif self.field.here or places or center:
            lon, lat = self.field.here or (places[0] if places else center)  # type: ignore[misc]  # one of them is there
            self.map.look_at(lon, lat, 14)
        else:
            return
        self._is_placed = True

    def _keep_view(self) -> None:
        view = self.map.view()
        store = self.field.open.engine.store
        with store.transaction():
            store.put(map_view=f"{view['lon']:.6f},{view['lat']:.6f},{view['zoom']:.2f}")

    def _locate(self) -> None:
        if self.field.here is not None:
            self.map.look_at(*self.field.here, _NEAR_ZOOM)

    def _choose(self, _map: Any, key: str) -> None:
        self.map.chosen = key
        show(self.card, Card(self._row(key), padding=dp(2)))

    def _unchoose(self, *_: Any) -> None:
        self.map.chosen = ""
        show(self.card)

    def _row(self, key: str) -> ListRow:
        line = line_of(self.works[key], self.field.open.desk.today())
        return ListRow(
            line["title"], detail=line["detail"], icon=line["icon"], tone=line["tone"], note=line["note"],
            test_id=f"chosen.{key}", on_tap=lambda *_: self._open(key),
        )  # fmt: skip

    def _open_cluster(self, _map: Any, keys: Any) -> None:
        shown = [key for key in keys if key in self.works][:_MOST_IN_SHEET]
        BottomSheet(*(self._row(key) for key in shown), title=t("map.here"), test_id="here").open(self)

    def _open(self, key: str) -> None:
        kind, row_id = key.split("/", 1)
        self.navigator.go(kind, id=row_id)

    def _new_finding(self, *_: Any) -> None:
        self.navigator.go("new_finding")
