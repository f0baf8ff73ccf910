"""Tables of the business register: businesses with their place, and the history of what was changed by whom."""

from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field

from api.core.tables import TenantTable, json_column, sealed, tenant_index, tenant_key, timestamp


class Business(TenantTable, table=True):
    """A workplace: what it is, where it is, how it is reached; the licence and its debts will hang on it."""

    __tablename__ = "business"
    __table_args__ = (
        tenant_key("neighbourhood_id", "neighbourhood"),
        Index("ix_business_geom_3857", "municipality_id", "geom_3857", postgresql_using="gist"),
        Index("ix_business_search", "municipality_id", "search_text", postgresql_using="gin",
              postgresql_ops={"search_text": "gin_trgm_ops"}),
        tenant_index("ix_business_title", "title", "id"),
        tenant_index("ix_business_neighbourhood", "neighbourhood_id", "id"),
        Index("ix_business_tax_no", "municipality_id", "tax_no_index",
              postgresql_where=text("tax_no_index IS NOT NULL")),
        Index("ix_business_licence", "municipality_id", "licence_no", postgresql_where=text("licence_no IS NOT NULL")),
        CheckConstraint("status IN ('active', 'closed', 'merged')", name="ck_business_status"),
    )  # fmt: skip
    class_code: str = Field(description="api/inspections/seed/business_classes.json; data of the municipality")
    title: str = Field(description="name on the sign")
    owner: bytes | None = sealed()  # person or company behind it
    tax_no: bytes | None = sealed()  # VKN or TCKN
    tax_no_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    licence_no: str | None = None
    activity: str = ""
    address_text: str = ""
    neighbourhood_id: UUID | None = None
    geom: Any = Field(sa_column=Column(Geometry("POINT", 4326, spatial_index=False), nullable=True))
    geom_3857: Any = Field(sa_column=Column(Geometry("POINT", 3857, spatial_index=False), nullable=True))
    phone: str | None = Field(default=None, description="of the business, E.164")
    opening_hours: str = ""
    note: str = ""
    floor_area_m2: int | None = None
    risk: int = Field(default=50, description="0–100; orders visits")
    search_text: str = Field(description="folded title, activity and address (api.core.text.fold)")
    status: str = "active"
    merged_into_id: UUID | None = Field(default=None, description="a merged business stays as an alias")
    source: str = Field(description="import | office | field")
    registered_at: datetime = timestamp()
    registered_by: UUID | None = None
    last_inspected_at: datetime | None = timestamp(nullable=True)
    version: int = 1


class BusinessChange(TenantTable, table=True):
    """One field of a business that somebody changed or proposed; no value vanishes without a row here."""

    __tablename__ = "business_change"
    __table_args__ = (
        tenant_key("business_id", "business"),
        tenant_index("ix_business_change_business", "business_id", "changed_at"),
        Index("ix_business_change_open", "municipality_id", "changed_at", "id",
              postgresql_where=text("state IN ('suggested', 'overwrote') AND reviewed_at IS NULL")),
        CheckConstraint("state IN ('applied', 'overwrote', 'suggested')", name="ck_business_change_state"),
    )  # fmt: skip
    business_id: UUID
    field: str
    old: Any = json_column(nullable=True)
    new: Any = json_column(nullable=True)
    base: Any = json_column(nullable=True)  # what the phone had seen
    state: str = Field(
        description="applied | overwrote = the office's newer value gave way | suggested = office decides"
    )
    mutation_id: UUID | None = None
    changed_by: UUID | None = None
    changed_at: datetime = timestamp()
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = timestamp(nullable=True)
    decision: str | None = Field(default=None, description="accepted | refused")


class BusinessMatch(TenantTable, table=True):
    """Two businesses that look like one; a person decides."""

    __tablename__ = "business_match"
    __table_args__ = (
        tenant_key("business_id", "business"),
        tenant_key("other_id", "business"),
        Index("uq_business_match_pair", "municipality_id", "business_id", "other_id", unique=True),
    )
    business_id: UUID = Field(description="the newer one")
    other_id: UUID
    reason: str = Field(description="tax_no | near_and_alike")
    found_at: datetime = timestamp()
    decided_by: UUID | None = None
    decided_at: datetime | None = timestamp(nullable=True)
    decision: str | None = Field(default=None, description="merged | different")


class BusinessImport(TenantTable, table=True):
    """A list that somebody sent in: looked through first, written when a person says so; its bytes lie in the store."""

    __tablename__ = "business_import"
    __table_args__ = (
        tenant_key("created_by", "staff_user"),
        tenant_index("ix_business_import_created", "created_at"),
        CheckConstraint(
            "state IN ('checking', 'checked', 'writing', 'done', 'failed')", name="ck_business_import_state"
        ),
    )
    filename: str
    size: int
    default_class: str | None = None
    state: str = "checking"
    report: Any = json_column(nullable=True)  # counts, columns and first faults (api.businesses.importing)
    created_by: UUID
    created_at: datetime = timestamp()
    finished_at: datetime | None = timestamp(nullable=True)
