"""Tables of people who use the platform: citizens, staff, their roles, devices, codes, tokens and consents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from api.core.tables import TenantTable, json_column, sealed, tenant_index, tenant_key, timestamp


class Citizen(TenantTable, table=True):
    """A person known by a verified phone number, in one municipality."""

    __tablename__ = "citizen"
    __table_args__ = (
        UniqueConstraint("municipality_id", "phone_index", name="uq_citizen_phone"),
        Index(
            "uq_citizen_national_id", "municipality_id", "national_id_index",
            unique=True, postgresql_where=text("national_id_index IS NOT NULL"),
        ),
    )  # fmt: skip
    phone: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    phone_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name: bytes | None = sealed()
    national_id: bytes | None = sealed()
    national_id_index: bytes | None = sealed()
    language: str = "tr"
    is_blocked: bool = False
    created_at: datetime = timestamp()
    last_seen_at: datetime | None = timestamp(nullable=True)


class StaffUser(TenantTable, table=True):
    """A person who works for the municipality."""

    __tablename__ = "staff_user"
    __table_args__ = (
        UniqueConstraint("municipality_id", "username", name="uq_staff_user_username"),
        tenant_key("department_id", "department"),
    )
    username: str = Field(description="folded, lower case")
    full_name: str
    title: str = ""
    registry_no: str = Field(default="", description="sicil no")
    department_id: UUID | None = None
    password_hash: str
    must_change_password: bool = False
    totp_secret: bytes | None = sealed()
    totp_last_step: int | None = Field(default=None, description="last accepted TOTP step: a code works once")
    is_active: bool = True
    created_at: datetime = timestamp()


class RoleAssignment(TenantTable, table=True):
    """A role of a staff user, everywhere or in one department, between two dates."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        tenant_key("staff_user_id", "staff_user", ondelete="CASCADE"),
        tenant_key("department_id", "department"),
        tenant_index("ix_role_assignment_staff_user", "staff_user_id"),
    )
    staff_user_id: UUID
    role: str
    department_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None


class Substitution(TenantTable, table=True):
    """While it lasts, `substitute_id` also holds the roles of `absent_id`."""

    __tablename__ = "substitution"
    __table_args__ = (
        tenant_key("absent_id", "staff_user", ondelete="CASCADE"),
        tenant_key("substitute_id", "staff_user", ondelete="CASCADE"),
        tenant_index("ix_substitution_substitute", "substitute_id"),
        CheckConstraint("absent_id <> substitute_id", name="ck_substitution_self"),
        CheckConstraint("valid_to >= valid_from", name="ck_substitution_dates"),
    )
    absent_id: UUID
    substitute_id: UUID
    valid_from: date
    valid_to: date
    reason: str = ""


class Device(TenantTable, table=True):
    """A signed-in phone, tablet or browser: one session family; revoking it ends all its tokens."""

    __tablename__ = "device"
    __table_args__ = (tenant_index("ix_device_holder", "holder_id"),)
    holder_kind: str = Field(description="citizen | staff")
    holder_id: UUID
    kind: str = Field(description="citizen_app | field_app | console | portal")
    label: str = ""
    created_at: datetime = timestamp()
    last_seen_at: datetime = timestamp()
    expires_at: datetime = timestamp()
    revoked_at: datetime | None = timestamp(nullable=True)
    revoked_reason: str | None = None
    secret_hash: bytes | None = sealed()  # console cookie


class RefreshToken(TenantTable, table=True):
    """A one-use refresh token of a device; its use makes a child, a second use of it revokes the device."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        tenant_key("device_id", "device", ondelete="CASCADE"),
        UniqueConstraint("municipality_id", "token_hash", name="uq_refresh_token_hash"),
        tenant_index("ix_refresh_token_device", "device_id"),
    )
    device_id: UUID
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    issued_at: datetime = timestamp()
    expires_at: datetime = timestamp()
    used_at: datetime | None = timestamp(nullable=True)
    child_id: UUID | None = None
    child_sealed: bytes | None = sealed()  # the child's text for the grace after a lost answer


class LoginCode(TenantTable, table=True):
    """A phone code sent to a citizen; keyed hash only, three minutes, five tries, one use."""

    __tablename__ = "login_code"
    __table_args__ = (tenant_index("ix_login_code_phone", "phone_index", "created_at"),)
    phone_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    code_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = timestamp()
    expires_at: datetime = timestamp()
    tries: int = 0
    used_at: datetime | None = timestamp(nullable=True)


class ConsentText(TenantTable, table=True):
    """A version of an information or consent text (KVKK m.10); never edited, only followed by a newer version."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("municipality_id", "code", "version", name="uq_consent_text_version"),)
    code: str = Field(description="privacy_notice | location_history | marketing_sms | …")
    version: int
    kind: str = Field(description="notice = shown, consent = asked and may be refused")
    title: Any = json_column()
    body: Any = json_column()
    valid_from: datetime = timestamp()


class Consent(TenantTable, table=True):
    """That a text version was shown to, or accepted or withdrawn by, a citizen; append-only."""

    __tablename__ = "consent"
    __table_args__ = (
        tenant_key("citizen_id", "citizen"),
        tenant_key("consent_text_id", "consent_text"),
        tenant_index("ix_consent_citizen", "citizen_id", "given_at"),
    )
    citizen_id: UUID
    consent_text_id: UUID
    decision: str = Field(description="shown | accepted | withdrawn")
    channel: str
    given_at: datetime = timestamp()


class SigningKey(SQLModel, table=True):
    """An Ed25519 key that signs access tokens: next, current or retired; shared by the whole installation."""

    __tablename__ = "signing_key"
    kid: str = Field(primary_key=True)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    private_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(description="next | current | retired")
    created_at: datetime = timestamp()
    retires_at: datetime | None = timestamp(nullable=True)


class PlatformOperator(SQLModel, table=True):
    """A person who runs the installation; sees no municipality's records, only the municipalities."""

    __tablename__ = "platform_operator"
    id: UUID = Field(primary_key=True)
    username: str = Field(unique=True)
    full_name: str
    password_hash: str
    totp_secret: bytes | None = sealed()
    totp_last_step: int | None = None
    is_active: bool = True
    created_at: datetime = timestamp()
