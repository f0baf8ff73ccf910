"""Reads one answer as it was written on a phone: its value, its clean spelling, and what is wrong with it."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mobile.forms import values
from mobile.forms.items import Item
from mobile.forms.values import Value

VERDICTS = ("yes", "no", "na")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MOST_DAYS = 3_650
_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer: value for expressions, clean JSON (None: nothing is kept), faults as (part, code, detail)."""

    value: Value = None
    clean: Any = None
    faults: tuple[tuple[str, str, Any], ...] = ()


NOTHING = Reading()
UNREADABLE = Reading(faults=(("", "type", ""),))


def read(item: Item, raw: Any) -> Reading:
    """Read an answer of an item; never raises, whatever the answer is."""
    return NOTHING if raw is None or raw in ("", []) else _READERS[item.type](item, raw)


def fitting(item: Item, value: Value) -> Value:
    """Give a computed value if it is of the item's type, else null."""
    if item.type == "number":
        return value if isinstance(value, Decimal) and _is_whole_enough(item, value) else None
    if item.type == "date":
        return value if isinstance(value, date) else None
    if item.type == "bool":
        return value if isinstance(value, bool) else None
    if item.type == "calculation":
        return value
    if not isinstance(value, str):
        return None
    fits = {"choice": item.choices, "check": VERDICTS}
    return value if value in fits.get(item.type, (value,)) else None


def _is_whole_enough(item: Item, number: Decimal) -> bool:
    return not item.raw.get("integer") or number == number.to_integral_value()


def _text(item: Item, raw: Any) -> Reading:
    if not isinstance(raw, str):
        return UNREADABLE
    text = values.without_harm(raw)
    if not text.strip():
        return NOTHING
    return Reading(text, text, (("", "too_long", item.max_length),) if len(text) > item.max_length else ())


def _number(item: Item, raw: Any) -> Reading:
    number = values.number_of(raw)
    if number is None or not _is_whole_enough(item, number):
        return UNREADABLE
    fault: tuple[tuple[str, str, Any], ...] = ()
    if item.least is not None and number < item.least:
        fault = (("", "too_small", values.text_of(item.least)),)
    if item.most is not None and number > item.most:
        fault = (("", "too_large", values.text_of(item.most)),)
    return Reading(number, values.json_of(number), fault)


def _choice(item: Item, raw: Any) -> Reading:
    return Reading(raw, raw) if isinstance(raw, str) and raw in item.choices else UNREADABLE


def _choices(item: Item, raw: Any) -> Reading:
    if not isinstance(raw, list):
        return UNREADABLE
    chosen = tuple(code for code in item.choices if code in raw)
    are_known = all(isinstance(code, str) and code in item.choices for code in raw)
    return Reading(chosen or None, list(chosen) or None, () if are_known else UNREADABLE.faults)


def _date(_item: Item, raw: Any) -> Reading:
    day = values.date_of(raw)
    return UNREADABLE if day is None else Reading(day, raw)


def _time(_item: Item, raw: Any) -> Reading:
    return Reading(raw, raw) if isinstance(raw, str) and _TIME.fullmatch(raw) else UNREADABLE


def _bool(_item: Item, raw: Any) -> Reading:
    return Reading(raw, raw) if isinstance(raw, bool) else UNREADABLE


def _ids(raw: Any) -> list[str] | None:
    """Read a list of ids, each once; None if anything else is in it."""
    if not isinstance(raw, list) or not all(isinstance(one, str) and _ID.fullmatch(one) for one in raw):
        return None
    return list(dict.fromkeys(raw))[:_MOST_LISTED]


def _photos(item: Item, raw: Any) -> Reading:
    ids = _ids(raw)
    if not ids:
        return UNREADABLE
    most = int(item.most or _MOST_LISTED)
    return Reading(tuple(ids), ids, (("", "too_many", most),) if len(ids) > most else ())


def _check(item: Item, raw: Any) -> Reading:
    if isinstance(raw, str):
        raw = {"v": raw}
    if not isinstance(raw, dict):
        return UNREADABLE
    faults: list[tuple[str, str, Any]] = []
    clean: dict[str, Any] = {}
    for part, read_part in (("v", _verdict), ("note", _note), ("photos", _ids), ("deadline_days", _days)):
        if raw.get(part) in (None, "", []):
            continue
        kept = read_part(raw[part])
        if kept is None:
            faults.append(("" if part == "v" else part, "type", ""))
        else:
            clean[part] = kept
    verdict = clean.get("v")
    if verdict != "no":
        clean.pop("deadline_days", None)
    elif item.raw.get("photo_on_fail") and not clean.get("photos"):
        faults.append(("photos", "photo", ""))
    return Reading(verdict, verdict if set(clean) == {"v"} else clean or None, tuple(faults))


def _verdict(raw: Any) -> str | None:
    return raw if isinstance(raw, str) and raw in VERDICTS else None


def _note(raw: Any) -> str | None:
    return (values.without_harm(raw) or None) if isinstance(raw, str) else None


def _days(raw: Any) -> int | None:
    number = values.number_of(raw)
    if number is None or number != number.to_integral_value() or not 0 <= number <= _MOST_DAYS:
        return None
    return int(number)


def _signature(item: Item, raw: Any) -> Reading:
    if isinstance(raw, str):
        return Reading("signed", raw) if _ID.fullmatch(raw) else UNREADABLE
    if not isinstance(raw, dict) or raw.get("refused") is not True or not item.raw.get("may_refuse"):
        return UNREADABLE
    note = _note(raw.get("note"))
    return Reading("refused", {"refused": True, "note": note} if note else {"refused": True})


def _place(_item: Item, raw: Any) -> Reading:
    if not isinstance(raw, dict):
        return UNREADABLE
    parts = (("lon", 180), ("lat", 90), ("accuracy_m", 100_000))
    lon, lat, accuracy = (_finite(raw.get(key), most) for key, most in parts)
    if lon is None or lat is None:
        return UNREADABLE
    clean = {"lon": lon, "lat": lat} | ({"accuracy_m": accuracy} if accuracy is not None and accuracy >= 0 else {})
    return Reading(f"{lon} {lat}", clean)


def _finite(raw: Any, most: int) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -most <= raw <= most:
        return None
    return None if math.isnan(raw) else raw


_READERS: Mapping[str, Callable[[Item, Any], Reading]] = {
    "text": _text, "barcode": _text, "number": _number, "choice": _choice, "multi_choice": _choices, "date": _date,
    "time": _time, "bool": _bool, "check": _check, "photo": _photos, "signature": _signature, "place": _place,
}  # fmt: skip
