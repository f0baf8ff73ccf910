"""Contrast as the accessibility guidelines measure it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.municipalities.colours import contrast_with_white


@pytest.mark.parametrize(
    ("colour", "ratio"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54), ("#ff0000", 4.0)]
)
def test_the_ratio_is_that_of_the_guidelines(colour, ratio):
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.01)


@given(st.integers(0, 255), st.integers(0, 254))
def test_a_darker_grey_always_contrasts_more(one, other):
    darker, lighter = sorted((one, other))
    if darker < lighter:
        assert contrast_with_white("#" + f"{darker:02x}" * 3) > contrast_with_white("#" + f"{lighter:02x}" * 3)
