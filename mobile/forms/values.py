"""The values of expressions and their arithmetic: total, exact, and the same on every machine.

A value is true or false, a decimal number, a text, a date, a tuple of texts (several choices, photos) or null. What
has no answer is null, and so is every operation on null or on values of kinds that do not fit together.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

Value = bool | Decimal | str | date | tuple[str, ...] | None

LARGEST = Decimal(10) ** 15
MOST_TEXT = 10_000
_SMALLEST = Decimal("1E-12")  # results are rounded to it, so that no number grows without end
_EXACT = Context(prec=34, rounding=ROUND_HALF_UP, traps=[])
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def number_of(raw: Any) -> Decimal | None:
    """Read a number: a JSON number or a text such as "12.50"; None for anything else or beyond 15 digits."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    if isinstance(raw, int):
        return Decimal(raw) if -LARGEST < raw < LARGEST else None
    text = repr(raw) if isinstance(raw, float) else raw
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def date_of(raw: Any) -> date | None:
    """Read a date written as 2026-11-27."""
    if not isinstance(raw, str) or not _DATE.fullmatch(raw):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def text_of(value: Value) -> str:
    """Write a value as text; null is the empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = format(value, "f")
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain == "-0" else plain
    if isinstance(value, tuple):
        return " ".join(value)
    return value.isoformat() if isinstance(value, date) else value


def json_of(value: Value) -> Any:
    """Write a value as it stands in answers: whole numbers as numbers, others as text, so that none becomes a float."""
    if isinstance(value, Decimal):
        text = text_of(value)
        return text if "." in text else int(text)
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def without_harm(text: str) -> str:
    """Take out of a text what no database can store: NUL and halves of surrogate pairs."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _bounded(result: Decimal) -> Decimal | None:
    if not result.is_finite() or not -LARGEST < result < LARGEST:
        return None
    return _EXACT.quantize(result, _SMALLEST)


def add(left: Value, right: Value) -> Value:
    """Add numbers, or days to a date."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _bounded(_EXACT.add(left, right))
    if isinstance(left, Decimal):
        left, right = right, left
    return _moved(left, right, 1)


def subtract(left: Value, right: Value) -> Value:
    """Subtract numbers, days from a date, or dates (in days)."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _bounded(_EXACT.subtract(left, right))
    if isinstance(left, date) and isinstance(right, date):
        return Decimal((left - right).days)
    return _moved(left, right, -1)


def _moved(start: Value, days: Value, sign: int) -> Value:
    if not isinstance(start, date) or not isinstance(days, Decimal) or days != days.to_integral_value():
        return None
    try:
        return start + timedelta(days=sign * int(days))
    except OverflowError:
        return None


def _on_numbers(act: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Value, Value], Value]:
    def apply(left: Value, right: Value) -> Value:
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            return _bounded(act(left, right))
        return None

    return apply


multiply = _on_numbers(_EXACT.multiply)
divide = _on_numbers(_EXACT.divide)
remainder = _on_numbers(_EXACT.remainder)


def rounded(value: Value, places: int) -> Value:
    """Round half away from zero to so many decimal places."""
    if not isinstance(value, Decimal):
        return None
    return _bounded(_EXACT.quantize(value, Decimal(1).scaleb(-places)))


def order(left: Value, right: Value) -> int | None:
    """Give -1, 0 or 1 for two numbers, texts or dates; null for anything else."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    return None


def equal(left: Value, right: Value) -> bool | None:
    """Compare two values of one kind; null where one is null or the kinds differ."""
    if left is None or right is None or type(left) is not type(right):
        return None
    return left == right


def concatenated(parts: list[Value]) -> Value:
    """Join as text; what is longer than any text may be is null."""
    text = "".join(map(text_of, parts))
    return text if len(text) <= MOST_TEXT else None
