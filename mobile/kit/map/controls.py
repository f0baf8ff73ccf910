"""The buttons on a map: bigger, smaller, and to the own position. Gloves pinch badly."""

from typing import Any

from kivy.uix.boxlayout import BoxLayout

from mobile.kit.map.view import MapView
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_M, TARGET_PRIMARY
from mobile.kit.widgets.button import IconButton


class MapControls(BoxLayout):
    """Stands at the right side of its map; `on_locate` follows the button of the own position."""

    __events__ = ("on_locate",)

    def __init__(self, view: MapView, **properties: Any) -> None:
        """Take the map and lie above it; ids `map.in`, `map.out`, `map.locate`."""
        properties.setdefault("pos_hint", {"right": 0.97, "y": 0.04})
        buttons = (
            ("plus", "map.in", lambda *_: view.enlarge(1)), ("minus", "map.out", lambda *_: view.enlarge(-1)),
            ("crosshairs-gps", "map.locate", lambda *_: self.dispatch("on_locate")),
        )  # fmt: skip
        high = len(buttons) * dp(TARGET_PRIMARY) + (len(buttons) - 1) * dp(GAP_M)
        super().__init__(
            orientation="vertical", size_hint=(None, None), size=(dp(TARGET_PRIMARY), high), spacing=dp(GAP_M),
            **properties,
        )  # fmt: skip
        for icon, test_id, act in buttons:
            button = IconButton(icon, kind="floating", side=TARGET_PRIMARY, test_id=test_id, rest_s=0)
            button.bind(on_tap=act)
            self.add_widget(button)
        view.add_widget(self)

    def on_locate(self) -> None:
        """Do nothing of its own: listeners ask the phone where it is."""
