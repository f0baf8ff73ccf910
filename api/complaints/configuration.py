"""The municipality's categories and routing rules, read once for each version of its configuration."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import queries
from api.complaints.errors import CategoryUnknown
from api.complaints.routing import Decision, Rule

MOST_HELD = 300


@dataclass(frozen=True)
class Category:
    """A category as filing and lists need it."""

    id: UUID
    code: str
    parent_id: UUID | None
    name: dict[str, str]
    keywords: str
    icon: str
    department_id: UUID | None
    is_emergency: bool
    emergency_phone: str | None
    first_answer_hours: int | None
    solution_hours: int | None
    questions: tuple[dict[str, Any], ...]
    photo_required: bool
    place_required: bool
    anonymous_allowed: bool
    closing_photo_required: bool
    reopen_days: int
    authority: str
    external_name: str | None
    external_contact: str | None
    is_public: bool
    is_active: bool
    is_group: bool
    position: int

    def title(self, language: str) -> str:
        """Name in the language, Turkish if there is none."""
        return self.name.get(language) or self.name["tr"]


@dataclass(frozen=True)
class Configuration:
    """All categories (also inactive ones: old cases still show them) and the active rules in their order."""

    categories: dict[UUID, Category]
    rules: tuple[Rule, ...]

    def usable(self, category_id: UUID) -> Category:
        """Give the category for a new report.

        Raises:
            CategoryUnknown: not there, a group, or switched off.
        """
        category = self.categories.get(category_id)
        if category is None or category.is_group or not category.is_active:
            raise CategoryUnknown
        return category

    def line(self, category: Category) -> list[UUID]:
        """The category and its groups up to the root."""
        line, current = [category.id], category
        while current.parent_id is not None and current.parent_id not in line:
            current = self.categories[current.parent_id]
            line.append(current.id)
        return line

    def default(self, category: Category) -> Decision:
        """What the category itself says about responsibility."""
        return Decision(category.authority, category.department_id if category.authority == "own" else None)


# By database first: the same municipality and version of another database is another town.
_caches: WeakKeyDictionary[Any, OrderedDict[int, tuple[int, Configuration]]] = WeakKeyDictionary()


async def configuration(session: AsyncSession, municipality_id: int, config_version: int) -> Configuration:
    """Give the configuration of that version; two statements on first use, none afterwards."""
    cache = _caches.setdefault(session.bind, OrderedDict())
    held = cache.get(municipality_id)
    if held is not None and held[0] == config_version:
        cache.move_to_end(municipality_id)
        return held[1]
    rows = await queries.categories(session, municipality_id)
    groups = {row["parent_id"] for row in rows if row["parent_id"]}
    loaded = Configuration(
        categories={
            row["id"]: Category(
                **{key: value for key, value in row.items() if key != "questions"},
                questions=tuple(row["questions"] or ()),
                is_group=row["id"] in groups or row["first_answer_hours"] is None,
            )
            for row in rows
        },
        rules=tuple(Rule(**row) for row in await queries.rules(session, municipality_id)),
    )
    cache[municipality_id] = (config_version, loaded)
    while len(cache) > MOST_HELD:
        cache.popitem(last=False)
    return loaded
