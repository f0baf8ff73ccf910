"""The inspections domain for the rest of the house: every verb and every reading, by name."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.actor import Actor
from api.core.pagination import Page
from api.inspections.field_rows import FIELD_TABLES
from api.inspections.schemas import (
    FormOut,
    FormPublishIn,
    InspectionAmendIn,
    InspectionAssignIn,
    InspectionCancelIn,
    InspectionFilter,
    InspectionOut,
    InspectionPlanIn,
    InspectionRow,
    InspectionSubmitIn,
    NumbersOut,
    PlannedOut,
    SubmittedOut,
    TimelineLine,
    VersionOut,
)

__all__ = ["FIELD_TABLES"]


async def submit_inspection(
    session: AsyncSession, actor: Actor, visit: InspectionSubmitIn, *, authored: Mapping[str, Any] | None = None
) -> SubmittedOut:
    """Take a visit as it was done; `authored` are the phone's clocks when it was written."""
    raise NotImplementedError


async def amend_inspection(session: AsyncSession, actor: Actor, amendment: InspectionAmendIn) -> VersionOut:
    """Append a correction to a submitted visit."""
    raise NotImplementedError


async def plan_inspection(session: AsyncSession, actor: Actor, plan: InspectionPlanIn) -> PlannedOut:
    """Plan a visit by hand."""
    raise NotImplementedError


async def assign_inspection(
    session: AsyncSession, actor: Actor, inspection_id: UUID, assignment: InspectionAssignIn,
    expected_version: int | None = None,
) -> VersionOut:  # fmt: skip
    """Give a planned visit to a person or a department, or move its day."""
    raise NotImplementedError


async def cancel_inspection(
    session: AsyncSession, actor: Actor, inspection_id: UUID, cancellation: InspectionCancelIn,
    expected_version: int | None = None,
) -> VersionOut:  # fmt: skip
    """Call a planned visit off, with the reason."""
    raise NotImplementedError


async def list_inspections(
    session: AsyncSession, actor: Actor, wanted: InspectionFilter, cursor: str | None = None, limit: int = 50
) -> Page[InspectionRow]:
    """One page of visits."""
    raise NotImplementedError


async def read_inspection(session: AsyncSession, actor: Actor, inspection_id: UUID) -> InspectionOut:
    """One visit."""
    raise NotImplementedError


async def give_numbers(session: AsyncSession, actor: Actor, series: str = "finding_record") -> NumbersOut:
    """Fill up the numbers of the calling phone and give all that it holds."""
    raise NotImplementedError


async def business_timeline(session: AsyncSession, actor: Actor, business_id: UUID) -> list[TimelineLine]:
    """What happened to a business, newest first."""
    raise NotImplementedError


async def publish_form(session: AsyncSession, actor: Actor, form: FormPublishIn) -> FormOut:
    """Publish the next version of a form."""
    raise NotImplementedError


async def current_forms(session: AsyncSession, municipality_id: int) -> list[dict[str, Any]]:
    """Documents of the forms that are offered for new visits, with their row ids: `[{"id", "version", "document"}]`."""
    raise NotImplementedError


async def business_classes(session: AsyncSession, municipality_id: int) -> list[dict[str, Any]]:
    """Classes that are in use, for phones: `[{"code", "name", "form_code"}]`."""
    raise NotImplementedError
