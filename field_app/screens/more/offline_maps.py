"""The offline maps: what there is, what is here, and fetching it with a bar that shows how far it is."""

from functools import partial
from typing import Any

from field_app.account import Offline, Refused, SignedOut
from field_app.maps import OfferedMap
from field_app.screens.base import FieldScreen
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_S
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import IconButton, PushButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, Row, Scroll, Spacer, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.progress import Progress
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.text import Text
from mobile.kit.work import post
from mobile.sdk.map_packages import MapNotWhole


class OfflineMaps(FieldScreen):
    """One line for each district."""

    is_detail = True

    def build(self) -> None:
        """Show what was known last, and ask."""
        self.column = Column(padding=dp(GAP_L), spacing=dp(GAP_L))
        self.bars: dict[str, Progress] = {}
        ask = IconButton("refresh", test_id="ask", on_tap=self._ask)
        bar = TopBar(t("more.offline_maps"), [ask], has_back=not self.navigator.is_wide, on_back=self.go_back)
        self.add_widget(bar)
        self.add_widget(Scroll(self.column))
        self._show(self.field.open.maps.known())
        self._ask()

    def _ask(self, *_: Any) -> None:
        self.work.run(self.field.open.maps.ask, self._show, self._failed)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Offline | SignedOut | Refused | OSError | MapNotWhole):
            raise error
        self.bars.clear()
        self._show(self.field.open.maps.known())
        Snackbar(t("maps.broken"), icon="cloud-off").open(self)

    def _show(self, maps: list[OfferedMap]) -> None:
        if not maps:
            show(self.column, EmptyState("map", t("maps.none"), t("maps.none_text"), size_hint_y=None, height=dp(360)))
            return
        show(self.column, *(self._card(one) for one in maps))

    def _card(self, one: OfferedMap) -> Card:
        package = one.package
        if one.is_here:
            badge, act = Badge(t("maps.here"), tone="success"), ""
        elif not package.version:
            badge, act = Badge(t("maps.drawing"), tone="warning"), ""
        else:
            badge = Badge(t("maps.older" if one.has_older else "maps.there"), tone="info")
            act = t("maps.fetch", size=formats.file_size(package.size))
        parts: list[Any] = [Row(Text(one.name, style="heading"), badge)]
        if package.id in self.bars:
            parts.append(self.bars[package.id])
        elif act:
            fetch = PushButton(act, kind="secondary", icon="download", test_id=f"fetch.{package.id}")
            fetch.bind(on_tap=partial(self._fetch, one))
            parts.append(Row(fetch, Spacer(GAP_S)))
        return Card(*parts)

    def _fetch(self, one: OfferedMap, *_: Any) -> None:
        maps, bar = self.field.open.maps, Progress(value=0)
        self.bars[one.package.id] = bar

        def step(done: int, whole: int) -> None:
            post(lambda: setattr(bar, "value", done / max(1, whole)))

        def arrived(_path: Any) -> None:
            self.bars.pop(one.package.id, None)
            self._show(maps.known())

        self.work.run(lambda: maps.fetch(one.package, step), arrived, self._failed)
        self._show(maps.known())
