"""A municipality's colours stay readable, whatever colour it chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.theme import (
    DARK_SURFACE,
    DEFAULT_PRIMARY,
    LIGHT_SURFACE,
    READABLE,
    contrast,
    palette,
    theme_css,
)

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(colours)
def test_text_on_and_in_the_town_s_colour_can_always_be_read(colour):
    made = palette({"primary": colour})
    assert made.primary == colour
    assert contrast(made.on_primary, made.primary) >= READABLE
    assert contrast(made.ink_on_light, LIGHT_SURFACE) >= READABLE
    assert contrast(made.ink_on_dark, DARK_SURFACE) >= READABLE


@given(colours)
def test_a_colour_that_can_be_read_already_is_not_changed(colour):
    made = palette({"primary": colour})
    if contrast(colour, LIGHT_SURFACE) >= READABLE:
        assert made.ink_on_light == colour


@pytest.mark.parametrize("bad", ["", "red", "#12345", "#1234567", "#12345g", "#123456;}body{display:none}"])
def test_what_is_no_colour_never_reaches_the_style_sheet(bad):
    assert palette({"primary": bad}).primary == DEFAULT_PRIMARY
    assert bad == "" or bad not in theme_css({"primary": bad})


def test_without_a_theme_the_default_colours_are_used():
    assert palette(None) == palette({})
