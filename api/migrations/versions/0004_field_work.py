"""Field work: businesses, inspections, tasks, and the server's side of the sync protocol."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from api.core.tables import XidType
from api.migrations import ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "blob_upload", "business", "business_change", "business_class", "business_import", "business_match", "cure_warning",
    "disaster_policy", "field_area", "field_device", "field_task", "finding", "inspection", "inspection_amendment",
    "inspection_form", "number_block", "reference_row", "site_visit", "sync_epoch", "sync_mutation", "sync_pointer",
    "sync_stream", "team_message",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "blob_upload",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_user_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("variant", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
        sa.UniqueConstraint(
            "municipality_id", "staff_user_id", "photo_id", "variant", "sha256", name="uq_blob_upload_file"
        ),
    )
    op.create_index("ix_blob_upload_expires", "blob_upload", ["municipality_id", "expires_at"], unique=False)
    op.create_table(
        "disaster_policy",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("valid_to > valid_from", name="ck_disaster_policy_dates"),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_table(
        "inspection_form",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
        sa.UniqueConstraint("municipality_id", "code", "form_version", name="uq_inspection_form_version"),
    )
    op.create_table(
        "reference_row",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tbl", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
        sa.UniqueConstraint("municipality_id", "tbl", "code", name="uq_reference_row_code"),
    )
    op.create_table(
        "sync_epoch",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("cluster", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("floor_xid", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id"),
    )
    op.create_table(
        "sync_mutation",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kv", sa.Integer(), nullable=False),
        sa.Column("sha", sa.LargeBinary(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("staff_user_id", sa.Uuid(), nullable=False),
        sa.Column("authored", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target_kind", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("base", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolution", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("resolution_note", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('ok', 'conflict', 'quarantined')", name="ck_sync_mutation_state"),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
        sa.UniqueConstraint("municipality_id", "stream_id", "seq", name="uq_sync_mutation_seq"),
    )
    op.create_index(
        "ix_sync_mutation_inbox",
        "sync_mutation",
        ["municipality_id", "received_at", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'ok' AND resolved_at IS NULL"),
    )
    op.create_table(
        "sync_pointer",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("scope", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "xid",
            XidType(),
            server_default=sa.text("pg_current_xact_id()"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("tbl", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "scope", "xid", "tbl", "row_id"),
    )
    op.create_index("ix_sync_pointer_at", "sync_pointer", ["municipality_id", "at"], unique=False)
    op.create_geospatial_table(
        "business",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=True),
        sa.Column("tax_no", sa.LargeBinary(), nullable=True),
        sa.Column("tax_no_index", sa.LargeBinary(), nullable=True),
        sa.Column("licence_no", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("activity", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("neighbourhood_id", sa.Uuid(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "geom_3857",
            Geometry(
                geometry_type="POINT",
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("opening_hours", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("floor_area_m2", sa.Integer(), nullable=True),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("search_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("last_inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'closed', 'merged')", name="ck_business_status"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "neighbourhood_id"],
            ["neighbourhood.municipality_id", "neighbourhood.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index(
        "ix_business_geom_3857", "business", ["municipality_id", "geom_3857"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "ix_business_licence",
        "business",
        ["municipality_id", "licence_no"],
        unique=False,
        postgresql_where=sa.text("licence_no IS NOT NULL"),
    )
    op.create_index(
        "ix_business_neighbourhood", "business", ["municipality_id", "neighbourhood_id", "id"], unique=False
    )
    op.create_index(
        "ix_business_search",
        "business",
        ["municipality_id", "search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_business_tax_no",
        "business",
        ["municipality_id", "tax_no_index"],
        unique=False,
        postgresql_where=sa.text("tax_no_index IS NOT NULL"),
    )
    op.create_index("ix_business_title", "business", ["municipality_id", "title", "id"], unique=False)
    op.create_table(
        "business_class",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("visits_per_year", sa.Integer(), nullable=False),
        sa.Column("form_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "department_id"],
            ["department.municipality_id", "department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
        sa.UniqueConstraint("municipality_id", "code", name="uq_business_class_code"),
    )
    op.create_table(
        "number_block",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("staff_user_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
        sa.UniqueConstraint("municipality_id", "series", "year", "first", name="uq_number_block_first"),
    )
    op.create_index(
        "ix_number_block_device", "number_block", ["municipality_id", "device_id", "series", "year"], unique=False
    )
    op.create_table(
        "business_change",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("old", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("new", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("base", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mutation_id", sa.Uuid(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("state IN ('applied', 'overwrote', 'suggested')", name="ck_business_change_state"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "business_id"],
            ["business.municipality_id", "business.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index(
        "ix_business_change_business", "business_change", ["municipality_id", "business_id", "changed_at"], unique=False
    )
    op.create_index(
        "ix_business_change_open",
        "business_change",
        ["municipality_id", "changed_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('suggested', 'overwrote') AND reviewed_at IS NULL"),
    )
    op.create_table(
        "business_import",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filename", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("default_class", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('checking', 'checked', 'writing', 'done', 'failed')", name="ck_business_import_state"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "created_by"],
            ["staff_user.municipality_id", "staff_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index("ix_business_import_created", "business_import", ["municipality_id", "created_at"], unique=False)
    op.create_table(
        "business_match",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "business_id"],
            ["business.municipality_id", "business.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "other_id"],
            ["business.municipality_id", "business.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index(
        "uq_business_match_pair", "business_match", ["municipality_id", "business_id", "other_id"], unique=True
    )
    op.create_table(
        "field_area",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("staff_user_id", sa.Uuid(), nullable=False),
        sa.Column("neighbourhood_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "neighbourhood_id"],
            ["neighbourhood.municipality_id", "neighbourhood.id"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "staff_user_id"], ["staff_user.municipality_id", "staff_user.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "staff_user_id", "neighbourhood_id"),
    )
    op.create_table(
        "field_device",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_user_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("app", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_contact_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("waiting_photos", sa.Integer(), nullable=False),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'drain', 'wipe')", name="ck_field_device_state"),
        sa.ForeignKeyConstraint(["municipality_id", "id"], ["device.municipality_id", "device.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "staff_user_id"],
            ["staff_user.municipality_id", "staff_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index("ix_field_device_staff_user", "field_device", ["municipality_id", "staff_user_id"], unique=False)
    op.create_table(
        "team_message",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_in_field", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "author_id"],
            ["staff_user.municipality_id", "staff_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "department_id"],
            ["department.municipality_id", "department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index(
        "ix_team_message_sent", "team_message", ["municipality_id", "department_id", "sent_at"], unique=False
    )
    op.create_index(
        "ix_team_message_team",
        "team_message",
        ["municipality_id", "department_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_in_field"),
    )
    op.create_geospatial_table(
        "inspection",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=True),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("signature_id", sa.Uuid(), nullable=True),
        sa.Column("authored", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("is_in_field", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('routine', 'complaint', 'recheck', 'spot')", name="ck_inspection_kind"),
        sa.CheckConstraint("status IN ('planned', 'submitted', 'cancelled')", name="ck_inspection_status"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "assignee_id"],
            ["staff_user.municipality_id", "staff_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "business_id"],
            ["business.municipality_id", "business.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "complaint_id"],
            ["complaint.municipality_id", "complaint.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "department_id"],
            ["department.municipality_id", "department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "previous_id"],
            ["inspection.municipality_id", "inspection.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
        sa.UniqueConstraint("municipality_id", "number", name="uq_inspection_number"),
    )
    op.create_index(
        "ix_inspection_business",
        "inspection",
        ["municipality_id", "business_id", sa.literal_column("planned_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_inspection_complaint", "inspection", ["municipality_id", "complaint_id"], unique=False)
    op.create_index(
        "ix_inspection_due",
        "inspection",
        ["municipality_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'planned'"),
    )
    op.create_index(
        "ix_inspection_planned",
        "inspection",
        ["municipality_id", sa.literal_column("planned_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_inspection_team",
        "inspection",
        ["municipality_id", "department_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_in_field"),
    )
    op.create_index(
        "ix_inspection_user",
        "inspection",
        ["municipality_id", "assignee_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_in_field"),
    )
    op.create_geospatial_table(
        "site_visit",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_user_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.CheckConstraint("ended_at >= started_at", name="ck_site_visit_times"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "complaint_id"],
            ["complaint.municipality_id", "complaint.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "staff_user_id"],
            ["staff_user.municipality_id", "staff_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index(
        "ix_site_visit_complaint", "site_visit", ["municipality_id", "complaint_id", "started_at"], unique=False
    )
    op.create_table(
        "sync_stream",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("fork_of", sa.Uuid(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "device_id"], ["field_device.municipality_id", "field_device.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_table(
        "cure_warning",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=True),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("recheck_id", sa.Uuid(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('running', 'kept', 'broken', 'cancelled')", name="ck_cure_warning_status"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "business_id"],
            ["business.municipality_id", "business.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "inspection_id"],
            ["inspection.municipality_id", "inspection.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "recheck_id"],
            ["inspection.municipality_id", "inspection.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index(
        "ix_cure_warning_business", "cure_warning", ["municipality_id", "business_id", "deadline_on"], unique=False
    )
    op.create_table(
        "field_task",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("inspection_id", sa.Uuid(), nullable=True),
        sa.Column("business_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'done', 'cancelled')", name="ck_field_task_status"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "assignee_id"],
            ["staff_user.municipality_id", "staff_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "business_id"],
            ["business.municipality_id", "business.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "complaint_id"],
            ["complaint.municipality_id", "complaint.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "department_id"],
            ["department.municipality_id", "department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "inspection_id"],
            ["inspection.municipality_id", "inspection.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index("ix_field_task_complaint", "field_task", ["municipality_id", "complaint_id"], unique=False)
    op.create_index(
        "ix_field_task_team",
        "field_task",
        ["municipality_id", "department_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_field_task_user",
        "field_task",
        ["municipality_id", "assignee_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "finding",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=True),
        sa.Column("item_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("severity", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("law", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("photo_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cured_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'cured', 'cured_at_once', 'penalised')", name="ck_finding_status"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "business_id"],
            ["business.municipality_id", "business.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "inspection_id"],
            ["inspection.municipality_id", "inspection.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index("ix_finding_inspection", "finding", ["municipality_id", "inspection_id"], unique=False)
    op.create_index(
        "ix_finding_open",
        "finding",
        ["municipality_id", "business_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "inspection_amendment",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("photo_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amended_by", sa.Uuid(), nullable=False),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "inspection_id"],
            ["inspection.municipality_id", "inspection.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id"),
    )
    op.create_index(
        "ix_inspection_amendment_inspection",
        "inspection_amendment",
        ["municipality_id", "inspection_id", "amended_at"],
        unique=False,
    )
    op.create_index(
        "ix_complaint_team",
        "complaint",
        ["municipality_id", "department_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_complaint_user",
        "complaint",
        ["municipality_id", "assignee_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.add_column("stored_file", sa.Column("state", sa.String(), nullable=False, server_default="stored"))
    op.add_column("stored_file", sa.Column("has_preview", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("stored_file", sa.Column("followed_by", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_stored_file_followed",
        "stored_file",
        ["municipality_id", "followed_by", "id"],
        unique=False,
        postgresql_where=sa.text("followed_by IS NOT NULL"),
    )
    op.alter_column("stored_file", "state", server_default=None)
    op.alter_column("stored_file", "has_preview", server_default=None)
    op.create_check_constraint("ck_stored_file_state", "stored_file", "state IN ('awaited', 'stored')")
    for table in TABLES:
        for statement in ddl.tenant_wall(table):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("field work is not taken back: restore a backup instead")
