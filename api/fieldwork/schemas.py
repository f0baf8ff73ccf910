"""What goes over the wire about tasks, team messages, visits and areas; requests refuse fields they do not know."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.core.text import Line, Text
from api.core.wire import Place, Wire

TaskText = Annotated[Text, Field(max_length=2000)]
PhotoIds = Annotated[list[UUID], Field(max_length=10)]
LONGEST_VISIT = timedelta(days=1)
# A phone without a clock says 1970; what is stored must be a time that PostgreSQL can hold in every zone.
_YEARS = range(1970, 2200)


class TaskCreateIn(Wire):
    """A piece of work for a department, for one of its people where one is named; the id is made by the sender."""

    id: UUID
    title: Line
    text: TaskText = ""
    department_id: UUID
    assignee_id: UUID | None = None
    complaint_id: UUID | None = None
    inspection_id: UUID | None = None
    business_id: UUID | None = None
    due_on: date | None = None


class TaskFinishIn(Wire):
    """What was done, with photos of it."""

    task_id: UUID
    text: TaskText = ""
    photo_ids: PhotoIds = Field(default=[])


class DoneIn(Wire):
    """The same where the address names the task."""

    text: TaskText = ""
    photo_ids: PhotoIds = Field(default=[])


class MessagePostIn(Wire):
    """A line for the team of a department; the id is made by the sender."""

    id: UUID
    department_id: UUID
    text: Annotated[Text, Field(min_length=1, max_length=2000)]


class VisitIn(Wire):
    """Time that the sender spent on the spot for a case; the id is made on the phone."""

    id: UUID
    complaint_id: UUID
    started_at: AwareDatetime
    ended_at: AwareDatetime
    place: Place | None = None

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.started_at.year not in _YEARS or not timedelta(0) <= self.ended_at - self.started_at <= LONGEST_VISIT:
            raise PydanticCustomError("visit_times", "Ziyaretin başlangıç ve bitiş zamanı geçerli değil.")
        return self


class AreasIn(Wire):
    """The neighbourhoods in which somebody works; none means all."""

    neighbourhood_ids: Annotated[list[UUID], Field(max_length=500)]


class AreasOut(BaseModel):
    """The neighbourhoods chosen for somebody; an empty list means all."""

    staff_user_id: UUID
    neighbourhood_ids: list[UUID]


TaskStatus = Literal["open", "done", "cancelled"]


class TaskQuery(Wire):
    """Which tasks a list shows."""

    status: TaskStatus | None = None
    department_id: UUID | None = None
    complaint_id: UUID | None = None
    business_id: UUID | None = None
    mine: bool = False
    cursor: Annotated[str, Field(max_length=2048)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class TaskPhoto(BaseModel):
    """A photo of what was done; not stored yet where the phone has still to send it."""

    id: UUID
    is_stored: bool
    thumbnail_url: str
    url: str


class TaskOut(BaseModel):
    """A task as its readers see it."""

    id: UUID
    version: int
    title: str
    text: str
    department_id: UUID
    department_name: str | None
    assignee_id: UUID | None
    assignee_name: str | None
    complaint_id: UUID | None
    inspection_id: UUID | None
    business_id: UUID | None
    due_on: date | None
    status: TaskStatus
    is_late: bool
    created_by_name: str | None
    created_at: datetime
    done_by_name: str | None
    done_at: datetime | None
    done_text: str
    photos: list[TaskPhoto]


class MessageQuery(Wire):
    """Which team's messages a list shows."""

    department_id: UUID
    cursor: Annotated[str, Field(max_length=2048)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class MessageOut(BaseModel):
    """A line that somebody told the team."""

    id: UUID
    department_id: UUID
    author_id: UUID
    author_name: str
    text: str
    sent_at: datetime


class WrittenOut(BaseModel):
    """A record that was written: its id and version."""

    id: UUID
    version: int
