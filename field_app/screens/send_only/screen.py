"""All that an app can do whose data are of another version: say so, and send what was recorded."""

from datetime import UTC, datetime

from field_app.screens.base import FieldScreen
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_M, GAP_XL
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.layout import Column, Row, Scroll, show
from mobile.kit.widgets.progress import Progress
from mobile.kit.widgets.text import Icon, Text


class SendOnly(FieldScreen):
    """Shown in the place of the work until the app is updated."""

    def build(self) -> None:
        """Say what is wrong and what to do."""
        self.card = Column()
        lock = PushButton(t("more.lock"), kind="text", icon="lock", test_id="lock")
        lock.bind(on_tap=lambda *_: self.field.go_to_lock("pin"))
        column = Column(
            Icon("alert", side=64, tone="warning", pos_hint={"center_x": 0.5}),
            Text(t("send_only.title"), style="title", halign="center", test_id="send_only"),
            Text(t("send_only.text")), Text(t("send_only.next"), style="label"), self.card, lock,
            padding=dp(GAP_XL), spacing=dp(GAP_L),
        )  # fmt: skip
        self.add_widget(Scroll(column))

    def refresh_state(self) -> None:
        """Show what still waits."""
        engine = self.field.open.engine
        numbers, heard = engine.numbers(), engine.store.get("last_contact")
        last = datetime.fromtimestamp(int(heard) / 1000, UTC) if heard else None
        when = formats.ago(last, self.field.open.desk.now()) if last else t("sync.never")
        counts = [
            Column(
                Text(formats.number(numbers[name]), style="display", halign="center", test_id=f"number.{name}"),
                Text(t(f"sync.number.{name}"), style="small", tone="text_soft", halign="center"),
            )
            for name in ("waiting", "sent")
        ]
        is_running = self.field.sync_state.is_running
        sync = PushButton(t("sync.now"), kind="secondary", icon="sync", test_id="sync_now")
        sync.bind(on_tap=lambda *_: self.field.wake_sync(at_once=True))
        contact = Text(t("sync.last_contact", when=when), style="caption", tone="text_soft")
        show(self.card, Card(Row(*counts), contact, Progress(value=-1) if is_running else sync, spacing=dp(GAP_M)))
