"""Gives a new municipality its category tree and routing rules from the seed; from then on they are its own data."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from api.complaints import queries
from api.core.ids import uuid7
from api.municipalities import service as municipalities

SEED = Path(__file__).parent / "seed" / "categories.json"


@lru_cache
def seed() -> dict[str, Any]:
    """The seed of the category tree: groups and categories with questions, service hours and responsible units."""
    return json.loads(SEED.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


async def seed_categories(session: AsyncSession, municipality_id: int, kind: str) -> int:
    """Make the groups and categories of a new municipality of that kind; gives how many.

    A unit that this kind of municipality lacks is replaced by the one that stands in for it.
    """
    departments = await queries.department_ids(session, municipality_id)
    rows: list[dict[str, Any]] = []
    group_ids = {}
    for position, group in enumerate(seed()["groups"]):
        group_ids[group["code"]] = uuid7()
        rows.append(_row(municipality_id, group, position * 100, id=group_ids[group["code"]]))
    for position, category in enumerate(seed()["categories"]):
        authority = category["authority"].get(kind) or category["authority"].get("*") or "own"
        rows.append(
            _row(
                municipality_id,
                category,
                position,
                id=uuid7(),
                parent_id=group_ids[category["group"]],
                department_id=departments.get(municipalities.department_code(kind, category["department"]) or ""),
                authority=authority,
            )
        )
    await queries.insert_categories(session, rows)
    return len(rows)


def _row(municipality_id: int, item: dict[str, Any], position: int, **values: Any) -> dict[str, Any]:
    return {
        "municipality_id": municipality_id,
        "parent_id": None,
        "department_id": None,
        "authority": "own",
        "code": item["code"],
        "name": json.dumps(item["name"], ensure_ascii=False),
        "keywords": item.get("keywords", ""),
        "icon": item["icon"],
        "is_emergency": item.get("is_emergency", False),
        "emergency_phone": item.get("emergency_phone"),
        "first_answer_hours": item.get("first_answer_hours"),
        "solution_hours": item.get("solution_hours"),
        "questions": json.dumps(item["questions"], ensure_ascii=False) if item.get("questions") else None,
        "place_required": item.get("place_required", True),
        "anonymous_allowed": item.get("anonymous_allowed", True),
        "closing_photo_required": item.get("closing_photo_required", True),
        "external_name": item.get("external_name"),
        "external_contact": item.get("external_contact"),
        "is_public": item.get("is_public", True),
        "position": position,
        **values,
    }
