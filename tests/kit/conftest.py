"""Fixtures of the kit's tests; the apps' tests take `robot` from here as well."""

from collections.abc import Iterator

import pytest

from tests.kit.robot import App, Robot, Widget  # isort: skip (before anything of Kivy)
from mobile.kit import fonts
from mobile.kit.i18n import language
from mobile.kit.theme import theme


class Showing(App):
    """An app that shows one widget."""

    def __init__(self, root: Widget) -> None:
        super().__init__()
        self._shown = root

    def build(self) -> Widget:
        return self._shown


@pytest.fixture
def robot() -> Iterator:
    """Starts an app, or shows a widget; everything is put away at the end."""
    fonts.register()
    started: list[Robot] = []

    def start(app_or_widget: App | Widget) -> Robot:
        app = app_or_widget if isinstance(app_or_widget, App) else Showing(app_or_widget)
        started.append(Robot(app))
        return started[-1]

    yield start
    for running in started:
        running.close()
    theme.change(dark=False, text_size=1.0, accent=None)
    language.change("tr")
