"""What the office says and sees of field work: emergencies, phones, bundles, what waits for a decision."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.core.text import Line, Text


class FromOffice(BaseModel):
    """Base of what the office sends."""

    model_config = ConfigDict(extra="forbid")


class DisasterIn(FromOffice):
    """An emergency: why, until when, and how many days a phone may be without contact."""

    reason: Line
    valid_to: date
    days: Annotated[int, Field(ge=15, le=45)] = 45


class RevokeIn(FromOffice):
    """How a phone is taken back: emptied first (`drain`), or wiped at once with all that it did not send (`wipe`)."""

    how: Literal["drain", "wipe"]


class FieldDeviceOut(BaseModel):
    """A phone that works in the field. `state`: active, drain, wipe, or gone (its session has ended)."""

    id: UUID
    staff_user_id: UUID
    name: str
    title: str
    department_id: UUID | None
    label: str
    app: str
    state: Literal["active", "drain", "wipe", "gone"]
    first_contact_at: datetime
    last_contact_at: datetime
    waiting: int
    waiting_photos: int
    revoked_at: datetime | None


class StaffProfile(BaseModel):
    """The signed-in person as records name them."""

    id: UUID
    name: str
    title: str
    registry_no: str


class TownProfile(BaseModel):
    """The municipality."""

    id: int
    slug: str
    name: str


class PolicyKey(BaseModel):
    """A raw Ed25519 public key in base64, by its name."""

    kid: str
    public_key: str


class ProfileOut(BaseModel):
    """What a phone keeps from its sign-in.

    `bundle_key` (raw X25519, base64) with its name `bundle_kid` seals what leaves the phone by other ways;
    `policy_keys` verify declared emergencies; `departments` are those whose work the phone is given.
    """

    staff: StaffProfile
    municipality: TownProfile
    permissions: list[str]
    departments: list[UUID]
    bundle_key: str
    bundle_kid: str
    policy_keys: list[PolicyKey]
    lease_days: int
    number_series: list[str]


class ResolveIn(FromOffice):
    """What is to become of something from the field: `field` has it take effect now, `office` leaves all as it is."""

    decision: Literal["field", "office"]
    note: Text = ""


class ConflictOut(BaseModel):
    """Something from the field that waits for the office's word.

    `theirs` is what the phone sent, `ours` how the record stands now, `base` the versions that the phone had seen.
    """

    id: UUID
    kind: str
    state: Literal["conflict", "quarantined"]
    code: str | None
    staff_user_id: UUID
    staff_name: str
    department_id: UUID | None
    authored_at: datetime | None
    received_at: datetime
    target_kind: str | None
    target_id: UUID | None
    base: dict[str, int]
    theirs: dict[str, Any] | None
    ours: dict[str, Any] | None


class BusinessChangeOut(BaseModel):
    """A value from the field in the business register: `suggested` waits, `overwrote` took the place of `old`."""

    id: UUID
    business_id: UUID
    title: str
    address: str
    field: str
    old: Any
    new: Any
    base: Any
    state: Literal["suggested", "overwrote"]
    changed_at: datetime
    staff_name: str


class BusinessMatchOut(BaseModel):
    """Two records that look like one business; `business_id` is the newer one."""

    id: UUID
    business_id: UUID
    title: str
    address: str
    other_id: UUID
    other_title: str
    other_address: str
    reason: str
    found_at: datetime


class BundleOut(BaseModel):
    """A bundle that was brought to the office; `outcome` says how far its import is, or why it was refused.

    `state`: waiting, running, done or refused, for the reason `code`. Lines are counted by what they became.
    """

    id: UUID
    brought_by: str
    size: int
    received_at: datetime
    state: Literal["waiting", "running", "done", "refused"] = "waiting"
    code: str | None = None
    staff_name: str = ""
    made_at: datetime | None = None
    lines: int = 0
    lines_done: int = 0
    ok: int = 0
    conflict: int = 0
    quarantined: int = 0
    pictures: int = 0
    pictures_done: int = 0
    pictures_refused: int = 0
