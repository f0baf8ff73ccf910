"""The application, built but not started: its routes and its description can be read without a database."""

from functools import cache

from fastapi import FastAPI

from api.app import create_app
from tests.factories.serving import settings_for


class _Nowhere:
    app = platform = "postgresql://nobody@/nowhere"


@cache
def unstarted_app() -> FastAPI:
    """Build the application as a test server has it."""
    return create_app(settings_for(_Nowhere, "/nonexistent"))
