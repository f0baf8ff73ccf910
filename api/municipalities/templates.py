"""What a new municipality of each kind starts with: departments, modules, look and working hours, as data files."""

import json
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from api.municipalities.calendar import parse_hours
from api.municipalities.errors import UnknownKind

Kind = Literal["metropolitan", "province", "metropolitan_district", "district", "town", "union"]
KINDS: tuple[Kind, ...] = ("metropolitan", "province", "metropolitan_district", "district", "town", "union")
_TITLE_ENDINGS = ("Belediyesi", "Birliği")


class DepartmentTemplate(BaseModel):
    """One unit of the tree; `parent` is a code that stands before it in the list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    name: str
    parent: str | None
    grade: Literal["presidency", "department", "section", "team"]
    is_round_the_clock: bool = False


class AppearanceTemplate(BaseModel):
    """Look and texts; `{name}` stands for the municipality's name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: dict[str, str]
    texts: dict[str, dict[str, str]]
    contact: dict[str, str]


class TownTemplate(BaseModel):
    """Everything of one kind; `stands_in` says which department does the work of one that this kind has not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    title: str
    working_hours: dict[str, list[str]]
    departments: tuple[DepartmentTemplate, ...]
    stands_in: dict[str, str]
    modules: dict[str, bool]
    appearance: AppearanceTemplate

    @model_validator(mode="after")
    def _check(self) -> "TownTemplate":
        parse_hours(self.working_hours)
        known: set[str] = set()
        for department in self.departments:
            if department.code in known or (department.parent is None) != (not known):
                raise ValueError(f"{department.code}: the tree has one root and no code twice")
            if department.parent is not None and department.parent not in known:
                raise ValueError(f"{department.code}: {department.parent} must stand before it")
            known.add(department.code)
        if not known.issuperset(self.stands_in.values()) or known & self.stands_in.keys():
            raise ValueError("stands_in names departments of this tree for codes that it has not")
        return self

    def department_code(self, wanted: str) -> str:
        """Give the code of the department that does this work here; KeyError for a code that no kind knows."""
        if any(department.code == wanted for department in self.departments):
            return wanted
        return self.stands_in[wanted]

    def official_name(self, place: str) -> str:
        """Name a municipality of this kind after its place; a name that is official already stays as it is."""
        return place if place.endswith(_TITLE_ENDINGS) else self.title.format(place=place)

    def texts_for(self, name: str) -> dict[str, dict[str, str]]:
        """Give the texts of a municipality of this name."""
        return {
            code: {language: text.replace("{name}", name) for language, text in by_language.items()}
            for code, by_language in self.appearance.texts.items()
        }


@lru_cache
def template(kind: str) -> TownTemplate:
    """Read the template of a kind of municipality. Raises UnknownKind."""
    if kind not in KINDS:
        raise UnknownKind
    text = (resources.files("api.municipalities") / "seed" / "templates" / f"{kind}.json").read_text(encoding="utf-8")
    return TownTemplate.model_validate_json(text)


def department_code(kind: str, wanted: str) -> str:
    """Give the code of the department that does the work of `wanted` in a municipality of this kind.

    A small town has no veterinary department: the one that stands in for it is told. Raises UnknownKind, and KeyError
    for a code that no kind of municipality has.
    """
    return template(kind).department_code(wanted)


def national_seed(name: Literal["holidays", "parameters"]) -> list[dict[str, Any]]:
    """Read the rows of a seed file that holds for the whole country."""
    text = (resources.files("api.municipalities") / "seed" / f"{name}.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return rows
