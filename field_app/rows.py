"""The rows of the phone's database as the screens use them; whatever a server may have written, reading never fails.

A value of a wrong type is as good as absent, and a row without what makes it usable is left out.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

Data = Mapping[str, Any]
Place = tuple[float, float]
Kind = TypeVar("Kind")


def _as(data: Data, name: str, kind: type[Kind], otherwise: Kind) -> Kind:
    value = data.get(name)
    return value if isinstance(value, kind) and not (kind is int and isinstance(value, bool)) else otherwise


def _text(data: Data, name: str) -> str:
    return _as(data, name, str, "")


def _id(data: Data, name: str) -> str | None:
    return _text(data, name) or None


def _moment(data: Data, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(data, name))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _day(data: Data, name: str) -> date | None:
    try:
        return date.fromisoformat(_text(data, name))
    except ValueError:
        return None


def _place(data: Data) -> Place | None:
    return _on_globe(data.get("lon"), data.get("lat"))


def _on_globe(lon: Any, lat: Any) -> Place | None:
    is_number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (lon, lat))
    if not is_number or not (math.isfinite(lon) and math.isfinite(lat)):
        return None
    return (float(lon), float(lat)) if abs(lon) <= 180 and abs(lat) <= 90 else None  # noqa: PLR2004


def _list(data: Data, name: str) -> list[Data]:
    return [item for item in _as(data, name, list, []) if isinstance(item, Mapping)]


@dataclass(frozen=True)
class Line:
    """One line of a case's timeline; those of this phone that wait have neither act nor time yet."""

    id: str
    action: str
    text: str
    by: str
    at: datetime | None
    is_public: bool


@dataclass(frozen=True)
class Complaint:
    """A case as the field knows it; its reporter stays in the office."""

    id: str
    number: str
    category_id: str | None
    status: str
    description: str
    address: str
    place: Place | None
    neighbourhood_id: str | None
    filed_at: datetime | None
    due_at: datetime | None
    is_emergency: bool
    assignee_id: str | None
    department_id: str | None
    photo_ids: tuple[str, ...]
    lines: tuple[Line, ...]

    @classmethod
    def read(cls, row_id: str, data: Data) -> "Complaint":
        """Read a row."""
        return cls(
            row_id, _text(data, "number"), _id(data, "category_id"), _text(data, "status"), _text(data, "description"),
            _text(data, "address"), _place(data), _id(data, "neighbourhood_id"), _moment(data, "filed_at"),
            _moment(data, "solution_due_at"), _as(data, "is_emergency", bool, False), _id(data, "assignee_id"),
            _id(data, "department_id"), tuple(_text(photo, "id") for photo in _list(data, "photos")),
            tuple(
                Line(_text(line, "id"), _text(line, "action"), _text(line, "text"), _text(line, "by"),
                     _moment(line, "at"), _as(line, "is_public", bool, False))
                for line in _list(data, "lines")
            ),
        )  # fmt: skip


@dataclass(frozen=True)
class OpenFinding:
    """What a re-check looks at."""

    id: str
    item_code: str
    text: str
    severity: str
    deadline_on: date | None


@dataclass(frozen=True)
class Inspection:
    """A visit, planned or done."""

    id: str
    business_id: str | None
    kind: str
    status: str
    form_id: str
    form_version: int
    department_id: str | None
    assignee_id: str | None
    due_on: date | None
    risk: int
    reason: str
    complaint_id: str | None
    previous_id: str | None
    number: str | None
    outcome: str | None
    answers: Data
    open_findings: tuple[OpenFinding, ...]

    @classmethod
    def read(cls, row_id: str, data: Data) -> "Inspection":
        """Read a row."""
        answers = data.get("answers")
        return cls(
            row_id, _id(data, "business_id"), _text(data, "kind"), _text(data, "status"), _text(data, "form_id"),
            _as(data, "form_version", int, 0), _id(data, "department_id"), _id(data, "assignee_id"),
            _day(data, "due_on"), _as(data, "risk", int, 50), _text(data, "reason"), _id(data, "complaint_id"),
            _id(data, "previous_id"), _id(data, "number"), _id(data, "outcome"),
            answers if isinstance(answers, Mapping) else {},
            tuple(
                OpenFinding(_text(item, "id"), _text(item, "item_code"), _text(item, "text"), _text(item, "severity"),
                            _day(item, "deadline_on"))
                for item in _list(data, "open_findings")
            ),
        )  # fmt: skip


@dataclass(frozen=True)
class Business:
    """A workplace of the register."""

    id: str
    title: str
    class_code: str
    activity: str
    address: str
    place: Place | None
    neighbourhood_id: str | None
    phone: str
    opening_hours: str
    note: str
    licence_no: str
    risk: int
    last_inspected_at: datetime | None

    @classmethod
    def read(cls, row_id: str, data: Data) -> "Business":
        """Read a row."""
        return cls(
            row_id, _text(data, "title"), _text(data, "class_code"), _text(data, "activity"), _text(data, "address"),
            _place(data), _id(data, "neighbourhood_id"), _text(data, "phone"), _text(data, "opening_hours"),
            _text(data, "note"), _text(data, "licence_no"), _as(data, "risk", int, 50),
            _moment(data, "last_inspected_at"),
        )  # fmt: skip


@dataclass(frozen=True)
class Task:
    """A piece of work beside the cases."""

    id: str
    title: str
    text: str
    department_id: str | None
    assignee_id: str | None
    complaint_id: str | None
    inspection_id: str | None
    business_id: str | None
    due_on: date | None
    status: str

    @classmethod
    def read(cls, row_id: str, data: Data) -> "Task":
        """Read a row."""
        return cls(
            row_id, _text(data, "title"), _text(data, "text"), _id(data, "department_id"), _id(data, "assignee_id"),
            _id(data, "complaint_id"), _id(data, "inspection_id"), _id(data, "business_id"), _day(data, "due_on"),
            _text(data, "status"),
        )  # fmt: skip


@dataclass(frozen=True)
class Message:
    """What somebody told the team."""

    id: str
    department_id: str | None
    author_id: str | None
    text: str
    sent_at: datetime | None

    @classmethod
    def read(cls, row_id: str, data: Data) -> "Message":
        """Read a row."""
        return cls(
            row_id, _id(data, "department_id"), _id(data, "author_id"), _text(data, "text"), _moment(data, "sent_at")
        )


@dataclass(frozen=True)
class Colleague:
    """Somebody whom work can be handed to."""

    id: str
    name: str
    title: str
    department_ids: tuple[str, ...]

    @classmethod
    def read(cls, row_id: str, data: Data) -> "Colleague":
        """Read a row."""
        departments = tuple(item for item in _as(data, "department_ids", list, []) if isinstance(item, str))
        return cls(row_id, _text(data, "name"), _text(data, "title"), departments)


@dataclass(frozen=True)
class Area:
    """A neighbourhood by its rings, each a closed row of places."""

    id: str
    name: str
    rings: tuple[tuple[Place, ...], ...]

    @classmethod
    def read(cls, row_id: str, data: Data) -> "Area":
        """Read a row; a ring with a place that is none is left out."""
        rings = [ring for ring in _as(data, "rings", list, []) if isinstance(ring, list) and ring]
        return cls(row_id, _text(data, "name"), tuple(ring for ring in map(_ring, rings) if ring))


def _ring(told: list[Any]) -> tuple[Place, ...]:
    places = [_on_globe(*pair) if isinstance(pair, list) and len(pair) == 2 else None for pair in told]  # noqa: PLR2004
    return () if None in places else tuple(place for place in places if place is not None)


@dataclass(frozen=True)
class Category:
    """A subject of reports."""

    id: str
    name: Mapping[str, str]
    icon: str
    parent_id: str | None
    is_group: bool
    is_emergency: bool
    closing_photo_required: bool
    photo_required: bool
    place_required: bool
    questions: tuple[Data, ...]

    def title(self, language: str) -> str:
        """Give the name in a language, or in Turkish."""
        return self.name.get(language) or self.name.get("tr") or ""


@dataclass(frozen=True)
class Town:
    """What a phone knows of its municipality."""

    name: str
    accent: str | None
    center: Place | None
    categories: Mapping[str, Category]
    departments: Mapping[str, str]
    neighbourhoods: Mapping[str, str]
    business_classes: Mapping[str, Mapping[str, str]]
    class_forms: Mapping[str, str]

    @classmethod
    def read(cls, data: Data) -> "Town":
        """Read the row `town`; a phone that has none yet gives an empty mapping."""
        theme = data.get("theme")
        accent = theme.get("primary") if isinstance(theme, Mapping) else None
        center = data.get("center")
        classes = _list(data, "business_classes")
        return cls(
            _text(data, "name"),
            accent if isinstance(accent, str) else None,
            _place(center) if isinstance(center, Mapping) else None,
            {category.id: category for category in map(_category, _list(data, "categories")) if category.id},
            {_text(item, "id"): _text(item, "name") for item in _list(data, "departments")},
            {_text(item, "id"): _text(item, "name") for item in _list(data, "neighbourhoods")},
            {_text(item, "code"): _words(item, "name") for item in classes},
            {_text(item, "code"): _text(item, "form_code") for item in classes},
        )


def _words(data: Data, name: str) -> dict[str, str]:
    value = data.get(name)
    if not isinstance(value, Mapping):
        return {}
    return {key: word for key, word in value.items() if isinstance(key, str) and isinstance(word, str)}


def _category(data: Data) -> Category:
    return Category(
        _text(data, "id"), _words(data, "name"), _text(data, "icon"), _id(data, "parent_id"),
        _as(data, "is_group", bool, False), _as(data, "is_emergency", bool, False),
        _as(data, "closing_photo_required", bool, False), _as(data, "photo_required", bool, False),
        _as(data, "place_required", bool, True), tuple(_list(data, "questions")),
    )  # fmt: skip
