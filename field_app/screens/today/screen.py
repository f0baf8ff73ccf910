"""Today's work as a list: in the order of the way, by nearness, deadline or risk."""

from typing import Any

from field_app.screens.base import TabScreen
from field_app.screens.today.vm import State, TodayModel
from field_app.today import ORDERS
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_M, GAP_S
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import IconButton
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, Row, Spacer, show
from mobile.kit.widgets.marks import Badge, Chip
from mobile.kit.widgets.progress import Progress
from mobile.kit.widgets.segmented import Segmented
from mobile.kit.widgets.text import Text
from mobile.kit.widgets.virtual_list import VirtualList


class Today(TabScreen):
    """The first thing that an inspector sees."""

    tab = "today"
    keeps_detail_open = True

    def build(self) -> None:
        """Make head and list."""
        unlocked = self.field.open
        self.model = TodayModel(unlocked.desk)
        self.bar = TopBar(
            unlocked.profile.town, detail=formats.date_with_day(unlocked.desk.now()),
            actions=[IconButton("plus-circle", tone="accent", test_id="new_finding", on_tap=self._new_finding)],
        )  # fmt: skip
        self.orders = Segmented([(order, t(f"today.order.{order}")) for order in ORDERS], test_id="order")
        self.orders.value = self.model.state.order
        self.orders.bind(value=lambda _widget, value: self._like(order=value))
        self.mine = Chip(t("today.mine"), icon="account", test_id="mine", on_tap=self._swap_mine)
        self.counts = Row(self.mine, spacing=dp(GAP_S))
        self.bar_of_loading, self.loading = Progress(), Text(style="caption", tone="text_soft", test_id="loading")
        self.head = Column(self.orders, self.counts, padding=(dp(GAP_M), dp(GAP_M)), spacing=dp(GAP_S))
        self.list = VirtualList(test_id="work", on_choose=self._open_line)
        self.body = Column(size_hint_y=1)
        self.frame(self.bar, Column(self.head, self.body, size_hint_y=1, spacing=0))

    def refresh(self) -> None:
        """Read the work anew, from where the phone is."""
        self._show(self.model.read(self.field.here))

    def save(self) -> dict[str, Any]:
        """Keep how far the list was scrolled."""
        return {"scroll": self.list.scroll_y, "chosen": self.list.chosen}

    def restore(self, saved: dict[str, Any]) -> None:
        """Come back to it."""
        self.list.scroll_y, self.list.chosen = saved.get("scroll", 1.0), saved.get("chosen", "")

    def _show(self, state: State) -> None:
        self.mine.is_chosen = state.only_mine
        counts = state.counts or {}
        marks = [
            Badge(t(f"today.{name}", count=counts[key]), tone=tone, pos_hint={"center_y": 0.5})
            for name, key, tone in (("late", "late", "danger"), ("due", "today", "warning"), ("all", "all", "neutral"))
            if counts.get(key)
        ]
        show(self.counts, self.mine, Spacer(), *marks)
        done, whole = state.scopes
        self.loading.text = t("first.progress", done=done, whole=whole)
        self.bar_of_loading.value = done / whole if whole else -1
        show(self.head, self.orders, self.counts, *((self.bar_of_loading, self.loading) if done < whole else ()))
        if state.is_locked:
            show(self.body, EmptyState("lock", t("locked.title"), t("locked.text"), test_id="locked"))
        elif state.is_first_sync:
            is_offline = self.field.sync_state.ending in ("offline", "signed_out")
            text = t("first.offline") if is_offline else t("today.first_sync_text")
            show(self.body, EmptyState("sync", t("today.first_sync"), text, test_id="first_sync"))
        elif not state.rows:
            show(self.body, EmptyState("check-all", t("today.empty"), t("today.empty_text"), test_id="empty"))
        else:
            self.list.rows = list(state.rows)
            show(self.body, self.list)

    def _like(self, **choices: Any) -> None:
        self.model.like(**choices)
        self.refresh()

    def _swap_mine(self, *_: Any) -> None:
        self._like(only_mine=not self.model.state.only_mine)

    def _open_line(self, _list: Any, key: str) -> None:
        kind, row_id = key.split("/", 1)
        self.list.chosen = key
        self.navigator.go(kind, id=row_id)

    def _new_finding(self, *_: Any) -> None:
        self.navigator.go("new_finding")
