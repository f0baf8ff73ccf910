"""Background entry points of inspections."""

from api.core.actor import system_actor
from api.core.jobs import JobContext, job
from api.inspections import service


@job("inspections.plan_routine")
async def plan_routine(context: JobContext) -> None:
    """Plan the routine visits that fall due."""
    async with context.transaction() as session:
        await service.plan_routine(session, system_actor(context.municipality_id))


@job("inspections.leave_field")
async def leave_field(context: JobContext) -> None:
    """Take visits of more than a year ago from the phones, a bounded number in each transaction."""
    while True:
        async with context.transaction() as session:
            if await service.leave_field(session, system_actor(context.municipality_id)) == 0:
                return


@job("inspections.return_numbers")
async def return_numbers(context: JobContext) -> None:
    """Take back the record numbers of phones that are gone."""
    async with context.transaction() as session:
        await service.return_numbers(session, system_actor(context.municipality_id))
