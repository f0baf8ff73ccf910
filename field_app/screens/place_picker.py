"""Choosing a place on the map: the map is moved below a mark in its middle."""

from collections.abc import Callable, Mapping
from typing import Any

from kivy.uix.floatlayout import FloatLayout

from field_app.field import Field
from mobile.kit.i18n import t
from mobile.kit.map.controls import MapControls
from mobile.kit.map.view import MapView
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.layout import Column
from mobile.kit.widgets.overlay import Overlay
from mobile.kit.widgets.text import Icon

_ZOOM = 17.0
_MARK = 52


class PlacePicker(Overlay):
    """The map in full with a mark; `chosen` is told the place below the mark."""

    def __init__(
        self, field: Field, start: Mapping[str, float] | None, chosen: Callable[[Mapping[str, float]], None]
    ) -> None:
        """Take the app, where to begin, and whom to tell."""
        self._field, self._chosen = field, chosen
        self.map = MapView(test_id="picker.map", pos_hint={"x": 0, "y": 0})
        self.map.set_packages(field.open.maps.files())
        here = field.here or field.open.desk.town().center
        lon, lat = (start["lon"], start["lat"]) if start else here or (35.0, 39.0)
        self.map.look_at(lon, lat, _ZOOM)
        if field.fix is not None:
            self.map.set_position(field.fix.lon, field.fix.lat, field.fix.accuracy_m)
        stage = FloatLayout()
        stage.add_widget(self.map)
        MapControls(self.map, on_locate=lambda *_: self._locate())
        # The tip of the mark, not its middle, stands on the place.
        mark = Icon("map-marker", side=_MARK, tone="danger", pos_hint={"center_x": 0.5})
        stage.bind(center=lambda _stage, center: setattr(mark, "y", center[1] - theme.sp(_MARK) * 0.08))
        stage.add_widget(mark)
        choose = PushButton(t("place.choose"), icon="check", test_id="picker.choose", on_tap=self._choose)
        foot = Column(choose, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"))
        bar = TopBar(t("place.title"), has_back=True, on_back=self.dismiss)
        parts = Column(bar, stage, foot, spacing=0, size_hint_y=1)
        super().__init__(parts, is_dismissable=False, test_id="picker")
        self.fill = theme.colour("background")

    def _locate(self) -> None:
        if self._field.here is not None:
            self.map.look_at(*self._field.here, _ZOOM)

    def _choose(self, *_: Any) -> None:
        view = self.map.view()
        self.dismiss()
        self._chosen({"lon": round(view["lon"], 6), "lat": round(view["lat"], 6)})
