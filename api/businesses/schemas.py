"""What goes over the wire about businesses; requests refuse fields they do not know."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import phonenumbers
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from api.businesses.errors import BadBox
from api.core.phones import NumberRefused, parse_tckn, parse_vkn
from api.core.text import Line, Text
from api.core.wire import Lat, Lon, Place, Wire

ClassCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
ShortText = Annotated[Text, Field(max_length=300)]
LongText = Annotated[Text, Field(max_length=2000)]
Status = Literal["active", "closed", "merged"]
_LONGEST_PHONE = 40
_TCKN_DIGITS = 11


def business_phone(raw: str) -> str:
    """Read a telephone number in Turkey (mobile, landline or 444) and give it as E.164.

    Raises:
        NumberRefused: `bad_phone`; the number is not part of the message.
    """
    refusal = NumberRefused("bad_phone", "Geçerli bir telefon numarası girin. Örnek: 0212 123 45 67")
    if len(raw) > _LONGEST_PHONE or any(character.isalpha() for character in raw):
        raise refusal
    try:
        number = phonenumbers.parse(raw, "TR")
    except phonenumbers.NumberParseException:
        raise refusal from None
    if number.country_code != 90 or number.extension or not phonenumbers.is_valid_number(number):  # noqa: PLR2004 (Turkey)
        raise refusal
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def tax_number(raw: str) -> str:
    """Read a VKN (10 digits) or a TCKN (11 digits) with its check digits. NumberRefused `bad_vkn` or `bad_tckn`."""
    digits = "".join(raw.split())
    return parse_tckn(digits) if len(digits) == _TCKN_DIGITS else parse_vkn(digits)


def _phone(raw: str) -> str:
    try:
        return business_phone(raw)
    except NumberRefused as refusal:
        raise PydanticCustomError(refusal.code, refusal.message_tr) from None


def _tax_no(raw: str) -> str:
    try:
        return tax_number(raw)
    except NumberRefused as refusal:
        raise PydanticCustomError(refusal.code, refusal.message_tr) from None


BusinessPhone = Annotated[str, Field(max_length=_LONGEST_PHONE), AfterValidator(_phone)]
TaxNo = Annotated[str, Field(max_length=_LONGEST_PHONE), AfterValidator(_tax_no)]
LicenceNo = Annotated[Line, Field(max_length=60)]


class BusinessRegisterIn(Wire):
    """A business that somebody found in the field or that the office writes down; the id is made by the sender."""

    id: UUID
    class_code: ClassCode
    title: Line
    activity: ShortText = ""
    address_text: ShortText = ""
    place: Place
    phone: BusinessPhone | None = None
    note: LongText = ""
    opening_hours: ShortText = ""
    licence_no: LicenceNo | None = None
    floor_area_m2: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    owner: Line | None = None
    tax_no: TaxNo | None = None


class FieldChange(Wire):
    """A field's new value, and the value that its sender had seen (None for an empty field)."""

    base: Any = None
    value: Any = None


ChangeableField = Literal[
    "title", "class_code", "activity", "address_text", "licence_no", "place", "floor_area_m2", "status",
    "phone", "note", "opening_hours",
]  # fmt: skip


Changes = Annotated[dict[ChangeableField, FieldChange], Field(min_length=1, max_length=11)]


class BusinessPatchIn(Wire):
    """Fields of a business that somebody changed; the values are checked by `api.businesses.fields`."""

    business_id: UUID
    changes: Changes


class OwnerIn(Wire):
    """Who is behind a business: a name, and a VKN or TCKN; None leaves a value as it is."""

    owner: Line | None = None
    tax_no: TaxNo | None = None


class ReviewIn(Wire):
    """Whether a proposed value is taken over, or a flagged one stays."""

    accept: bool


class MatchIn(Wire):
    """Whether two records are of one business; the merged one stays as an alias of the other."""

    decision: Literal["merged", "different"]


class RevealIn(Wire):
    """Why the reader needs to see the owner."""

    reason: Line


class BusinessFilter(Wire):
    """What a list or a map of businesses shows."""

    text: Annotated[Text, Field(max_length=100)] | None = None
    class_code: ClassCode | None = None
    neighbourhood_id: UUID | None = None
    status: Status | None = None
    to_review: bool = False
    bbox: tuple[Lon, Lat, Lon, Lat] | None = None


class FilterQuery(Wire):
    """A filter as it stands in an address; `bbox` is `west,south,east,north` in degrees."""

    text: Annotated[Text, Field(max_length=100)] | None = None
    class_code: ClassCode | None = None
    neighbourhood_id: UUID | None = None
    status: Status | None = None
    to_review: bool = False
    bbox: Annotated[str, Field(max_length=120, pattern=r"^-?[0-9.]+(,-?[0-9.]+){3}$")] | None = None

    def filter(self) -> BusinessFilter:
        """Give the filter; a `bbox` beyond the globe is refused as any other bad value."""
        values = self.model_dump(include=set(BusinessFilter.model_fields), exclude={"bbox"})
        try:
            return BusinessFilter(**values, bbox=self.bbox.split(",") if self.bbox else None)
        except ValidationError:
            raise BadBox from None


class ListQuery(FilterQuery):
    """A filter and a page."""

    cursor: Annotated[str, Field(max_length=2048)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class RegisteredOut(BaseModel):
    """What the sender learns of a registered business: whether records that look like it are to be compared."""

    id: UUID
    version: int
    neighbourhood_name: str | None
    match_count: int


class PatchedOut(BaseModel):
    """What became of each field: `same`, `applied`, `overwrote` (the office's newer value gave way) or `suggested`."""

    id: UUID
    version: int
    outcomes: dict[str, str]


class BusinessRow(BaseModel):
    """A line of a list."""

    id: UUID
    title: str
    class_code: str
    class_name: str
    activity: str
    address_text: str
    neighbourhood_name: str | None
    status: Status
    risk: int
    licence_no: str | None
    last_inspected_at: datetime | None
    lon: float | None
    lat: float | None
    open_changes: int


class ChangeOut(BaseModel):
    """One line of the history; `is_open` says that the office has still to look at it."""

    id: UUID
    field: str
    old: Any
    new: Any
    base: Any
    state: Literal["applied", "overwrote", "suggested"]
    changed_by_name: str | None
    changed_at: datetime
    reviewed_by_name: str | None
    reviewed_at: datetime | None
    decision: str | None
    is_open: bool


class MatchOut(BaseModel):
    """A record that looks like this one."""

    id: UUID
    other_id: UUID
    other_title: str
    other_address: str
    other_status: Status
    reason: Literal["tax_no", "near_and_alike"]
    found_at: datetime
    decision: str | None


class OwnerOut(BaseModel):
    """Who is behind a business: masked, or in clear after `reveal_owner`."""

    owner: str | None
    tax_no: str | None
    is_clear: bool


class BusinessOut(BaseModel):
    """A whole record as its reader may see it."""

    id: UUID
    version: int
    class_code: str
    class_name: str
    title: str
    activity: str
    address_text: str
    neighbourhood_id: UUID | None
    neighbourhood_name: str | None
    lon: float | None
    lat: float | None
    phone: str | None
    note: str
    opening_hours: str
    licence_no: str | None
    floor_area_m2: int | None
    risk: int
    status: Status
    merged_into_id: UUID | None
    source: str
    registered_at: datetime
    last_inspected_at: datetime | None
    owner: OwnerOut | None
    changes: list[ChangeOut]
    matches: list[MatchOut]
    may_edit: bool
    may_review: bool
    may_reveal: bool


class ClassOut(BaseModel):
    """A class of businesses that is in use."""

    code: str
    name: dict[str, str]
