"""Tables of work in the field beside cases and inspections: tasks, team messages, visits, areas of people."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from api.core.tables import TenantTable, tenant_index, tenant_key, timestamp


class FieldTask(TenantTable, table=True):
    """A piece of work for a department or a person: the child of a case, of an inspection, or on its own."""

    __tablename__ = "field_task"
    __table_args__ = (
        tenant_key("department_id", "department"),
        tenant_key("assignee_id", "staff_user"),
        tenant_key("complaint_id", "complaint"),
        tenant_key("inspection_id", "inspection"),
        tenant_key("business_id", "business"),
        Index("ix_field_task_team", "municipality_id", "department_id", "id", postgresql_where=text("status = 'open'")),
        Index("ix_field_task_user", "municipality_id", "assignee_id", "id", postgresql_where=text("status = 'open'")),
        tenant_index("ix_field_task_complaint", "complaint_id"),
        CheckConstraint("status IN ('open', 'done', 'cancelled')", name="ck_field_task_status"),
    )
    title: str
    text: str = ""
    department_id: UUID
    assignee_id: UUID | None = None
    complaint_id: UUID | None = None
    inspection_id: UUID | None = None
    business_id: UUID | None = None
    due_on: date | None = None
    status: str = "open"
    created_by: UUID | None = None
    created_at: datetime = timestamp()
    done_by: UUID | None = None
    done_at: datetime | None = timestamp(nullable=True)
    done_text: str = ""
    version: int = 1


class TeamMessage(TenantTable, table=True):
    """What somebody told the team; append-only."""

    __tablename__ = "team_message"
    __table_args__ = (
        tenant_key("department_id", "department"),
        tenant_key("author_id", "staff_user"),
        Index("ix_team_message_team", "municipality_id", "department_id", "id", postgresql_where=text("is_in_field")),
        tenant_index("ix_team_message_sent", "department_id", "sent_at"),
    )
    department_id: UUID
    author_id: UUID
    text: str
    sent_at: datetime = timestamp()
    is_in_field: bool = Field(default=True, description="phones hold it: of the last 30 days")


class SiteVisit(TenantTable, table=True):
    """Time that somebody spent on the spot for a case or a task; append-only."""

    __tablename__ = "site_visit"
    __table_args__ = (
        tenant_key("staff_user_id", "staff_user"),
        tenant_key("complaint_id", "complaint"),
        tenant_index("ix_site_visit_complaint", "complaint_id", "started_at"),
        CheckConstraint("ended_at >= started_at", name="ck_site_visit_times"),
    )
    staff_user_id: UUID
    complaint_id: UUID
    started_at: datetime = timestamp()
    ended_at: datetime = timestamp()
    geom: Any = Field(sa_column=Column(Geometry("POINT", 4326, spatial_index=False), nullable=True))
    accuracy_m: float | None = None


class FieldArea(SQLModel, table=True):
    """A neighbourhood in which somebody works; whoever has none works in all of them."""

    __tablename__ = "field_area"
    __table_args__ = (
        tenant_key("staff_user_id", "staff_user", ondelete="CASCADE"),
        tenant_key("neighbourhood_id", "neighbourhood", ondelete="CASCADE"),
    )
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    staff_user_id: UUID = Field(primary_key=True)
    neighbourhood_id: UUID = Field(primary_key=True)
