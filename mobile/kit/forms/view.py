"""A whole form on the screen: what the app puts above it, what is missing, the sections, what the app puts below it."""

from typing import Any

from kivy.clock import Clock

from mobile.kit.forms.answering import LEADING, Answering, Section
from mobile.kit.forms.ports import Ports
from mobile.kit.forms.section_box import SectionBox
from mobile.kit.forms.steady_scroll import SteadyScroll
from mobile.kit.i18n import language, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_M, GAP_XL
from mobile.kit.widgets.banner import Banner
from mobile.kit.widgets.layout import Column, show

_DEEPEST = 40


class FormView(SteadyScroll):
    """The questions of a form that are relevant, in sections of which those are made that are open.

    `head` and `foot` are columns for the app. `where()` tells what is open and where it is scrolled to, `come_back`
    takes it again. After `show_faults()` what is missing is told too, and how many faults there are.
    """

    def __init__(self, answering: Answering, ports: Ports, **properties: Any) -> None:
        """Take the answers and the app; the first section that is not done is open."""
        # A field in a row of a repeat stands a dozen boxes deep; each tells its height to the one around it.
        Clock.max_iteration = max(Clock.max_iteration, _DEEPEST)
        self.head, self.foot = Column(spacing=dp(GAP_M)), Column(spacing=dp(GAP_M))
        self._banner = Banner(tone="danger", icon="alert-circle", action=t("form.go_to_first"), test_id="faults")
        self._banner.bind(on_tap=lambda *_: self.go_to_first())
        self._column = Column(padding=(dp(GAP_L), dp(GAP_L), dp(GAP_L), dp(GAP_XL)), spacing=dp(GAP_M))
        super().__init__(self._column, test_id="form", **properties)
        self.answering, self._ports = answering, ports
        self._shows_missing = False
        self.boxes: dict[str, SectionBox] = {}
        self._heights: dict[str, float] = {}
        self.refresh()
        self._open_first()

    # --- what the app does ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what follows from the answers; called at every change."""
        sections = self.answering.sections()
        faults = self.answering.faults(with_missing=self._shows_missing)
        for section in sections:
            if section.code not in self.boxes:
                self.boxes[section.code] = self._box(section)
            self.boxes[section.code].tell(section, faults)
        count = len(self.answering.seen.errors) if self._shows_missing else 0
        self._banner.text = t("form.missing", count=count)
        boxes = [self.boxes[section.code] for section in sections]
        for box, following in zip(boxes, [*boxes[1:], None], strict=True):
            box.lead_to(following.title if following else "")
        around = [[part] if part.children else [] for part in (self.head, self.foot)]
        show(self._column, *around[0], *([self._banner] if count else []), *boxes, *around[1])

    def show_faults(self) -> int:
        """Tell everything that is missing or wrong from now on, and go to the first; gives how many there are."""
        self._shows_missing = True
        self.refresh()
        self.go_to_first()
        return len(self.answering.seen.errors)

    def go_to_first(self) -> None:
        """Scroll to the first fault."""
        if self.answering.seen.errors:
            self.go_to_path(self.answering.owner(self.answering.seen.errors[0].path))

    def go_to_path(self, path: str, above: float = GAP_M) -> None:
        """Open the section of a question and scroll to it; nothing happens where it is not to be seen."""
        if path.rpartition(".")[2] not in self.answering.form.items:
            return
        box = self.boxes.get(self.answering.section_of(path))
        if box is None:
            return
        box.is_open = True
        box.questions.make_until(path)
        question = self.find(path)
        if question is not None:
            self.go_to(question, dp(above))

    def find(self, path: str) -> Any:
        """Give the question of a path, or None where it is not made."""
        wanted = f"question.{path}"
        return next((widget for widget in self._column.walk() if getattr(widget, "test_id", "") == wanted), None)

    def where(self) -> dict[str, Any]:
        """Say what is open, and which question stands at the top, how far below it in dp."""
        told: dict[str, Any] = {"open": [code for code, box in self.boxes.items() if box.is_open]}
        edge = self._column.top - self.offset
        for box in self.boxes.values():
            for path in box.questions.questions if box.is_open else ():
                place = box.questions.place_of(path)
                if place.y < edge:
                    return {**told, "path": path, "above": (edge - place.top) / dp(1)}
        return told

    def come_back(self, where: dict[str, Any]) -> None:
        """Open what was open and scroll to where it was."""
        for code, box in self.boxes.items():
            box.is_open = code in where.get("open", ()) or not box.title
        if "path" in where:
            self.go_to_path(str(where["path"]), float(where.get("above", 0)))

    # --- inside ---------------------------------------------------------------------------------------------------

    def _box(self, section: Section) -> SectionBox:
        item = self.answering.form.items.get(section.code)
        title = item.text("label", language.current) if item else ""
        box = SectionBox(self.answering, self._ports, section, title, lambda: self._go_on(section.code))
        box.bind(height=self._grown)
        return box

    def _grown(self, box: SectionBox, height: float) -> None:
        before = self._heights.get(box.code, 0.0)
        self._heights[box.code] = height
        self.grew_above(box, before, height)

    def _go_on(self, code: str) -> None:
        codes = [section.code for section in self.answering.sections()]
        following = self.boxes.get(codes[codes.index(code) + 1])
        self.boxes[code].is_open = False
        if following is not None:
            following.is_open = True
            self.go_to(following, dp(GAP_M))

    def _open_first(self) -> None:
        for section in self.answering.sections():
            if section.code != LEADING and section.done < section.total:
                self.boxes[section.code].is_open = True
                return
