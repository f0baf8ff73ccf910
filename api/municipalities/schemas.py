"""What goes over the wire in this domain."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError

from api.core.text import Line, Text
from api.municipalities.calendar import CalendarError, WorkingCalendar
from api.municipalities.colours import contrast_with_white
from api.municipalities.templates import Kind

# WCAG 2.2, 1.4.3: text of normal size.
LEAST_CONTRAST = 4.5
# Neither holds a blank or a control character: PostgreSQL stores no NUL.
EMAIL = r"^([^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+)?$"
WEB = r"^[^\s\x00-\x1f]*$"

Grade = Literal["presidency", "department", "section", "team"]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,49}$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


def _readable(colour: str) -> str:
    if contrast_with_white(colour) < LEAST_CONTRAST:
        raise PydanticCustomError("low_contrast", "Bu renk beyaz yazı için yeterince koyu değil (WCAG: en az 4,5:1).")
    return colour


def _workable(hours: dict[str, list[str]]) -> dict[str, list[str]]:
    try:
        WorkingCalendar(hours, {})
    except CalendarError as error:
        raise PydanticCustomError("bad_working_hours", error.message_tr.replace("{", "(")) from error
    return hours


def _with_turkish(text: Mapping[str, str]) -> Mapping[str, str]:
    if "tr" not in text:
        raise PydanticCustomError("turkish_missing", "Her metnin Türkçesi yazılmalıdır.")
    return text


def _web_address(address: str) -> str:
    if address:
        TypeAdapter(HttpUrl).validate_python(address)
    return address


WorkingHours = Annotated[dict[str, list[str]], AfterValidator(_workable)]
LocalText = Annotated[dict[Language, Line], AfterValidator(_with_turkish)]


class Wire(BaseModel):
    """Base: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Place(Wire):
    """A place in WGS 84 degrees."""

    lon: float
    lat: float


class PlaceQuery(Wire):
    """Where somebody is, in WGS 84 degrees; both or none."""

    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)

    @model_validator(mode="after")
    def _both(self) -> "PlaceQuery":
        if (self.lon is None) != (self.lat is None):
            raise PydanticCustomError("half_a_place", "Boylam ve enlem birlikte verilmelidir.")
        return self


class CreatedOut(Wire):
    """The id of what was made."""

    id: UUID


class MunicipalityRow(Wire):
    """A municipality in the list from which a citizen chooses."""

    id: int
    slug: str
    name: str
    kind: Kind
    province_code: int
    center: Place
    holds_place: bool = Field(description="the asked place lies inside its outline")
    distance_km: float | None = Field(description="from the asked place to its centre")


class TownOut(Wire):
    """Everything an app needs to look and speak like this municipality."""

    slug: str
    name: str
    kind: Kind
    parent_name: str | None
    center: Place
    config_version: int
    languages: list[str]
    theme: dict[str, str]
    texts: dict[str, dict[str, str]]
    contact: dict[str, str]
    working_hours: dict[str, list[str]]
    modules: list[str]


class DepartmentOut(Wire):
    """A unit of the tree; the list is in Turkish alphabetical order, `parent_id` makes the tree."""

    id: UUID
    code: str
    name: str
    parent_id: UUID | None
    grade: Grade
    working_hours: dict[str, list[str]] | None
    is_round_the_clock: bool
    phone: str | None
    is_active: bool


class DepartmentIn(Wire):
    """A new unit."""

    code: Code
    name: Line
    parent_id: UUID
    grade: Literal["department", "section", "team"] = "department"
    working_hours: WorkingHours | None = None
    is_round_the_clock: bool = False
    phone: Line | None = None


class DepartmentChange(Wire):
    """The fields of a unit that change; those left out stay. The code never changes: rules are written with it."""

    name: Line | None = None
    parent_id: UUID | None = None
    grade: Literal["department", "section", "team"] | None = None
    working_hours: WorkingHours | None = None
    is_round_the_clock: bool | None = None
    phone: Line | None = None
    is_active: bool | None = None


class ServiceAreaOut(Wire):
    """An area by which work is routed; `outline` is GeoJSON in WGS 84 degrees."""

    id: UUID
    name: str
    purpose: Literal["team", "authority"]
    position: int
    is_active: bool
    outline: dict[str, Any]


class ServiceAreaIn(Wire):
    """A new area; `outline` is a GeoJSON Polygon or MultiPolygon."""

    name: Line
    purpose: Literal["team", "authority"]
    position: int = Field(default=0, ge=0, le=10_000)
    outline: dict[str, Any]


class ServiceAreaChange(Wire):
    """The fields of an area that change; those left out stay."""

    name: Line | None = None
    position: int | None = Field(default=None, ge=0, le=10_000)
    outline: dict[str, Any] | None = None
    is_active: bool | None = None


class NeighbourhoodChange(Wire):
    """A neighbourhood's new name, inhabitants or outline; `source` says where the outline comes from."""

    name: Line | None = None
    population: int | None = Field(default=None, ge=0, le=5_000_000)
    outline: dict[str, Any] | None = None
    source: Line | None = None


class ParameterOut(Wire):
    """A value that holds on the asked day; `is_own` marks the municipality's own."""

    code: str
    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None
    legal_reference: str
    is_verified: bool
    is_own: bool
    municipal_choice: Literal["none", "lower", "higher", "free"] = Field(
        description="how the law of that day lets a municipality differ"
    )


class ParameterIn(Wire):
    """A municipality's own value from a day on; `valid_to` is the first day on which it no longer holds."""

    value: Decimal = Field(ge=0, max_digits=18, decimal_places=6)
    valid_from: date
    valid_to: date | None = None
    legal_reference: Line = Field(description="the council's decision, by number and date")


class ModuleIn(Wire):
    """On or off."""

    is_on: bool


class ThemeIn(Wire):
    """Colours; white text must be readable on the primary one."""

    primary: Annotated[Colour, AfterValidator(_readable)]
    accent: Colour


class ContactIn(Wire):
    """How the town hall is reached; all may be empty."""

    phone: Annotated[str, StringConstraints(pattern=r"^[0-9 +()/-]{0,30}$")] = ""
    email: Annotated[str, StringConstraints(pattern=EMAIL, max_length=254)] = ""
    website: Annotated[str, StringConstraints(pattern=WEB, max_length=200), AfterValidator(_web_address)] = ""
    address: Annotated[Text, StringConstraints(max_length=300)] = ""


class AppearanceIn(Wire):
    """Theme, texts by code and language, contact and the town hall's working hours."""

    theme: ThemeIn
    texts: dict[Code, LocalText] = Field(max_length=30)
    contact: ContactIn
    working_hours: WorkingHours


class AppearanceOut(Wire):
    """What is stored now."""

    theme: dict[str, str]
    texts: dict[str, dict[str, str]]
    contact: dict[str, str]
    working_hours: dict[str, list[str]]


class HolidayOut(Wire):
    """A free day; a half day is free from 13:00 on. `is_own` marks the municipality's own."""

    day: date
    name: str
    half_day: bool
    legal_reference: str
    is_verified: bool
    is_own: bool


class LocalHolidayIn(Wire):
    """A free day of this municipality."""

    name: Line
    half_day: bool = False
