"""Tables of requests and complaints: categories and routing rules as data, the cases, their timeline and map cells."""

from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from api.core.tables import TenantTable, json_column, tenant_index, tenant_key, timestamp


class ComplaintCategory(TenantTable, table=True):
    """A subject of the category tree with everything that differs from town to town."""

    __tablename__ = "complaint_category"
    __table_args__ = (
        tenant_key("parent_id", "complaint_category"),
        tenant_key("department_id", "department"),
        UniqueConstraint("municipality_id", "code", name="uq_complaint_category_code"),
    )
    code: str
    parent_id: UUID | None = None
    name: Any = json_column()  # {"tr": …, "en": …}
    keywords: str = ""
    icon: str = ""
    department_id: UUID | None = Field(default=None, description="None for the groups of the tree")
    is_emergency: bool = False
    emergency_phone: str | None = None
    first_answer_hours: int | None = None
    solution_hours: int | None = None
    questions: Any = json_column(nullable=True)  # [{"code", "label": {"tr"}, "type", "required", "choices"}]
    photo_required: bool = False
    place_required: bool = True
    anonymous_allowed: bool = True
    closing_photo_required: bool = True
    reopen_days: int = 7
    duplicate_radius_m: int = 50
    duplicate_days: int = 14
    authority: str = Field(default="own", description="own | metropolitan | external")
    external_name: str | None = None
    external_contact: str | None = None
    is_public: bool = Field(default=True, description="shown on the public map")
    position: int = 0
    is_active: bool = True


class RoutingRule(TenantTable, table=True):
    """One ordered rule: the first whose conditions all hold says who is responsible."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        tenant_key("category_id", "complaint_category"),
        tenant_key("service_area_id", "service_area"),
        tenant_key("neighbourhood_id", "neighbourhood"),
        tenant_key("department_id", "department"),
        tenant_index("ix_routing_rule_position", "position"),
    )
    position: int
    category_id: UUID | None = Field(default=None, description="a category or a group of the tree; None = any")
    service_area_id: UUID | None = None
    neighbourhood_id: UUID | None = None
    authority: str = Field(default="own", description="own | metropolitan | external")
    department_id: UUID | None = None
    is_active: bool = True


class Complaint(TenantTable, table=True):
    """A request, complaint or suggestion of a citizen: one case, whatever channel it came through."""

    __tablename__ = "complaint"
    __table_args__ = (
        tenant_key("category_id", "complaint_category"),
        tenant_key("department_id", "department"),
        tenant_key("neighbourhood_id", "neighbourhood"),
        tenant_key("citizen_id", "citizen"),
        tenant_key("assignee_id", "staff_user"),
        UniqueConstraint("municipality_id", "number", name="uq_complaint_number"),
        Index("ix_complaint_geom_3857", "municipality_id", "geom_3857", postgresql_using="gist"),
        Index("ix_complaint_search", "municipality_id", "search_text", postgresql_using="gin",
              postgresql_ops={"search_text": "gin_trgm_ops"}),
        tenant_index("ix_complaint_filed", text("filed_at DESC"), text("id DESC")),
        tenant_index("ix_complaint_department", "department_id", text("filed_at DESC"), text("id DESC")),
        tenant_index("ix_complaint_category", "category_id", text("filed_at DESC"), text("id DESC")),
        tenant_index("ix_complaint_neighbourhood", "neighbourhood_id", text("filed_at DESC"), text("id DESC")),
        tenant_index("ix_complaint_citizen", "citizen_id", text("filed_at DESC"), text("id DESC")),
        tenant_index("ix_complaint_assignee", "assignee_id", text("filed_at DESC"), text("id DESC")),
        Index("ix_complaint_open", "municipality_id", text("filed_at DESC"), text("id DESC"),
              postgresql_where=text("is_open")),
        # Phones read a team's and a person's open cases page by page.
        Index("ix_complaint_team", "municipality_id", "department_id", "id", postgresql_where=text("is_open")),
        Index("ix_complaint_user", "municipality_id", "assignee_id", "id", postgresql_where=text("is_open")),
        Index("ix_complaint_due", "municipality_id", "solution_due_at", postgresql_where=text("is_open")),
        CheckConstraint("rating BETWEEN 1 AND 5", name="ck_complaint_rating"),
        CheckConstraint("kind IN ('request', 'complaint', 'suggestion', 'thanks')", name="ck_complaint_kind"),
    )  # fmt: skip
    number: str
    kind: str
    category_id: UUID
    department_id: UUID | None = None
    neighbourhood_id: UUID | None = None
    authority: str = "own"
    status: str
    is_open: bool = True
    is_emergency: bool = False
    channel: str
    description: str
    search_text: str = Field(description="folded description and address (api.core.text.fold)")
    answers: Any = json_column()
    address_text: str = ""
    geom: Any = Field(sa_column=Column(Geometry("POINT", 4326, spatial_index=False), nullable=True))
    geom_3857: Any = Field(sa_column=Column(Geometry("POINT", 3857, spatial_index=False), nullable=True))
    citizen_id: UUID | None = Field(default=None, description="None: filed without a name (ihbar)")
    filed_by: UUID | None = Field(default=None, description="the staff user who wrote it down for a citizen")
    assignee_id: UUID | None = None
    filed_at: datetime = timestamp()
    first_answer_due_at: datetime | None = timestamp(nullable=True)
    first_answered_at: datetime | None = timestamp(nullable=True)
    solution_due_at: datetime | None = timestamp(nullable=True)
    solved_at: datetime | None = timestamp(nullable=True)
    legal_due_at: datetime | None = timestamp(nullable=True)
    legal_answered_at: datetime | None = timestamp(nullable=True)
    reopen_until: datetime | None = timestamp(nullable=True)
    reopen_count: int = 0
    rating: int | None = None
    rating_comment: str | None = None
    version: int = 1


class ComplaintEvent(SQLModel, table=True):
    """One line of a case's timeline; append-only."""

    __tablename__ = "complaint_event"
    __table_args__ = (
        tenant_key("complaint_id", "complaint"),
        tenant_index("ix_complaint_event_complaint", "complaint_id", "happened_at", "id"),
        {"postgresql_partition_by": "RANGE (happened_at)"},
    )
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    id: UUID = Field(primary_key=True)
    happened_at: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))
    complaint_id: UUID
    action: str
    from_status: str | None = None
    to_status: str
    is_public: bool = Field(description="whether the citizen sees it")
    actor_kind: str = Field(description="citizen | staff | system")
    actor_id: UUID | None = None
    text: str = ""
    details: Any = json_column(nullable=True)


class ComplaintMapCell(SQLModel, table=True):
    """How many reports lie in one square of the map at one level; kept in the transaction that files or closes."""

    __tablename__ = "complaint_map_cell"
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    cell: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}, description="geo.morton"
    )
    total: int
    open: int
    sum_x: float = Field(description="sum of EPSG:3857 x of its reports, for the centre of the cluster")
    sum_y: float
