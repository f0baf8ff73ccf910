"""THE evaluator: the phone calls it at every change, the server to look once more at what was submitted.

It never refuses and never raises, whatever the answers are: an old form's answers are accepted for ever, and what is
missing or wrong comes out as errors. The result depends on its arguments alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mobile.forms import answers as reading
from mobile.forms import values
from mobile.forms.document import Form
from mobile.forms.expressions import Scope
from mobile.forms.items import Item
from mobile.forms.messages import message

WEIGHTS = {"minor": 1, "major": 3, "critical": 9}


@dataclass(frozen=True, slots=True)
class Shown:
    """An item that is to be seen, with its clean answer; rows of a repeat have paths such as `goods.0.name`."""

    path: str
    item: Item
    value: Any
    is_required: bool


@dataclass(frozen=True, slots=True)
class AnswerError:
    """What is wrong with the answer at a path (`m10`, `goods.0.name`, `m10.photos`), and how to say it."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that was answered with "no"; `deadline_days` is the inspector's term, else the form's."""

    path: str
    code: str
    label: Mapping[str, str]
    severity: str
    law: str
    deadline_days: int | None
    note: str
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that follows from a form and its answers."""

    items: tuple[Shown, ...]
    values: Mapping[str, Any]
    """What was calculated, by path."""
    errors: tuple[AnswerError, ...]
    done: int
    total: int
    """Items that must be answered, and how many of them are answered without an error."""
    findings: tuple[Finding, ...]
    score: int | None
    """Share of what was found in order, 0 to 100, weighed by severity (`WEIGHTS`); None before the first verdict."""
    answers: dict[str, Any]
    """Clean answers in the order of the form: nothing unknown, irrelevant or unreadable, with calculated values."""


@dataclass(slots=True)
class _Row:
    """The answers above, or one row of a repeat."""

    raw: Mapping[str, Any]
    scope: Scope
    values: dict[str, values.Value]
    shown: set[str] = field(default_factory=set)
    readings: dict[str, reading.Reading] = field(default_factory=dict)


def evaluate(form: Form, answers: Any, *, today: date, language: str = "tr") -> Evaluation:
    """Look at the answers of a form.

    Args:
        form: of the very version that the answers were given to.
        answers: `{code: value}`, items of groups beside the others, repeats as lists of such objects.
        today: the day for `today` in expressions; the server gives the day on which the answers were written.
        language: of the messages, `tr` or `en`.
    """
    run = _Run(form, answers if isinstance(answers, dict) else {}, today)
    run.compute()
    return _Report(run, language).write()


def first_answers(form: Form, *, today: date, repeat: str | None = None) -> dict[str, Any]:
    """Give the defaults with which a new set of answers, or a new row of a repeat, begins."""
    scope = Scope(today)
    return {
        item.code: values.json_of(value)
        for item in form.inside.get(repeat, ())
        if item.default is not None and (value := reading.fitting(item, item.default(scope))) is not None
    }


class _Run:
    """Computes in the order in which items read each other; what is not to be seen has no value."""

    def __init__(self, form: Form, answers: Mapping[str, Any], today: date) -> None:
        self.form = form
        scope = Scope(today)
        self.top = _Row(answers, scope, scope.top)
        self.rows: dict[str, list[_Row]] = {}

    def compute(self) -> None:
        for item in self.form.order:
            if item.repeat is None:
                self._compute(item, self.top)
            else:
                for row in self.rows.get(item.repeat, ()):
                    self._compute(item, row)

    def _compute(self, item: Item, row: _Row) -> None:
        if not self._is_shown(item, row):
            return
        row.shown.add(item.code)
        if item.type == "repeat":
            self._open(item, row)
        elif item.calculate is not None:
            value = reading.fitting(item, item.calculate(row.scope))
            row.values[item.code] = value
            row.readings[item.code] = reading.Reading(value, values.json_of(value))
        elif item.type not in ("group", "note"):
            read = reading.read(item, row.raw.get(item.code))
            row.values[item.code] = read.value
            row.readings[item.code] = read

    def _is_shown(self, item: Item, row: _Row) -> bool:
        if item.parent is not None and item.parent not in row.shown and item.parent not in self.top.shown:
            return False
        return item.relevant is None or item.relevant(row.scope) is True

    def _open(self, item: Item, row: _Row) -> None:
        raw = row.raw.get(item.code)
        told = raw if isinstance(raw, list) else []
        most = int(item.most or 0)
        faults = [("", "type", "")] if raw is not None and not isinstance(raw, list) else []
        faults += [(str(at), "type", "") for at, one in enumerate(told[:most]) if not isinstance(one, dict)]
        if len(told) > most:
            faults.append(("", "too_many", str(most)))
        top = row.scope
        rows = []
        for one in told[:most]:
            scope = Scope(top.today, top.top, top.rows)
            rows.append(_Row(one if isinstance(one, dict) else {}, scope, scope.row))
        self.rows[item.code] = rows
        top.rows[item.code] = [one.values for one in rows]
        row.readings[item.code] = reading.Reading(faults=tuple(faults))


class _Report:
    """Writes down, in the order of the form, what came out."""

    def __init__(self, run: _Run, language: str) -> None:
        self.run, self.language = run, language
        self.items: list[Shown] = []
        self.values: dict[str, Any] = {}
        self.errors: list[AnswerError] = []
        self.findings: list[Finding] = []
        self.done = self.total = self.passed = self.weighed = 0

    def write(self) -> Evaluation:
        answers = self._tell_all(None, self.run.top, "")
        share = Decimal(100 * self.passed) / self.weighed if self.weighed else None
        return Evaluation(
            items=tuple(self.items),
            values=self.values,
            errors=tuple(self.errors),
            done=self.done,
            total=self.total,
            findings=tuple(self.findings),
            score=None if share is None else int(share.to_integral_value(ROUND_HALF_UP)),
            answers=answers,
        )

    def _tell_all(self, repeat: str | None, row: _Row, prefix: str) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        for item in self.run.form.inside.get(repeat, ()):
            if item.code not in row.shown:
                continue
            kept = self._tell(item, row, prefix)
            if item.type == "repeat":
                rows = enumerate(self.run.rows[item.code])
                kept = [self._tell_all(item.code, one, f"{item.code}.{at}.") for at, one in rows] or None
            if kept is not None:
                clean[item.code] = kept
        return clean

    def _tell(self, item: Item, row: _Row, prefix: str) -> Any:
        path, read = prefix + item.code, row.readings.get(item.code, reading.NOTHING)
        is_required = item.required is not None and item.required(row.scope) is True
        self.items.append(Shown(path, item, read.clean, is_required))
        if item.calculate is not None:
            self.values[path] = read.clean
        count = len(self.errors)
        for part, code, detail in read.faults:
            self._fault(f"{path}.{part}" if part else path, code, detail)
        has_too_few = self._has_too_few(item, read)
        if has_too_few:
            self._fault(path, "too_few", item.least)
        elif is_required and read.value is None and not read.faults:
            self._fault(path, "required")
        if item.constraint is not None and read.value is not None:
            self._check(item, row, path, read.value)
        if is_required or (item.least and item.type in ("photo", "repeat")):
            self.total += 1
            self.done += len(self.errors) == count
        if item.type == "check" and read.value in ("yes", "no"):
            self._weigh(item, path, read)
        return read.clean

    def _has_too_few(self, item: Item, read: reading.Reading) -> bool:
        if not item.least or item.type not in ("photo", "repeat"):
            return False
        told = len(self.run.rows[item.code]) if item.type == "repeat" else len(read.clean or ())
        return told < item.least

    def _fault(self, path: str, code: str, detail: Any = "", told: str = "") -> None:
        self.errors.append(AnswerError(path, code, told or message(code, self.language, detail)))

    def _check(self, item: Item, row: _Row, path: str, value: values.Value) -> None:
        row.scope.own = value
        if item.constraint is not None and item.constraint(row.scope) is False:
            self._fault(path, "constraint", told=item.text("constraint_message", self.language))

    def _weigh(self, item: Item, path: str, read: reading.Reading) -> None:
        weight = WEIGHTS[item.raw["severity"]]
        self.weighed += weight
        if read.value == "yes":
            self.passed += weight
            return
        told = read.clean if isinstance(read.clean, dict) else {}
        self.findings.append(
            Finding(
                path=path,
                code=item.code,
                label=item.label,
                severity=item.raw["severity"],
                law=item.raw.get("law", ""),
                deadline_days=told.get("deadline_days", item.raw.get("deadline_days")),
                note=told.get("note", ""),
                photos=tuple(told.get("photos", ())),
            )
        )
