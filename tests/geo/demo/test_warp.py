import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.demo.warp import Warp


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000), st.floats(100, 2_000), st.floats(2, 10))
def test_a_bend_can_be_undone(seed, shortest, spread):
    rng = np.random.default_rng(seed)
    warp = Warp.drawn(rng, shortest, shortest * spread)
    places = rng.uniform(-20_000, 20_000, (200, 2))
    assert warp.straighten(warp.bend(places)) == pytest.approx(places, abs=1e-6)


def test_places_never_change_sides_however_near_they_are():
    rng = np.random.default_rng(3)
    warp = Warp.drawn(rng, 300, 3_000)
    here = rng.uniform(-10_000, 10_000, (5_000, 2))
    apart = rng.normal(size=here.shape)
    moved = warp.bend(here + apart) - warp.bend(here)
    assert ((moved * apart).sum(axis=1) > 0).all()
