"""What is written down on the spot as something new: a case, or a business that the register does not know; no widgets.

Both are asked as a form, so that they look and keep like one: every change is a draft at once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from field_app.phone import Unlocked
from field_app.rows import Category
from mobile.forms import Form
from mobile.forms.checking import CODE
from mobile.kit.forms.answering import Answering
from mobile.kit.i18n import language
from mobile.kit.i18n.casing import fold

MOST_PHOTOS = 10
_ASKED = frozenset({"bool", "number", "choice", "date", "text"})


def found_categories(categories: Mapping[str, Category], text: str, spoken: str) -> list[tuple[Category, str]]:
    """Give the subjects that hold all words of a text, with the name of their group, by name; groups are none."""
    words = fold(text).split()
    found = []
    for category in categories.values():
        if category.is_group:
            continue
        parent = categories.get(category.parent_id or "")
        group = parent.title(spoken) if parent else ""
        whole = fold(f"{category.title('tr')} {category.title(spoken)} {group}")
        if all(word in whole for word in words):
            found.append((category, group))
    return sorted(found, key=lambda one: fold(one[0].title(spoken)))


class NewThing:
    """Something new that is asked as a form. A subclass says the form and what becomes of the answers."""

    kind = ""

    def __init__(self, unlocked: Unlocked, draft_id: str, form: Form, first: Mapping[str, Any]) -> None:
        """Take the open phone, the draft's id, the form, and what is known already."""
        self._unlocked, self.draft_id = unlocked, draft_id
        held = next((draft for draft in unlocked.engine.drafts(self.kind) if draft.id == draft_id), None)
        answers = dict(held.body.get("answers") or {}) if held else dict(first)
        self.where: dict[str, Any] = dict(held.body.get("where") or {}) if held else {}
        self.answering = Answering(form, answers, now=unlocked.desk.now, language=lambda: language.current)

    def keep(self, where: Mapping[str, Any] | None = None) -> None:
        """Keep it as a draft."""
        self.where = dict(where) if where is not None else self.where
        body = {**self.draft_facts(), "answers": self.answering.answers, "where": self.where}
        self._unlocked.engine.save_draft(self.draft_id, self.kind, body)

    def discard(self) -> None:
        """Throw it away."""
        self._unlocked.engine.drop_draft(self.draft_id)

    def submit(self) -> str:
        """Make a command of it; gives the id of what is new."""
        row_id = self._unlocked.acts.new_id()
        self._unlocked.acts.record(self.kind, {"id": row_id, **self.body()}, self.draft_id)
        return row_id

    def draft_facts(self) -> dict[str, Any]:
        """Give what the draft must know besides the answers."""
        return {}

    def body(self) -> dict[str, Any]:
        """Give the command's body without its id; called when nothing is missing."""
        raise NotImplementedError

    @property
    def _answers(self) -> dict[str, Any]:
        return self.answering.seen.answers


class NewCase(NewThing):
    """A case of a subject, with the subject's own questions."""

    kind = "complaint.file"

    def __init__(self, unlocked: Unlocked, category_id: str, place: Callable[[], Mapping[str, float] | None]) -> None:
        """Take the open phone, the subject, and where the phone is.

        Raises:
            LookupError: the subject is not on this phone.
        """
        category = unlocked.desk.town().categories.get(category_id)
        if category is None:
            raise LookupError(category_id)
        self.category = category
        here = place()
        first = {"own_place": dict(here)} if here else {}
        super().__init__(unlocked, f"case:{category_id}", case_form(category), first)

    def draft_facts(self) -> dict[str, Any]:
        """The subject."""
        return {"category_id": self.category.id}

    def body(self) -> dict[str, Any]:
        """The case as `complaint.file` has it; photos are the draft's."""
        told = self._answers
        types = {question["code"]: question["type"] for question in _questions(self.category)}
        answers = {
            code: float(told[code]) if kind == "number" else told[code] for code, kind in types.items() if code in told
        }
        place = told.get("own_place")
        return {
            "category_id": self.category.id, "description": str(told["own_description"]).strip(),
            "address_text": str(told.get("own_address", "")).strip(), "answers": answers,
            **({"place": {name: place[name] for name in ("lon", "lat")}} if place else {}),
        }  # fmt: skip


class NewBusiness(NewThing):
    """A business that the register does not know."""

    kind = "business.register"

    def __init__(self, unlocked: Unlocked, title: str, place: Callable[[], Mapping[str, float] | None]) -> None:
        """Take the open phone, the name as it was searched for, and where the phone is.

        Raises:
            LookupError: the classes of businesses have not come to this phone yet.
        """
        classes = unlocked.desk.town().business_classes
        if not classes:
            raise LookupError("no classes of businesses yet")
        here = place()
        first = {"title": title.strip()} if title.strip() else {}
        super().__init__(
            unlocked, "new_business", business_form(classes),
            {**first, **({"place": dict(here)} if here else {})},
        )  # fmt: skip

    def body(self) -> dict[str, Any]:
        """The business as `business.register` has it."""
        told = dict(self._answers)
        place = told.pop("place")
        return {**told, "place": {name: place[name] for name in ("lon", "lat")}}


def case_form(category: Category) -> Form:
    """Give the form of a case of a subject: what was seen, where, photos, then the subject's own questions."""
    photo = {"min": 1} if category.photo_required else {}
    items: list[dict[str, Any]] = [
        _item("text", "own_description", "Ne görüldü?", "What was seen?", required=True, multiline=True),
        _item("photo", "own_photos", "Fotoğraflar", "Photos", max=MOST_PHOTOS, **photo),
        _item("place", "own_place", "Yeri", "Place", **({"required": True} if category.place_required else {})),
        _item("text", "own_address", "Adres veya yer tarifi", "Address or description of the place", max_length=300),
    ]  # fmt: skip
    return _form("case", "Yerinde tespit", "Seen on the spot", [*items, *_questions(category)])


def business_form(classes: Mapping[str, Mapping[str, str]]) -> Form:
    """Give the form of a new business."""
    choices = [{"code": code, "label": {"tr": names.get("tr") or code}} for code, names in classes.items()]
    return _form(
        "new_business", "Yeni işyeri", "New business",
        [
            _item("text", "title", "Tabeladaki adı", "Name on the sign", required=True, max_length=200),
            _item("choice", "class_code", "Sınıfı", "Class", required=True, choices=choices),
            _item("text", "activity", "Faaliyeti", "Activity", max_length=300),
            _item("place", "place", "Konumu", "Place", required=True),
            _item("text", "address_text", "Adresi", "Address", required=True, max_length=300),
            _item("text", "phone", "Telefonu", "Telephone", max_length=40),
            _item("text", "opening_hours", "Çalışma saatleri", "Opening hours", max_length=300),
            _item("text", "note", "Not", "Note", multiline=True),
        ],
    )  # fmt: skip


def _form(code: str, turkish: str, english: str, items: Sequence[Mapping[str, Any]]) -> Form:
    title = {"tr": turkish, "en": english}
    return Form.load({"form_id": code, "version": 1, "title": title, "kind": "free", "items": list(items)})


def _item(kind: str, code: str, turkish: str, english: str, **rules: Any) -> dict[str, Any]:
    return {"type": kind, "code": code, "label": {"tr": turkish, "en": english}, **rules}


def _questions(category: Category) -> list[dict[str, Any]]:
    """Give a subject's questions as items; what this version cannot ask is left out."""
    told = []
    for question in category.questions:
        code, kind, label = question.get("code"), question.get("type"), question.get("label")
        if not isinstance(code, str) or not CODE.fullmatch(code) or kind not in _ASKED or not isinstance(label, dict):
            continue
        rules = {"required": True} if question.get("required") else {}
        choices = {"choices": list(question.get("choices") or ())} if kind == "choice" else {}
        told.append({"type": kind, "code": code, "label": label, **rules, **choices})
    return told
