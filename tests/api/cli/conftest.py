"""Fixtures of the command line's tests."""

import pytest

from tests.journeys.programs import environment_for


@pytest.fixture
def operator(real_db, tmp_path, monkeypatch):
    """The environment of an operator at an installation on `real_db`; gives the database's addresses."""
    for name, value in environment_for(real_db, tmp_path / "files").items():
        if name.startswith("BELEDIYE_"):
            monkeypatch.setenv(name, value)
    return real_db
