"""Forms and visits for the tests of inspections: the forms that every town begins with."""

import json
from pathlib import Path
from typing import Any

from field_app.phone import Unlocked
from tests.field_app.world import HERE, NOW, put_rows, sample_rows, uid

_SEED = Path(__file__).parents[2] / "api/inspections/seed/forms.json"
PLANNED, RECHECK = uid(300), uid(301)
PLACE = {"lon": HERE[0], "lat": HERE[1], "accuracy_m": 8.0}


def rows_with_forms() -> dict[tuple[str, str], dict[str, Any]]:
    """The sample day with forms, and a re-check of two findings."""
    rows = sample_rows()
    documents = json.loads(_SEED.read_text(encoding="utf-8"))["forms"]
    for at, document in enumerate(documents):
        rows["form", uid(600 + at)] = document
    rows["inspection", RECHECK] |= {
        "kind": "recheck", "form_id": "recheck", "reason": "İhtarın süresi doldu", "previous_id": uid(390),
        "open_findings": [
            {"id": uid(700), "item_code": "m05", "text": "Fiyat tarifesi kapıda ve masada", "severity": "minor",
             "deadline_on": NOW.date().isoformat()},
            {"id": uid(701), "item_code": "m10", "text": "Yangın söndürücü sayısı ve dolum tarihi uygun",
             "severity": "critical", "deadline_on": NOW.date().isoformat()},
        ],
    }  # fmt: skip
    town = next(data for (table, _), data in rows.items() if table == "town")
    town["cure_days"] = 15
    return rows


def with_forms(unlocked: Unlocked) -> Unlocked:
    """The phone after its forms have come."""
    put_rows(unlocked, rows_with_forms(), version=2)
    return unlocked


def numbers(first: int = 120, last: int = 139, year: int = 2026, block: str = "b1") -> dict[str, Any]:
    """What the server answers to a phone that asks for numbers."""
    return {
        "series": "finding_record", "prefix": "ZB",
        "blocks": [{"id": block, "year": year, "first": first, "last": last, "next": first}],
    }  # fmt: skip


def answers_of_a_good_visit(document: dict[str, Any]) -> dict[str, Any]:
    """Everything in order, the signature refused."""
    answers: dict[str, Any] = {"business_class": "sanitary", "serves_food": True}
    for group in document["items"]:
        for item in group.get("items", ()):
            if item["type"] == "check":
                answers[item["code"]] = "yes"
    return {**answers, "signature": {"refused": True, "note": "Şahit: A. Kaya"}}
