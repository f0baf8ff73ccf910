"""A section of a form: a line that opens it, with how much is done, and its questions."""

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.kit.forms.answering import Answering, Section
from mobile.kit.forms.entries import entries_of
from mobile.kit.forms.ports import Ports
from mobile.kit.forms.question_list import Faults, QuestionList
from mobile.kit.i18n import t
from mobile.kit.painting import Pressable, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, RADIUS_M, TARGET_PRIMARY
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.layout import Column, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.progress import Progress
from mobile.kit.widgets.text import Icon, Text


class _Head(Pressable, BoxLayout):
    """Title, progress, faults, arrow."""

    def __init__(self, title: str, test_id: str) -> None:
        self._title = Text(title, style="heading")
        self._bar = Progress()
        self._lines = Column(self._title, self._bar, spacing=dp(GAP_S), pos_hint={"center_y": 0.5})
        self._count = Badge(pos_hint={"center_y": 0.5})
        self._faults = Badge(tone="danger", pos_hint={"center_y": 0.5})
        self._arrow = Icon("chevron-down", tone="text_soft", pos_hint={"center_y": 0.5})
        super().__init__(
            size_hint_y=None, spacing=dp(GAP_M), padding=(dp(GAP_L), dp(GAP_M)), radius=dp(RADIUS_M), test_id=test_id,
            fill=theme.colour("surface"), edge=theme.colour("line"), edge_width=line_width(), rest_s=0,
        )  # fmt: skip
        self._lines.bind(height=self._fit)
        self._fit()

    def dress(self, section: Section, faults: int, *, is_open: bool) -> None:
        """Show how far it is."""
        is_done = section.done == section.total
        self._bar.value = section.done / section.total if section.total else 1
        self._bar.tone = "success" if is_done else "accent"
        self._count.text = t("form.progress", done=section.done, total=section.total)
        self._count.tone = "success" if is_done else "neutral"
        self._faults.text = str(faults)
        self._arrow.name = "chevron-up" if is_open else "chevron-down"
        show(self._lines, self._title, *([self._bar] if section.total else []))
        show(
            self, self._lines, *([self._faults] if faults else []), *([self._count] if section.total else []),
            self._arrow,
        )  # fmt: skip

    def _fit(self, *_: Any) -> None:
        self.height = max(theme.grown(TARGET_PRIMARY + GAP_S), self._lines.height + 2 * dp(GAP_M))


class SectionBox(Column):
    """One section; its questions are made when it is first opened."""

    is_open = BooleanProperty(False)

    def __init__(
        self, answering: Answering, ports: Ports, section: Section, title: str, go_on: Callable[[], None]
    ) -> None:
        """Take the answers, the app, the section, its title (empty: it is always open), and what leads to the next."""
        self.code, self.title = section.code, title
        self._head = _Head(title, f"section.{section.code}")
        self._head.bind(on_tap=lambda *_: setattr(self, "is_open", not self.is_open))
        self.questions = QuestionList(answering, ports)
        self._next = PushButton(kind="secondary", icon="arrow-down", test_id=f"next.{section.code}")
        self._next.bind(on_tap=lambda *_: go_on())
        self._section = section
        self._faults: Faults = {}
        super().__init__(spacing=dp(GAP_S))
        self.is_open = not title
        self.bind(is_open=self._turn)
        self._arrange()

    def tell(self, section: Section, faults: Faults) -> None:
        """Show what follows from the answers."""
        self._section, self._faults = section, faults
        self._dress()
        if self.is_open:
            self._fill()

    def lead_to(self, title: str) -> None:
        """Say what comes next; nothing does without a title."""
        text = t("form.next_section", title=title) if title else ""
        if text != self._next.text:
            self._next.text = text
            self._arrange()

    def _fill(self) -> None:
        self.questions.tell(entries_of(self._section.shown, without=self.code), self._faults)

    def _dress(self) -> None:
        if self.title:
            paths = {shown.path for shown in self._section.shown}
            count = sum(path in paths for path in self._faults)
            self._head.dress(self._section, count, is_open=self.is_open)

    def _turn(self, *_: Any) -> None:
        if self.is_open:
            self._fill()
        self._dress()
        self._arrange()

    def _arrange(self) -> None:
        head = [self._head] if self.title else []
        show(self, *head, *([self.questions] if self.is_open else []), *([self._next] if self._leads_on else []))

    @property
    def _leads_on(self) -> bool:
        return self.is_open and bool(self.title) and bool(self._next.text)
