"""The feed that phones read: for every change a pointer in each scope that the row belongs to, or belonged to before.

A scope is `user:<staff>`, `team:<department>`, `area:<neighbourhood>` or `ref`; which rows belong to it is a function
of the rows alone, told once for each table by its `FieldTable`. A pointer says only that a row changed: the reader
looks at the row itself, in one snapshot, and sends it, or says that it left. Pointers are ordered by the transaction
that wrote them and read only below `pg_snapshot_xmin`, where nothing new can appear (docs/sync-protocol.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import run

REF = "ref"

# Also for verbs that write everything in one statement, with `parameters`.
POINT_SQL = """INSERT INTO sync_pointer (municipality_id, scope, tbl, row_id)
    SELECT %(municipality_id)s, scope, %(feed_table)s, %(feed_row)s FROM unnest(%(feed_scopes)s::text[]) AS told(scope)
    ON CONFLICT DO NOTHING"""


class Membership(NamedTuple):
    """When a row belongs to a scope of one kind: its `column` holds the scope's key, and the `condition` is true."""

    column: str
    condition: str = "true"


@dataclass(frozen=True)
class FieldTable:
    """How the rows of a table look on phones; SQL of our own over the alias `t`, which has municipality_id and id.

    Attributes:
        name: what phones call the table.
        source: what is read, for instance `complaint AS t`.
        version: expression that grows with every change of what `data` shows.
        data: expression that gives the row as jsonb.
        scopes: by kind of scope (`user`, `team`, `area`, `ref`; for `ref` the column is not asked).
    """

    name: str
    source: str
    version: str
    data: str
    scopes: Mapping[str, Membership]


def team(department_id: UUID | None) -> str | None:
    """Name the scope of a department's people; None for no department."""
    return f"team:{department_id}" if department_id else None


def user(staff_user_id: UUID | None) -> str | None:
    """Name the scope of one person; None for nobody."""
    return f"user:{staff_user_id}" if staff_user_id else None


def area(neighbourhood_id: UUID | None) -> str | None:
    """Name the scope of a neighbourhood; None where it is not known."""
    return f"area:{neighbourhood_id}" if neighbourhood_id else None


def parameters(table: str, row_id: UUID, scopes: Iterable[str | None]) -> dict[str, object]:
    """Give the parameters of POINT_SQL besides the municipality; name the scopes before and after the change."""
    return {
        "feed_table": table,
        "feed_row": row_id,
        "feed_scopes": sorted({scope for scope in scopes if scope is not None}),
    }


async def point(
    session: AsyncSession, municipality_id: int, table: str, row_id: UUID, scopes: Iterable[str | None]
) -> None:
    """Tell the scopes (before and after the change) that a row changed, in the running transaction."""
    values = parameters(table, row_id, scopes)
    if values["feed_scopes"]:
        await run(session, POINT_SQL, {"municipality_id": municipality_id, **values})
