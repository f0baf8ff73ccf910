"""The fields of a business that can be changed, and what becomes of a new value (docs/sync-protocol.md).

What an inspector sees on the spot (telephone, opening hours, activity, note) is fresher than the register: it wins,
and the office's value that gave way is kept and flagged. What the register says in law (title, class, address,
licence, place) is the office's: from the field it is a proposal.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from api.businesses.errors import FieldUnknown
from api.businesses.schemas import BusinessPhone, ClassCode, LicenceNo, LongText, ShortText
from api.core.text import Line, clean, fold
from api.core.wire import Place

Outcome = Literal["same", "applied", "overwrote", "suggested"]

OBSERVED = frozenset({"phone", "note", "opening_hours", "activity"})
_KINDS: Mapping[str, TypeAdapter[Any]] = {
    "title": TypeAdapter(Line),
    "class_code": TypeAdapter(ClassCode),
    "activity": TypeAdapter(ShortText),
    "address_text": TypeAdapter(ShortText),
    "licence_no": TypeAdapter(LicenceNo),
    "place": TypeAdapter(Place),
    "floor_area_m2": TypeAdapter(Annotated[int, Field(strict=True, ge=1, le=1_000_000)]),
    "status": TypeAdapter(Literal["active", "closed"]),
    "phone": TypeAdapter(BusinessPhone),
    "note": TypeAdapter(LongText),
    "opening_hours": TypeAdapter(ShortText),
}
FIELDS = frozenset(_KINDS)
# A record without one of these would be none.
_NEEDED = frozenset({"title", "class_code", "place", "status"})
# Columns that hold an empty text where others hold NULL.
TEXTS = frozenset({"activity", "address_text", "note", "opening_hours"})
# About 10 cm: below what any receiver tells, above what writing and reading a number changes.
_PLACE_DIGITS = 6
_LONGEST_ODD = 200


def checked(field: str, value: Any) -> Any:
    """Give a new value in the one form in which values are compared and kept; an empty one is None.

    Raises:
        FieldUnknown: no such field, or the value is of another kind.
    """
    if field not in FIELDS:
        raise FieldUnknown(field=field)
    if value is None or value == "":
        if field in _NEEDED:
            raise FieldUnknown(field=field)
        return None
    try:
        read = _KINDS[field].validate_python(value)
    except ValidationError as error:
        raise FieldUnknown(field=field, reason=error.errors()[0]["type"]) from None
    return place_value(read.lon, read.lat) if isinstance(read, Place) else read or None


def seen(field: str, base: Any) -> Any:
    """Give a value that a sender had seen in the form in which values are compared.

    One that could never have stood there is kept as a short text: it equals nothing, and the history can hold it.
    """
    try:
        return checked(field, base)
    except FieldUnknown:
        return clean(str(base)[:_LONGEST_ODD], _LONGEST_ODD) or None


def place_value(lon: float | None, lat: float | None) -> dict[str, float] | None:
    """Give a place as it is compared and kept; None for none."""
    return None if lon is None or lat is None else {"lon": round(lon, _PLACE_DIGITS), "lat": round(lat, _PLACE_DIGITS)}


def current(row: Mapping[str, Any], field: str) -> Any:
    """Give the value that a locked row holds, in the same form."""
    if field == "place":
        return place_value(row["lon"], row["lat"])
    return row[field] or None


def outcome(field: str, current_value: Any, base: Any, value: Any, *, by_office: bool) -> Outcome:
    """Say what becomes of a new value, all values in the form of `checked`.

    A value that is there already is no change; neither is one that its sender did not change.
    """
    if value in (current_value, base):
        return "same"
    if field in OBSERVED:
        return "applied" if base == current_value else "overwrote"
    return "applied" if by_office else "suggested"


def search_text(row: Mapping[str, Any]) -> str:
    """Give the text by which a record is found: title, activity and address, folded."""
    return fold(f"{row['title']} {row['activity']} {row['address_text']}")
