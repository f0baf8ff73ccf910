"""The stack of screens: one navigator to an app, which owns the back key and can be saved and restored."""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from mobile.kit.i18n import language, t
from mobile.kit.painting import Painted, line_width
from mobile.kit.screen import Screen
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import WIDE_FROM

BACK_KEY = 27
_LEFT_SHARE = 0.45
_KEPT_ALIVE = 3
"""So many screens below the top stay as they are; deeper ones are saved and made anew when one comes back."""


@dataclass
class Place:
    """A screen of the stack: where it is from, what it was told, and itself while it lives."""

    route: str
    arguments: dict[str, Any]
    saved: dict[str, Any] = field(default_factory=dict)
    screen: Screen | None = None


class Navigator(Painted, FloatLayout):
    """Shows the top of a stack of screens; on a wide window a detail stands beside the screen it was opened from.

    Args:
        routes: name → class of the screen, made when it is first seen.
        home: route at the bottom of the stack.
        remember: called with `state()` at every step, so that a killed app comes back where it was.
        nothing_chosen: makes what stands at the right of a wide window while no detail is open.
    """

    is_wide = BooleanProperty(False)
    current = ObjectProperty(None, allownone=True)

    def __init__(
        self,
        routes: Mapping[str, Callable[..., Screen]],
        home: str,
        remember: Callable[[str], None] = lambda _state: None,
        nothing_chosen: Callable[[], Widget] = Widget,
    ) -> None:
        """Begin at home; the first screen is built when the navigator gets its size."""
        super().__init__()
        self._routes, self._home, self._remember, self._nothing_chosen = routes, home, remember, nothing_chosen
        self._stack = [Place(home, {})]
        self._shown: list[Screen] = []
        self._panes = BoxLayout()
        self.add_widget(self._panes)
        self._overlays: list[Any] = []
        self._snackbar: Any = None
        self.bind(width=self._widen)
        self._unwatch: list[Callable[[], None]] = [theme.watch(self.rebuild), language.watch(self.rebuild)]
        self._show()

    # --- going ------------------------------------------------------------------------------------------------

    def go(self, route: str, **arguments: Any) -> None:
        """Open a screen above the present one; from a list beside a detail, the new detail takes its place."""
        self._check(route)
        beside = self.is_wide and self._stack[-1].screen is not None and self._stack[-1].screen.is_detail
        replaces = beside and self._is_detail(route) and self._stack[-1].route == route
        self._leave_then(lambda: self._push(route, arguments, replaces=replaces), asks=replaces)

    def replace(self, route: str, **arguments: Any) -> None:
        """Open a screen in the place of the present one, without asking for unsaved work."""
        self._check(route)
        self._push(route, arguments, replaces=True)

    def start(self, route: str, **arguments: Any) -> None:
        """Make a screen the only one of the stack, as the tabs at the bottom do; unsaved work is asked for."""
        self._check(route)

        def begin() -> None:
            for place in self._stack:
                self._drop(place, for_good=True)
            self._stack = [Place(route, arguments)]
            self._step()

        self._leave_then(begin, asks=True)

    def back(self) -> bool:
        """Go one step back; False when there is none and the app may end."""
        if self._overlays:
            self._overlays[-1].dismiss()
            return True
        if self._screen().takes_back():
            return True
        if len(self._stack) == 1:
            if self._stack[0].route == self._home:
                return False
            self.start(self._home)
            return True
        self._leave_then(self.pop, asks=True)
        return True

    def pop(self) -> None:
        """Leave the top screen without asking: its work is done."""
        if len(self._stack) > 1:
            self._drop(self._stack.pop(), for_good=True)
            self._step()

    def on_key(self, _window: Any, key: int, *_: Any) -> bool:
        """Take the back key of the phone: bind it with `Window.bind(on_keyboard=navigator.on_key)`."""
        return key == BACK_KEY and self.back()

    # --- what was is kept ---------------------------------------------------------------------------------------

    def state(self) -> str:
        """Give the whole stack as JSON: routes, arguments, and what the screens saved."""
        for place in self._stack:
            if place.screen is not None:
                place.saved = place.screen.save()
        return json.dumps([[place.route, place.arguments, place.saved] for place in self._stack], ensure_ascii=False)

    def restore(self, state: str) -> bool:
        """Come back to a state; False, and home, when it names what this version no longer has."""
        try:
            stack = [Place(str(route), dict(arguments), dict(saved)) for route, arguments, saved in json.loads(state)]
        except (ValueError, TypeError):
            stack = []
        is_known = bool(stack) and all(place.route in self._routes for place in stack)
        for place in self._stack:
            self._drop(place, for_good=True)
        self._stack = stack if is_known else [Place(self._home, {})]
        self._show()
        return is_known

    def rebuild(self) -> None:
        """Make all screens anew from what they save: the theme, the text size or the language is another one."""
        for overlay in tuple(self._overlays):
            overlay.dismiss()
        for place in self._stack:
            self._drop(place)
        self._show()

    def close(self) -> None:
        """Leave every screen and stop watching; the navigator is not used any more."""
        while self._unwatch:
            self._unwatch.pop()()
        for place in self._stack:
            self._drop(place, for_good=True)

    # --- sheets and dialogs above -------------------------------------------------------------------------------

    def cover(self, overlay: Any) -> None:
        """Lay a dialog or sheet above the screens; the back key dismisses it first."""
        self._overlays.append(overlay)
        self.add_widget(overlay)

    def uncover(self, overlay: Any) -> None:
        """Take a dialog or sheet away."""
        if overlay in self._overlays:
            self._overlays.remove(overlay)
        self.remove_widget(overlay)

    def announce(self, snackbar: Any) -> None:
        """Show a snackbar; the one before it goes."""
        if self._snackbar is not None:
            self._snackbar.dismiss()
        self._snackbar = snackbar
        self.add_widget(snackbar)

    # --- inside -------------------------------------------------------------------------------------------------

    def _check(self, route: str) -> None:
        if route not in self._routes:
            raise KeyError(route)

    def _is_detail(self, route: str) -> bool:
        return bool(getattr(self._routes[route], "is_detail", False))

    def _push(self, route: str, arguments: dict[str, Any], *, replaces: bool) -> None:
        if replaces:
            self._drop(self._stack.pop(), for_good=True)
        self._stack.append(Place(route, arguments))
        self._step()

    def _step(self) -> None:
        self._show()
        self._remember(self.state())

    def _leave_then(self, go_on: Callable[[], None], *, asks: bool) -> None:
        if not (asks and self._screen().has_unsaved_work()):
            go_on()
            return
        from mobile.kit.widgets.dialog import Dialog  # noqa: PLC0415 (a dialog covers a navigator)

        Dialog(
            title=t("kit.unsaved_title"), text=t("kit.unsaved_body"), cancel=t("kit.stay"), confirm=t("kit.leave"),
            kind="danger", on_confirm=lambda *_: go_on(), test_id="unsaved",
        ).open(self)  # fmt: skip

    def _screen(self) -> Screen:
        return self._alive(self._stack[-1])

    def _alive(self, place: Place) -> Screen:
        if place.screen is None:
            place.screen = self._routes[place.route](self, **place.arguments)
            place.screen.build()
            place.screen.restore(place.saved)
        return place.screen

    def _drop(self, place: Place, *, for_good: bool = False) -> None:
        screen, place.screen = place.screen, None
        if screen is None:
            return
        if not for_good:
            place.saved = screen.save()
        if screen in self._shown:
            self._shown.remove(screen)
            screen.on_leave()
        screen.work.close()
        if screen.parent is not None:
            screen.parent.remove_widget(screen)

    def _visible(self) -> list[Screen]:
        top = self._screen()
        if not self.is_wide:
            return [top]
        below = next((place for place in reversed(self._stack[:-1]) if not self._is_detail(place.route)), None)
        return [self._alive(below), top] if top.is_detail and below is not None else [top]

    def _show(self) -> None:
        shown = self._visible()
        for screen in [gone for gone in self._shown if gone not in shown]:
            self._shown.remove(screen)
            screen.on_leave()
        self.fill = theme.colour("background")
        self._panes.clear_widgets()
        parts: list[Widget] = list(shown)
        if self.is_wide and len(shown) == 1 and shown[0].keeps_detail_open:
            parts.append(self._nothing_chosen())
        for index, part in enumerate(parts):
            if index:
                self._panes.add_widget(Painted(size_hint_x=None, width=line_width(), fill=theme.colour("line")))
            part.size_hint = (_LEFT_SHARE if index == 0 and len(parts) > 1 else 1 - _LEFT_SHARE, 1)
            with contextlib.suppress(AttributeError):
                part.parent.remove_widget(part)
            self._panes.add_widget(part)
        for screen in shown:
            if screen not in self._shown:
                self._shown.append(screen)
                screen.on_enter()
        self.current = shown[-1]
        for place in self._stack[: -_KEPT_ALIVE - 1]:
            if place.screen is not None and place.screen not in shown:
                self._drop(place)

    def _widen(self, *_: Any) -> None:
        is_wide = self.width >= dp(WIDE_FROM)
        if is_wide != self.is_wide:
            self.is_wide = is_wide
            self._show()
