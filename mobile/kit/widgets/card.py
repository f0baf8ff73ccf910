"""Cards, and the rows of a list."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from mobile.kit.painting import Pressable, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, GAP_XS, RADIUS_M, TONES
from mobile.kit.widgets.layout import Column, show
from mobile.kit.widgets.marks import IconDisc
from mobile.kit.widgets.text import Icon, Text

ROW_HEIGHT = 76
"""A row with two lines, in dp at text size 1."""


class Card(Column):
    """A surface with an edge that holds what belongs together."""

    def __init__(self, *children: Widget, **properties: Any) -> None:
        """Take the children first."""
        properties.setdefault("padding", (dp(GAP_L), dp(GAP_L)))
        super().__init__(
            *children, fill=theme.colour("surface"), edge=theme.colour("line"), edge_width=line_width(),
            radius=dp(RADIUS_M), **properties,
        )  # fmt: skip


class ListRow(Pressable, BoxLayout):
    """A line with an icon, a title, a second line, and a word or an arrow at its end; of the same height always.

    `tone` colours the disc behind the icon. Titles that are too long end in dots.
    """

    title = StringProperty("")
    detail = StringProperty("")
    icon = StringProperty("")
    tone = StringProperty("neutral")
    note = StringProperty("")
    has_arrow = BooleanProperty(True)
    is_chosen = BooleanProperty(False)

    def __init__(self, title: str = "", **properties: Any) -> None:
        """Take the title first."""
        self._disc = IconDisc()
        self._title = Text(style="strong", shorten=True, shorten_from="right", max_lines=1)
        self._detail = Text(style="caption", tone="text_soft", shorten=True, shorten_from="right", max_lines=1)
        self._note = Text(style="small", tone="text_soft", fits=True)
        self._arrow = Icon("chevron-right", tone="text_soft")
        self._lines = Column(self._title, self._detail, spacing=dp(GAP_XS), pos_hint={"center_y": 0.5})
        super().__init__(
            title=title, orientation="horizontal", spacing=dp(GAP_M), padding=(dp(GAP_L), dp(GAP_S)),
            size_hint_y=None, height=theme.grown(ROW_HEIGHT), **properties,
        )  # fmt: skip
        for part in (self._disc, self._lines, self._note, self._arrow):
            part.pos_hint = {"center_y": 0.5}
        for name in ("title", "detail", "icon", "tone", "note", "has_arrow", "is_chosen"):
            self.fbind(name, self._dress)
        self._dress()

    def _dress(self, *_: Any) -> None:
        self.fill = theme.colour("accent_soft" if self.is_chosen else "surface")
        self._title.text, self._detail.text, self._note.text = self.title, self.detail, self.note
        self._disc.icon, self._disc.tone = self.icon, self.tone if self.tone in TONES else "neutral"
        show(self._lines, self._title, *([self._detail] if self.detail else []))
        parts = (self._disc, self.icon), (self._lines, True), (self._note, self.note), (self._arrow, self.has_arrow)
        show(self, *(part for part, is_there in parts if is_there))
