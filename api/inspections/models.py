"""Tables of inspections: forms by version, planned and done visits, findings, warnings, numbers for phones."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from api.core.tables import TenantTable, json_column, tenant_index, tenant_key, timestamp


class BusinessClass(TenantTable, table=True):
    """A class of businesses with the rule by which its visits are planned; data of the municipality."""

    __tablename__ = "business_class"
    __table_args__ = (
        tenant_key("department_id", "department"),
        UniqueConstraint("municipality_id", "code", name="uq_business_class_code"),
    )
    code: str
    name: Any = json_column()  # {"tr": …, "en": …}
    visits_per_year: int = Field(description="0 = none by rule")
    form_code: str = Field(description="the form of a routine visit")
    department_id: UUID | None = Field(default=None, description="who inspects; None = the zabıta department")
    is_active: bool = True


class InspectionForm(TenantTable, table=True):
    """A version of a form (`mobile.forms`); never edited, only followed by a newer version."""

    __tablename__ = "inspection_form"
    __table_args__ = (UniqueConstraint("municipality_id", "code", "form_version", name="uq_inspection_form_version"),)
    code: str
    form_version: int
    document: Any = json_column()
    is_current: bool = Field(description="offered for new visits; older versions are accepted for ever")
    published_by: UUID | None = None
    published_at: datetime = timestamp()


class Inspection(TenantTable, table=True):
    """A visit to a business, planned or done; once submitted it stays as it is, corrections are amendments."""

    __tablename__ = "inspection"
    __table_args__ = (
        tenant_key("business_id", "business"),
        tenant_key("department_id", "department"),
        tenant_key("assignee_id", "staff_user"),
        tenant_key("complaint_id", "complaint"),
        tenant_key("previous_id", "inspection"),
        UniqueConstraint("municipality_id", "number", name="uq_inspection_number"),
        tenant_index("ix_inspection_business", "business_id", text("planned_at DESC"), text("id DESC")),
        tenant_index("ix_inspection_planned", text("planned_at DESC"), text("id DESC")),
        Index("ix_inspection_team", "municipality_id", "department_id", "id", postgresql_where=text("is_in_field")),
        Index("ix_inspection_user", "municipality_id", "assignee_id", "id", postgresql_where=text("is_in_field")),
        Index("ix_inspection_due", "municipality_id", "due_on", "id", postgresql_where=text("status = 'planned'")),
        tenant_index("ix_inspection_complaint", "complaint_id"),
        CheckConstraint("kind IN ('routine', 'complaint', 'recheck', 'spot')", name="ck_inspection_kind"),
        CheckConstraint("status IN ('planned', 'submitted', 'cancelled')", name="ck_inspection_status"),
    )
    business_id: UUID | None = Field(default=None, description="None: a finding on the spot, of no known business")
    kind: str = Field(description="routine | complaint | recheck | spot")
    status: str
    form_code: str
    form_version: int
    department_id: UUID
    assignee_id: UUID | None = None
    due_on: date | None = None
    risk: int = 50
    reason: str = Field(default="", description="why it was planned, for the inspector")
    complaint_id: UUID | None = None
    previous_id: UUID | None = Field(default=None, description="of a re-check: the visit whose warning it looks at")
    planned_at: datetime = timestamp()
    planned_by: UUID | None = None
    number: str | None = Field(default=None, description="of the finding record (tespit tutanağı)")
    answers: Any = json_column(nullable=True)
    missing: Any = json_column(nullable=True)  # what a newer form asks and this answer lacks
    outcome: str | None = Field(default=None, description="passed | warned | failed | nobody_there")
    finding_count: int = 0
    started_at: datetime | None = timestamp(nullable=True)
    ended_at: datetime | None = timestamp(nullable=True)
    submitted_at: datetime | None = timestamp(nullable=True)
    submitted_by: UUID | None = None
    device_id: UUID | None = None
    signature_id: UUID | None = Field(default=None, description="photo of the signature that was drawn on the phone")
    authored: Any = json_column(nullable=True)  # the phone's clocks: wall, offset, uncertainty, trust
    geom: Any = Field(sa_column=Column(Geometry("POINT", 4326, spatial_index=False), nullable=True))
    accuracy_m: float | None = None
    is_in_field: bool = Field(default=True, description="phones hold it: planned, or done within the last year")
    version: int = 1


class Finding(TenantTable, table=True):
    """One thing that was not as it must be."""

    __tablename__ = "finding"
    __table_args__ = (
        tenant_key("inspection_id", "inspection"),
        tenant_key("business_id", "business"),
        tenant_index("ix_finding_inspection", "inspection_id"),
        Index("ix_finding_open", "municipality_id", "business_id", "id", postgresql_where=text("status = 'open'")),
        CheckConstraint("status IN ('open', 'cured', 'cured_at_once', 'penalised')", name="ck_finding_status"),
    )
    inspection_id: UUID
    business_id: UUID | None = None
    item_code: str
    text: str
    severity: str = Field(description="minor | major | critical")
    law: str = ""
    photo_ids: Any = json_column()
    deadline_on: date | None = None
    status: str = "open"
    cured_by_id: UUID | None = Field(default=None, description="the re-check that saw it cured")


class CureWarning(TenantTable, table=True):
    """A warning (ihtar) with its deadline, and the re-check that follows it by itself."""

    __tablename__ = "cure_warning"
    __table_args__ = (
        tenant_key("inspection_id", "inspection"),
        tenant_key("business_id", "business"),
        tenant_key("recheck_id", "inspection"),
        tenant_index("ix_cure_warning_business", "business_id", "deadline_on"),
        CheckConstraint("status IN ('running', 'kept', 'broken', 'cancelled')", name="ck_cure_warning_status"),
    )
    inspection_id: UUID = Field(description="the visit that gave it; a longer term later stays with that visit")
    business_id: UUID | None = None
    deadline_on: date
    recheck_id: UUID | None = None
    status: str = "running"
    given_at: datetime = timestamp()


class InspectionAmendment(TenantTable, table=True):
    """A correction of a submitted visit; the visit itself stays as it was signed."""

    __tablename__ = "inspection_amendment"
    __table_args__ = (
        tenant_key("inspection_id", "inspection"),
        tenant_index("ix_inspection_amendment_inspection", "inspection_id", "amended_at"),
    )
    inspection_id: UUID
    text: str
    photo_ids: Any = json_column()
    amended_by: UUID
    amended_at: datetime = timestamp()


class NumberBlock(TenantTable, table=True):
    """Numbers given to one phone in advance, so that records are numbered without a network and without gaps."""

    __tablename__ = "number_block"
    __table_args__ = (
        UniqueConstraint("municipality_id", "series", "year", "first", name="uq_number_block_first"),
        tenant_index("ix_number_block_device", "device_id", "series", "year"),
    )
    series: str = Field(description="finding_record")
    year: int
    device_id: UUID = Field(description="the signed-in phone; outlives its session")
    staff_user_id: UUID
    first: int
    last: int
    next: int = Field(description="the lowest number that was not used yet")
    given_at: datetime = timestamp()
    returned_at: datetime | None = timestamp(nullable=True)
    return_reason: str | None = None
