"""A visit: its form, question by question, and the summary before it is submitted."""

from typing import Any

from field_app.screens.base import FieldScreen
from field_app.screens.form_ports import form_ports
from field_app.screens.inspection.summary import SummaryView
from field_app.screens.inspection.vm import MOST_PHOTOS, InspectionModel
from mobile.kit.forms.view import FormView
from mobile.kit.i18n import formats, language, t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import IconButton, PushButton
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.dialog import BottomSheet, Dialog
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, Row, Spacer, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.progress import Progress
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.text import Text
from mobile.sdk.lease import ReadingLocked

_KIND_TONES = {"recheck": "warning", "complaint": "warning"}


class InspectionScreen(FieldScreen):
    """A visit that is planned or begun on the spot. Nothing is asked when it is left: everything is kept."""

    is_detail = True

    def build(self) -> None:
        """Open the visit where it was left."""
        self.bar = TopBar(has_back=True, on_back=self.go_back)
        self.body = Column(size_hint_y=1, spacing=0)
        self.foot = Column(padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"), spacing=dp(GAP_S))
        self.model: InspectionModel | None = None
        self.form: FormView | None = None
        self._is_summed_up = False
        try:
            self.model = InspectionModel(self.field.open, self.arguments, self.field.place)
        except ReadingLocked:
            self._put(EmptyState("lock", t("locked.title"), t("inspection.locked"), test_id="locked"))
            return
        except LookupError:
            self._put(EmptyState("cloud-check", t("inspection.gone"), t("inspection.gone_text"), test_id="gone"))
            return
        if self.model.is_done:
            visit_id = self.model.visit_id
            self.model = None
            self._put(
                EmptyState(
                    "file-document", t("inspection.is_done"), action=t("inspection.to_record"), test_id="is_done",
                    on_action=lambda *_: self.navigator.replace("record", id=visit_id),
                )
            )  # fmt: skip
            return
        more = IconButton("dots-vertical", test_id="more_acts", on_tap=self._more)
        business = self.model.business
        title = business.title if business else t("inspection.on_the_spot")
        detail = self.model.form.title.get(language.current) or self.model.form.title["tr"] if self.model.form else ""
        self.bar = TopBar(title, [more], detail=detail, has_back=True, on_back=self.go_back)
        if self.model.answering is None:
            self._put(EmptyState("sync", t("inspection.no_form"), t("inspection.no_form_text"), test_id="no_form"))
            return
        self._make_form(self.model)

    def save(self) -> dict[str, Any]:
        """Keep whether the summary was open; the rest stands in the draft."""
        self._keep_where()
        where = self.form.where() if self.form is not None else {}
        return {"summary": self._is_summed_up, "where": where, "id": self.model.visit_id if self.model else None}

    def restore(self, saved: dict[str, Any]) -> None:
        """Come back to where the form was, or to the summary."""
        if self.form is None or self.model is None:
            return
        where = self.model.where or saved.get("where")
        if where:
            self.form.come_back(where)
        if saved.get("summary"):
            self._sum_up()

    def takes_back(self) -> bool:
        """From the summary back to the form."""
        if not self._is_summed_up:
            return False
        self._show_form()
        return True

    # --- form -----------------------------------------------------------------------------------------------------

    def _make_form(self, model: InspectionModel) -> None:
        if model.answering is None:
            return
        risk = model.planned.risk if model.planned else 50
        ports = form_ports(
            self.field, self.work, model.draft_id, self._keep, most_photos=MOST_PHOTOS, risk=risk
        )  # fmt: skip
        self.form = FormView(model.answering, ports)
        model.answering.on_change = self._changed
        if model.business is not None or model.planned is not None:
            nobody = PushButton(t("inspection.nobody"), kind="secondary", icon="store-alert", test_id="nobody")
            nobody.bind(on_tap=self._nobody)
            self.form.head.add_widget(self._head(model))
            self.form.foot.add_widget(nobody)
        self.form.refresh()
        self.form.bind(on_scroll_stop=lambda *_: self._keep_where())
        self.progress = Progress()
        self.counted = Text(style="caption", tone="text_soft", fits=True)
        self.counts = Row(self.progress, self.counted, spacing=dp(GAP_M))
        self.go_on = PushButton(t("inspection.to_summary"), icon="clipboard-check", test_id="summary")
        self.go_on.bind(on_tap=lambda *_: self._sum_up())
        self._show_form()

    def _head(self, model: InspectionModel) -> Card:
        badges: list[Any] = [Badge(t(f"work.inspection.{model.kind}"), tone=_KIND_TONES.get(model.kind, "accent"))]
        planned, business = model.planned, model.business
        if planned is not None and planned.due_on is not None:
            is_late = planned.due_on < model.desk.today()
            day = formats.date_long(planned.due_on)
            due = t("today.late_since" if is_late else "today.due_on", day=day)
            badges.append(Badge(due, tone="danger" if is_late else "neutral"))
        rows: list[Any] = [Row(*badges, Spacer())]
        if planned is not None and planned.reason:
            rows.append(Text(planned.reason))
        if business is not None:
            go = lambda *_: self.navigator.go("business", id=business.id)  # noqa: E731
            line = ListRow(business.address or business.title, detail=business.activity, icon="store", on_tap=go)
            line.test_id, line.padding = "business", (0, dp(GAP_S))
            rows.append(line)
        if model.open_findings:
            rows.append(
                Text(t("inspection.open_before", count=len(model.open_findings)), style="label", tone="warning")
            )
        return Card(*rows, spacing=dp(GAP_S))

    def _changed(self, _path: str) -> None:
        if self.form is not None:
            self.form.refresh()
            self._count()
            self._keep()

    def _keep(self) -> None:
        if self.model is not None:
            self.model.keep(self.form.where() if self.form is not None else None)

    def _keep_where(self) -> None:
        if self.model is not None and self.form is not None and not self._is_summed_up:
            self.model.keep_where(self.form.where())

    def _count(self) -> None:
        if self.model is None or self.model.answering is None:
            return
        seen = self.model.answering.seen
        self.progress.value = seen.done / seen.total if seen.total else 1
        self.progress.tone = "success" if seen.done == seen.total else "accent"
        self.counted.text = t("inspection.counted", done=seen.done, total=seen.total)

    def _show_form(self) -> None:
        self._is_summed_up = False
        self._count()
        self._put(self.form, self.counts, self.go_on)

    # --- summary and end ------------------------------------------------------------------------------------------

    def _sum_up(self) -> None:
        if self.model is None or self.form is None:
            return
        self._keep_where()
        self._is_summed_up = True
        summary = self.model.summary()
        submit = PushButton(t("inspection.submit"), icon="check", test_id="submit")
        submit.bind(on_tap=lambda *_: self._submit(len(summary.missing)))
        self._put(SummaryView(summary, self._go_to), submit)

    def _go_to(self, path: str) -> None:
        self._show_form()
        if self.form is not None:
            self.form.show_faults()
            self.form.go_to_path(path)

    def _submit(self, missing: int) -> None:
        if not missing:
            self._hand_over()
            return
        Dialog(
            t("inspection.incomplete", count=missing), t("inspection.submit_anyway"), t("inspection.incomplete_text"),
            cancel=t("inspection.complete_it"), test_id="incomplete", on_confirm=lambda *_: self._hand_over(),
        ).open(self)  # fmt: skip

    def _nobody(self, *_: Any) -> None:
        Dialog(
            t("inspection.nobody_title"), t("inspection.nobody_confirm"), t("inspection.nobody_text"),
            cancel=t("inspection.cancel"), test_id="nobody_sure",
            on_confirm=lambda *_: self._hand_over(nobody_there=True),
        ).open(self)  # fmt: skip

    def _hand_over(self, *, nobody_there: bool = False) -> None:
        if self.model is None:
            return
        number = self.model.submit(nobody_there=nobody_there)
        visit_id, self.model, self.form = self.model.visit_id, None, None
        self.field.wake_sync()
        navigator = self.navigator
        navigator.replace("record", id=visit_id)
        said = t("inspection.done", number=number) if number else t("inspection.done_without")
        Snackbar(t("inspection.done_nobody") if nobody_there else said, icon="check").open(navigator.current)

    def _more(self, *_: Any) -> None:
        discard = ListRow(t("inspection.discard"), icon="delete", tone="danger", test_id="acts.discard")
        sheet = BottomSheet(discard, title=t("case.acts"), test_id="acts")

        def chosen(*_: Any) -> None:
            sheet.dismiss()
            self._discard()

        discard.bind(on_tap=chosen)
        sheet.open(self)

    def _discard(self, *_: Any) -> None:
        def thrown(*_: Any) -> None:
            if self.model is not None:
                self.model.discard()
                self.model, self.form = None, None
            self.navigator.pop()

        Dialog(
            t("inspection.discard_title"), t("inspection.discard"), t("inspection.discard_text"), kind="danger",
            cancel=t("inspection.cancel"), test_id="discard", on_confirm=thrown,
        ).open(self)  # fmt: skip

    # --- inside ---------------------------------------------------------------------------------------------------

    def _put(self, body: Any, *foot: Any) -> None:
        show(self.body, body)
        show(self.foot, *foot)
        show(self, self.bar, self.body, *([self.foot] if foot else []))
