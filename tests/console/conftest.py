"""Fixtures of the console's tests: browsers at the real application, and a case to look at."""

from collections.abc import AsyncIterator

import pytest

from tests.console.browser import Browser


@pytest.fixture
async def browser(server) -> AsyncIterator[Browser]:
    """A browser in which nobody is signed in."""
    opened = Browser(server)
    yield opened
    await opened.http.aclose()
