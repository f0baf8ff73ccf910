"""Numbers of finding records: given to phones in advance, so that they number without a network, and without gaps.

Every number from 1 to the counter of its year lies in exactly one block. A block belongs to a phone; its `next` is the
lowest number that was not used yet. What a phone that is gone did not use is cut off, kept with the reason, and given
to the next phone that asks.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor
from api.core.ids import uuid7
from api.core.sql import Row
from api.inspections import number_queries as queries
from api.inspections.errors import DeviceNeeded
from api.inspections.number_schemas import NumberBlockOut, NumberRangeOut, NumbersOut, NumberUsageOut, Series

FINDING_RECORD: Series = "finding_record"
PREFIXES: Mapping[str, str] = MappingProxyType({FINDING_RECORD: "ZB"})
BLOCK_SIZE, FILL_UP_BELOW = 20, 10
# A phone that was told to stop may still hand in what it holds; its numbers wait for it so long.
GRACE = timedelta(days=7)
# Records of the last days of a year arrive in January.
YEAR_END_GRACE = timedelta(days=31)


def number_text(series: str, year: int, number: int) -> str:
    """Write a number as it stands on the record: `ZB-2026-000123`."""
    return f"{PREFIXES[series]}-{year}-{number:06d}"


def parsed(text: str) -> tuple[int, int]:
    """Give year and number of a record number as `schemas.RecordNumber` lets it through."""
    _, year, number = text.split("-")
    return int(year), int(number)


async def give_numbers(session: AsyncSession, actor: Actor, series: Series = FINDING_RECORD) -> NumbersOut:
    """Fill up the calling phone's numbers of the running year and give all it holds; asked again it gives the same.

    A phone with fewer than 10 left gets returned numbers first, then a block of 20.

    Raises:
        Forbidden: without `inspection.submit`. DeviceNeeded: the caller is no signed-in phone.
    """
    actor.demand("inspection.submit")
    if actor.device_id is None:
        raise DeviceNeeded
    year = clock.today().year
    values = {
        "municipality_id": actor.municipality_id,
        "series": series,
        "year": year,
        "device_id": actor.device_id,
        "staff_user_id": actor.id,
        "at": clock.now(),
    }
    blocks = await queries.blocks_of_device(session, values)
    if sum(block["last"] - block["next"] + 1 for block in blocks) < FILL_UP_BELOW:
        await queries.lock_counter(session, values)
        given = await queries.give(session, {**values, "id": uuid7(), "size": BLOCK_SIZE, "below": FILL_UP_BELOW})
        blocks = await queries.blocks_of_device(session, values)
        if given["taken"] or given["made"]:
            await audit.record(
                session, actor, "inspection.submit", "number_block", series, year=year,
                ranges=[[block["next"], block["last"]] for block in blocks],
            )  # fmt: skip
    return NumbersOut(
        series=series, prefix=PREFIXES[series], blocks=[NumberBlockOut.model_validate(block) for block in blocks]
    )


async def take_one(session: AsyncSession, actor: Actor) -> str:
    """Give one number to a record that came without; a block of its own, used up at once.

    Raises:
        DeviceNeeded: the caller is no signed-in device.
    """
    if actor.device_id is None:
        raise DeviceNeeded
    year = clock.today().year
    values = {
        "municipality_id": actor.municipality_id,
        "series": FINDING_RECORD,
        "year": year,
        "id": uuid7(),
        "device_id": actor.device_id,
        "staff_user_id": actor.id,
        "at": clock.now(),
    }
    return number_text(FINDING_RECORD, year, await queries.take_one(session, values))


async def return_numbers(session: AsyncSession, actor: Actor) -> int:
    """Take back what phones that are gone, or years that have ended, did not use; gives how many blocks.

    Blocks are cut at their lowest unused number, so that the used part stays with whoever used it.
    """
    now = clock.now()
    ended = await queries.ended_blocks(
        session,
        {
            "municipality_id": actor.municipality_id,
            "gone_before": now - GRACE,
            "year": (now - YEAR_END_GRACE).astimezone(clock.ISTANBUL).year,
        },
    )
    for block in ended:
        await queries.return_block(session, {**block, "new_id": uuid7(), "at": now})
        await audit.record(
            session, actor, "number_block.return", "number_block", block["id"],
            year=block["year"], first=block["next"], last=block["last"], reason=block["reason"],
        )  # fmt: skip
    return len(ended)


async def number_usage(
    session: AsyncSession, actor: Actor, year: int | None = None, series: Series = FINDING_RECORD
) -> NumberUsageOut:
    """Say where every number of a year went, for the office; the ranges leave no number out.

    Raises:
        Forbidden: without `inspection.read`.
    """
    actor.demand("inspection.read")
    year = year or clock.today().year
    prefix = f"{PREFIXES[series]}-{year}-"
    values = {"municipality_id": actor.municipality_id, "series": series, "year": year, "prefix": prefix}
    blocks = await queries.blocks_of_year(session, values)
    used = {int(number.rsplit("-", 1)[1]) for number in await queries.used_numbers(session, values)}
    return NumberUsageOut(
        series=series,
        prefix=PREFIXES[series],
        year=year,
        last=await queries.counter(session, values),
        used=len(used),
        ranges=_joined(one for block in blocks for one in _ranges(block, used)),
    )


def _ranges(block: Row, used: set[int]) -> list[NumberRangeOut]:
    """Cut a block into runs of one fate."""
    ranges: list[NumberRangeOut] = []
    for number in range(block["first"], block["last"] + 1):
        fate = _fate(block, number, used)
        if ranges and ranges[-1].fate == fate:
            ranges[-1].last = number
        else:
            ranges.append(NumberRangeOut(first=number, last=number, fate=fate, **_holder(block, fate)))
    return ranges


def _joined(ranges: Iterable[NumberRangeOut]) -> list[NumberRangeOut]:
    """Join neighbours of one fate and holder."""
    joined: list[NumberRangeOut] = []
    for one in ranges:
        before = joined[-1] if joined else None
        if before and before.last + 1 == one.first and _rest(before) == _rest(one):
            before.last = one.last
        else:
            joined.append(one)
    return joined


def _rest(one: NumberRangeOut) -> tuple[str, str | None, str | None]:
    return one.fate, one.holder, one.note


def _fate(block: Row, number: int, used: set[int]) -> Any:
    if number in used:
        return "used"
    if number < block["next"]:
        return "open"
    return "ready" if block["returned_at"] is None else "returned"


def _holder(block: Row, fate: str) -> dict[str, str | None]:
    return {"holder": block["holder"], "note": block["return_reason"] if fate == "returned" else None}


def block_values(number: str, actor: Actor) -> dict[str, int | str | UUID | None]:
    """Give what the query of a submitted visit needs to find the block of a number."""
    year, value = parsed(number)
    return {"number_series": FINDING_RECORD, "number_year": year, "number_value": value, "device_id": actor.device_id}
