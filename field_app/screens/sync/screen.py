"""How syncing goes: one true sentence, three numbers, and every command with what became of it."""

from typing import Any

from field_app.screens.base import TabScreen
from field_app.screens.sync import vm
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, Row, show
from mobile.kit.widgets.marks import IconDisc
from mobile.kit.widgets.progress import Progress
from mobile.kit.widgets.segmented import Segmented
from mobile.kit.widgets.text import Text
from mobile.kit.widgets.virtual_list import VirtualList

LISTS = ("waiting", "attention", "sent")


class SyncScreen(TabScreen):
    """The truth about what is safe on the phone and what is with the office."""

    tab = "sync"
    keeps_detail_open = True

    def build(self) -> None:
        """Make the card, the tabs of the three lists, and the list."""
        self.card = Column(padding=(dp(GAP_L), dp(GAP_M)))
        self.which = Segmented(test_id="lists")
        self.which.bind(value=lambda *_: self._show_list())
        self.list = VirtualList(test_id="lines", on_choose=self._open_line)
        self.body = Column(size_hint_y=1)
        tabs = Column(self.which, padding=(dp(GAP_L), 0, dp(GAP_L), dp(GAP_S)))
        self.frame(TopBar(t("tab.sync")), Column(self.card, tabs, self.body, size_hint_y=1, spacing=0))
        self.wanted = ""

    def save(self) -> dict[str, Any]:
        """Keep which list is open."""
        return {"list": self.which.value}

    def restore(self, saved: dict[str, Any]) -> None:
        """Open it again."""
        self.wanted = saved.get("list", "")

    def refresh_state(self) -> None:
        """Sentence and numbers follow every step of the exchange, not only changes of rows."""
        super().refresh_state()
        self.state = state = vm.read(self.field.open, self.field.sync_state)
        head = Row(IconDisc(state.icon, tone=state.tone), Text(state.headline, style="heading"), spacing=dp(GAP_M))
        last = Text(t("sync.last_contact", when=state.last_contact), style="caption", tone="text_soft")
        parts: list[Any] = [head, self._numbers(state), last]
        if state.lease:
            parts.append(Text(state.lease, style="label", tone="danger"))
        if self.field.sync_state.is_running:
            parts.append(Progress(value=-1))
        else:
            parts.append(
                PushButton(t("sync.now"), kind="secondary", icon="sync", test_id="sync_now", on_tap=self._sync_now)
            )
        show(self.card, Card(*parts))
        counts = {"waiting": state.numbers["waiting"], "attention": len(state.attention), "sent": state.numbers["sent"]}
        self.which.options = [(name, f"{t(f'sync.list.{name}')} {formats.number(counts[name])}") for name in LISTS]
        self.which.value = self.wanted or self.which.value or ("attention" if state.attention else "waiting")
        self.wanted = ""
        self._show_list()

    def _numbers(self, state: vm.State) -> Row:
        shown = (("waiting", "warning"), ("waiting_photos", "warning"), ("attention", "danger"), ("sent", "success"))
        return Row(
            *(
                Column(
                    Text(formats.number(state.numbers[name]), style="display", halign="center",
                         tone=tone if state.numbers[name] else "text_soft", test_id=f"number.{name}"),
                    Text(t(f"sync.number.{name}"), style="small", tone="text_soft", halign="center"),
                    spacing=dp(2),
                )
                for name, tone in shown
            ),
            spacing=dp(GAP_S),
        )  # fmt: skip

    def _show_list(self) -> None:
        name = self.which.value
        if not name or not hasattr(self, "state"):
            return
        rows = {"waiting": self.state.waiting, "attention": self.state.attention, "sent": self.state.sent}[name]
        if rows:
            self.list.rows = list(rows)
            show(self.body, self.list)
        else:
            icon = "check-all" if name != "sent" else "inbox"
            show(self.body, EmptyState(icon, t(f"sync.none.{name}"), test_id=f"none.{name}"))

    def _open_line(self, _list: Any, key: str) -> None:
        if self.which.value == "attention":
            self.navigator.go("attention", id=key)

    def _sync_now(self, *_: Any) -> None:
        self.field.wake_sync(at_once=True)
