"""Record numbers: given in blocks, none twice, none lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.core import clock
from api.core.actor import system_actor
from api.core.errors import AppError
from api.inspections import service
from api.inspections.numbers import BLOCK_SIZE, FILL_UP_BELOW, _ranges
from api.inspections.schemas import InspectionSubmitIn
from tests.api.inspections.conftest import OFFICER, actor_of, make_business, submit, submitted, visit

pytestmark = pytest.mark.anyio


async def numbers_of(server, headers):
    answer = await server.client.post("/v1/inspections/numbers", json={"series": "finding_record"}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def give(server, actor):
    async with server.database.transaction(actor.municipality_id) as session:
        return await service.give_numbers(session, actor)


async def use(server, actor, number):
    body = InspectionSubmitIn.model_validate(visit(None, {"act": "5326-33"}, form_id="finding", number=number))
    async with server.database.transaction(actor.municipality_id) as session:
        return await service.submit_inspection(session, actor, body)


async def usage(server, year=None):
    actor = actor_of(server)
    async with server.database.transaction(actor.municipality_id) as session:
        return await service.number_usage(session, actor, year)


def demand_whole(report):
    """Every number has one fate, and none is left out."""
    expected = 1
    for one in sorted(report.ranges, key=lambda one: one.first):
        assert one.first == expected, report
        expected = one.last + 1
    assert expected == report.last + 1


def write(block, number=None):
    return f"ZB-{block.year}-{number or block.next:06d}"


def unused(numbers):
    return [write(block, number) for block in numbers.blocks for number in range(block.next, block.last + 1)]


async def test_a_phone_holds_20_numbers_and_is_given_the_same_until_it_runs_low(server):
    actor = actor_of(server)
    first = await give(server, actor)
    # Fewer than 20 when a phone that is gone gave some of its own back.
    assert FILL_UP_BELOW <= len(unused(first)) <= FILL_UP_BELOW - 1 + BLOCK_SIZE
    assert (await give(server, actor)) == first
    *used, next_one = unused(first)[: len(unused(first)) - FILL_UP_BELOW + 1]
    for number in used:
        await use(server, actor, number)
    still = unused(await give(server, actor))
    assert still == unused(first)[-FILL_UP_BELOW:]
    await use(server, actor, next_one)
    filled = unused(await give(server, actor))
    assert filled[: FILL_UP_BELOW - 1] == still[1:]
    assert FILL_UP_BELOW <= len(filled) <= FILL_UP_BELOW - 1 + BLOCK_SIZE
    demand_whole(await usage(server))


async def test_a_number_is_used_once_and_only_by_whom_it_was_given_to(server):
    mine, other = actor_of(server), actor_of(server, "field_inspector")
    number = write((await give(server, mine)).blocks[-1])
    with pytest.raises(AppError) as stranger:
        await use(server, other, number)
    assert stranger.value.code == "record_number_unknown"
    assert (await use(server, mine, number)).number == number
    with pytest.raises(AppError) as twice:
        await use(server, mine, number)
    assert twice.value.code == "record_number_in_use"


async def test_the_same_person_on_another_phone_may_hand_in_what_the_first_one_numbered(server):
    number = write((await give(server, actor_of(server))).blocks[-1])
    assert (await use(server, actor_of(server), number)).number == number


async def test_a_number_that_was_passed_over_is_reported_as_open_and_may_still_come(server):
    actor = actor_of(server)
    block = (await give(server, actor)).blocks[-1]
    await use(server, actor, write(block, block.next + 2))
    report = await usage(server)
    opened = [one for one in report.ranges if one.fate == "open" and one.first == block.next]
    assert opened[0].last == block.next + 1
    assert opened[0].holder
    demand_whole(report)
    await use(server, actor, write(block, block.next))


async def test_an_online_record_without_a_number_takes_the_next_one(server):
    before = (await usage(server)).last
    done = await submitted(server, visit(make_business(server), {"m02": "yes"}))
    assert done["number"] == f"ZB-{clock.today().year}-{before + 1:06d}"
    demand_whole(await usage(server))


async def test_what_a_revoked_phone_did_not_use_goes_first_to_the_next_phone(server):
    headers = await server.staff("licence_officer")
    given = await numbers_of(server, headers)
    block = given["blocks"][0]
    number = f"ZB-{block['year']}-{block['next']:06d}"
    used = await submit(server, visit(None, form_id="finding", number=number), role="licence_officer")
    assert used.status_code == 200, used.text
    device = server.rows("SELECT device_id FROM number_block WHERE id = %s", block["id"])[0]["device_id"]
    server.execute("UPDATE device SET revoked_at = %s WHERE id = %s", clock.now() - timedelta(days=8), device)
    actor = system_actor(server.town().municipality_id)
    async with server.database.transaction(actor.municipality_id) as session:
        assert await service.return_numbers(session, actor) >= 1
    report = await usage(server)
    returned = next(one for one in report.ranges if one.first <= block["next"] + 1 <= one.last)
    assert (returned.fate, returned.note) == ("returned", "device_revoked")
    assert returned.last >= block["last"]
    demand_whole(report)
    runs = [one for one in report.ranges if one.fate == "returned"]
    waiting = {number for one in runs for number in range(one.first, one.last + 1)}
    while waiting:
        mine = await give(server, actor_of(server, "department_officer"))
        taken = {number for one in mine.blocks for number in range(one.next, one.last + 1)}
        assert min(waiting) in taken, "no new number while an old one waits"
        waiting -= taken
    demand_whole(await usage(server))


async def test_numbers_begin_anew_in_a_new_year_and_old_ones_are_returned_in_february(server):
    actor = actor_of(server)
    new_year = clock.today().year + 1
    await give(server, actor)
    with clock.frozen(datetime(new_year, 1, 3, 9, tzinfo=UTC)):
        fresh = await give(server, actor)
        assert fresh.blocks[0].year == new_year
        assert fresh.blocks[0].first == 1
        # A record of the last days of December still arrives.
        old = server.rows(
            "SELECT year, next FROM number_block WHERE device_id = %s AND year < %s AND next <= last",
            actor.device_id, new_year,
        )[0]  # fmt: skip
        assert (await use(server, actor, f"ZB-{old['year']}-{old['next']:06d}")).number
    with clock.frozen(datetime(new_year, 2, 2, 9, tzinfo=UTC)):
        system = system_actor(actor.municipality_id)
        async with server.database.transaction(actor.municipality_id) as session:
            await service.return_numbers(session, system)
    left = server.rows(
        """SELECT return_reason FROM number_block
            WHERE device_id = %s AND year < %s AND next <= last""", actor.device_id, new_year
    )  # fmt: skip
    assert left == [{"return_reason": "year_ended"}]
    demand_whole(await usage(server, new_year - 1))
    demand_whole(await usage(server, new_year))


async def test_phones_that_ask_at_once_never_get_the_same_number(server):
    actors = [actor_of(server) for _ in range(8)]
    given = await asyncio.gather(*(give(server, actor) for actor in actors for _ in range(2)))
    ranges = {(block.id, block.first, block.last) for one in given for block in one.blocks}
    taken = [number for _, first, last in ranges for number in range(first, last + 1)]
    assert len(taken) == len(set(taken)) >= 8 * FILL_UP_BELOW
    await server.staff(OFFICER)  # a sign-in code works once: all six would want the same
    online = [submitted(server, visit(None, form_id="finding"), OFFICER) for _ in range(6)]
    written = [done["number"] for done in await asyncio.gather(*online)]
    assert len(set(written)) == 6
    demand_whole(await usage(server))


async def test_numbers_are_for_signed_in_phones_of_people_who_inspect(server):
    refused = await server.client.post(
        "/v1/inspections/numbers", json={"series": "finding_record"}, headers=await server.staff("mayor")
    )
    assert refused.status_code == 403
    wrong = await server.client.post(
        "/v1/inspections/numbers", json={"series": "receipt"}, headers=await server.staff(OFFICER)
    )
    assert wrong.status_code == 422


@given(
    st.integers(1, 50), st.integers(0, 30), st.data(), st.booleans(),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_block_is_cut_into_runs_that_leave_no_number_out(first, length, data, is_returned):
    last = first + length
    used = data.draw(st.sets(st.integers(first, last)))
    block = {
        "first": first, "last": last, "next": max(used, default=first - 1) + 1, "holder": "Memur",
        "returned_at": "x" if is_returned else None, "return_reason": "device_revoked",
    }  # fmt: skip
    runs = _ranges(block, used)
    assert [number for run in runs for number in range(run.first, run.last + 1)] == list(range(first, last + 1))
    for run in runs:
        for number in range(run.first, run.last + 1):
            assert (run.fate == "used") == (number in used)
            assert run.fate != "open" or number < block["next"]
    assert all(left.fate != right.fate for left, right in pairwise(runs))
