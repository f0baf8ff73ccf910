"""The published description of the API is the API: `make openapi` writes it, and it says what a caller must know."""

import json
from pathlib import Path

import pytest

from tests.architecture.access.application import unstarted_app

PUBLISHED = Path(__file__).parents[2] / "docs/openapi.json"
DESCRIPTION = unstarted_app().openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
}
SCHEMAS = DESCRIPTION["components"]["schemas"]


def reached_from(node: object) -> set[str]:
    """Names of the schemas that a part of the description leads to."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/components/schemas/")
            if name and name not in found:
                found.add(name)
                waiting.append(SCHEMAS[name])
            waiting += part.values()
    return found


REQUESTS = sorted(
    {
        name
        for operation in OPERATIONS.values()
        for name in reached_from(operation.get("requestBody", {}))
        if SCHEMAS[name]["type"] == "object" and not name.startswith("Body_")
    }
)


def test_the_published_description_is_the_one_that_is_served():
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert published == DESCRIPTION, "the API has changed: run `make openapi` and commit docs/openapi.json"


@pytest.mark.parametrize("name", REQUESTS)
def test_every_body_refuses_fields_that_it_does_not_name(name):
    assert SCHEMAS[name]["additionalProperties"] is False


@pytest.mark.parametrize("name", REQUESTS)
def test_no_body_names_its_own_municipality_or_state(name):
    named = set(SCHEMAS[name]["properties"])
    if name == "InspectionSubmitIn":
        named -= {"number"}  # one of the phone's own numbers, checked against its block
    assert named.isdisjoint({"municipality_id", "owner_id", "citizen_id", "version", "status", "created_at", "number"})


@pytest.mark.parametrize("name", REQUESTS)
def test_every_text_in_a_body_has_a_longest_length(name):
    for field, schema in SCHEMAS[name]["properties"].items():
        choices = schema.get("anyOf", [schema])
        if any(choice.get("type") == "number" for choice in choices):
            continue  # a number that may come as a text; its digits are limited
        for choice in choices:
            if choice.get("type") == "string" and not {"format", "enum", "const", "pattern"} & set(choice):
                assert "maxLength" in choice, field
            if choice.get("type") == "array" and "$ref" in choice.get("items", {}):
                assert "maxItems" in choice, field


def test_every_operation_says_what_it_does_and_is_called_by_one_name():
    assert [name for name, operation in OPERATIONS.items() if not operation.get("description")] == []
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))
