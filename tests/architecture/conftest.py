"""Fixtures of the architecture tests."""

from tests.architecture.access.fixtures import matrix, quick_passwords

__all__ = ["matrix", "quick_passwords"]
