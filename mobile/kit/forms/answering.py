"""The answers of one form while they are given; no widgets.

An answer is kept as it was given, also when it cannot be read yet: half a number is a fault, not a loss.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mobile.forms import Evaluation, Form, evaluate, first_answers
from mobile.forms.evaluation import AnswerError, Shown
from mobile.forms.items import Item

LEADING = ""
"""Code of the section of what stands before and between the groups."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form that opens and closes: a group or repeat at the top, or what stands before them."""

    code: str
    shown: tuple[Shown, ...]
    done: int
    total: int


class Answering:
    """One form and its answers; `on_change` is told after every change, with the path that was answered."""

    def __init__(
        self, form: Form, answers: Mapping[str, Any], *, now: Callable[[], datetime], language: Callable[[], str]
    ) -> None:
        """Take the form, the answers so far, the clock in Turkey's time, and the language of messages."""
        self.form, self.answers = form, dict(answers)
        self.now, self._language = now, language
        self.on_change: Callable[[str], None] = lambda _path: None
        self.seen: Evaluation = self._evaluated()

    def today(self) -> date:
        """Give the calendar day."""
        return self.now().date()

    # --- answers --------------------------------------------------------------------------------------------------

    def raw(self, path: str) -> Any:
        """Give the answer at a path (`m10`, `goods.0.name`) as it was given."""
        held, code = self._holder(path)
        return held.get(code)

    def answer(self, path: str, value: Any) -> None:
        """Take an answer; None takes it back."""
        held, code = self._holder(path)
        if held.get(code) == value:
            return
        if value is None:
            held.pop(code, None)
        else:
            held[code] = value
        self._changed(path)

    def add_row(self, code: str) -> None:
        """Add a row to a repeat, with its defaults."""
        rows = [*self._rows(code), first_answers(self.form, today=self.today(), repeat=code)]
        self.answers[code] = rows
        self._changed(f"{code}.{len(rows) - 1}")

    def remove_row(self, code: str, at: int) -> None:
        """Take a row of a repeat away."""
        rows = self._rows(code)
        self.answers[code] = [*rows[:at], *rows[at + 1 :]]
        self._changed(code)

    def look_again(self) -> None:
        """Evaluate anew: the day or the language may be another one."""
        self.seen = self._evaluated()

    # --- what follows ---------------------------------------------------------------------------------------------

    def sections(self) -> list[Section]:
        """Give the parts of the form with what is to be seen in each, and how much of it is done."""
        parts: dict[str, list[Shown]] = {}
        for shown in self.seen.items:
            parts.setdefault(self._section_of(shown.item), []).append(shown)
        faulty = {self.owner(error.path) for error in self.seen.errors}
        told = []
        for code, items in parts.items():
            asked = [shown for shown in items if self._is_asked(shown)]
            done = sum(shown.path not in faulty for shown in asked)
            told.append(Section(code, tuple(items), done, len(asked)))
        return told

    def faults(self, *, with_missing: bool) -> dict[str, list[AnswerError]]:
        """Give what is wrong, by the path of the item; what is only not answered yet where it is asked for."""
        found: dict[str, list[AnswerError]] = {}
        for error in self.seen.errors:
            if with_missing or error.code not in ("required", "too_few"):
                found.setdefault(self.owner(error.path), []).append(error)
        return found

    def owner(self, path: str) -> str:
        """Give the path of the item that an error's path (`m10.photos`) is about."""
        return path if self._is_item(path) else path.rpartition(".")[0]

    def section_of(self, path: str) -> str:
        """Give the section in which the item of a path is seen."""
        return self._section_of(self.item(path))

    def item(self, path: str) -> Item:
        """Give the item of a path."""
        return self.form.items[path.rpartition(".")[2]]

    # --- inside ---------------------------------------------------------------------------------------------------

    @staticmethod
    def _is_item(path: str) -> bool:
        # `code` or `repeat.row.code`; with one more it is a part of an answer, and `repeat.row` is a row.
        return path.count(".") in (0, 2)

    def _section_of(self, item: Item) -> str:
        while item.parent is not None:
            item = self.form.items[item.parent]
        return item.code if item.type in ("group", "repeat") else LEADING

    @staticmethod
    def _is_asked(shown: Shown) -> bool:
        return shown.is_required or bool(shown.item.least and shown.item.type in ("photo", "repeat"))

    def _rows(self, code: str) -> list[Any]:
        held = self.answers.get(code)
        return held if isinstance(held, list) else []

    def _holder(self, path: str) -> tuple[dict[str, Any], str]:
        parts = path.split(".")
        if len(parts) == 1:
            return self.answers, path
        code, at, name = parts
        rows = self._rows(code)
        row = rows[int(at)]
        if not isinstance(row, dict):
            row = rows[int(at)] = {}
        return row, name

    def _changed(self, path: str) -> None:
        self.seen = self._evaluated()
        self.on_change(path)

    def _evaluated(self) -> Evaluation:
        return evaluate(self.form, self.answers, today=self.today(), language=self._language())
