"""Gives a new municipality its forms and classes of businesses from the seed; from then on they are its own data."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.ids import uuid7
from api.inspections import form_queries as queries

SEED = Path(__file__).parent / "seed"


@lru_cache
def seed(name: str) -> list[dict[str, Any]]:
    """Read a seed file: `forms` or `business_classes`."""
    rows: dict[str, list[dict[str, Any]]] = json.loads((SEED / f"{name}.json").read_text(encoding="utf-8"))
    return rows["forms" if name == "forms" else "classes"]


async def seed_forms(session: AsyncSession, municipality_id: int) -> int:
    """Make the forms and classes of a new municipality; gives the number of forms.

    Classes name no department: the zabıta department inspects until the municipality says otherwise.
    """
    for document in seed("forms"):
        values = {
            "id": uuid7(),
            "code": document["form_id"],
            "form_version": document["version"],
            "document": json.dumps(document, ensure_ascii=False),
            "published_by": None,
            "at": clock.now(),
        }
        await queries.insert_form(session, municipality_id, values)
    rows = [
        {
            "id": uuid7(),
            "code": one["code"],
            "name": json.dumps(one["name"], ensure_ascii=False),
            "visits_per_year": one["visits_per_year"],
            "form_code": one["form_code"],
            "department_id": None,
        }
        for one in seed("business_classes")
    ]
    await queries.insert_classes(session, municipality_id, rows)
    return len(seed("forms"))
