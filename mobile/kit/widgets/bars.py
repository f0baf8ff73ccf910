"""The bar at the top of a screen, and the tabs at the bottom of the app."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import ListProperty, NumericProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from mobile.kit.painting import Painted, Pressable
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_S, GAP_XS
from mobile.kit.widgets.button import IconButton
from mobile.kit.widgets.layout import Column, Divider, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.text import Icon, Text

_BAR, _NAV = 64, 76
_MOST_SHOWN = 99


class TopBar(Column):
    """The name of the screen with a line below it, an arrow back, and actions at the right.

    `on_back` follows the arrow, which stands there only when something listens: pass `has_back=True`.
    """

    title = StringProperty("")
    detail = StringProperty("")
    __events__ = ("on_back",)

    def __init__(
        self, title: str = "", actions: Sequence[Widget] = (), *, has_back: bool = False, **properties: Any
    ) -> None:
        """Take the title, and the widgets that stand at the right."""
        self._title = Text(style="title", shorten=True, shorten_from="right", max_lines=1)
        self._detail = Text(style="caption", tone="text_soft", shorten=True, shorten_from="right", max_lines=1)
        self._lines = Column(spacing=dp(2), pos_hint={"center_y": 0.5})
        self._row = BoxLayout(
            size_hint_y=None, height=theme.grown(_BAR), spacing=dp(GAP_XS),
            padding=(dp(GAP_XS if has_back else 2 * GAP_S), 0, dp(GAP_XS), 0),
        )  # fmt: skip
        super().__init__(title=title, spacing=0, fill=theme.colour("surface"), **properties)
        if has_back:
            arrow = IconButton("arrow-left", test_id="back", on_tap=lambda *_: self.dispatch("on_back"))
            arrow.pos_hint = {"center_y": 0.5}
            self._row.add_widget(arrow)
        self._row.add_widget(self._lines)
        for action in actions:
            action.pos_hint = {"center_y": 0.5}
            self._row.add_widget(action)
        self.add_widget(self._row)
        self.add_widget(Divider())
        self.bind(title=self._dress, detail=self._dress)
        self._dress()

    def on_back(self) -> None:
        """Do nothing of its own: listeners go back."""

    def _dress(self, *_: Any) -> None:
        self._title.text, self._detail.text = self.title, self.detail
        show(self._lines, self._title, *([self._detail] if self.detail else []))


class BottomNav(Painted, BoxLayout):
    """The rooms of an app as tabs with icons: `value` is the key of the one that is open.

    `options` are `(key, text, icon)`; the tabs have the ids `<test_id>.<key>`. `on_choose` tells a key that was tapped
    and leaves `value` to whoever goes there, because unsaved work may keep one here.
    """

    options = ListProperty()
    value = StringProperty("")
    __events__ = ("on_choose",)

    def __init__(self, options: Sequence[tuple[str, str, str]] = (), **properties: Any) -> None:
        """Take the options first."""
        super().__init__(
            options=list(options), orientation="vertical", size_hint_y=None, height=theme.grown(_NAV),
            fill=theme.colour("surface"), **properties,
        )  # fmt: skip
        self._tabs: dict[str, _Tab] = {}
        self.bind(options=self._fill, value=self._dress)
        self._fill()

    def on_choose(self, key: str) -> None:
        """Do nothing of its own: listeners go there."""

    def count(self, key: str, count: int) -> None:
        """Put a number on a tab; 0 takes it away."""
        self._tabs[key].count = count

    def _fill(self, *_: Any) -> None:
        self.clear_widgets()
        row = BoxLayout()
        self._tabs = {key: _Tab(text, icon, test_id=f"{self.test_id}.{key}") for key, text, icon in self.options}
        for key, tab in self._tabs.items():
            tab.bind(on_tap=lambda _tab, key=key: self.dispatch("on_choose", key))
            row.add_widget(tab)
        self.add_widget(Divider())
        self.add_widget(row)
        self._dress()

    def _dress(self, *_: Any) -> None:
        for key, tab in self._tabs.items():
            tab.dress(is_open=key == self.value)


class _Tab(Pressable, AnchorLayout):
    """One tab: an icon on a pill, its word, and a number at the icon's shoulder."""

    count = NumericProperty(0)

    def __init__(self, text: str, icon: str, **properties: Any) -> None:
        self._icon = Icon(icon, side=26, pos_hint={"center_x": 0.5, "center_y": 0.5})
        self._text = Text(text, style="small", halign="center", shorten=True, max_lines=1)
        self._badge = Badge(tone="danger", pos_hint={"center_x": 0.86, "top": 1.1})
        self._pill = Painted(size_hint=(None, None), size=(dp(64), dp(34)), radius=dp(17))
        self._pill.pos_hint = {"center_x": 0.5, "center_y": 0.5}
        self._stage = FloatLayout(size_hint=(None, None), size=self._pill.size, pos_hint={"center_x": 0.5})
        super().__init__(rest_s=0, **properties)
        self._stage.add_widget(self._pill)
        self._stage.add_widget(self._icon)
        self.add_widget(Column(self._stage, self._text, spacing=dp(GAP_XS)))
        self.bind(count=self._number)

    def dress(self, *, is_open: bool) -> None:
        self._pill.fill = theme.colour("accent_soft") if is_open else (0, 0, 0, 0)
        self._icon.tone = "on_accent_soft" if is_open else "text_soft"
        self._text.tone = "text" if is_open else "text_soft"

    def _number(self, *_: Any) -> None:
        self._badge.text = f"{_MOST_SHOWN}+" if self.count > _MOST_SHOWN else str(int(self.count))
        is_shown = self._badge.parent is not None
        if self.count and not is_shown:
            self._stage.add_widget(self._badge)
        elif not self.count and is_shown:
            self._stage.remove_widget(self._badge)
