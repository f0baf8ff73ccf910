"""Buttons: `PushButton(text, kind, icon)` and `IconButton(icon)`."""

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout

from mobile.kit.painting import Pressable, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_S, RADIUS_M, TARGET, TARGET_PRIMARY
from mobile.kit.widgets.layout import show
from mobile.kit.widgets.text import Icon, Text

# Fill, text and edge by kind; None is nothing.
_KINDS: dict[str, tuple[str | None, str, str | None]] = {
    "primary": ("accent", "on_accent", None),
    "secondary": ("surface", "accent", "edge"),
    "danger": ("danger", "on_danger", None),
    "text": (None, "accent", None),
    # On the dark ground of a snackbar, which is light in the dark.
    "inverse": (None, "accent_soft", None),
    # The parts of a segmented choice.
    "chosen": ("surface", "accent", "edge"),
    "quiet": (None, "text_soft", None),
}


class PushButton(Pressable, AnchorLayout):
    """A button of one of the kinds primary, secondary, danger and text; `on_tap` is called with it.

    Primary and danger are 56 dp high, the others 48. Its text wraps when it does not fit.
    """

    text = StringProperty("")
    kind = StringProperty("primary")
    icon = StringProperty("")

    def __init__(self, text: str = "", **properties: Any) -> None:
        """Take the text first."""
        self._icon = Icon(side=22)
        self._label = Text(style="label", halign="center")
        self._row = BoxLayout(spacing=dp(GAP_S), size_hint=(None, None))
        self._label.pos_hint = self._icon.pos_hint = {"center_y": 0.5}
        properties.setdefault("size_hint_y", None)
        super().__init__(text=text, radius=dp(RADIUS_M), padding=(dp(GAP_L), dp(GAP_S)), **properties)
        self.add_widget(self._row)
        self.bind(text=self._dress, kind=self._dress, icon=self._dress, disabled=self._dress)
        self.bind(width=self._fit, padding=self._fit)
        self._label.bind(texture_size=self._fit)
        self._dress()

    def _dress(self, *_: Any) -> None:
        fill, tone, edge = _KINDS[self.kind]
        if self.disabled:
            fill, tone, edge = (fill and "raised", "text_soft", edge and "line")
        self.fill = theme.colour(fill) if fill else (0, 0, 0, 0)
        self.edge = theme.colour(edge) if edge else (0, 0, 0, 0)
        self.edge_width = line_width() if edge else 0
        self._label.tone = self._icon.tone = tone
        self._label.text, self._icon.name = self.text, self.icon
        show(self._row, *([self._icon] if self.icon else []), self._label)
        self._fit()

    def _fit(self, *_: Any) -> None:
        # The label is as wide as its one line when that fits, else as wide as there is room, and wraps.
        icon = self._icon.width + dp(GAP_S) if self.icon else 0
        beside = self.padding[0] + self.padding[2]
        room = max(1, self.width - beside - icon)
        needed = self._one_line()
        if self.size_hint_x is None:
            room = needed
            self.width = needed + icon + beside
        self._label.size_hint_x = None
        self._label.width = min(room, needed)
        self._row.size = self._label.width + icon, max(self._label.height, self._icon.height)
        least = TARGET_PRIMARY if self.kind in {"primary", "danger"} else TARGET
        self.height = max(dp(least), self._label.height + 2 * dp(GAP_S))

    def _one_line(self) -> float:
        width = self._label._label.get_extents(self.text)[0]  # noqa: SLF001 (Kivy's measure of a line)
        return float(width) + dp(2)


class IconButton(Pressable, AnchorLayout):
    """An icon that is tapped: 48 dp, or `side` dp; `tone` is its colour, `kind` filled or plain."""

    icon = StringProperty("")
    tone = StringProperty("text")
    kind = StringProperty("plain")

    def __init__(self, icon: str = "", **properties: Any) -> None:
        """Take the icon first."""
        side = properties.pop("side", TARGET)
        self._icon = Icon(side=26)
        super().__init__(
            icon=icon, size_hint=(None, None), size=(dp(side), dp(side)), radius=dp(side / 2), **properties
        )
        self.add_widget(self._icon)
        self.bind(icon=self._dress, tone=self._dress, kind=self._dress, disabled=self._dress)
        self._dress()

    def _dress(self, *_: Any) -> None:
        self._icon.name = self.icon
        self._icon.tone = "line" if self.disabled else "on_accent" if self.kind == "filled" else self.tone
        self.fill = theme.colour("accent") if self.kind == "filled" else (0, 0, 0, 0)
        if self.kind == "floating":
            self.fill, self.edge, self.edge_width = theme.colour("surface"), theme.colour("edge"), line_width()
