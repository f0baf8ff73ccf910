"""A list of any length: only the rows in sight are widgets."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from kivy.properties import ListProperty, StringProperty
from kivy.uix.recycleboxlayout import RecycleBoxLayout
from kivy.uix.recycleview import RecycleView
from kivy.uix.recycleview.views import RecycleDataViewBehavior

from mobile.kit.painting import Painted, line_width
from mobile.kit.theme import Appearance, dp, theme
from mobile.kit.widgets.card import ROW_HEIGHT, ListRow


class VirtualRow(RecycleDataViewBehavior, ListRow):
    """A row that is used again and again: everything it shows comes from its data, what is not there is emptied."""

    key = StringProperty("")

    def refresh_view_attrs(self, view: "VirtualList", index: int, data: dict[str, Any]) -> None:
        """Show another line of the list."""
        del index
        for name, empty in _EMPTY.items():
            setattr(self, name, data.get(name, empty))
        self.test_id = f"{view.test_id}.{self.key}"
        self.is_chosen = bool(self.key) and self.key == view.chosen
        self.state = "normal"
        self._list = view

    def on_tap(self) -> None:
        """Tell the list which line was tapped."""
        self._list.dispatch("on_choose", self.key)

    def on_hold(self) -> bool:
        """Tell the list which line was held."""
        return bool(self._list.dispatch("on_hold", self.key))


_EMPTY: dict[str, Any] = {
    "key": "", "title": "", "detail": "", "icon": "", "tone": "neutral", "note": "", "has_arrow": True,
}  # fmt: skip


@lru_cache(maxsize=16)
def _dressed(row: Callable[..., Any], _appearance: Appearance) -> type:
    """Give a class of its own to the rows of each appearance: Kivy lends unused rows to every list of their class."""
    return type(row.__name__, (row,), {})  # type: ignore[arg-type]  # a class of rows


class _Rows(Painted, RecycleBoxLayout):
    """Its ground is seen between the rows."""


class VirtualList(Painted, RecycleView):
    """Rows of one height from plain data; `on_choose` and `on_hold` tell the key of a row.

    A row is `{"key", "title", "detail", "icon", "tone", "note", "has_arrow"}`, all but the first two as one likes; its
    test id is `<test_id>.<key>`. `chosen` is the key of a row that stays marked, for a list beside a detail. An own row
    class with the same data may be given, with its height in dp. When the rows are others, those in sight stay in
    sight: whoever reads in the middle is not thrown to another place; only the top stays the top.
    """

    rows = ListProperty()
    chosen = StringProperty("")
    __events__ = ("on_choose", "on_hold")

    def __init__(
        self, rows: Sequence[dict[str, Any]] = (), row: Callable[..., Any] = VirtualRow, row_height: float = ROW_HEIGHT,
        **properties: Any,
    ) -> None:  # fmt: skip
        """Take the rows first."""
        super().__init__(
            do_scroll_x=False, scroll_distance=dp(16), scroll_timeout=200, bar_width=dp(4),
            bar_color=theme.colour("edge", 0.9), bar_inactive_color=theme.colour("edge", 0.35),
            fill=theme.colour("background"), **properties,
        )  # fmt: skip
        layout = _Rows(
            orientation="vertical", size_hint_y=None, spacing=line_width(), fill=theme.colour("line"),
            default_size=(None, theme.grown(row_height)), default_size_hint=(1, None),
        )  # fmt: skip
        layout.bind(minimum_height=layout.setter("height"))
        self.add_widget(layout)
        self._step = theme.grown(row_height) + line_width()
        self._keys: list[str] = []
        self.viewclass = _dressed(row, theme.appearance)
        self.bind(rows=self._fill, chosen=self._mark)
        self.rows = list(rows)

    def on_choose(self, key: str) -> None:
        """Do nothing of its own: listeners open the row."""

    def on_hold(self, key: str) -> bool:
        """Do nothing of its own: a listener that returns True keeps the hold from being a tap."""
        del key
        return False

    def _fill(self, *_: Any) -> None:
        before, room = self._keys, self._room()
        offset = (1 - self.scroll_y) * room
        self.data = self.rows
        self._keys = [str(row.get("key", "")) for row in self.rows]
        if before and room > 0 and offset >= 1:
            self._scroll_to(offset + self._moved(before, int(offset // self._step)))

    def _room(self) -> float:
        """Pixels of the rows that are out of sight."""
        return float(max(0.0, len(self._keys) * self._step - line_width() - self.height))

    def _moved(self, before: list[str], first: int) -> float:
        """Give by how much the first row in sight has moved that is still there."""
        places = {key: at for at, key in enumerate(self._keys)}
        return next(
            ((places[key] - at) * self._step for at, key in enumerate(before) if at >= first and key in places), 0.0
        )

    def _scroll_to(self, offset: float) -> None:
        room = self._room()
        self.scroll_y = 1 - min(max(0.0, offset), room) / room if room > 0 else 1

    def _mark(self, *_: Any) -> None:
        # Filling anew would measure every row of the list.
        for row in self.view_adapter.views.values():
            row.is_chosen = bool(row.key) and row.key == self.chosen
