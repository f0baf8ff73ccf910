"""The finding record on the screen, readable at once, and its correction."""

from typing import Any

from field_app.screens.base import FieldScreen
from field_app.screens.inspection.summary import OUTCOME_TONES
from field_app.screens.record.document_view import section_view, signature_view
from field_app.screens.record.vm import RecordModel, State
from mobile.kit.i18n import t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, GAP_XL
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, Row, Scroll, Spacer, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.photo import PhotoThumb, PhotoViewer
from mobile.kit.widgets.text import Text
from mobile.sdk.lease import ReadingLocked

SENT_TONES = {"waiting": "info", "ok": "success", "conflict": "danger", "quarantined": "danger"}
_IN_A_ROW = 3


class RecordScreen(FieldScreen):
    """A submitted visit."""

    is_detail = True

    def build(self) -> None:
        """Make the frame; `refresh` fills it."""
        self.model = RecordModel(self.field.open.desk, str(self.arguments["id"]))
        self.bar = TopBar(t("record.title"), has_back=True, on_back=self.go_back)
        self.column = Column(padding=(dp(GAP_L), dp(GAP_L), dp(GAP_L), dp(GAP_XL)), spacing=dp(GAP_M))
        amend = PushButton(t("record.amend"), kind="secondary", icon="pencil", test_id="amend")
        amend.bind(on_tap=lambda *_: self.navigator.go("amendment", id=self.model.inspection_id))
        self.foot = Column(amend, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"))
        for part in (self.bar, Scroll(self.column, test_id="record"), self.foot):
            self.add_widget(part)

    def refresh(self) -> None:
        """Show the record as it is now."""
        try:
            state = self.model.read()
        except ReadingLocked:
            show(self.column, EmptyState("lock", t("locked.title"), t("locked.text"), test_id="locked"))
            return
        if state is None:
            show(self.column, EmptyState("cloud-check", t("record.gone"), t("record.gone_text"), test_id="gone"))
            return
        self.bar.title = state.number or t("record.without_number")
        self.bar.detail = state.business
        parts: list[Any] = [self._head(state)]
        if state.document is not None:
            head = Column(
                Text(state.document.authority[0], style="label", halign="center"),
                *(Text(line, style="caption", halign="center") for line in state.document.authority[1:] if line),
                Text(state.document.title, style="heading", halign="center"),
                Text(state.document.number, style="strong", halign="center", tone="text_soft"),
                spacing=dp(GAP_S),
            )  # fmt: skip
            signatures = [signature_view(place, self._source) for place in state.document.signatures]
            parts.append(
                Card(
                    head, *(section_view(section) for section in state.document.sections), *self._photos(state),
                    *signatures, *(Text(line, style="caption", tone="text_soft") for line in state.document.footer),
                    spacing=dp(GAP_L),
                )
            )  # fmt: skip
        show(self.column, *parts)

    def _head(self, state: State) -> Card:
        badges: list[Any] = [Badge(t(f"outcome.{state.outcome}"), tone=OUTCOME_TONES.get(state.outcome, "neutral"))]
        if state.sent:
            badges.append(Badge(t(f"record.sent.{state.sent}"), tone=SENT_TONES[state.sent]))
        rows: list[Any] = [Row(*badges, Spacer())]
        if not state.number and state.outcome != "nobody_there":
            rows.append(Text(t("summary.number_later"), style="caption", tone="text_soft"))
        if state.business_id:
            go = lambda *_: self.navigator.go("business", id=state.business_id)  # noqa: E731
            row = ListRow(state.business or t("record.business"), icon="store", test_id="business", on_tap=go)
            row.padding = (0, 0)
            rows.append(row)
        return Card(*rows, spacing=dp(GAP_S))

    def _photos(self, state: State) -> list[Any]:
        sources = [source for photo_id in state.photos if (source := self._source(photo_id))]
        rows = []
        for first in range(0, len(sources), _IN_A_ROW):
            thumbs = [
                PhotoThumb(source, test_id=f"photo.{at}",
                           on_tap=lambda _thumb, at=at: PhotoViewer(_originals(sources), at).open(self))
                for at, source in list(enumerate(sources))[first : first + _IN_A_ROW]
            ]  # fmt: skip
            rows.append(Row(*thumbs, Spacer(), spacing=dp(GAP_S)))
        return [Column(*rows, spacing=dp(GAP_S))] if rows else []

    def _source(self, photo_id: str) -> str:
        try:
            photo = self.field.open.photos.photo(photo_id)
        except KeyError:
            return ""
        return f"queue:{photo_id}.{'original' if photo.kind == 'signature' else 'preview'}"


def _originals(sources: list[str]) -> list[str]:
    return [source.replace(".preview", ".original") for source in sources]
