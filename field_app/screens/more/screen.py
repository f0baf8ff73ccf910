"""Everything else: businesses, tasks, offline maps, taking the outbox along, settings, locking."""

from field_app.screens.base import TabScreen
from mobile.kit.i18n import t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.layout import Column, Scroll
from mobile.kit.widgets.text import Text

ROOMS = (
    ("businesses", "store"), ("new_task", "toolbox"), ("offline_maps", "map"), ("export", "upload"),
    ("settings", "cog"),
)  # fmt: skip


class More(TabScreen):
    """The other rooms."""

    tab = "more"

    def build(self) -> None:
        """List them."""
        profile = self.field.open.profile
        who = Card(
            Text(profile.name, style="title"),
            Text(" · ".join(part for part in (profile.title, profile.registry_no) if part), tone="text_soft"),
            Text(profile.town, tone="text_soft"),
        )
        rooms = Card(
            *(
                ListRow(
                    t(f"more.{name}"), detail=t(f"more.{name}_help"), icon=icon, tone="accent", test_id=f"more.{name}",
                    on_tap=lambda _row, name=name: self.navigator.go(name),
                )
                for name, icon in ROOMS
            ),
            padding=dp(2), spacing=0,
        )  # fmt: skip
        lock = Card(
            ListRow(t("more.lock"), icon="lock", test_id="more.lock", on_tap=lambda *_: self.field.go_to_lock("pin")),
            padding=dp(2),
        )
        self.frame(TopBar(t("tab.more")), Scroll(Column(who, rooms, lock, padding=dp(GAP_L), spacing=dp(GAP_L))))
