"""What staff can do to a case from its page: for each act its form, its schema and the verb it calls."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from api.complaints import service
from api.complaints.schemas import (
    AnswerIn,
    AssignmentIn,
    ClosingIn,
    ForwardingIn,
    NoteIn,
    QuestionIn,
    RejectionIn,
    RoutingIn,
)

LONGEST_TEXT = 4_000
LONGEST_NOTE = 1_000
LONGEST_LINE = 200

FieldKind = Literal["text", "line", "choice", "tick", "files"]


@dataclass(frozen=True)
class FieldSpec:
    """A field of an act's form; its words stand under `action.<act>.<name>`."""

    name: str
    kind: FieldKind
    is_required: bool = True
    longest: int = LONGEST_TEXT


@dataclass(frozen=True)
class ActionSpec:
    """One act: the permission and audit name is `complaint.<name>`."""

    name: str
    icon: str
    verb: Callable[..., Awaitable[int]]
    schema: type[BaseModel] | None = None
    fields: tuple[FieldSpec, ...] = ()
    is_grave: bool = False

    @property
    def path(self) -> str:
        """Last part of the form's address; only addresses that end in `files` take bodies as large as photos."""
        return f"{self.name}/files" if self.has_files else self.name

    @property
    def has_files(self) -> bool:
        """Whether photos may come with the form."""
        return any(field.kind == "files" for field in self.fields)


_TEXT = FieldSpec("text", "text")
_PHOTOS = FieldSpec("photos", "files", is_required=False)

# In the order in which the page offers them.
ACTIONS: dict[str, ActionSpec] = {
    spec.name: spec
    for spec in (
        ActionSpec("take", "hand", service.take_complaint),
        ActionSpec("start", "play", service.start_complaint),
        ActionSpec("close", "check", service.close_complaint, ClosingIn, (_TEXT, _PHOTOS)),
        ActionSpec(
            "route", "forward", service.route_complaint, RoutingIn,
            (FieldSpec("department_id", "choice"), FieldSpec("note", "text", is_required=False, longest=LONGEST_NOTE)),
        ),
        ActionSpec("assign", "people", service.assign_complaint, AssignmentIn, (FieldSpec("staff_user_id", "choice"),)),
        ActionSpec("answer", "chat", service.answer_complaint, AnswerIn, (_TEXT, FieldSpec("is_interim", "tick"))),
        ActionSpec("ask_citizen", "question", service.ask_citizen, QuestionIn, (_TEXT,)),
        ActionSpec("note", "note", service.add_note, NoteIn, (_TEXT, _PHOTOS)),
        ActionSpec(
            "forward", "leave", service.forward_complaint, ForwardingIn,
            (FieldSpec("authority_name", "line", longest=LONGEST_LINE), _TEXT),
        ),
        ActionSpec("reject", "reject", service.reject_complaint, RejectionIn, (_TEXT,), is_grave=True),
    )
}  # fmt: skip
