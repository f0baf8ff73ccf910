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


class ParameterTable:
    """All values of one municipality and of the country, ready to be asked for any day."""

    def __init__(self, rows: Iterable[ParameterRow]) -> None:
        self._by_code: dict[str, list[ParameterRow]] = {}
        for row in rows:
            self._by_code.setdefault(row.code, []).append(row)
        for values in self._by_code.values():
            # What comes first wins: own before national, then the newest.
            values.sort(key=lambda row: (row.is_own, row.valid_from), reverse=True)

    def codes(self) -> list[str]:
        """All known codes in alphabetical order."""
        return sorted(self._by_code)

    def row(self, code: str, on: date) -> ParameterRow:
        """Give the value that holds on a day, the day of the event and not today's, with its legal reference.

        Raises ParameterMissing when neither the municipality nor the country has one; it names code and day.
        """
        row = self.find(code, on)
        if row is None:
            raise ParameterMissing(parameter=code, on=on.isoformat())
        return row

    def find(self, code: str, on: date) -> ParameterRow | None:
        """Give the value that holds on a day, or None."""
        return next((row for row in self._by_code.get(code, ()) if row.holds_on(on)), None)

    def national(self, code: str, on: date) -> ParameterRow | None:
        """Give the country's value of a day, or None."""
        return next((row for row in self._by_code.get(code, ()) if not row.is_own and row.holds_on(on)), None)

    def value(self, code: str, on: date) -> Decimal:
        """Give only the number of `row`."""
        return self.row(code, on).value


def parameter_table(rows: Iterable[Mapping[str, Any]]) -> ParameterTable:
    """Build the table from rows of `queries.PARAMETERS`."""
    return ParameterTable(ParameterRow(**row) for row in rows)
