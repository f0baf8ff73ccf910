"""Tables of the sync server: one life of the database, phones and their streams, what they sent, blobs on their way."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from api.core.tables import TenantTable, json_column, tenant_index, tenant_key, timestamp


class SyncEpoch(SQLModel, table=True):
    """One life of a municipality's history; another begins when a backup is restored."""

    __tablename__ = "sync_epoch"
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    epoch: UUID
    cluster: str = Field(description="system identifier and timeline of the PostgreSQL that this life began on")
    floor_xid: int = Field(sa_type=BigInteger, description="older pointers are gone: cursors before it begin anew")
    started_at: datetime = timestamp()


class FieldDevice(TenantTable, table=True):
    """A staff phone that works in the field; its id is that of the signed-in device (`identity.device`)."""

    __tablename__ = "field_device"
    __table_args__ = (
        tenant_key("id", "device", ondelete="CASCADE"),
        tenant_key("staff_user_id", "staff_user"),
        tenant_index("ix_field_device_staff_user", "staff_user_id"),
        CheckConstraint("state IN ('active', 'drain', 'wipe')", name="ck_field_device_state"),
    )
    staff_user_id: UUID
    state: str = "active"
    app: str = ""
    first_contact_at: datetime = timestamp()
    last_contact_at: datetime = timestamp()
    waiting: int = Field(default=0, description="commands that the phone said it still holds")
    waiting_photos: int = 0
    revoked_by: UUID | None = None
    revoked_at: datetime | None = timestamp(nullable=True)


class SyncStream(TenantTable, table=True):
    """One dense sequence of commands of a phone; a cloned or restored phone begins another."""

    __tablename__ = "sync_stream"
    __table_args__ = (tenant_key("device_id", "field_device", ondelete="CASCADE"),)
    device_id: UUID
    fork_of: UUID | None = None
    last_seq: int = 0
    created_at: datetime = timestamp()


class SyncMutation(TenantTable, table=True):
    """A command of a phone and what became of it; those that took no effect wait in the office's inbox."""

    __tablename__ = "sync_mutation"
    __table_args__ = (
        Index("ix_sync_mutation_inbox", "municipality_id", "received_at", "id",
              postgresql_where=text("state <> 'ok' AND resolved_at IS NULL")),
        UniqueConstraint("municipality_id", "stream_id", "seq", name="uq_sync_mutation_seq"),
        CheckConstraint("state IN ('ok', 'conflict', 'quarantined')", name="ck_sync_mutation_state"),
    )  # fmt: skip
    stream_id: UUID
    seq: int
    kind: str
    kv: int
    sha: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str
    code: str | None = None
    xid: int = Field(sa_type=BigInteger, description="the transaction that took it")
    staff_user_id: UUID
    authored: Any = json_column(nullable=True)  # the phone's clocks when it was written
    received_at: datetime = timestamp()
    target_kind: str | None = Field(default=None, description="the record it stands on")
    target_id: UUID | None = None
    department_id: UUID | None = Field(default=None, description="whose inbox it waits in; None = the service desk's")
    base: Any = json_column(nullable=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary, description="sealed; kept only without effect")
    resolved_at: datetime | None = timestamp(nullable=True)
    resolved_by: UUID | None = None
    resolution: str | None = Field(default=None, description="applied | dropped")
    resolution_note: str | None = None
    escalated_at: datetime | None = timestamp(nullable=True)


class BlobUpload(TenantTable, table=True):
    """A file of a phone on its way, in resumable pieces (tus 1.0)."""

    __tablename__ = "blob_upload"
    __table_args__ = (
        UniqueConstraint(
            "municipality_id", "staff_user_id", "photo_id", "variant", "sha256", name="uq_blob_upload_file"
        ),
        tenant_index("ix_blob_upload_expires", "expires_at"),
    )
    staff_user_id: UUID
    photo_id: UUID
    variant: str = Field(description="preview | original | bundle")
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    size: int
    received: int = Field(default=0, description="bytes that are safe")
    created_at: datetime = timestamp()
    expires_at: datetime = timestamp()
    completed_at: datetime | None = timestamp(nullable=True)
    outcome: Any = json_column(nullable=True)  # of a bundle: how far its import is, or why it was refused


class ReferenceRow(TenantTable, table=True):
    """What every phone of the town knows besides its work: categories, places, colleagues."""

    __tablename__ = "reference_row"
    __table_args__ = (UniqueConstraint("municipality_id", "tbl", "code", name="uq_reference_row_code"),)
    tbl: str = Field(description="town | colleague | form")
    code: str
    version: int
    data: Any = json_column()


class DisasterPolicy(TenantTable, table=True):
    """A declared emergency: for so long phones may work without contact for more days."""

    __tablename__ = "disaster_policy"
    __table_args__ = (CheckConstraint("valid_to > valid_from", name="ck_disaster_policy_dates"),)
    valid_from: date
    valid_to: date
    days: int
    reason: str
    declared_by: UUID
    declared_at: datetime = timestamp()
    ended_at: datetime | None = timestamp(nullable=True)
