"""What goes over the wire about inspections; requests refuse fields they do not know."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.core.text import Line, Text
from api.core.wire import Place, Wire
from api.inspections.workflow import Kind, Outcome, Status

Told = Annotated[Text, Field(min_length=1)]
FormCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
RecordNumber = Annotated[str, Field(pattern=r"^[A-Z]{1,6}-[0-9]{4}-[0-9]{6,9}$")]
MOST_ANSWER_BYTES = 200_000
MOST_PHOTOS = 60


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse answers that no form could ask for; what is wrong inside them is never refused."""
    if len(json.dumps(value, ensure_ascii=False, default=str)) > MOST_ANSWER_BYTES:
        raise PydanticCustomError("answers_too_large", "Yanıtlar çok büyük.")
    return value


Answers = Annotated[dict[str, Any], Field(max_length=1_000), AfterValidator(_bounded)]


class PhotoIn(Wire):
    """A photo that belongs to the act; phones also say by its hash what will arrive."""

    id: UUID
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    size: Annotated[int, Field(ge=1, le=1 << 30)] | None = None
    mime: Annotated[str, Field(max_length=60)] | None = None
    taken_at: datetime | None = None
    place: Place | None = None


Photos = Annotated[list[PhotoIn], Field(max_length=MOST_PHOTOS)]


class InspectionSubmitIn(Wire):
    """A visit as it was done on the spot: of the planned visit with this id, or a new one.

    `answers` are those of `mobile.forms` for the form in that version. `number` comes from the phone's own numbers;
    None lets the server give the next one. `nobody_there` says that the visit could not be made.
    """

    id: UUID
    business_id: UUID | None = None
    kind: Kind = "spot"
    form_id: FormCode
    form_version: Annotated[int, Field(ge=1, le=1_000_000)]
    complaint_id: UUID | None = None
    previous_id: UUID | None = None
    department_id: UUID | None = None
    answers: Answers = Field(default_factory=dict)
    started_at: AwareDatetime
    ended_at: AwareDatetime
    place: Place | None = None
    number: RecordNumber | None = None
    nobody_there: bool = False
    photos: Photos = Field(default=[])
    signature: PhotoIn | None = None

    @model_validator(mode="after")
    def _check_order(self) -> "InspectionSubmitIn":
        if self.ended_at < self.started_at:
            raise PydanticCustomError("ends_before_start", "Denetimin bitişi başlangıcından önce olamaz.")
        return self


class AmendmentIn(Wire):
    """A correction where the address names the visit."""

    text: Told
    photos: Photos = Field(default=[])


class InspectionAmendIn(Wire):
    """A correction of a submitted visit."""

    inspection_id: UUID
    text: Told
    photos: Photos = Field(default=[])


class InspectionPlanIn(Wire):
    """A visit to be made; without a form the one of the business's class, without a department that of the class."""

    id: UUID
    business_id: UUID
    due_on: date
    form_id: FormCode | None = None
    department_id: UUID | None = None
    assignee_id: UUID | None = None
    reason: Annotated[Text, Field(max_length=1_000)] = ""


class ComplaintVisitIn(Wire):
    """A visit because of a complaint about a business."""

    id: UUID
    complaint_id: UUID
    business_id: UUID
    due_on: date | None = None
    assignee_id: UUID | None = None


class InspectionAssignIn(Wire):
    """Who makes the visit: a person, or None for whoever of the department is free."""

    department_id: UUID | None = None
    assignee_id: UUID | None = None
    due_on: date | None = None


class InspectionCancelIn(Wire):
    """Why the visit is not made."""

    reason: Line


class FormPublishIn(Wire):
    """A form document (`docs/forms.md`); its version must be the next one."""

    document: Annotated[dict[str, Any], Field(max_length=20)]


class BusinessClassIn(Wire):
    """The rule by which businesses of a class are visited."""

    name: dict[Literal["tr", "en"], Line]
    visits_per_year: Annotated[int, Field(ge=0, le=52)]
    form_code: FormCode
    department_id: UUID | None = None
    is_active: bool = True


class InspectionFilter(Wire):
    """What a list shows."""

    group: Literal["all", "due", "late", "planned", "done", "warned", "cancelled"] = "all"
    kind: Kind | None = None
    outcome: Outcome | None = None
    department_id: UUID | None = None
    assignee_id: UUID | None = None
    business_id: UUID | None = None
    complaint_id: UUID | None = None


class ListQuery(InspectionFilter):
    """A filter and a page."""

    cursor: Annotated[str, Field(max_length=2048)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50

    def filter(self) -> InspectionFilter:
        """Give the filter without the page."""
        return InspectionFilter(**self.model_dump(include=set(InspectionFilter.model_fields)))


class VersionOut(BaseModel):
    """The visit's version after an act; the next act may name it in `If-Match`."""

    id: UUID
    version: int


class PlannedOut(BaseModel):
    """A visit that was planned."""

    id: UUID
    version: int
    form_id: str
    form_version: int
    department_id: UUID
    due_on: date


class MissingAnswer(BaseModel):
    """What the form asks and the answers lack, or an answer that could not be read."""

    path: str
    code: str
    message: str
    raw: str | None = None


class SubmittedOut(BaseModel):
    """What became of a submitted visit."""

    id: UUID
    version: int
    number: str | None
    outcome: Outcome
    finding_count: int
    missing: list[MissingAnswer]
    recheck_due_on: list[date]
    submitted_at: datetime


class InspectionRow(BaseModel):
    """A line of a list."""

    id: UUID
    kind: Kind
    status: Status
    outcome: Outcome | None
    number: str | None
    business_id: UUID | None
    business_title: str | None
    address_text: str | None
    neighbourhood_name: str | None
    lon: float | None
    lat: float | None
    form_id: str
    form_title: str
    department_id: UUID
    department_name: str | None
    assignee_id: UUID | None
    assignee_name: str | None
    due_on: date | None
    is_late: bool
    risk: int
    reason: str
    finding_count: int
    planned_at: datetime
    submitted_at: datetime | None


class AnswerLine(BaseModel):
    """Question and answer as people read them; a heading has no value."""

    path: str
    label: str
    value: str
    note: str
    depth: int
    is_heading: bool
    verdict: Literal["yes", "no", "na"] | None
    photo_ids: list[UUID]


class FindingOut(BaseModel):
    """One thing that was not as it must be."""

    id: UUID
    item_code: str
    text: str
    severity: str
    law: str
    deadline_on: date | None
    status: str
    photo_ids: list[UUID]
    cured_by_id: UUID | None


class WarningOut(BaseModel):
    """A warning with its term and the re-check that follows it."""

    id: UUID
    deadline_on: date
    status: str
    recheck_id: UUID | None


class AmendmentOut(BaseModel):
    """A correction."""

    id: UUID
    text: str
    by: str | None
    at: datetime
    photo_ids: list[UUID]


class PhotoOut(BaseModel):
    """A photo of the visit; an awaited one is still on the inspector's phone."""

    id: UUID
    state: str
    sha256: str
    thumbnail_url: str
    url: str


class InspectionOut(InspectionRow):
    """A whole visit."""

    version: int
    form_version: int
    complaint_id: UUID | None
    complaint_number: str | None
    previous_id: UUID | None
    planned_by: str | None
    submitted_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    accuracy_m: float | None
    answers: list[AnswerLine]
    missing: list[MissingAnswer]
    findings: list[FindingOut]
    open_before: list[FindingOut]
    warnings: list[WarningOut]
    amendments: list[AmendmentOut]
    photos: list[PhotoOut]
    allowed_actions: list[str]


class TimelineLine(BaseModel):
    """One thing that happened to a business.

    `text` says which: the kind of visit, the state of a warning, the field that changed (`detail`: its new value), the
    state of a complaint. `due_on` is the day of a planned visit or the term of a warning.
    """

    at: datetime
    kind: Literal["planned", "visit", "cancelled", "warning", "change", "complaint"]
    id: UUID
    text: str
    outcome: str | None = None
    number: str | None = None
    finding_count: int = 0
    detail: str | None = None
    due_on: date | None = None


class FormOut(BaseModel):
    """A version of a form in a list."""

    id: UUID
    form_id: str
    version: int
    title: dict[str, str]
    kind: str
    item_count: int
    is_current: bool
    published_at: datetime
    published_by: str | None


class FormDocumentOut(FormOut):
    """A version of a form with its document."""

    document: dict[str, Any]


class BusinessClassOut(BaseModel):
    """A class of businesses with its rule."""

    id: UUID
    code: str
    name: dict[str, str]
    visits_per_year: int
    form_code: str
    department_id: UUID | None
    is_active: bool
