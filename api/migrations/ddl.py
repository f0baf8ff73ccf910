"""The walls as SQL text, used by migrations: row policies, grants, month partitions."""

from datetime import date

APP, PLATFORM, OWNER = "belediye_app", "belediye_platform", "belediye_owner"


def tenant_wall(table: str, *, append_only: bool = False) -> list[str]:
    """Give the statements that wall a tenant table: RLS forced, one policy, grants for app and platform.

    An append-only table gives nobody but its owner UPDATE or DELETE.
    """
    condition = "municipality_id = (SELECT nullif(current_setting('app.municipality_id', true), '')::int)"
    verbs = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_municipality ON {table} USING ({condition}) WITH CHECK ({condition})",
        f"GRANT {verbs} ON {table} TO {APP}",
        f"GRANT {verbs} ON {table} TO {PLATFORM}",
    ]


def reference_grants(table: str, *, app_verbs: str = "SELECT") -> list[str]:
    """Give the grants of a table that all municipalities share; the app only reads it unless said otherwise."""
    return [
        f"GRANT {app_verbs} ON {table} TO {APP}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {PLATFORM}",
    ]


def month_partitions(table: str, first: date, months: int) -> list[str]:
    """Give the partitions of `table` for `months` months from `first`, and a default one as a safety net.

    Partitions get no grants: they are reached through their parent only, whose row policy then holds.
    """
    statements = [f"CREATE TABLE IF NOT EXISTS {table}_default PARTITION OF {table} DEFAULT"]
    year, month = first.year, first.month
    for _ in range(months):
        following = (year + month // 12, month % 12 + 1)
        statements.append(
            f"CREATE TABLE IF NOT EXISTS {table}_p{year}{month:02d} PARTITION OF {table} "
            f"FOR VALUES FROM ('{year}-{month:02d}-01') TO ('{following[0]}-{following[1]:02d}-01')"
        )
        year, month = following
    return statements
