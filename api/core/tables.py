"""The two kinds of table: those of a municipality, and the few that all municipalities share.

Every tenant table has `municipality_id` as the first column of its keys, indexes and foreign keys, so that the
database can be spread over many servers by that column without a change here (docs/adr/0003).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel


class TenantTable(SQLModel):
    """Base of every table that belongs to a municipality; rows are walled off by a row policy."""

    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    id: UUID = Field(primary_key=True)


class XidType(UserDefinedType[int]):
    """PostgreSQL's `xid8`: the number of a transaction, which never wraps around."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Name the type in SQL."""
        return "xid8"


def tenant_key(column: str, target: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Foreign key to another table of the same municipality: `(municipality_id, column)` → `target(…, id)`."""
    return ForeignKeyConstraint(
        ["municipality_id", column], [f"{target}.municipality_id", f"{target}.id"], ondelete=ondelete
    )


def tenant_index(name: str, *columns: Any, **options: Any) -> Index:
    """Index led by `municipality_id`."""
    return Index(name, "municipality_id", *columns, **options)


def timestamp(*, nullable: bool = False) -> Any:
    """A `timestamptz` column; values are aware UTC."""
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)


def json_column(*, nullable: bool = False) -> Any:
    """A `jsonb` column."""
    return Field(default=None, sa_type=JSONB, nullable=nullable)


def sealed(*, nullable: bool = True) -> Any:
    """A column that holds only ciphertext or a keyed hash (api.core.crypto)."""
    return Field(default=None, sa_type=LargeBinary, nullable=nullable)


__all__ = [
    "Column",
    "TenantTable",
    "XidType",
    "datetime",
    "json_column",
    "sealed",
    "tenant_index",
    "tenant_key",
    "timestamp",
]
