"""Rates, limits and periods by date: the municipality's own value first, then the country's; never a constant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from api.municipalities.errors import ParameterMissing

PETITION_ANSWER_DAYS = "petition_answer_days"
PLACE_TOLERANCE_M = "place_tolerance_m"


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One value with the days on which it holds: from `valid_from` up to, but not on, `valid_to`."""

    code: str
    valid_from: date
    valid_to: date | None
    value: Decimal
    unit: str
    legal_reference: str
    is_verified: bool
    is_own: bool
    municipal_choice: str

    def holds_on(self, day: date) -> bool:
        """Say whether the value holds on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def leaves_room_for(self, own: Decimal) -> bool:
        """Say whether this national value lets a municipality use `own` instead."""
        match self.municipal_choice:
            case "free":
                return True
            case "lower":
                return own <= self.value
            case "higher":
                return own >= self.value
        return own == self.value


class ParameterTable:
    """All values of one municipality and of the country, ready to be asked for any day."""

    def __init__(self, rows: Iterable[ParameterRow]) -> None:
        self._own: dict[str, list[ParameterRow]] = {}
        self._national: dict[str, list[ParameterRow]] = {}
        for row in sorted(rows, key=lambda row: row.valid_from, reverse=True):
            (self._own if row.is_own else self._national).setdefault(row.code, []).append(row)

    def codes(self) -> list[str]:
        """All known codes in alphabetical order."""
        return sorted(self._own.keys() | self._national.keys())

    def row(self, code: str, on: date) -> ParameterRow:
        """Give the value that holds on a day, the day of the event and not today's, with its legal reference.

        Raises ParameterMissing when neither the municipality nor the country has one; it names code and day.
        """
        row = self.find(code, on)
        if row is None:
            raise ParameterMissing(parameter=code, on=on.isoformat())
        return row

    def value(self, code: str, on: date) -> Decimal:
        """Give only the number of `row`."""
        return self.row(code, on).value

    def find(self, code: str, on: date) -> ParameterRow | None:
        """Give the value that holds on a day, or None.

        The municipality's own value counts only as far as the law of that day leaves it room: one that was set under an
        older law does not outlive a stricter one.
        """
        national = self.national(code, on)
        own = next((row for row in self._own.get(code, ()) if row.holds_on(on)), None)
        if own is not None and (national is None or national.leaves_room_for(own.value)):
            return own
        return national

    def national(self, code: str, on: date) -> ParameterRow | None:
        """Give the country's value of a day, or None; of several that hold, the one that began last."""
        return next((row for row in self._national.get(code, ()) if row.holds_on(on)), None)


def parameter_table(rows: Iterable[Mapping[str, Any]]) -> ParameterTable:
    """Build the table from rows of `queries.PARAMETERS`."""
    return ParameterTable(ParameterRow(**row) for row in rows)
