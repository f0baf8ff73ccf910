"""Tells the department what a submitted visit lacks, as a task of the field."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.actor import Actor
from api.core.ids import uuid7
from api.fieldwork import service as fieldwork
from api.fieldwork.schemas import TaskCreateIn
from api.inspections.schemas import MissingAnswer

MOST_TOLD = 20


async def tell_missing(
    session: AsyncSession, actor: Actor, inspection_id: UUID, department_id: UUID, business_id: UUID | None,
    missing: Sequence[MissingAnswer],
) -> None:  # fmt: skip
    """Give the inspector a task to complete the visit by a correction; without `task.create` there the list must do."""
    if not actor.can("task.create", department_id):
        return
    lines = [f"{one.path}: {one.message}" for one in missing[:MOST_TOLD]]
    if len(missing) > MOST_TOLD:
        lines.append(f"… ve {len(missing) - MOST_TOLD} eksik daha")
    task = TaskCreateIn(
        id=uuid7(),
        title="Denetimde eksik kalanları tamamla",
        text="\n".join(lines)[:2000],
        department_id=department_id,
        inspection_id=inspection_id,
        business_id=business_id,
    )
    await fieldwork.create_task(session, actor, task)
