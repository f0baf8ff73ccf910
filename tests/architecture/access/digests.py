"""What a town holds, as one digest for each table: equal before and after means that nothing of it was touched."""

from typing import Any

import psycopg

# Append-heavy tables are read from the day of the run on; they only grow.
_PARTITIONED = {"audit_record": "happened_at", "complaint_event": "happened_at", "sms_message": "created_at",
                "inbox_message": "created_at"}  # fmt: skip
TRAIL = frozenset({"audit_head", "audit_record"})
TENANT_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'municipality_id'
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"""

Digests = dict[str, str]


class Digester:
    """Reads the digests of a town past every wall."""

    def __init__(self, admin: psycopg.Connection[Any]) -> None:
        self.admin = admin
        today = admin.execute("SELECT current_date - 1").fetchone()
        assert today is not None
        self.tables = [name for (name,) in admin.execute(TENANT_TABLES).fetchall()]
        assert len(self.tables) > 25
        self.sql = " UNION ALL ".join(
            f"SELECT '{table}', md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) FROM {table} AS row"
            f" WHERE municipality_id = %(town)s"
            + (f" AND {_PARTITIONED[table]} >= '{today[0]}'" if table in _PARTITIONED else "")
            for table in self.tables
        )

    def read(self, municipality_id: int) -> Digests:
        """Give the digest of each table's rows of the town."""
        return dict(self.admin.execute(self.sql, {"town": municipality_id}).fetchall())


def changed(before: Digests, after: Digests, *, but: frozenset[str] = frozenset()) -> list[str]:
    """Tables that differ."""
    return [table for table in before if table not in but and before[table] != after[table]]
