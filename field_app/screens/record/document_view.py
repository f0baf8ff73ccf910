"""Parts of a record as they are read on a phone: a table's rows become short blocks, for nothing scrolls sideways."""

from collections.abc import Callable
from typing import Any

from mobile.kit.painting import Painted, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_M, GAP_S, GAP_XS, RADIUS_S
from mobile.kit.widgets.layout import Column, Divider, Row
from mobile.kit.widgets.photo import Picture
from mobile.kit.widgets.text import Text
from mobile.wire.record import Section, SignaturePlace, Table

_LABEL_SHARE = 0.38
_PAIR = 2
_SIGNATURE_HEIGHT, _SIGNATURE_PIXELS = 120, 900


def section_view(section: Section) -> Column:
    """Show a section: its title, lines, table and paragraphs."""
    parts: list[Any] = [Column(Text(section.title, style="strong"), Divider(), spacing=dp(GAP_XS))]
    parts += [_line(label, value) for label, value in section.lines]
    if section.table is not None:
        parts += _table(section.table)
    parts += [Text(text, style="caption", tone="text_soft") for text in section.paragraphs]
    return Column(*parts, spacing=dp(GAP_S))


def _line(label: str, value: str) -> Row:
    told = Text(label, style="caption", tone="text_soft", size_hint_x=_LABEL_SHARE)
    said = Text(value, style="body", size_hint_x=1 - _LABEL_SHARE)
    row = Row(told, said, spacing=dp(GAP_S))
    for part in (told, said):
        part.pos_hint = {"top": 1}
    return row


def _table(table: Table) -> list[Any]:
    if len(table.headings) == _PAIR:
        return [_pair(first, second) for first, second in table.rows]
    blocks: list[Any] = []
    for row in table.rows:
        # The first cell is a number or a name, the second what it is about; the rest are facts of it.
        is_numbered = row[0].isdigit()
        title = f"{row[0]}. {row[1]}" if is_numbered else row[0]
        facts = list(zip(table.headings, row, strict=True))[2 if is_numbered else 1 :]
        lines = [
            Text(f"{heading}: {value}", style="caption", tone="text_soft") for heading, value in facts if value != "—"
        ]
        blocks.append(Column(Text(title), *lines, spacing=dp(GAP_XS)))
    return blocks


def _pair(first: str, second: str) -> Row:
    told = Text(first, style="caption", size_hint_x=1 - _LABEL_SHARE)
    said = Text(second, style="caption", tone="text_soft", size_hint_x=_LABEL_SHARE, halign="right")
    row = Row(told, said, spacing=dp(GAP_S))
    for part in (told, said):
        part.pos_hint = {"top": 1}
    return row


def signature_view(place: SignaturePlace, source_of: Callable[[str], str]) -> Column:
    """Show a place for a signature, with the drawn one where this phone has it."""
    parts: list[Any] = [Text(place.role, style="caption", tone="text_soft")]
    if place.name:
        parts.append(Text(place.name, style="strong"))
    if place.remark:
        parts.append(Text(place.remark))
    source = source_of(place.image_id) if place.image_id else ""
    if source:
        parts.append(_drawn(source))
    return Column(*parts, spacing=dp(GAP_XS), padding=(dp(GAP_M), dp(GAP_S)), fill=theme.colour("background"),
                  radius=dp(RADIUS_S))  # fmt: skip


def _drawn(source: str) -> Painted:
    # White in the dark as well: it looks as it is printed.
    ground = Painted(size_hint_y=None, height=dp(_SIGNATURE_HEIGHT), fill=(1, 1, 1, 1), radius=dp(RADIUS_S))
    ground.edge, ground.edge_width = theme.colour("line"), line_width()
    picture = Picture(_SIGNATURE_PIXELS, source=source)
    ground.add_widget(picture)

    def fit(*_: Any) -> None:
        inset = dp(GAP_S)
        picture.pos = ground.x + inset, ground.y + inset
        picture.size = ground.width - 2 * inset, ground.height - 2 * inset

    ground.bind(pos=fit, size=fit)
    return ground
