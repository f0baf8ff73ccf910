from pathlib import Path

import pytest

from geo.demo.features import NeighbourhoodSeed
from geo.demo.outline import synthetic_outline
from geo.demo.town import generate_town

# Real outlines lie beside the repository where they are present; they are no part of it.
DISTRICTS = Path(__file__).parents[3].parent / "shared" / "data" / "istanbul-districts.geojson"

NEIGHBOURHOODS = [
    NeighbourhoodSeed(1000 + row, name, population)
    for row, (name, population) in enumerate(
        [
            ("Çarşı", 4_200),
            ("Yenimahalle", 18_500),
            ("İstasyon", 9_100),
            ("Gazi", 22_000),
            ("Kâzım Karabekir", 12_300),
            ("Bağlar", 7_800),
            ("Sahil", 0),
            ("Şirinevler", 31_000),
            ("Değirmendere", 1_900),
        ]
    )
]


@pytest.fixture(scope="session")
def districts():
    if not DISTRICTS.exists():
        pytest.skip("the real outlines are not on this machine")
    return DISTRICTS


@pytest.fixture(scope="session")
def town():
    return generate_town(synthetic_outline(32.85, 39.92, 14, seed=5), NEIGHBOURHOODS, seed=11)
