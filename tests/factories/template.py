"""Fills the template database once for each run: what every test may expect to find."""

from typing import Any


async def fill(urls: Any) -> None:
    """Two municipalities of different type, with staff of every role (see `tests.factories.towns`)."""
