"""What citizens see of a municipality: its look and texts, its modules, its own holidays."""

import json
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit
from api.core.actor import Actor
from api.core.sql import run
from api.municipalities.config_cache import bump_config
from api.municipalities.errors import HolidayNotFound, UnknownModule
from api.municipalities.schemas import AppearanceIn, LocalHolidayIn


async def edit_appearance(session: AsyncSession, actor: Actor, new: AppearanceIn) -> None:
    """Replace theme, texts, contact and working hours of the municipality.

    Raises:
        Forbidden: without `appearance.edit`.
    """
    actor.demand("appearance.edit")
    await bump_config(session, actor.municipality_id)
    look = new.model_dump(mode="json")
    await run(
        session,
        """INSERT INTO appearance (municipality_id, theme, texts, contact, working_hours)
           VALUES (%s, %s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb)
           ON CONFLICT (municipality_id) DO UPDATE
               SET theme = excluded.theme, texts = excluded.texts, contact = excluded.contact,
                   working_hours = excluded.working_hours""",
        (actor.municipality_id, *(json.dumps(look[part]) for part in ("theme", "texts", "contact", "working_hours"))),
    )
    await audit.record(
        session, actor, "appearance.edit", "municipality", str(actor.municipality_id),
        theme=look["theme"], working_hours=look["working_hours"], texts=sorted(look["texts"]),
    )  # fmt: skip


async def switch_module(session: AsyncSession, actor: Actor, code: str, *, is_on: bool) -> None:
    """Switch a module of the platform on or off for the municipality.

    Raises:
        Forbidden: without `parameter.edit`.
        UnknownModule: the platform has no such module.
    """
    actor.demand("parameter.edit")
    await bump_config(session, actor.municipality_id)
    changed = await run(
        session,
        "UPDATE module SET is_on = %s WHERE municipality_id = %s AND code = %s",
        (is_on, actor.municipality_id, code),
    )
    if changed != 1:
        raise UnknownModule
    await audit.record(session, actor, "parameter.edit", "module", code, is_on=is_on)


async def set_local_holiday(session: AsyncSession, actor: Actor, day: date, new: LocalHolidayIn) -> None:
    """Declare a day free in this municipality only (its liberation day); deadlines set before stay as they are.

    Raises:
        Forbidden: without `parameter.edit`.
    """
    actor.demand("parameter.edit")
    await bump_config(session, actor.municipality_id)
    await run(
        session,
        """INSERT INTO local_holiday (municipality_id, day, name, half_day) VALUES (%s, %s, %s, %s)
           ON CONFLICT (municipality_id, day) DO UPDATE SET name = excluded.name, half_day = excluded.half_day""",
        (actor.municipality_id, day, new.name, new.half_day),
    )
    await audit.record(
        session, actor, "parameter.edit", "local_holiday", day.isoformat(), name=new.name, half_day=new.half_day
    )


async def remove_local_holiday(session: AsyncSession, actor: Actor, day: date) -> None:
    """Take a local holiday back.

    Raises:
        Forbidden: without `parameter.edit`.
        HolidayNotFound: the municipality has none on this day.
    """
    actor.demand("parameter.edit")
    await bump_config(session, actor.municipality_id)
    removed = await run(
        session, "DELETE FROM local_holiday WHERE municipality_id = %s AND day = %s", (actor.municipality_id, day)
    )
    if removed != 1:
        raise HolidayNotFound
    await audit.record(session, actor, "parameter.edit", "local_holiday", day.isoformat(), removed=True)
