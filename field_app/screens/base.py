"""What the screens of the open app have in common: the way to the phone, being told of changes, the line of state."""

from typing import TYPE_CHECKING, Any

from field_app.screens.state_line import state_line
from mobile.kit.i18n import t
from mobile.kit.screen import Screen
from mobile.kit.widgets.banner import Banner
from mobile.kit.widgets.bars import BottomNav, TopBar
from mobile.kit.widgets.layout import Column, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from field_app.field import Field

TABS = (("today", "clipboard-list"), ("map", "map"), ("messages", "message"), ("sync", "sync"), ("more", "menu"))


class FieldScreen(Screen):
    """A screen of the open app. `refresh()` is called when it is shown and whenever the phone's rows may be others."""

    def __init__(self, navigator: Any, **arguments: Any) -> None:
        """Take the navigator, whose `field` is the app."""
        super().__init__(navigator, **arguments)
        self.field: Field = navigator.field
        self._unwatch: Callable[[], None] | None = None
        self._mark: tuple[int, int] | None = None

    def on_enter(self) -> None:
        """Begin to be seen, with fresh rows."""
        self._unwatch = self.field.watch(self.refresh_if_changed)
        self._mark = None
        self.refresh_if_changed()

    def on_leave(self) -> None:
        """End to be seen."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    def refresh_if_changed(self) -> None:
        """Read anew, if the phone's database is another one than when it was last read."""
        mark = self.field.open.engine.view_mark()
        if mark != self._mark:
            self._mark = mark
            self.refresh()
        self.refresh_state()

    def refresh(self) -> None:
        """Show the rows as they are now."""

    def refresh_state(self) -> None:
        """Show how syncing goes."""

    def go_back(self, *_: Any) -> None:
        """Go one step back, as the arrow of the top bar asks."""
        self.navigator.back()


class TabScreen(FieldScreen):
    """One of the rooms at the bottom: a bar, the line of state, the body, the tabs."""

    tab = ""

    def frame(self, bar: TopBar, body: Any) -> None:
        """Put bar, line of state, body and tabs below each other."""
        self._state = Column(spacing=0)
        self.nav = BottomNav(
            [(key, t(f"tab.{key}"), icon) for key, icon in TABS], value=self.tab, test_id="nav",
            on_choose=lambda _nav, key: key != self.tab and self.navigator.start(key),
        )  # fmt: skip
        for part in (bar, self._state, body, self.nav):
            self.add_widget(part)

    def refresh_state(self) -> None:
        """Show the line of state, and the number of what needs the user on the tab."""
        numbers = self.field.open.engine.numbers()
        line = state_line(numbers, self.field.sync_state, is_send_only=self.field.open.engine.store.is_send_only)
        self.nav.count("sync", numbers["attention"])
        if line is None:
            show(self._state)
            return
        banner = Banner(line.text, icon=line.icon, tone=line.tone, action=line.action, test_id="state")
        banner.bind(on_tap=lambda *_: self._follow(line.leads_to))
        self._state.clear_widgets()
        self._state.add_widget(banner)

    def _follow(self, leads_to: str) -> None:
        if leads_to == "sign_in":
            self.field.go_to_lock("sign_in")
        elif leads_to and leads_to != self.tab:
            self.navigator.start(leads_to)
