"""What a form's document may contain; everything that is wrong is told with its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mobile.forms import values
from mobile.forms.expressions import Name
from mobile.forms.messages import Fault

KINDS = ("checklist", "finding", "free")
SEVERITIES = ("minor", "major", "critical")
MOST_ITEMS, MOST_DEPTH, MOST_CHOICES, MOST_ROWS, MOST_LABEL = 500, 5, 500, 100, 2_000
CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_FORM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHOICE = re.compile(r"[A-Za-z0-9_.-]{1,64}")

_ALL = {"type", "code", "label", "hint", "relevant"}
_ASKED = _ALL | {"required", "constraint", "constraint_message", "read_only"}
_FILLED = _ASKED | {"calculate", "default"}
KEYS: Mapping[str, set[str]] = {
    "group": _ALL | {"items"},
    "repeat": _ALL | {"items", "min", "max"},
    "note": _ALL,
    "calculation": _ALL | {"calculate"},
    "text": _FILLED | {"max_length", "multiline"},
    "number": _FILLED | {"integer", "min", "max", "unit"},
    "choice": _FILLED | {"choices"},
    "multi_choice": _ASKED | {"choices"},
    "date": _FILLED,
    "time": _ASKED | {"default"},
    "bool": _FILLED,
    "check": _ASKED | {"default", "severity", "law", "law_verified", "photo_on_fail", "deadline_days"},
    "photo": _ALL | {"required", "min", "max"},
    "signature": _ALL | {"required", "may_refuse"},
    "barcode": _ASKED,
    "place": _ALL | {"required"},
}
HOLDERS, VALUELESS = ("group", "repeat"), ("group", "repeat", "note")
_NEEDED = {"group": ("items",), "repeat": ("items",), "calculation": ("calculate",), "check": ("severity",)}


@dataclass(frozen=True, slots=True)
class Found:
    """An item of the document with its place."""

    code: str
    type: str
    raw: Mapping[str, Any]
    path: str
    group: str | None
    repeat: str | None
    depth: int


def is_label(raw: Any) -> bool:
    """Whether it is a text in Turkish, maybe also in English."""
    return (
        isinstance(raw, dict)
        and "tr" in raw
        and set(raw) <= {"tr", "en"}
        and all(isinstance(text, str) and text.strip() and len(text) <= MOST_LABEL for text in raw.values())
    )


def _is_flag(raw: Any) -> bool:
    return isinstance(raw, bool)


def _is_whole(least: int, most: int) -> Callable[[Any], bool]:
    return lambda raw: isinstance(raw, int) and not isinstance(raw, bool) and least <= raw <= most


def _is_text(most: int) -> Callable[[Any], bool]:
    return lambda raw: isinstance(raw, str) and len(raw) <= most


_VALUES: Mapping[str, Callable[[Any], bool]] = {
    "label": is_label, "hint": is_label, "constraint_message": is_label, "read_only": _is_flag, "integer": _is_flag,
    "multiline": _is_flag, "photo_on_fail": _is_flag, "may_refuse": _is_flag, "law_verified": _is_flag,
    "max_length": _is_whole(1, values.MOST_TEXT), "deadline_days": _is_whole(0, 3_650),
    "severity": lambda raw: raw in SEVERITIES, "law": _is_text(200), "unit": _is_text(20),
}  # fmt: skip


_is_number = _is_whole(-values.MOST_TEXT, values.MOST_TEXT)


class DocumentChecker:
    """Walks a document, collects its items and its faults."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.found: list[Found] = []
        self._codes: set[str] = set()

    def names(self) -> dict[str, Name]:
        """Give what expressions must know of the items."""
        return {item.code: self._name(item) for item in self.found}

    def _name(self, item: Found) -> Name:
        choices: frozenset[str] | None = None
        if item.type == "check":
            choices = frozenset({"yes", "no", "na"})
        elif item.type in ("choice", "multi_choice") and isinstance(item.raw.get("choices"), list):
            told = [one.get("code") for one in item.raw["choices"] if isinstance(one, dict)]
            choices = frozenset(code for code in told if isinstance(code, str))
        return Name(item.type not in VALUELESS, item.type == "repeat", item.repeat, choices)

    def check(self, document: Any) -> None:
        """Check the whole document."""
        if not isinstance(document, dict):
            self._fault("", "not_an_object")
            return
        needed = ("form_id", "version", "title", "kind", "items")
        self._check_keys(document, {*needed, "applies_to"}, needed, "")
        self._check_value(document, "form_id", "", lambda raw: isinstance(raw, str) and bool(_FORM_ID.fullmatch(raw)))
        self._check_value(document, "version", "", _is_whole(1, 1_000_000))
        self._check_value(document, "title", "", is_label)
        self._check_value(document, "kind", "", lambda raw: raw in KINDS)
        self._check_value(document, "applies_to", "", _are_codes)
        self._check_items(document.get("items", []), "items", None, None, 0)

    def _fault(self, path: str, code: str, detail: Any = "") -> None:
        told = detail if isinstance(detail, str) else repr(detail) if _is_number(detail) else type(detail).__name__
        self.faults.append(Fault(path, code, told[:80]))

    def _check_keys(self, raw: Mapping[str, Any], known: set[str], needed: tuple[str, ...], path: str) -> None:
        for key in needed:
            if key not in raw:
                self._fault(path, "missing", key)
        for key in raw:
            if key not in known:
                self._fault(path, "unknown_key", key)

    def _check_value(self, raw: Mapping[str, Any], key: str, path: str, is_right: Callable[[Any], bool]) -> None:
        if key in raw and not is_right(raw[key]):
            self._fault(f"{path}.{key}" if path else key, "wrong", raw[key])

    def _check_items(self, raw: Any, path: str, group: str | None, repeat: str | None, depth: int) -> None:
        if not isinstance(raw, list):
            self._fault(path, "wrong", "items")
            return
        for at, item in enumerate(raw):
            if len(self.found) >= MOST_ITEMS:
                self._fault(path, "too_big", MOST_ITEMS)
                return
            self._check_item(item, f"{path}[{at}]", group, repeat, depth)

    def _check_item(self, raw: Any, path: str, group: str | None, repeat: str | None, depth: int) -> None:
        if not isinstance(raw, dict):
            self._fault(path, "not_an_object")
            return
        kind, code = raw.get("type"), raw.get("code")
        if not isinstance(kind, str) or kind not in KEYS:
            self._fault(path, "unknown_type", kind)
            return
        if not isinstance(code, str) or not CODE.fullmatch(code):
            self._fault(path, "bad_code", code)
            return
        path = f"{path}({code})"
        if code in self._codes:
            self._fault(path, "duplicate", code)
            return
        self._codes.add(code)
        self.found.append(Found(code, kind, raw, path, group, repeat, depth))
        self._check_fields(raw, kind, path)
        if kind in HOLDERS:
            self._check_holder(raw, kind, code, path, repeat, depth)

    def _check_fields(self, raw: Mapping[str, Any], kind: str, path: str) -> None:
        self._check_keys(raw, KEYS[kind], _NEEDED.get(kind, ()), path)
        if "label" not in raw and kind != "calculation":
            self._fault(path, "no_label")
        for key in set(raw) & KEYS[kind] & set(_VALUES):
            self._check_value(raw, key, path, _VALUES[key])
        self._check_range(raw, kind, path)
        if "choices" in KEYS[kind]:
            self._check_choices(raw.get("choices"), f"{path}.choices")
        if "calculate" in raw and raw.get("required"):
            self._fault(path, "calculated_required")

    def _check_range(self, raw: Mapping[str, Any], kind: str, path: str) -> None:
        is_right = _is_limit if kind == "number" else _is_whole(0, MOST_ROWS)
        limits = [raw[key] for key in ("min", "max") if key in KEYS[kind] and key in raw]
        for key in ("min", "max"):
            if key in KEYS[kind]:
                self._check_value(raw, key, path, is_right)
        if len(limits) > 1 and all(map(is_right, limits)):
            least, most = map(values.number_of, limits)
            if least is not None and most is not None and least > most:
                self._fault(path, "min_above_max")

    def _check_choices(self, raw: Any, path: str) -> None:
        if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_CHOICES:
            self._fault(path, "no_choices" if not raw else "too_big", MOST_CHOICES)
            return
        seen: set[str] = set()
        for at, choice in enumerate(raw):
            here = f"{path}[{at}]"
            if not isinstance(choice, dict):
                self._fault(here, "not_an_object")
                continue
            self._check_keys(choice, {"code", "label"}, ("code", "label"), here)
            self._check_value(choice, "label", here, is_label)
            code = choice.get("code")
            if not isinstance(code, str) or not _CHOICE.fullmatch(code):
                self._fault(here, "wrong", code)
            elif code in seen:
                self._fault(here, "duplicate", code)
            else:
                seen.add(code)

    def _check_holder(
        self, raw: Mapping[str, Any], kind: str, code: str, path: str, repeat: str | None, depth: int
    ) -> None:
        if depth >= MOST_DEPTH:
            self._fault(path, "too_deep")
        elif kind == "repeat" and repeat is not None:
            self._fault(path, "nested_repeat")
        else:
            inside = code if kind == "repeat" else repeat
            self._check_items(
                raw.get("items", []), f"{path}.items", code if kind == "group" else None, inside, depth + 1
            )


def _is_limit(raw: Any) -> bool:
    return not isinstance(raw, float) and values.number_of(raw) is not None


def _are_codes(raw: Any) -> bool:
    return isinstance(raw, list) and all(isinstance(code, str) and CODE.fullmatch(code) for code in raw)
