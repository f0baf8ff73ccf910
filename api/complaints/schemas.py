"""What goes over the wire about complaints; requests refuse fields they do not know."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError

from api.complaints.errors import BadBox
from api.complaints.workflow import Status
from api.core.text import Line, Text
from api.core.wire import Lat, Lon, Wire
from api.identity.schemas import Phone

PhotoIds = Annotated[list[UUID], Field(max_length=10)]
Told = Annotated[Text, Field(min_length=1)]
StatusGroup = Literal["all", "new", "open", "late", "solved", "closed"]


class Place(Wire):
    """A point in WGS 84 degrees."""

    lon: Lon
    lat: Lat


class ComplaintIn(Wire):
    """A report as a citizen files it; the id is made on the phone, so sending it twice files it once."""

    id: UUID
    kind: Literal["request", "complaint", "suggestion", "thanks"] = "complaint"
    category_id: UUID
    description: Told
    answers: dict[str, Any] = Field(default_factory=dict, max_length=20)
    place: Place | None = None
    address_text: Annotated[Text, Field(max_length=300)] = ""
    photo_ids: PhotoIds = Field(default=[])
    is_anonymous: bool = False


class CounterComplaintIn(ComplaintIn):
    """A report that staff write down for somebody: at the counter, on the telephone, from a letter."""

    channel: Literal["counter", "call_centre", "letter", "cimer", "whatsapp", "headman", "social_media", "field"]
    phone: Phone | None = None


class OnSiteIn(Wire):
    """What somebody of the municipality saw on the spot; the id is made on the phone."""

    id: UUID
    category_id: UUID
    description: Told
    answers: dict[str, Any] = Field(default_factory=dict, max_length=20)
    place: Place | None = None
    address_text: Annotated[Text, Field(max_length=300)] = ""
    photo_ids: PhotoIds = Field(default=[])


class RoutingIn(Wire):
    """Which department takes the case."""

    department_id: UUID
    note: Annotated[Text, Field(max_length=1000)] = ""


class AssignmentIn(Wire):
    """Who takes the case."""

    staff_user_id: UUID


class HandingOverIn(Wire):
    """Which colleague goes on with the case, and what they should know."""

    staff_user_id: UUID
    text: Annotated[Text, Field(max_length=1000)] = ""


class NoteIn(Wire):
    """A line only staff see."""

    text: Told
    photo_ids: PhotoIds = Field(default=[])


class AnswerIn(Wire):
    """A line the citizen sees; an interim answer tells of progress and leaves the legal term running (3071 m.7)."""

    text: Told
    is_interim: bool = False
    photo_ids: PhotoIds = Field(default=[])


class QuestionIn(Wire):
    """What the municipality wants to know from the reporter."""

    text: Told


class ReplyIn(Wire):
    """The reporter's reply."""

    text: Told
    photo_ids: PhotoIds = Field(default=[])


class ClosingIn(Wire):
    """The solution in words the citizen reads, with photos of it."""

    text: Told
    photo_ids: PhotoIds = Field(default=[])


class RejectionIn(Wire):
    """Why nothing will be done."""

    text: Told


class ForwardingIn(Wire):
    """Which other authority is responsible."""

    authority_name: Line
    text: Told


class RatingIn(Wire):
    """How content the reporter is, 1–5."""

    rating: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[Text, Field(max_length=1000)] = ""


class ReopeningIn(Wire):
    """Why the reporter is not content."""

    text: Told


class RevealIn(Wire):
    """Why the reader needs to see the person."""

    reason: Line


class ComplaintFilter(Wire):
    """What a list or a map shows."""

    status_group: StatusGroup = "all"
    status: Status | None = None
    department_id: UUID | None = None
    category_id: UUID | None = None
    neighbourhood_id: UUID | None = None
    assignee_id: UUID | None = None
    text: Annotated[Text, Field(max_length=100)] | None = None
    filed_from: date | None = None
    filed_to: date | None = None
    bbox: tuple[Lon, Lat, Lon, Lat] | None = None


class CategoryOut(BaseModel):
    """A category with the questions it asks."""

    id: UUID
    code: str
    parent_id: UUID | None
    name: dict[str, str]
    keywords: str
    icon: str
    is_group: bool
    is_emergency: bool
    emergency_phone: str | None
    photo_required: bool
    place_required: bool
    anonymous_allowed: bool
    questions: list[dict[str, Any]]


class FiledOut(BaseModel):
    """What the reporter learns at once."""

    id: UUID
    number: str
    status: Status
    department_name: str | None
    neighbourhood_name: str | None
    authority_name: str | None
    first_answer_due_at: datetime | None
    solution_due_at: datetime | None
    filed_at: datetime


class ComplaintRow(BaseModel):
    """A line of a list."""

    id: UUID
    number: str
    kind: str
    status: Status
    is_open: bool
    is_emergency: bool
    category_id: UUID
    category_name: str
    category_icon: str
    department_id: UUID | None
    department_name: str | None
    neighbourhood_name: str | None
    assignee_name: str | None
    filed_at: datetime
    solution_due_at: datetime | None
    is_late: bool
    legal_due_at: datetime | None
    description_start: str
    lon: float | None
    lat: float | None
    rating: int | None
    photo_count: int


class PhotoOut(BaseModel):
    """A photo of the case; `phase` says whether it came with the report or shows the solution."""

    id: UUID
    phase: Literal["filed", "during", "closing"]
    thumbnail_url: str
    url: str
    width: int
    height: int


class EventOut(BaseModel):
    """A line of the timeline."""

    id: UUID
    action: str
    from_status: Status | None
    to_status: Status
    is_public: bool
    actor_kind: str
    actor_name: str | None
    text: str
    happened_at: datetime
    photo_ids: list[UUID]


class ReporterOut(BaseModel):
    """Who filed it: masked, or in clear after `reveal_reporter`."""

    name: str | None
    phone: str
    is_clear: bool


class ComplaintOut(BaseModel):
    """A whole case as its reader may see it."""

    id: UUID
    number: str
    version: int
    kind: str
    status: Status
    is_open: bool
    is_emergency: bool
    is_late: bool
    authority: str
    channel: str
    category_id: UUID
    category_name: str
    category_icon: str
    department_id: UUID | None
    department_name: str | None
    neighbourhood_id: UUID | None
    neighbourhood_name: str | None
    assignee_id: UUID | None
    assignee_name: str | None
    description: str
    answers: list[dict[str, Any]]
    address_text: str
    lon: float | None
    lat: float | None
    filed_at: datetime
    first_answer_due_at: datetime | None
    first_answered_at: datetime | None
    solution_due_at: datetime | None
    solved_at: datetime | None
    legal_due_at: datetime | None
    legal_answered_at: datetime | None
    reopen_until: datetime | None
    reopen_count: int
    rating: int | None
    rating_comment: str | None
    closing_photo_required: bool
    reporter: ReporterOut | None
    timeline: list[EventOut]
    photos: list[PhotoOut]
    allowed_actions: list[str]


class FilterQuery(Wire):
    """A filter as it stands in an address; `bbox` is `west,south,east,north` in degrees."""

    status_group: StatusGroup = "all"
    status: Status | None = None
    department_id: UUID | None = None
    category_id: UUID | None = None
    neighbourhood_id: UUID | None = None
    assignee_id: UUID | None = None
    text: Annotated[Text, Field(max_length=100)] | None = None
    filed_from: date | None = None
    filed_to: date | None = None
    bbox: Annotated[str, Field(max_length=120, pattern=r"^-?[0-9.]+(,-?[0-9.]+){3}$")] | None = None

    def filter(self) -> ComplaintFilter:
        """Give the filter; a `bbox` beyond the globe is refused as any other bad value."""
        values = self.model_dump(include=set(ComplaintFilter.model_fields), exclude={"bbox"})
        try:
            return ComplaintFilter(**values, bbox=self.bbox.split(",") if self.bbox else None)
        except ValidationError:
            raise BadBox from None


class ListQuery(FilterQuery):
    """A filter and a page."""

    cursor: Annotated[str, Field(max_length=2048)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
