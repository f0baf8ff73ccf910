"""What all questions of a form have in common: a ground, the label, what is wrong with the answer."""

from collections.abc import Sequence
from typing import Any

from mobile.forms.evaluation import AnswerError, Shown
from mobile.kit.forms.answering import Answering
from mobile.kit.forms.ports import Ports
from mobile.kit.i18n import language
from mobile.kit.painting import line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, RADIUS_M
from mobile.kit.widgets.layout import Column, show
from mobile.kit.widgets.text import Text


class Question(Column):
    """One item on the screen, known by its path. It is made once and then only told what follows from the answers.

    What is written or chosen stands in the widget itself: nothing that is evaluated is written back into it, so that
    no letter and no focus is lost. A subclass fills itself in `ask` and looks again in `told`.
    """

    def __init__(self, answering: Answering, shown: Shown, ports: Ports, *, is_plain: bool = False) -> None:
        """Take the answers, the item, and the app; a plain one has no ground of its own."""
        ground: dict[str, Any] = {"padding": 0} if is_plain else {
            "padding": (dp(GAP_L), dp(GAP_M) + dp(2)), "fill": theme.colour("surface"), "edge": theme.colour("line"),
            "edge_width": line_width(), "radius": dp(RADIUS_M),
        }  # fmt: skip
        super().__init__(spacing=dp(GAP_S), test_id=f"question.{shown.path}", **ground)
        self.answering, self.ports, self.path = answering, ports, shown.path
        self.item = shown.item
        self._is_plain = is_plain
        self._last: tuple[Shown, tuple[AnswerError, ...]] | None = None
        self._parts: tuple[Any, ...] = ()
        self._fault = Text(style="caption", tone="danger")
        self.is_required = shown.is_required
        self.ask()
        self.tell(shown, ())

    # --- for subclasses -------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Put the question and what was answered before."""
        raise NotImplementedError

    def told(self, shown: Shown, faults: Sequence[AnswerError]) -> None:
        """Look at what follows from the answers; without an own way the faults are told below."""
        del shown
        self.show_faults(faults)

    def put(self, *parts: Any) -> None:
        """Show these parts, and below them what is wrong."""
        self._parts = parts
        show(self, *parts, *([self._fault] if self._fault.text else []))

    def show_faults(self, faults: Sequence[AnswerError]) -> None:
        """Write what is wrong below."""
        text = "\n".join(fault.message for fault in faults)
        if text != self._fault.text:
            self._fault.text = text
            self.put(*self._parts)

    @property
    def value(self) -> Any:
        """What was answered, as it was given."""
        return self.answering.raw(self.path)

    def answer(self, value: Any) -> None:
        """Take an answer."""
        self.answering.answer(self.path, value)

    def label(self) -> str:
        """The words of the question; a star says that it must be answered."""
        return self.item.text("label", language.current) + (" *" if self.is_required else "")

    def hint(self) -> str:
        """A word of help, or nothing."""
        return self.item.text("hint", language.current)

    def heading(self) -> list[Any]:
        """The label and the hint as texts."""
        hint = self.hint()
        return [Text(self.label(), style="strong"), *([Text(hint, style="caption", tone="text_soft")] if hint else [])]

    # --- for the form ---------------------------------------------------------------------------------------------

    def tell(self, shown: Shown, faults: Sequence[AnswerError]) -> None:
        """Hear what follows from the answers; nothing happens while it is what it was."""
        now = shown, tuple(faults)
        if now == self._last:
            return
        self._last = now
        if not self._is_plain:
            self.edge = theme.colour("danger" if faults else "line")
        self.told(shown, faults)
