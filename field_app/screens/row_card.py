"""Rows of a list on a card."""

from mobile.kit.theme import dp
from mobile.kit.tokens import RADIUS_M
from mobile.kit.widgets.card import Card, ListRow

_EDGE = 2


def row_card(*rows: ListRow) -> Card:
    """Put rows on a card, round as the card is: square ones would cover its corners."""
    for row in rows:
        row.radius = dp(RADIUS_M - _EDGE)
    return Card(*rows, padding=dp(_EDGE), spacing=0)
