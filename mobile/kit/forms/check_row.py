"""A check of a checklist: in order, not in order, does not apply; on "not in order" why, the evidence, and the term."""

from collections.abc import Sequence
from typing import Any

from mobile.forms.evaluation import AnswerError, Shown
from mobile.kit.forms.answer_bar import AnswerBar, Offer
from mobile.kit.forms.question import Question
from mobile.kit.i18n import language, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_M
from mobile.kit.widgets.choice import Choice
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column
from mobile.kit.widgets.text import Text

_TERMS = (1, 3, 7, 10, 15, 30, 60, 90)
_MOST_PHOTOS = 10


class CheckQuestion(Question):
    """Three big buttons; more only when something is not in order."""

    def ask(self) -> None:
        """Put the buttons, and the rest if it was not in order before."""
        given = self._given()
        self._more: _Failed | None = None
        self._bar = AnswerBar(
            [
                Offer("yes", t("form.yes"), "check", "success"),
                Offer("no", t("form.no"), "close", "danger"),
                Offer("na", t("form.na"), "minus", "neutral"),
            ],
            str(given.get("v", "")), self._judge, self.path,
        )  # fmt: skip
        about = [_severity(self.item.raw["severity"]), self.item.raw.get("law", "")]
        self._head = [
            Text(self.item.text("label", language.current)),
            Text(" · ".join(part for part in about if part), style="caption", tone="text_soft"),
            *([Text(self.hint(), style="caption", tone="text_soft")] if self.hint() else []),
        ]
        self._arrange(given)

    def told(self, shown: Shown, faults: Sequence[AnswerError]) -> None:
        """Tell what is missing: a photo, the answer itself."""
        del shown
        self.show_faults(faults)

    def _given(self) -> dict[str, Any]:
        raw = self.value
        return dict(raw) if isinstance(raw, dict) else {"v": raw} if isinstance(raw, str) else {}

    def _judge(self, verdict: str) -> None:
        self._change(v=verdict)
        self._arrange(self._given())

    def _change(self, **parts: Any) -> None:
        given = {key: part for key, part in {**self._given(), **parts}.items() if part not in (None, "", [])}
        self.answer(given["v"] if set(given) == {"v"} else given or None)

    def _arrange(self, given: dict[str, Any]) -> None:
        if given.get("v") == "no" and self._more is None:
            self._more = _Failed(self, given)
        shown = [self._more] if self._more is not None and given.get("v") == "no" else []
        self.put(*self._head, self._bar, *shown)

    def photos(self) -> list[str]:
        """Give the ids of the photos that are its evidence."""
        held = self._given().get("photos")
        return list(held) if isinstance(held, list) else []

    def add_photo(self, photo_id: str) -> None:
        """Take a photo as evidence."""
        self._set_photos([*self.photos(), photo_id])

    def drop_photo(self, photo_id: str) -> None:
        """Take a photo away."""
        self._set_photos([one for one in self.photos() if one != photo_id])

    def _set_photos(self, ids: list[str]) -> None:
        self._change(photos=ids)
        if self._more is not None:
            self._more.strip.show_ids(ids, _MOST_PHOTOS)

    def write(self, note: str) -> None:
        """Take the note."""
        self._change(note=note)

    def give_term(self, days: str) -> None:
        """Take the term in days; empty for the form's own."""
        self._change(deadline_days=int(days) if days else None)


class _Failed(Column):
    """Why it is not in order, what shows it, and how long it may take to be put right."""

    def __init__(self, check: CheckQuestion, given: dict[str, Any]) -> None:
        super().__init__(spacing=dp(GAP_M))
        raw, path = check.item.raw, check.path
        note = TextField(t("form.note"), rows=2, text=str(given.get("note", "")), test_id=f"{path}.note")
        note.bind(text=lambda _field, text: check.write(text))
        label = t("form.photo_needed") if raw.get("photo_on_fail") else t("form.photo")
        self.strip = check.ports.photo_strip(check.add_photo, check.drop_photo, f"{path}.photos")
        self.strip.show_ids(check.photos(), _MOST_PHOTOS)
        term = Choice(
            t("form.term"), options=_terms(raw.get("deadline_days"), given.get("deadline_days")),
            value=_key(given.get("deadline_days")), test_id=f"{path}.term",
        )  # fmt: skip
        term.bind(value=lambda _choice, days: check.give_term(days))
        for part in (note, Text(label, style="label"), self.strip, term):
            self.add_widget(part)


def _key(days: Any) -> str:
    return str(days) if isinstance(days, int) else ""


def _terms(usual: int | None, given: Any) -> list[tuple[str, str]]:
    """Give the terms that can be chosen: the form's own first, then "cured on the spot", then days."""
    own = t("form.term_usual", count=usual) if usual else t("form.term_none")
    days = sorted({*_TERMS, *([given] if isinstance(given, int) and given else [])})
    return [("", own), ("0", t("form.term_at_once")), *((str(one), t("form.days", count=one)) for one in days)]


def _severity(severity: str) -> str:
    return {"minor": t("form.minor"), "major": t("form.major"), "critical": t("form.critical")}[severity]
