"""Alembic's entry: runs as the owner role, one transaction for each revision, and never queues behind a long lock."""

import time
from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from api.core.db import as_sqlalchemy_url
from api.migrations import metadata  # noqa: F401 (fills SQLModel.metadata)

LOCK_TRIES = 30


def include_object(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave PostGIS's and procrastinate's own objects and the month partitions out of the comparison."""
    name = name or ""
    if kind == "table" and (name.startswith("procrastinate_") or name.endswith("_default") or "_p20" in name):
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, compare_to))  # type: ignore[no-untyped-call]


def run() -> None:
    """Upgrade under a lock timeout; a migration that meets a long transaction gives up in a second and tries again."""
    engine = create_engine(as_sqlalchemy_url(context.config.attributes["owner_url"]), poolclass=pool.NullPool)
    for attempt in range(LOCK_TRIES):
        try:
            with engine.connect() as connection:
                connection.execute(text("SET lock_timeout = '1s'"))
                connection.execute(text("SELECT pg_advisory_lock(20260101)"))
                connection.commit()
                context.configure(
                    connection=connection,
                    target_metadata=SQLModel.metadata,
                    include_object=include_object,
                    render_item=alembic_helpers.render_item,
                    process_revision_directives=alembic_helpers.writer,
                    transaction_per_migration=True,
                    compare_type=True,
                )
                with context.begin_transaction():
                    context.run_migrations()
        except OperationalError as error:
            if "lock timeout" not in str(error) or attempt == LOCK_TRIES - 1:
                raise
            time.sleep(1.0)
        else:
            return


run()
