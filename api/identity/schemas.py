"""Wire shapes of sign-in, accounts, devices, staff, substitutions and consents."""

import re
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from api.core.phones import NumberRefused, parse_mobile
from api.core.text import Line, Text, TextRefused, fold, multiline
from api.identity.roles import ROLES

LEGAL_TEXT_LENGTH = 20_000
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


def _mobile(raw: str) -> str:
    try:
        return parse_mobile(raw)
    except NumberRefused as refusal:
        raise PydanticCustomError(refusal.code, refusal.message_tr) from refusal


def _username(raw: str) -> str:
    # İ, I and ı are one letter to the person who types: names are kept folded, and hold plain letters only.
    folded = fold(raw.strip())
    if not _USERNAME.fullmatch(folded):
        raise PydanticCustomError("bad_username", "Kullanıcı adı 3–60 harf, rakam, nokta, tire ya da alt çizgi olmalı.")
    return folded


def _role(code: str) -> str:
    if code not in ROLES:
        raise PydanticCustomError("unknown_role", "Böyle bir rol yok.")
    return code


def _legal_text(raw: str) -> str:
    try:
        return multiline(raw, LEGAL_TEXT_LENGTH)
    except TextRefused as refusal:
        raise PydanticCustomError(refusal.code, refusal.message_tr) from refusal


LegalText = Annotated[
    str, Field(min_length=1, json_schema_extra={"maxLength": LEGAL_TEXT_LENGTH}), AfterValidator(_legal_text)
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,80}$")]
Phone = Annotated[str, Field(max_length=40), AfterValidator(_mobile)]
SixDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Username = Annotated[str, Field(max_length=80), AfterValidator(_username)]
RoleCode = Annotated[str, Field(max_length=40), AfterValidator(_role)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Language = Literal["tr", "en"]


class Wire(BaseModel):
    """Base of all shapes: unknown fields are refused, so nobody sets what he may not name."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class CodeRequestIn(Wire):
    """A citizen asks for a sign-in code."""

    municipality: Slug
    phone: Phone
    language: Language = "tr"


class CodeSentOut(Wire):
    """What the phone needs to go on; the same for every number. Times are seconds."""

    login_id: UUID
    expires_in: int
    resend_after: int


class CodeVerifyIn(Wire):
    """A citizen gives the code back, with the phone it was sent to."""

    municipality: Slug
    login_id: UUID
    phone: Phone
    code: SixDigits
    device_kind: Literal["citizen_app", "portal"] = "citizen_app"
    device_label: Line = "Telefon"


class RefreshIn(Wire):
    """A refresh token, to be used once."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=120)]


class TokensOut(Wire):
    """A signed-in device's tokens; `expires_in` is the access token's life in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (the scheme's name)
    expires_in: int
    refresh_token: str
    device_id: UUID
    is_new_account: bool = False


class StaffCredentials(Wire):
    """What a member of staff types to sign in; `new_password` replaces a one-time password."""

    municipality: Slug
    username: Annotated[Line, Field(max_length=80)]
    password: Password
    totp_code: SixDigits | None = None
    new_password: Password | None = None


class StaffSignInIn(StaffCredentials):
    """Sign-in of a field phone."""

    device_label: Line = "Saha telefonu"


class EnrolmentOut(Wire):
    """What an authenticator app needs at the first sign-in; shown once, void when asked again."""

    secret: str
    uri: str
    qr_svg: str


class StaffSignInOut(Wire):
    """Where a sign-in stands: done, or the same credentials are awaited with a code or a new password."""

    state: Literal["signed_in", "enrol_totp", "choose_password"]
    tokens: TokensOut | None = None
    enrolment: EnrolmentOut | None = None
    must_change_password: bool = False


class PasswordChangeIn(Wire):
    """Change of one's own password."""

    password: Password
    new_password: Password


class MeOut(Wire):
    """The caller's own account; phone masked. `permissions` says which screens to offer."""

    id: UUID
    kind: Literal["citizen", "staff"]
    name: str | None
    phone: str | None = None
    national_id: str | None = None
    username: str | None = None
    title: str | None = None
    department_id: UUID | None = None
    language: str
    permissions: list[str]


class MeEdit(Wire):
    """What a citizen may change of the own account; absent fields stay."""

    name: Annotated[Line, Field(max_length=100)] | None = None
    language: Language | None = None


class DeviceOut(Wire):
    """A signed-in device."""

    id: UUID
    kind: str
    label: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


class ConsentTextIn(Wire):
    """A new version of a text, in Turkish and English."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{2,39}$")]
    kind: Literal["notice", "consent"]
    title_tr: Line
    title_en: Line
    body_tr: LegalText
    body_en: LegalText


class ConsentTextOut(Wire):
    """The version of a text that holds now."""

    id: UUID
    code: str
    version: int
    kind: Literal["notice", "consent"]
    title: dict[str, str]
    body: dict[str, str]
    valid_from: datetime


class ConsentIn(Wire):
    """A citizen's decision on one version of a text."""

    consent_text_id: UUID
    decision: Literal["shown", "accepted", "withdrawn"]


class ConsentOut(Wire):
    """The newest decision of a citizen on a text."""

    code: str
    version: int
    consent_text_id: UUID
    decision: str
    channel: str
    given_at: datetime


class RoleAssignmentIn(Wire):
    """A role to give: everywhere or in one department, from a day, perhaps to a day (both included)."""

    role: RoleCode
    department_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class RoleAssignmentOut(Wire):
    """A role of a staff user."""

    id: UUID
    role: str
    department_id: UUID | None
    valid_from: date
    valid_to: date | None


class StaffIn(Wire):
    """A new staff user."""

    username: Username
    full_name: Line
    title: Annotated[Text, Field(max_length=100)] = ""
    registry_no: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z/-]{0,30}$")] = ""
    department_id: UUID | None = None
    roles: Annotated[list[RoleAssignmentIn], Field(max_length=20)] = []


class StaffEdit(Wire):
    """What changes of a staff user; absent fields stay."""

    full_name: Line | None = None
    title: Annotated[Text, Field(max_length=100)] | None = None
    registry_no: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z/-]{0,30}$")] | None = None
    department_id: UUID | None = None
    is_active: bool | None = None

    @model_validator(mode="after")
    def _department_is_replaced_and_not_emptied(self) -> "StaffEdit":
        named = {name for name in self.model_fields_set if getattr(self, name) is None}
        if named:
            raise PydanticCustomError("null_field", "Boş bırakılan alanlar gönderilmemelidir.")
        return self


class StaffQuery(Wire):
    """Which page of which staff."""

    department_id: UUID | None = None
    search: Line | None = None
    cursor: Annotated[str, Field(max_length=2_048)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class StaffRow(Wire):
    """A staff user in a list; `roles` are those of today."""

    id: UUID
    username: str
    full_name: str
    title: str
    department_id: UUID | None
    is_active: bool
    roles: list[str]


class StaffOut(Wire):
    """A staff user with every role that is or will be held."""

    id: UUID
    username: str
    full_name: str
    title: str
    registry_no: str
    department_id: UUID | None
    is_active: bool
    must_change_password: bool
    is_totp_enrolled: bool
    roles: list[RoleAssignmentOut]


class OneTimePasswordOut(Wire):
    """A password told once; it must be replaced at the next sign-in."""

    staff_user_id: UUID
    username: str
    one_time_password: str


class ResetIn(Wire):
    """What to give anew: always the password, and the authenticator if its phone is lost."""

    with_authenticator: bool = False


class CreatedOut(Wire):
    """The id of what was made."""

    id: UUID


class SubstitutionIn(Wire):
    """While it lasts (both days included), the substitute also holds the roles of the absent person."""

    absent_id: UUID
    substitute_id: UUID
    valid_from: date
    valid_to: date
    reason: Annotated[Text, Field(max_length=200)] = ""


class SubstitutionOut(Wire):
    """A substitution that is or will be in force."""

    id: UUID
    absent_id: UUID
    absent_name: str
    substitute_id: UUID
    substitute_name: str
    valid_from: date
    valid_to: date
    reason: str


class RoleOut(Wire):
    """A role that can be given, and what it opens, in words."""

    code: str
    label: str
    permissions: list[str]


class CitizenCard(Wire):
    """A citizen as staff see one: masked, unless revealed."""

    id: UUID
    name: str | None
    phone: str
    is_blocked: bool
    is_masked: bool
