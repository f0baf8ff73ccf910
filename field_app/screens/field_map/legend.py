"""What the colours of the map mean, small, in a corner of it."""

from typing import Any

from field_app.screens.field_map.vm import KINDS, PRESSING
from mobile.kit.i18n import t
from mobile.kit.map.points import KINDS as COLOURS
from mobile.kit.painting import Painted
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_S, GAP_XS, RADIUS_S
from mobile.kit.widgets.layout import Column, Row
from mobile.kit.widgets.text import Text

_DOT, _WIDTH = 12, 112


class Legend(Column):
    """One line for each colour."""

    def __init__(self, **properties: Any) -> None:
        """Be as wide as the words are."""
        lines = [
            Row(self._dot(kind), Text(t(f"map.legend.{name}"), style="small"), spacing=dp(GAP_S))
            for name, kind in (*KINDS.items(), ("pressing", PRESSING))
        ]
        super().__init__(
            *lines, spacing=dp(GAP_XS), padding=dp(GAP_S), size_hint_x=None, width=theme.grown(_WIDTH),
            radius=dp(RADIUS_S), fill=theme.colour("surface", 0.9), **properties,
        )  # fmt: skip

    @staticmethod
    def _dot(kind: str) -> Painted:
        side = dp(_DOT)
        colour = theme.colour(COLOURS[kind])
        return Painted(size_hint=(None, None), size=(side, side), radius=side / 2, fill=colour)
