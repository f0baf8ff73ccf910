"""Calls generated from the published description: whatever a schema allows, no call breaks the server."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.generation.modes import GenerationMode

from tests.architecture.access.application import unstarted_app
from tests.architecture.access.calls import MAKERS, Attempt
from tests.architecture.access.policy import POLICY

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

EACH = 3
SCHEMA = schemathesis.openapi.from_dict(unstarted_app().openapi())
PEOPLE = ("citizen", "service_desk")
# A piece of a file is bytes like any other.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


def generated(operation: Any, mode: GenerationMode) -> list[Case]:
    """A few calls of an operation; none where nothing about it could be wrong."""
    cases: list[Case] = []

    @seed(20260101)
    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        cases.append(case)

    try:
        collect()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
    return cases


def sendable(case: Case) -> dict[str, Any]:
    """The call as the client takes it."""
    sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
    body = sent.get("data")
    return {
        "method": sent["method"],
        "url": sent["url"],
        "params": sent.get("params"),
        "headers": {name: value.encode("latin-1", "replace") for name, value in (sent.get("headers") or {}).items()},
        **({"json": sent["json"]} if "json" in sent else {}),
        **({"content": body if isinstance(body, bytes) else str(body).encode()} if body is not None else {}),
        **({"files": sent["files"]} if sent.get("files") else {}),
    }


def fault(answer: httpx.Response, case: Case) -> str | None:
    """What is wrong with an answer: a failure of the server, or a shape that the description does not know."""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    described = case.operation.definition.raw["responses"]
    if answer.status_code < 300 and str(answer.status_code) not in described:
        return f"{answer.status_code} is not described"
    return None


def operations() -> dict[str, Any]:
    found = (result.ok() for result in SCHEMA.get_all_operations())
    return {operation.label: operation for operation in found}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
async def test_no_generated_call_makes_the_server_fail(asking, mode):
    faults, called, succeeded = [], 0, 0
    for route, operation in operations().items():
        cases = generated(operation, mode)
        for person in PEOPLE:
            at = Attempt(asking.world, asking.person(person), next(iter(POLICY[route])))
            planted = (await MAKERS[route](at)).path
            for case in cases:
                for ids in ({}, planted):
                    if ids:
                        case.path_parameters.update({name: str(value) for name, value in ids.items()})
                    sent = sendable(case)
                    answer = await asking.client.request(
                        **{**sent, "headers": {**sent["headers"], **at.person.headers}}
                    )
                    called, succeeded = called + 1, succeeded + (answer.status_code < 300)
                    if wrong := fault(answer, case):
                        faults.append(f"{route} {person}: {wrong}\n{case.as_curl_command()}")
    assert faults == []
    assert called > 300
    assert succeeded > (50 if mode is GenerationMode.POSITIVE else 0)


def test_every_route_is_called():
    assert set(operations()) == set(POLICY)
