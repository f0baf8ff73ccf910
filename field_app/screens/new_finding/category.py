"""Choosing the subject of a new case: all subjects, narrowed by what is typed."""

from typing import Any

from field_app.screens.base import FieldScreen
from field_app.screens.new_finding.vm import found_categories
from mobile.kit.i18n import language, t
from mobile.kit.icons import ICONS
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, show
from mobile.kit.widgets.search_field import SearchField
from mobile.kit.widgets.virtual_list import VirtualList
from mobile.sdk.lease import ReadingLocked


class ChooseCategory(FieldScreen):
    """A field and the subjects that it leaves."""

    is_detail = True

    def build(self) -> None:
        """Make the field and the list."""
        self.text = SearchField(t("category.placeholder"), test_id="search")
        self.text.bind(on_search=lambda *_: self.refresh())
        self.list = VirtualList(test_id="categories", on_choose=self._choose)
        self.body = Column(size_hint_y=1, spacing=0)
        for part in (
            TopBar(t("category.title"), has_back=True, on_back=self.go_back),
            Column(self.text, padding=(dp(GAP_L), dp(GAP_M))),
            self.body,
        ):
            self.add_widget(part)

    def refresh(self) -> None:
        """Show what is left."""
        try:
            categories = self.field.open.desk.town().categories
        except ReadingLocked:
            show(self.body, EmptyState("lock", t("locked.title"), t("locked.text"), test_id="locked"))
            return
        found = found_categories(categories, self.text.text, language.current)
        self.list.rows = [
            {
                "key": category.id, "title": category.title(language.current), "detail": group,
                "icon": category.icon if category.icon in ICONS else "tag",
                "tone": "danger" if category.is_emergency else "accent",
            }
            for category, group in found
        ]  # fmt: skip
        none = EmptyState("magnify", t("category.none"), t("category.none_text"), test_id="none")
        show(self.body, self.list if found else none)

    def save(self) -> dict[str, Any]:
        """Keep what was typed."""
        return {"text": self.text.text}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take it back."""
        self.text.text = saved.get("text", "")

    def _choose(self, _list: Any, key: str) -> None:
        self.navigator.replace("new_case", category_id=key)
