"""Tables of what the municipality tells a person: the SMS outbox and the inbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from api.core.tables import sealed, tenant_index, tenant_key, timestamp


class SmsMessage(SQLModel, table=True):
    """One SMS from its writing to its delivery; text and number are sealed and wiped when no longer needed."""

    __tablename__ = "sms_message"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued','sending','submitted','unknown','delivered','undelivered',"
            "'expired','rejected','dead')",
            name="ck_sms_message_status",
        ),
        Index("ix_sms_message_due", "municipality_id", "next_at",
              postgresql_where=text("status IN ('queued','sending','unknown','submitted')")),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )  # fmt: skip
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    id: UUID = Field(primary_key=True)
    created_at: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))
    purpose: str = Field(description="login_code | complaint | …")
    phone: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body: bytes | None = sealed()
    status: str = "queued"
    tries: int = 0
    next_at: datetime = timestamp()
    expires_at: datetime = timestamp()
    provider_id: str | None = None
    last_error: str | None = None
    sent_at: datetime | None = timestamp(nullable=True)
    finished_at: datetime | None = timestamp(nullable=True)


class InboxMessage(SQLModel, table=True):
    """A message in a citizen's inbox; read on the phone or the web, linked to what it is about."""

    __tablename__ = "inbox_message"
    __table_args__ = (
        tenant_key("citizen_id", "citizen"),
        tenant_index("ix_inbox_message_citizen", "citizen_id", "created_at", "id"),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    id: UUID = Field(primary_key=True)
    created_at: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))
    citizen_id: UUID
    kind: str
    title: str
    body: str
    link_kind: str | None = None
    link_id: UUID | None = None
    read_at: datetime | None = timestamp(nullable=True)
