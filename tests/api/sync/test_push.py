"""Push, as the real engine and messages by hand see it."""

import pytest

from tests.api.sync.phones import Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
async def case(server):
    return await server.filed(await server.citizen())


async def test_a_phone_takes_a_case_offline_and_everybody_sees_it(server, case):
    phone, other = await Phone.of(server), await Phone.of(server, "department_officer", seed=2)
    await phone.sync()
    key = ("complaint", case["id"])
    assert phone.engine.view()[key]["status"] == "routed"
    phone.engine.record("complaint.take", {"complaint_id": case["id"]})
    assert phone.engine.view()[key]["status"] == "assigned"
    await phone.sync()
    await other.sync()
    numbers = phone.engine.numbers()
    assert (numbers["waiting"], numbers["sent"], numbers["attention"]) == (0, 1, 0)
    assert phone.held()[key] == other.held()[key]
    assert other.engine.view()[key]["assignee_id"] == str(server.town().staff["field_inspector"].id)
