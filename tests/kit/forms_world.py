"""Forms on a screen for tests: the town's own checklist, and an app's side that keeps everything in memory."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from mobile.forms import Form
from mobile.kit.forms.answering import Answering
from mobile.kit.forms.ports import Ports
from mobile.kit.forms.view import FormView
from mobile.kit.i18n import language
from mobile.kit.i18n.formats import ISTANBUL
from mobile.kit.screen import Screen
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.layout import Column

NOW = datetime(2026, 11, 27, 11, 30, tzinfo=ISTANBUL)
_SEED = Path(__file__).parents[2] / "api/inspections/seed/forms.json"


def town_form(form_id: str) -> Form:
    """A form that every new municipality begins with."""
    documents = json.loads(_SEED.read_text(encoding="utf-8"))["forms"]
    return Form.load(next(document for document in documents if document["form_id"] == form_id))


def flat_checklist(count: int) -> Form:
    """A checklist without sections."""
    items = [
        {"type": "check", "code": f"c{at}", "label": {"tr": f"Madde {at}: yangın söndürücü dolu ve görünür yerde"},
         "required": True, "severity": "major", "law": "3572 m.6", "photo_on_fail": True, "deadline_days": 15}
        for at in range(count)
    ]  # fmt: skip
    return Form.load({"form_id": "flat", "version": 1, "title": {"tr": "Düz"}, "kind": "checklist", "items": items})


class MemoryStrip(Column):
    """A strip of photos that takes one with a tap."""

    def __init__(self, desk: "MemoryDesk", add, remove, test_id: str) -> None:
        super().__init__()
        self.shown_ids: list[str] = []
        self.remove = remove
        button = PushButton("Fotoğraf çek", kind="secondary", icon="camera-plus", test_id=f"{test_id}.take")
        button.bind(on_tap=lambda *_: add(desk.new_photo()))
        self.add_widget(button)

    def show_ids(self, ids, most: int) -> None:
        self.shown_ids = list(ids)[:most]


class MemoryDesk:
    """The app's side."""

    def __init__(self) -> None:
        self.made, self.forgotten, self.pngs = 0, [], []

    def new_photo(self) -> str:
        self.made += 1
        return f"photo-{self.made}"

    def keep_signature(self, draw, done) -> None:
        self.pngs.append(draw())
        done(f"signature-{len(self.pngs)}")

    def ports(self) -> Ports:
        return Ports(
            photo_strip=lambda add, remove, test_id: MemoryStrip(self, add, remove, test_id),
            keep_signature=self.keep_signature, forget=self.forgotten.append, picture_of=lambda _id: "",
            here=lambda: {"lon": 29.03, "lat": 40.98, "accuracy_m": 6.0},
        )  # fmt: skip


def answering_of(form: Form, answers=None, days: int = 0) -> Answering:
    """A form with answers, at the tests' time."""
    return Answering(form, answers or {}, now=lambda: NOW + timedelta(days=days), language=lambda: language.current)


def screen_of(answering: Answering, desk: MemoryDesk) -> type[Screen]:
    """A screen that shows a form."""

    class Filling(Screen):
        def build(self) -> None:
            self.view = FormView(answering, desk.ports())
            answering.on_change = lambda _path: self.view.refresh()
            self.add_widget(TopBar("Denetim", detail=answering.form.title["tr"]))
            self.add_widget(self.view)

        def save(self):
            return self.view.where()

        def restore(self, saved) -> None:
            if saved:
                self.view.come_back(saved)

    return Filling


def tops(view: FormView, path: str) -> float:
    """How far below the top of the window a question stands."""
    question = view.find(path)
    return view.top - question.to_window(*question.pos)[1] - question.height
