"""Classes of businesses: the municipality's own rule of how often, with which form and by whom they are visited."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit
from api.core.actor import Actor
from api.core.sql import Row
from api.inspections import form_queries as queries
from api.inspections.errors import ClassUnknown, FormUnknown, VisitUnknown
from api.inspections.schemas import BusinessClassIn, BusinessClassOut
from api.municipalities import service as municipalities


async def list_classes(session: AsyncSession, actor: Actor) -> list[BusinessClassOut]:
    """Every class with its rule, by name."""
    actor.demand("business.read")
    return [BusinessClassOut.model_validate(row) for row in await queries.classes(session, actor.municipality_id)]


async def business_classes(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Classes that are in use, for phones: `[{"code", "name", "form_code"}]`."""
    return [
        {"code": row["code"], "name": row["name"], "form_code": row["form_code"]}
        for row in await queries.classes(session, municipality_id)
        if row["is_active"]
    ]


async def edit_class(session: AsyncSession, actor: Actor, code: str, change: BusinessClassIn) -> None:
    """Change the rule of a class; visits that are planned stay as they are.

    Raises:
        Forbidden: without `inspection_form.edit`.
        ClassUnknown, FormUnknown, VisitUnknown: class, form or department is not there.
    """
    actor.demand("inspection_form.edit")
    version = await municipalities.bump_config(session, actor.municipality_id)
    town = await municipalities.town_config(session, actor.municipality_id, version)
    _demand_department(town, change.department_id)
    if await queries.current_version(session, actor.municipality_id, change.form_code) is None:
        raise FormUnknown(form_id=change.form_code)
    if not await queries.update_class(session, actor.municipality_id, code, change.model_dump()):
        raise ClassUnknown
    await audit.record(
        session, actor, "inspection_form.edit", "business_class", code,
        visits_per_year=change.visits_per_year, form=change.form_code, is_active=change.is_active,
    )  # fmt: skip


def _demand_department(town: municipalities.TownConfig, department_id: UUID | None) -> None:
    department = town.departments.get(department_id) if department_id else None
    if department_id is not None and (department is None or not department.is_active):
        raise VisitUnknown
