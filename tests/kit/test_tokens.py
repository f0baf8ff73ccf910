"""Colours can be read in the sun, letters and icons are never empty boxes."""

from itertools import pairwise

import pytest
from PIL import ImageFont

from mobile.kit import fonts
from mobile.kit.i18n.formats import DAYS, MONTHS
from mobile.kit.i18n.kit_texts import KIT_TEXTS
from mobile.kit.icons import ICONS
from mobile.kit.tokens import DARK, LIGHT, TONES, TYPE_SCALE, contrast, with_accent

PALETTES = {"light": LIGHT, "dark": DARK}
ACCENTS = ("#ffe800", "#ffffff", "#000000", "#d40000", "#00a0a0", "#7f7f7f", "#2bd900")


def reading(palette):
    """What is written on what."""
    pairs = [(ink, paper) for ink in ("text", "text_soft") for paper in ("background", "surface", "raised")]
    pairs += [(ink, paper) for ink in ("accent", "danger", "success", "warning") for paper in ("background", "surface")]
    pairs += [("on_accent", "accent"), ("on_danger", "danger"), ("text", "accent_soft"), ("text_soft", "accent_soft")]
    pairs += [(ink, paper) for paper, ink in TONES.values()]
    return {f"{ink} on {paper}": contrast(getattr(palette, ink), getattr(palette, paper)) for ink, paper in pairs}


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_can_be_read(name):
    assert {pair: round(value, 2) for pair, value in reading(PALETTES[name]).items() if value < 4.5} == {}


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("accent", ACCENTS)
def test_the_colour_of_a_town_is_made_readable(name, accent):
    palette = with_accent(PALETTES[name], accent)
    assert {pair: round(value, 2) for pair, value in reading(palette).items() if value < 4.5} == {}


@pytest.mark.parametrize("name", PALETTES)
def test_what_can_be_touched_has_an_edge_that_is_seen(name):
    palette = PALETTES[name]
    assert min(contrast(palette.edge, paper) for paper in (palette.surface, palette.background)) >= 3


def test_a_colour_that_is_none_is_refused():
    for wrong in ("red", "#12345", "#gggggg", ""):
        with pytest.raises(ValueError, match=r"colour|invalid literal"):
            with_accent(LIGHT, wrong)


def test_contrast_follows_its_definition():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_the_type_scale_has_no_text_below_twelve():
    sizes = sorted({size for size, _ in TYPE_SCALE.values()})
    assert sizes[0] >= 12
    assert all(bigger - smaller >= 1 for smaller, bigger in pairwise(sizes))


def drawn(font, character):
    mask = font.getmask(character)
    return mask.size, bytes(mask)


@pytest.mark.parametrize("file", ["text-regular.ttf", "text-bold.ttf"])
def test_every_letter_that_is_written_is_in_the_font(file):
    font = ImageFont.truetype(str(fonts.FOLDER / file), 40)
    written = {letter for both in KIT_TEXTS.values() for text in both for letter in text}
    written |= set(
        "abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZqwxQWXâîûÂÎÛ0123456789₺%·—–…•“”‘’№°²'\"@/\\+-×→←✓"
    )
    written |= {letter for names in (*MONTHS.values(), *DAYS.values()) for name in names for letter in name}
    box = drawn(font, "\uffff")
    assert [letter for letter in sorted(written - {" ", "\n"}) if drawn(font, letter) == box] == []


def test_every_icon_is_in_the_font():
    font = ImageFont.truetype(str(fonts.FOLDER / "icons.ttf"), 40)
    nothing = {drawn(font, "\uffff"), drawn(font, " ")}
    assert [name for name, code in ICONS.items() if drawn(font, chr(code)) in nothing] == []
    assert len(set(ICONS.values())) == len(ICONS)


def test_missing_fonts_say_what_to_do(tmp_path):
    with pytest.raises(fonts.FontsMissing, match="make setup"):
        fonts.register(tmp_path)
