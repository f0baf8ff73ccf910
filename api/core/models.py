"""Tables that every domain uses: audit trail, replayed answers, number counters, sealed keys, rate limits, the feed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, text
from sqlmodel import Field, SQLModel

from api.core.tables import XidType, tenant_index, timestamp


class AuditHead(SQLModel, table=True):
    """The newest link of one municipality's audit chain; locked by whoever appends."""

    __tablename__ = "audit_head"
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    sequence: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AuditRecord(SQLModel, table=True):
    """One act or one reading of personal data; append-only and chained (`api.core.audit`)."""

    __tablename__ = "audit_record"
    __table_args__ = (
        tenant_index("ix_audit_record_object", "object_kind", "object_id", "happened_at"),
        tenant_index("ix_audit_record_actor", "actor_id", "happened_at"),
        {"postgresql_partition_by": "RANGE (happened_at)"},
    )
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    sequence: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    happened_at: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))
    action: str
    object_kind: str
    object_id: str
    actor_kind: str
    actor_id: UUID | None = None
    content: str = Field(description="canonical JSON of the whole entry; what the hash covers")
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ReplayedAnswer(SQLModel, table=True):
    """The answer once given to an `Idempotency-Key`, so that a repeated request gets it again."""

    __tablename__ = "replayed_answer"
    __table_args__ = (tenant_index("ix_replayed_answer_created", "created_at"),)
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    actor_id: UUID = Field(primary_key=True)
    key: UUID = Field(primary_key=True)
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answer: str | None = None
    created_at: datetime = timestamp()


class NumberCounter(SQLModel, table=True):
    """The last human number given in a series and year; one locked row, so numbers have no gaps."""

    __tablename__ = "number_counter"
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    series: str = Field(primary_key=True)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int


class MunicipalityKey(SQLModel, table=True):
    """A municipality's data key, wrapped by the master key; destroying the row destroys what it sealed."""

    __tablename__ = "municipality_key"
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    key_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    purpose: str = Field(description="data | index | bundle")
    wrapped: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = timestamp()
    retired_at: datetime | None = timestamp(nullable=True)


class SyncPointer(SQLModel, table=True):
    """That a row of a scope changed (`api.core.feed`); several changes in one transaction are one pointer."""

    __tablename__ = "sync_pointer"
    __table_args__ = (tenant_index("ix_sync_pointer_at", "at"),)
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    scope: str = Field(primary_key=True)
    xid: int = Field(
        sa_column=Column(XidType, primary_key=True, autoincrement=False, server_default=text("pg_current_xact_id()"))
    )
    tbl: str = Field(primary_key=True)
    row_id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")))


class RateCount(SQLModel, table=True):
    """One rate-limit window; unlogged and shared by all municipalities (keys hold hashes, never phones)."""

    __tablename__ = "rate_count"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    key: str = Field(primary_key=True)
    count: int
    expires_at: datetime = timestamp()
