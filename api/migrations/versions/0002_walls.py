"""Walls and grants: row policies of every tenant table, month partitions, the job queue, Turkish folding."""

from datetime import date

import procrastinate.schema
from alembic import op

from api.core.text import TR_FOLD_SQL
from api.migrations import ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "audit_head", "replayed_answer", "number_counter", "stored_file", "municipality_key",
    "parameter", "local_holiday", "department", "neighbourhood", "service_area", "base_map_feature", "module",
    "appearance",
    "citizen", "staff_user", "role_assignment", "substitution", "device", "refresh_token", "login_code",
    "sms_message", "inbox_message",
    "complaint_category", "routing_rule", "complaint", "complaint_map_cell",
)  # fmt: skip
APPEND_ONLY_TABLES = ("audit_record", "consent_text", "consent", "complaint_event")
REFERENCE_TABLES = (
    "municipality", "reference_province", "reference_district", "reference_neighbourhood", "national_parameter",
    "public_holiday",
)  # fmt: skip
PARTITIONED_TABLES = ("audit_record", "sms_message", "inbox_message", "complaint_event")


def upgrade() -> None:
    op.execute(TR_FOLD_SQL)
    for table in TENANT_TABLES:
        for statement in ddl.tenant_wall(table):
            op.execute(statement)
    for table in APPEND_ONLY_TABLES:
        for statement in ddl.tenant_wall(table, append_only=True):
            op.execute(statement)
    for table in REFERENCE_TABLES:
        for statement in ddl.reference_grants(table):
            op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON platform_operator TO {ddl.PLATFORM}")
    # A town's own configuration change grows its version; signing keys and rate windows are kept by the app itself.
    op.execute(f"GRANT UPDATE (config_version) ON municipality TO {ddl.APP}")
    for table in ("signing_key", "rate_count"):
        for statement in ddl.reference_grants(table, app_verbs="SELECT, INSERT, UPDATE, DELETE"):
            op.execute(statement)
    for table in PARTITIONED_TABLES:
        for statement in ddl.month_partitions(table, date(2023, 1, 1), 72):
            op.execute(statement)
    connection = op.get_bind()
    connection.exec_driver_sql(procrastinate.schema.SchemaManager.get_schema().replace("%", "%%"))
    for role in (ddl.APP, ddl.PLATFORM):
        for kind in ("workers", "jobs", "periodic_defers", "events"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_{kind} TO {role}")
        op.execute(f"GRANT SELECT ON alembic_version TO {role}")
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")


def downgrade() -> None:
    raise RuntimeError("the first revisions are not taken back: restore a backup instead")
