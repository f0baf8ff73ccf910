"""Fixtures of the security tests: the two planted towns of the access matrix, and words for calling their routes."""

import pytest

from tests.architecture.access.fixtures import matrix
from tests.security.asking import Asking

__all__ = ["asking", "matrix"]


@pytest.fixture
def asking(matrix) -> Asking:
    """Calls any route of the API as somebody whom it lets in."""
    return Asking(matrix)
