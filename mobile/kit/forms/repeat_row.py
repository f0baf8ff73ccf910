"""A repeat: rows of the same questions that are added and taken away."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mobile.forms.evaluation import AnswerError, Shown
from mobile.kit.forms.entries import Entry
from mobile.kit.forms.question import Question
from mobile.kit.i18n import language, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_M, GAP_S
from mobile.kit.widgets.button import IconButton, PushButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.dialog import Dialog
from mobile.kit.widgets.layout import Column, Row
from mobile.kit.widgets.text import Text


class RepeatQuestion(Question):
    """Rows on cards. Rows that hold what only is read come from elsewhere: none can be added or taken away."""

    def __init__(self, *parts: Any, make_list: Callable[[], Any], **properties: Any) -> None:
        """Take what makes the list of questions of a row."""
        self._make_list = make_list
        self._lists: list[Any] = []
        super().__init__(*parts, **properties)

    def ask(self) -> None:
        """Put the place for rows and the button that adds one."""
        inside = self.answering.form.inside.get(self.path, ())
        self._is_given = any(item.raw.get("read_only") for item in inside)
        self._cards = Column(spacing=dp(GAP_M))
        word = t("form.add", name=self.item.text("label", language.current))
        self._add = PushButton(
            word, kind="secondary", icon="plus", test_id=f"{self.path}.add",
            on_tap=lambda *_: self.answering.add_row(self.path),
        )  # fmt: skip
        self._arrange(0)

    def tell_rows(self, rows: Sequence[Sequence[Shown]], faults: Mapping[str, Sequence[AnswerError]]) -> None:
        """Show the rows."""
        if len(rows) < len(self._lists):
            # The rows behind a row that is gone have other paths now.
            self._lists = []
            self._cards.clear_widgets()
        for at in range(len(self._lists), len(rows)):
            self._lists.append(self._make_list())
            self._cards.add_widget(self._card(at))
        for row, questions in zip(rows, self._lists, strict=True):
            questions.tell([Entry(shown) for shown in row if shown.item.label], faults)
        self._arrange(len(rows))

    def _arrange(self, count: int) -> None:
        is_full = count >= int(self.item.most or 0)
        add = [] if self._is_given or is_full else [self._add]
        self.put(*([] if self._is_section else self.heading()), *([self._cards] if count else []), *add)

    @property
    def _is_section(self) -> bool:
        return self.item.parent is None

    def _card(self, at: int) -> Card:
        head = Row(Text(t("form.row", number=at + 1), style="label", tone="text_soft", pos_hint={"center_y": 0.5}))
        if not self._is_given:
            remove = IconButton("delete", tone="danger", test_id=f"{self.path}.{at}.remove")
            remove.bind(on_tap=lambda *_: self._ask_to_remove(at))
            head.add_widget(remove)
        return Card(head, self._lists[at], spacing=dp(GAP_S))

    def _ask_to_remove(self, at: int) -> None:
        Dialog(
            t("form.remove_title"), t("form.remove"), cancel=t("form.keep"), kind="danger", test_id="remove",
            on_confirm=lambda *_: self._remove(at),
        ).open(self)  # fmt: skip

    def _remove(self, at: int) -> None:
        for item in self.answering.form.inside.get(self.path, ()):
            held = self.answering.raw(f"{self.path}.{at}.{item.code}")
            if item.type in ("photo", "signature"):
                for one in held if isinstance(held, list) else [held]:
                    if isinstance(one, str):
                        self.ports.forget(one)
        self.answering.remove_row(self.path, at)
