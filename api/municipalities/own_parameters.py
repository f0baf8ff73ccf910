"""A municipality's own rates, limits and periods, within what the law leaves to it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit
from api.core.actor import Actor
from api.core.sql import run
from api.municipalities import queries
from api.municipalities.config_cache import bump_config
from api.municipalities.errors import BadPeriod, ParameterNotOurs, UnknownParameter
from api.municipalities.parameters import parameter_table
from api.municipalities.schemas import ParameterIn


async def set_parameter(session: AsyncSession, actor: Actor, code: str, new: ParameterIn) -> None:
    """Let a municipality's own value hold from a day on; the same day set again is corrected.

    Raises:
        Forbidden: without `parameter.edit`.
        UnknownParameter: the country's list has no such code on that day.
        ParameterNotOurs: the law does not leave this value to the municipality.
        BadPeriod: it would end before it begins.
    """
    actor.demand("parameter.edit")
    if new.valid_to is not None and new.valid_to <= new.valid_from:
        raise BadPeriod
    await bump_config(session, actor.municipality_id)
    rows = await queries.parameters(session, actor.municipality_id, code)
    national = parameter_table(rows).national(code, new.valid_from)
    if national is None:
        raise UnknownParameter
    if national.municipal_choice == "none" or not national.leaves_room_for(new.value):
        raise ParameterNotOurs
    before = [row["value"] for row in rows if row["is_own"] and row["valid_from"] == new.valid_from]
    await run(
        session,
        """INSERT INTO parameter (municipality_id, code, valid_from, valid_to, value, unit, legal_reference,
                                  is_verified)
           VALUES (%s, %s, %s, %s, %s, %s, %s, true)
           ON CONFLICT (municipality_id, code, valid_from) DO UPDATE
               SET valid_to = excluded.valid_to, value = excluded.value, legal_reference = excluded.legal_reference""",
        (actor.municipality_id, code, new.valid_from, new.valid_to, new.value, national.unit, new.legal_reference),
    )
    await audit.record(
        session, actor, "parameter.edit", "parameter", code,
        valid_from=new.valid_from, valid_to=new.valid_to, before=before[0] if before else None, after=new.value,
    )  # fmt: skip
