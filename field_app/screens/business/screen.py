"""A business: what is known of it, its visits, and what can be done there."""

from typing import Any

from field_app.desk_inspections import FINDING_FORM
from field_app.rows import Inspection
from field_app.screens.base import FieldScreen
from field_app.screens.business.vm import BusinessModel, State
from field_app.screens.inspection.summary import OUTCOME_TONES
from field_app.screens.row_card import row_card
from field_app.screens.way import way_button
from mobile.device.ports import Refused
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, GAP_XL, GAP_XS
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, Row, Scroll, Spacer, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.text import Text
from mobile.sdk.lease import ReadingLocked

_RISKY, _VERY_RISKY = 50, 75
_KINDS = frozenset({"routine", "complaint", "recheck", "spot"})


class BusinessScreen(FieldScreen):
    """One business of the register."""

    is_detail = True

    def build(self) -> None:
        """Make the frame; `refresh` fills it."""
        self.model = BusinessModel(self.field.open, str(self.arguments["id"]))
        self.bar = TopBar(t("business.title"), has_back=True, on_back=self.go_back)
        self.column = Column(padding=(dp(GAP_L), dp(GAP_L), dp(GAP_L), dp(GAP_XL)), spacing=dp(GAP_M))
        self.foot = Column(padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"), spacing=dp(GAP_S))
        for part in (self.bar, Scroll(self.column), self.foot):
            self.add_widget(part)

    def refresh(self) -> None:
        """Show the business as it is now."""
        try:
            state = self.model.read()
        except ReadingLocked:
            self._nothing(EmptyState("lock", t("locked.title"), t("locked.text"), test_id="locked"))
            return
        if state is None:
            self._nothing(EmptyState("store", t("business.gone"), t("business.gone_text"), test_id="gone"))
            return
        self.bar.title = state.business.title
        self.bar.detail = state.class_name
        visits = [self._visit(visit) for visit in state.visits]
        show(
            self.column, self._head(state), self._facts(state),
            *([Text(t("business.visits"), style="heading"), row_card(*visits)] if visits else []),
        )  # fmt: skip
        self._foot(state)

    def _nothing(self, empty: EmptyState) -> None:
        show(self.column, empty)
        show(self.foot)

    def _head(self, state: State) -> Card:
        business = state.business
        risk = "danger" if business.risk >= _VERY_RISKY else "warning" if business.risk >= _RISKY else "neutral"
        badges = Row(Badge(t("business.risk", risk=business.risk), tone=risk), Spacer())
        where = ", ".join(part for part in (business.address, state.neighbourhood) if part)
        rows: list[Any] = [badges, Text(where or t("business.no_address"))]
        if business.place is not None:
            lon, lat = business.place
            go = PushButton(t("business.on_map"), kind="secondary", icon="map", test_id="on_map")
            go.bind(on_tap=lambda *_: self.navigator.go("map", lon=lon, lat=lat))
            rows.append(Row(go, way_button(self, business.place, business.title)))
        if business.phone:
            call = PushButton(t("business.call"), kind="secondary", icon="phone", test_id="call")
            call.bind(on_tap=lambda *_: self._call(business.phone))
            rows.append(call)
        return Card(*rows)

    def _facts(self, state: State) -> Card:
        lines = [
            Column(Text(label, style="caption", tone="text_soft"), Text(value), spacing=dp(GAP_XS))
            for label, value in state.facts
        ]
        edit = PushButton(t("business.edit"), kind="secondary", icon="pencil", test_id="edit")
        edit.bind(on_tap=lambda *_: self.navigator.go("business_edit", id=state.business.id))
        return Card(*lines, edit)

    def _visit(self, visit: Inspection) -> ListRow:
        is_planned = visit.status == "planned"
        kind = t(f"work.inspection.{visit.kind}") if visit.kind in _KINDS else visit.kind
        if is_planned:
            detail = t("today.due_on", day=formats.date_long(visit.due_on)) if visit.due_on else t("business.planned")
            tone = "accent"
        else:
            outcome = visit.outcome if visit.outcome in OUTCOME_TONES else None
            words = (visit.number or "", t(f"outcome.{outcome}") if outcome else t("record.sent.waiting"))
            detail, tone = " · ".join(word for word in words if word), OUTCOME_TONES.get(outcome or "", "neutral")
        row = ListRow(
            kind, detail=detail, icon="clipboard-list" if is_planned else "file-document", tone=tone,
            test_id=f"visit.{visit.id}",
        )  # fmt: skip
        row.bind(on_tap=lambda *_: self.navigator.go("inspection" if is_planned else "record", id=visit.id))
        return row

    def _foot(self, state: State) -> None:
        business_id = state.business.id
        word = t("business.go_on") if state.begun else t("business.inspect")
        start = PushButton(word, icon="clipboard-check", test_id="inspect")
        start.bind(on_tap=lambda *_: self._inspect(state))
        found = PushButton(t("business.finding"), kind="secondary", icon="gavel", test_id="finding")
        found.bind(
            on_tap=lambda *_: self.navigator.go("inspection", business_id=business_id, form_id=FINDING_FORM)
        )  # fmt: skip
        task = PushButton(t("do.task"), kind="secondary", icon="toolbox", test_id="task")
        task.bind(on_tap=lambda *_: self.navigator.go("new_task", business_id=business_id))
        show(self.foot, start, Row(found, task))

    def _inspect(self, state: State) -> None:
        if state.begun:
            self.navigator.go("inspection", id=state.begun)
        else:
            self.navigator.go("inspection", business_id=state.business.id, id=self.field.open.acts.new_id())

    def _call(self, number: str) -> None:
        try:
            self.field.device.telephone.dial(number)
        except Refused:
            Snackbar(t("business.no_telephone", number=number), icon="phone").open(self)
