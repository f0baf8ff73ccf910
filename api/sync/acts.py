"""What a command does: for each kind the verb of its domain, the schema of its body, and the record it stands on.

A kind that is not in the table, or of a newer version, is deferred: the phone keeps it until the server knows it. A
version that was known once is read for ever (`mobile.wire.kinds`).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from api.businesses import service as businesses
from api.businesses.schemas import BusinessPatchIn, BusinessRegisterIn
from api.complaints import service as complaints
from api.complaints.schemas import AnswerIn, ClosingIn, HandingOverIn, NoteIn, OnSiteIn
from api.core.actor import Actor
from api.fieldwork import service as fieldwork
from api.fieldwork.schemas import MessagePostIn, TaskCreateIn, TaskFinishIn, VisitIn
from api.files.service import PhotoPromise
from api.inspections import service as inspections
from api.inspections.schemas import InspectionAmendIn, InspectionSubmitIn
from mobile.wire.kinds import KINDS

Body = dict[str, Any]


@dataclass(frozen=True)
class Command:
    """A mutation as its verb needs it; `authored` are the phone's clocks when it was written."""

    id: UUID
    body: Body
    authored: Mapping[str, Any]


Apply = Callable[[AsyncSession, Actor, Command], Awaitable[object]]


@dataclass(frozen=True)
class Act:
    """One kind: what applies it, and the record it stands on."""

    apply: Apply
    table: str
    named_by: str
    """The field of the body with the record's id."""

    @property
    def makes_record(self) -> bool:
        """Whether the record is new with this command."""
        return self.named_by == "id"


class _Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Id = TypeAdapter(UUID)
_Photos = TypeAdapter(list[PhotoPromise])


def photos_of(body: Body) -> list[PhotoPromise]:
    """Give the photos that a body names, the signature among them.

    Raises:
        ValidationError: one of them is not described as it must be.
    """
    photos, signature = body.get("photos") or [], body.get("signature")
    return [*_Photos.validate_python(photos), *_Photos.validate_python([signature] if signature else [])]


def _with_photo_ids(body: Body) -> Body:
    """Write `photos` as the verbs that also take uploaded ones want them: their ids."""
    if "photos" not in body:
        return body
    photos = photos_of({"photos": body["photos"]})
    return {**{key: value for key, value in body.items() if key != "photos"}, "photo_ids": [p.id for p in photos]}


def _on_case(verb: Callable[..., Awaitable[object]], schema: type[BaseModel] | None = None) -> Act:
    async def apply(session: AsyncSession, actor: Actor, command: Command) -> object:
        said = {key: value for key, value in command.body.items() if key != "complaint_id"}
        complaint_id = _Id.validate_python(command.body.get("complaint_id"))
        read = (schema or _Nothing).model_validate(_with_photo_ids(said))
        return await verb(session, actor, complaint_id, *((read,) if schema else ()))

    return Act(apply, "complaint", "complaint_id")


def _plain(verb: Callable[..., Awaitable[object]], schema: type[BaseModel], table: str, named_by: str) -> Act:
    async def apply(session: AsyncSession, actor: Actor, command: Command) -> object:
        body = _with_photo_ids(command.body) if "photo_ids" in schema.model_fields else command.body
        return await verb(session, actor, schema.model_validate(body))

    return Act(apply, table, named_by)


async def _file_on_site(session: AsyncSession, actor: Actor, command: Command) -> object:
    body = _with_photo_ids(command.body)
    if isinstance(body.get("place"), dict):
        # A case keeps where it is, not how well the phone knew it.
        body = {**body, "place": {key: value for key, value in body["place"].items() if key != "accuracy_m"}}
    return await complaints.file_on_site(session, actor, OnSiteIn.model_validate(body))


async def _patch_business(session: AsyncSession, actor: Actor, command: Command) -> object:
    patch = BusinessPatchIn.model_validate(command.body)
    return await businesses.patch_business(session, actor, patch, mutation_id=command.id)


async def _submit_inspection(session: AsyncSession, actor: Actor, command: Command) -> object:
    visit = InspectionSubmitIn.model_validate(command.body)
    return await inspections.submit_inspection(session, actor, visit, authored=command.authored)


ACTS: Mapping[str, Act] = {
    "complaint.take": _on_case(complaints.take_complaint),
    "complaint.start": _on_case(complaints.start_complaint),
    "complaint.note": _on_case(complaints.add_note, NoteIn),
    "complaint.answer": _on_case(complaints.answer_complaint, AnswerIn),
    "complaint.close": _on_case(complaints.close_complaint, ClosingIn),
    "complaint.hand_over": _on_case(complaints.hand_over_complaint, HandingOverIn),
    "complaint.visit": _plain(fieldwork.record_visit, VisitIn, "complaint", "complaint_id"),
    "complaint.file": Act(_file_on_site, "complaint", "id"),
    "inspection.submit": Act(_submit_inspection, "inspection", "id"),
    "inspection.amend": _plain(inspections.amend_inspection, InspectionAmendIn, "inspection", "inspection_id"),
    "business.register": _plain(businesses.register_business, BusinessRegisterIn, "business", "id"),
    "business.patch": Act(_patch_business, "business", "business_id"),
    "task.create": _plain(fieldwork.create_task, TaskCreateIn, "task", "id"),
    "task.finish": _plain(fieldwork.finish_task, TaskFinishIn, "task", "task_id"),
    "message.post": _plain(fieldwork.post_message, MessagePostIn, "message", "id"),
}


def act_of(kind: str, kv: int) -> Act | None:
    """Give the act of a kind in that version; None where the server does not know it yet."""
    return ACTS.get(kind) if kv <= KINDS.get(kind, -1) else None
