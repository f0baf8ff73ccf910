"""What lies above the screens: a shade over everything, and something on it."""

from typing import Any

from kivy.animation import Animation
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from mobile.kit.painting import Painted
from mobile.kit.theme import theme

_FADE_S = 0.12


class Overlay(Painted, FloatLayout):
    """Covers the screens and takes every touch; a touch beside its content dismisses it when `is_dismissable`."""

    is_dismissable = BooleanProperty(True)
    test_id = StringProperty("")
    __events__ = ("on_dismiss",)

    def __init__(self, content: Widget, **properties: Any) -> None:
        """Take what is shown; it places itself by `pos_hint`."""
        super().__init__(fill=theme.colour("shade", 0.62), **properties)
        self.content = content
        self._host: Any = None
        self.add_widget(content)

    def open(self, near: Widget) -> None:
        """Cover the navigator that a widget stands in.

        Raises:
            LookupError: the widget stands in none.
        """
        host: Any = near
        while host is not None and not hasattr(host, "cover"):
            host = host.parent if host.parent is not host else None
        if host is None:
            raise LookupError("the widget is on no screen")
        self._host = host
        self.opacity = 0
        host.cover(self)
        Animation(opacity=1, d=_FADE_S).start(self)

    @property
    def is_open(self) -> bool:
        """Say whether it covers something."""
        return self._host is not None

    def dismiss(self, *_: Any) -> None:
        """Go away and tell `on_dismiss`; once."""
        host, self._host = self._host, None
        if host is not None:
            Animation.cancel_all(self)
            host.uncover(self)
            self.dispatch("on_dismiss")

    def on_dismiss(self) -> None:
        """Do nothing of its own: listeners do."""

    def on_touch_down(self, touch: Any) -> bool:
        """Keep every touch from what is covered."""
        if self.is_dismissable and not self.content.collide_point(*touch.pos):
            touch.ud[self] = "beside"
        super().on_touch_down(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Keep the touch."""
        super().on_touch_move(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Dismiss when the touch began and ended beside the content."""
        super().on_touch_up(touch)
        if touch.ud.pop(self, None) and not self.content.collide_point(*touch.pos):
            self.dismiss()
        return True
