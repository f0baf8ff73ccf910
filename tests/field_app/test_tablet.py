"""The app on a tablet: list and detail beside each other, everything to be read and touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("room", ["today", "map", "sync", "checklist"])
def test_a_tablet_shows_the_room_as_it_is_meant(room, tmp_path):
    """Another size needs another process."""
    environment = {**os.environ, "APP_SIZE": "800x1280", "SHOTS": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.field_app.tablet", room], env=environment, cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
