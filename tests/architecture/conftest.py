"""Fixtures of the architecture tests."""

from tests.architecture.access.fixtures import matrix

__all__ = ["matrix"]
