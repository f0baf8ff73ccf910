"""Questions below each other: made when they are first seen, and moved as little as possible afterwards."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kivy.clock import Clock
from kivy.uix.relativelayout import RelativeLayout

from mobile.forms.evaluation import AnswerError
from mobile.kit.forms import day_rows, evidence_rows, input_rows
from mobile.kit.forms.answering import Answering
from mobile.kit.forms.check_row import CheckQuestion
from mobile.kit.forms.entries import Entry
from mobile.kit.forms.place_row import PlaceQuestion
from mobile.kit.forms.ports import Ports
from mobile.kit.forms.question import Question
from mobile.kit.forms.repeat_row import RepeatQuestion
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_M, GAP_S
from mobile.kit.widgets.layout import Column

_AT_ONCE, _IN_A_FRAME = 7, 3
"""A screen is full of seven questions; the others are made while the user reads these."""
Faults = Mapping[str, Sequence[AnswerError]]
_KINDS: Mapping[str, Callable[..., Question]] = {
    "check": CheckQuestion, "text": input_rows.TextQuestion, "number": input_rows.NumberQuestion,
    "barcode": input_rows.BarcodeQuestion, "choice": input_rows.ChoiceQuestion,
    "multi_choice": input_rows.ChoiceQuestion, "bool": input_rows.BoolQuestion, "note": input_rows.NoteQuestion,
    "group": input_rows.HeadingQuestion, "calculation": input_rows.ReadQuestion, "date": day_rows.DayQuestion,
    "time": day_rows.TimeQuestion, "photo": evidence_rows.PhotoQuestion,
    "signature": evidence_rows.SignatureQuestion, "place": PlaceQuestion,
}  # fmt: skip


class _Place(RelativeLayout):
    """Where a question stands: it is moved without what stands in it, and a form moves all the time."""

    def __init__(self, question: Question) -> None:
        super().__init__(size_hint_y=None, height=question.height)
        question.bind(height=self.setter("height"))
        self.add_widget(question)


class QuestionList(Column):
    """The questions of a section, or of a row of a repeat."""

    def __init__(self, answering: Answering, ports: Ports, *, is_plain: bool = False) -> None:
        """Take the answers and the app; plain ones have no ground of their own."""
        super().__init__(spacing=dp(GAP_M if is_plain else GAP_S))
        self._answering, self._ports, self._is_plain = answering, ports, is_plain
        self.questions: dict[str, Any] = {}
        self._made: dict[str, Any] = {}
        self._places: dict[str, Any] = {}
        self._entries: Sequence[Entry] = ()
        self._faults: Faults = {}
        self._later = Clock.create_trigger(lambda _dt: self._show(_IN_A_FRAME), 0)

    def tell(self, entries: Sequence[Entry], faults: Faults) -> None:
        """Show these and tell each what follows from the answers; of many new ones the rest comes frame by frame."""
        self._entries, self._faults = entries, faults
        self._show(_AT_ONCE)

    def make_until(self, path: str) -> None:
        """Make what has not come yet, up to a question and what follows it on the screen: somebody goes there."""
        paths, code = [entry.shown.path for entry in self._entries], path.split(".", maxsplit=1)[0]
        at = paths.index(code) if code in paths else 0
        self._show(sum(one not in self._made for one in paths[: at + _AT_ONCE]))

    def place_of(self, path: str) -> Any:
        """Give the widget that stands where a question is, among the others; None where it is not shown."""
        return self._places[path] if path in self.questions else None

    def _show(self, most: int) -> None:
        wanted = {entry.shown.path for entry in self._entries}
        for path in [gone for gone in self.questions if gone not in wanted]:
            del self.questions[path]
            self.remove_widget(self._places[path])
        for at, entry in enumerate(self._entries):
            path = entry.shown.path
            if path not in self.questions:
                if path not in self._made:
                    if most == 0:
                        self._later()
                        return
                    most -= 1
                    self._made[path] = self._make(entry)
                    self._places[path] = self._made[path] if self._is_plain else _Place(self._made[path])
                self.questions[path] = self._made[path]
                self.add_widget(self._places[path], index=len(self.children) - at)
            question = self.questions[path]
            question.tell(entry.shown, self._faults.get(path, ()))
            if isinstance(question, RepeatQuestion):
                question.tell_rows(entry.rows, self._faults)

    def _make(self, entry: Entry) -> Question:
        item = entry.shown.item
        make: Callable[..., Question] = _KINDS.get(item.type, input_rows.ReadQuestion)
        if item.type == "repeat":
            return RepeatQuestion(
                self._answering, entry.shown, self._ports, is_plain=True,
                make_list=lambda: QuestionList(self._answering, self._ports, is_plain=True),
            )  # fmt: skip
        if item.calculate is not None or item.raw.get("read_only"):
            make = input_rows.ReadQuestion
        return make(self._answering, entry.shown, self._ports, is_plain=self._is_plain)
