"""Something new on the spot: what it is, and what was begun and not finished."""

from datetime import UTC, datetime
from typing import Any

from field_app import desk_inspections
from field_app.desk_inspections import FINDING_FORM
from field_app.screens.base import FieldScreen
from field_app.screens.row_card import row_card
from mobile.kit.i18n import formats, language, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_M, GAP_XL
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.card import ListRow
from mobile.kit.widgets.layout import Column, Scroll, show
from mobile.kit.widgets.text import Text
from mobile.sdk.lease import ReadingLocked


class NewFinding(FieldScreen):
    """The ways to begin."""

    is_detail = True

    def build(self) -> None:
        """Make the frame; `refresh` fills it."""
        self.column = Column(padding=(dp(GAP_L), dp(GAP_L), dp(GAP_L), dp(GAP_XL)), spacing=dp(GAP_M))
        self.add_widget(TopBar(t("new.title"), has_back=True, on_back=self.go_back))
        self.add_widget(Scroll(self.column))

    def refresh(self) -> None:
        """Show the ways, and what was begun."""
        ways = [
            self._row("case", "clipboard-text", "accent", lambda *_: self.navigator.go("choose_category")),
            self._row("inspect", "clipboard-check", "success", lambda *_: self.navigator.go("businesses")),
            self._row("finding", "gavel", "warning", lambda *_: self.navigator.go("inspection", form_id=FINDING_FORM)),
            self._row("at_business", "store-alert", "warning", self._find_at_business),
            self._row("business", "store", "neutral", lambda *_: self.navigator.go("new_business", title="")),
        ]
        begun = self._begun()
        show(
            self.column, row_card(*ways),
            *([Text(t("new.begun"), style="heading"), row_card(*begun)] if begun else []),
        )  # fmt: skip

    def _find_at_business(self, *_: Any) -> None:
        self.navigator.go("businesses", form_id=FINDING_FORM)

    @staticmethod
    def _row(name: str, icon: str, tone: str, go: Any) -> ListRow:
        row = ListRow(t(f"new.{name}"), detail=t(f"new.{name}_text"), icon=icon, tone=tone, test_id=f"new.{name}")
        row.bind(on_tap=go)
        return row

    def _begun(self) -> list[ListRow]:
        try:
            return [*self._visits(), *self._cases(), *self._businesses()]
        except ReadingLocked:
            return []

    def _visits(self) -> list[ListRow]:
        desk = self.field.open.desk
        rows = []
        for draft in desk_inspections.drafts(desk):
            business = desk.business(str(draft.body.get("business_id") or "") or None)
            form = desk_inspections.form_of(desk, str(draft.body.get("form_id")))
            title = (form.title.get(language.current) or form.title["tr"]) if form else t("inspection.on_the_spot")
            name = business.title if business else title
            rows.append(self._draft(name, draft.updated_at, "clipboard-check", "inspection", id=draft.body.get("id")))
        return rows

    def _cases(self) -> list[ListRow]:
        categories = self.field.open.desk.town().categories
        rows = []
        for draft in self.field.open.engine.drafts("complaint.file"):
            category = categories.get(str(draft.body.get("category_id")))
            if category is not None:
                name = category.title(language.current)
                rows.append(self._draft(name, draft.updated_at, "clipboard-text", "new_case", category_id=category.id))
        return rows

    def _businesses(self) -> list[ListRow]:
        drafts = self.field.open.engine.drafts("business.register")
        return [self._draft(t("new.business"), draft.updated_at, "store", "new_business", title="") for draft in drafts]

    def _draft(self, name: str, at: int, icon: str, route: str, **arguments: Any) -> ListRow:
        when = formats.moment_long(datetime.fromtimestamp(at / 1000, UTC))
        row = ListRow(name, detail=when, icon=icon, test_id=f"begun.{route}")
        row.bind(on_tap=lambda *_: self.navigator.go(route, **arguments))
        return row
