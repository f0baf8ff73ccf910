"""Questions for a day or a time."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from kivy.uix.gridlayout import GridLayout

from mobile.forms.evaluation import AnswerError, Shown
from mobile.kit.forms.question import Question
from mobile.kit.i18n import formats, language, t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_S, TARGET
from mobile.kit.widgets.button import IconButton, PushButton
from mobile.kit.widgets.dialog import BottomSheet
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Row
from mobile.kit.widgets.text import Text

_WEEK, _DECEMBER = 7, 12
_WITHOUT_COLON, _WITH_COLON = 4, 5


class DaySheet(BottomSheet):
    """A month as a sheet of days; `chosen` is told the day that was tapped."""

    def __init__(self, day: date, today: date, chosen: Callable[[date], None], title: str, **properties: Any) -> None:
        """Take the day that is marked, today, and whom to tell."""
        self._day, self._today, self._chosen = day, today, chosen
        self._month = day.replace(day=1)
        self._name = Text(style="strong", halign="center", pos_hint={"center_y": 0.5})
        self._grid = GridLayout(cols=_WEEK, size_hint_y=None, spacing=dp(2), row_default_height=dp(TARGET))
        self._grid.row_force_default = True
        self._grid.bind(minimum_height=self._grid.setter("height"))
        head = Row(
            IconButton("chevron-left", test_id="day.before", on_tap=lambda *_: self._turn(-1)),
            self._name,
            IconButton("chevron-right", test_id="day.after", on_tap=lambda *_: self._turn(1)),
        )
        now = PushButton(t("form.today"), kind="secondary", test_id="day.today", on_tap=lambda *_: self._take(today))
        super().__init__(Column(head, self._grid, now, spacing=dp(GAP_S)), title=title, **properties)
        self._fill()

    def _turn(self, by: int) -> None:
        middle = self._month.replace(day=15) + timedelta(days=30 * by)
        self._month = middle.replace(day=1)
        self._fill()

    def _take(self, day: date) -> None:
        self.dismiss()
        self._chosen(day)

    def _fill(self) -> None:
        names = formats.MONTHS[language.current]
        self._name.text = f"{names[self._month.month - 1]} {self._month.year}"
        self._grid.clear_widgets()
        for name in t("form.week").split():
            self._grid.add_widget(Text(name, style="small", tone="text_soft", halign="center"))
        first = self._month - timedelta(days=self._month.weekday())
        for at in range(6 * _WEEK):
            day = first + timedelta(days=at)
            if day.month != self._month.month and at >= 5 * _WEEK and at % _WEEK == 0:
                break
            kind = "primary" if day == self._day else "secondary" if day == self._today else "text"
            button = PushButton(str(day.day), kind=kind, rest_s=0, size_hint_y=1, test_id=f"day.{day.isoformat()}")
            button.padding, button.opacity = (0, 0), 1 if day.month == self._month.month else 0.45
            button.fbind("on_tap", lambda _button, day=day: self._take(day))
            self._grid.add_widget(button)


class DayQuestion(Question):
    """A day, chosen in a calendar."""

    def ask(self) -> None:
        """Put the button that shows the day and opens the calendar."""
        self._button = PushButton(kind="secondary", icon="calendar", test_id=self.path, on_tap=self._open)
        self._show()
        self.put(*self.heading(), self._button)

    def _held(self) -> date | None:
        try:
            return date.fromisoformat(str(self.value))
        except ValueError:
            return None

    def _show(self) -> None:
        held = self._held()
        self._button.text = f"{formats.date_long(held)} {_weekday(held)}" if held else t("form.choose_day")

    def _open(self, *_: Any) -> None:
        today = self.answering.today()
        DaySheet(self._held() or today, today, self._take, self.label(), test_id=f"{self.path}.days").open(self)

    def _take(self, day: date) -> None:
        self.answer(day.isoformat())
        self._show()


def _weekday(day: date) -> str:
    return formats.DAYS[language.current][day.weekday()]


class TimeQuestion(Question):
    """A time of the day, typed, or now."""

    def ask(self) -> None:
        """Put the field and the button for now."""
        held = self.value
        self.field = TextField(
            self.label(), keyboard="number", text=held if isinstance(held, str) else "",
            helper=self.hint() or t("form.time_help"), test_id=self.path,
        )  # fmt: skip
        self.field.bind(text=lambda _field, text: self.answer(_time(text)))
        now = PushButton(
            t("form.now"), kind="secondary", icon="clock", test_id=f"{self.path}.now",
            on_tap=lambda *_: setattr(self.field, "text", formats.time_of_day(self.answering.now())),
        )  # fmt: skip
        self.put(self.field, now)

    def told(self, shown: Shown, faults: Sequence[AnswerError]) -> None:
        """Tell what is wrong at the field."""
        del shown
        self.field.error = "\n".join(fault.message for fault in faults)


def _time(text: str) -> str | None:
    """Read 1405, 14.05 and 9:05 as they are meant; anything else stays as it was typed."""
    plain = text.strip().replace(".", ":")
    if len(plain) == _WITHOUT_COLON and plain.isdigit():
        plain = f"{plain[:2]}:{plain[2:]}"
    if len(plain) == _WITHOUT_COLON and plain[1] == ":":
        plain = f"0{plain}"
    return plain or None
