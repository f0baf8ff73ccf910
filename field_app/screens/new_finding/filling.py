"""Writing down something new: its form, and one button that hands it over."""

from typing import Any

from field_app.screens.base import FieldScreen
from field_app.screens.form_ports import form_ports
from field_app.screens.new_finding.vm import MOST_PHOTOS, NewBusiness, NewCase, NewThing
from mobile.kit.forms.view import FormView
from mobile.kit.i18n import language, t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column
from mobile.kit.widgets.snackbar import Snackbar
from mobile.sdk.lease import ReadingLocked


class Filling(FieldScreen):
    """A form of something new; nothing is asked when it is left, for everything is kept."""

    is_detail = True
    leads_to = ""

    def build(self) -> None:
        """Open it where it was left."""
        self.model: NewThing | None = None
        self.form: FormView | None = None
        try:
            self.model = self.make()
        except ReadingLocked:
            self._nothing(EmptyState("lock", t("locked.title"), t("inspection.locked"), test_id="locked"))
            return
        except LookupError:
            self._nothing(EmptyState("tag", t("category.none"), t("category.none_text"), test_id="none"))
            return
        model = self.model
        ports = form_ports(self.field, self.work, model.draft_id, self._keep, most_photos=MOST_PHOTOS)
        self.form = FormView(model.answering, ports)
        model.answering.on_change = self._changed
        send = PushButton(t("new.send"), icon="check", test_id="send", on_tap=self._send)
        title, detail = self.titles(model)
        for part in (
            TopBar(title, detail=detail, has_back=True, on_back=self.go_back),
            self.form,
            Column(send, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface")),
        ):
            self.add_widget(part)

    def make(self) -> NewThing:
        """Begin it, or go on with what was begun."""
        raise NotImplementedError

    def titles(self, model: NewThing) -> tuple[str, str]:
        """Give the title of the screen and the line below it."""
        form = model.answering.form
        return form.title.get(language.current) or form.title["tr"], ""

    def done(self) -> str:
        """Give the word that it is kept."""
        raise NotImplementedError

    def save(self) -> dict[str, Any]:
        """Keep where it is scrolled to."""
        return {"where": self.form.where()} if self.form is not None else {}

    def restore(self, saved: dict[str, Any]) -> None:
        """Come back there."""
        where = saved.get("where") or (self.model.where if self.model else None)
        if self.form is not None and where:
            self.form.come_back(where)

    def _nothing(self, empty: EmptyState) -> None:
        self.add_widget(TopBar(t("new.title"), has_back=True, on_back=self.go_back))
        self.add_widget(empty)

    def _keep(self) -> None:
        if self.model is not None and self.form is not None:
            self.model.keep(self.form.where())

    def _changed(self, _path: str) -> None:
        if self.form is not None:
            self.form.refresh()
            self._keep()

    def _send(self, *_: Any) -> None:
        if self.model is None or self.form is None or self.form.show_faults():
            return
        row_id = self.model.submit()
        self.model = self.form = None
        self.field.wake_sync()
        navigator = self.navigator
        navigator.replace(self.leads_to, id=row_id)
        Snackbar(self.done(), icon="check").open(navigator.current)


class NewCaseScreen(Filling):
    """A new case of the subject `category_id`."""

    leads_to = "complaint"

    def make(self) -> NewThing:
        """The case."""
        return NewCase(self.field.open, str(self.arguments["category_id"]), self.field.place)

    def titles(self, model: NewThing) -> tuple[str, str]:
        """The subject's name."""
        name = model.category.title(language.current) if isinstance(model, NewCase) else ""
        return name, t("new.case")

    def done(self) -> str:
        """The case is kept."""
        return t("new.case_done")


class NewBusinessScreen(Filling):
    """A new business, named as `title` was searched for."""

    leads_to = "business"

    def make(self) -> NewThing:
        """The business."""
        return NewBusiness(self.field.open, str(self.arguments.get("title") or ""), self.field.place)

    def done(self) -> str:
        """The business is kept."""
        return t("new.business_done")
