"""The list's filter as it stands in the address bar, and as the filter bar shows it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import ValidationError

from api.complaints.schemas import CategoryOut, ComplaintFilter
from api.console.language import Catalogue
from api.core.text import fold
from api.municipalities.service import TownConfig

GROUPS = ("new", "open", "late", "solved", "all")
DEFAULT_GROUP = "open"
_PLAIN_FIELDS = ("status_group", "text", "department_id", "category_id", "neighbourhood_id", "filed_from", "filed_to")


@dataclass(frozen=True)
class Wanted:
    """What the reader asked for: the filter for the service, the same as query parameters, and what was not usable."""

    filter: ComplaintFilter
    told: Mapping[str, str]
    ignored: tuple[str, ...]

    def query(self, **changes: str | None) -> str:
        """Give the address part of this filter, with some parameters changed or (None) left out."""
        told = {**self.told, **changes}
        return urlencode({name: value for name, value in told.items() if value})

    def url(self, path: str, **changes: str | None) -> str:
        """Give an address with this filter."""
        query = self.query(**changes)
        return f"{path}?{query}" if query else path

    @property
    def service_query(self) -> str:
        """The filter as the map's tiles are asked for, in the names of the service's own schema."""
        values = self.filter.model_dump(mode="json", exclude_none=True, exclude={"bbox"})
        return urlencode(values)


def wanted(params: Mapping[str, str], reader_id: UUID | None) -> Wanted:
    """Read a filter from query parameters; empty ones count as absent, unusable ones are named and ignored."""
    told = {name: params[name].strip() for name in _PLAIN_FIELDS if params.get(name, "").strip()}
    values: dict[str, Any] = {"status_group": DEFAULT_GROUP, **told}
    if params.get("mine"):
        told["mine"] = "1"
        values["assignee_id"] = reader_id
    if params.get("bbox"):
        told["bbox"] = params["bbox"]
        values["bbox"] = params["bbox"].split(",")
    ignored: list[str] = []
    while True:
        try:
            found = ComplaintFilter.model_validate(values)
        except ValidationError as error:
            faulty = {str(fault["loc"][0]) for fault in error.errors()}
            ignored += sorted(faulty)
            values = {name: value for name, value in values.items() if name not in faulty}
            values.setdefault("status_group", DEFAULT_GROUP)
            told = {name: value for name, value in told.items() if name not in faulty}
        else:
            if told.get("status_group") == DEFAULT_GROUP:
                del told["status_group"]
            return Wanted(found, told, tuple(ignored))


@dataclass(frozen=True)
class Option:
    """One choice of a list; with `options` it is a heading over them."""

    value: str
    label: str
    options: Sequence["Option"] = ()


@dataclass(frozen=True)
class FilterBar:
    """What the filter bar shows."""

    groups: Sequence[Option]
    group: str
    text: str
    departments: Sequence[Option]
    department: str
    categories: Sequence[Option]
    category: str
    neighbourhoods: Sequence[Option]
    neighbourhood: str
    filed_from: str
    filed_to: str
    mine: bool
    bbox: str


def filter_bar(t: Catalogue, chosen: Wanted, town: TownConfig, categories: Sequence[CategoryOut]) -> FilterBar:
    """Fill the filter bar of a town."""
    told = chosen.told
    return FilterBar(
        groups=[Option(group, t(f"group.{group}")) for group in GROUPS],
        group=chosen.filter.status_group,
        text=told.get("text", ""),
        departments=department_options(town),
        department=told.get("department_id", ""),
        categories=_category_options(t, categories),
        category=told.get("category_id", ""),
        neighbourhoods=neighbourhood_options(town),
        neighbourhood=told.get("neighbourhood_id", ""),
        filed_from=told.get("filed_from", ""),
        filed_to=told.get("filed_to", ""),
        mine="mine" in told,
        bbox=told.get("bbox", ""),
    )


def department_options(town: TownConfig, allowed: Callable[[UUID], bool] = lambda _: True) -> list[Option]:
    """The town's departments in use, by name."""
    return sorted(
        (
            Option(str(department.id), department.name)
            for department in town.departments.values()
            if department.is_active and allowed(department.id)
        ),
        key=_by_label,
    )


def neighbourhood_options(town: TownConfig) -> list[Option]:
    """The town's neighbourhoods, by name."""
    return sorted((Option(str(place.id), place.name) for place in town.neighbourhood_names.values()), key=_by_label)


def _by_label(option: Option) -> str:
    return fold(option.label)


def _category_options(t: Catalogue, categories: Sequence[CategoryOut]) -> list[Option]:
    def label(category: CategoryOut) -> str:
        return category.name.get(t.language) or category.name["tr"]

    options = []
    for group in (category for category in categories if category.is_group):
        inner = [Option(str(item.id), label(item)) for item in categories if item.parent_id == group.id]
        if inner:
            options.append(Option("", label(group), inner))
    return options + [
        Option(str(item.id), label(item)) for item in categories if item.parent_id is None and not item.is_group
    ]
