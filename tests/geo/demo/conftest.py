from pathlib import Path

import pytest

from geo.demo.outline import synthetic_outline
from geo.demo.town import generate_town
from tests.geo.demo.given import NEIGHBOURHOODS

# Real outlines lie beside the repository where they are present; they are no part of it.
DISTRICTS = Path(__file__).parents[3].parent / "shared" / "data" / "istanbul-districts.geojson"


@pytest.fixture(scope="session")
def districts():
    if not DISTRICTS.exists():
        pytest.skip("the real outlines are not on this machine")
    return DISTRICTS


@pytest.fixture(scope="session")
def town():
    return generate_town(synthetic_outline(32.85, 39.92, 14, seed=5), NEIGHBOURHOODS, seed=11)
