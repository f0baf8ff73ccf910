"""Making and migrating a database: what needs a superuser once, and what the owner role does at every upgrade."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql

ROLES = ("belediye_owner", "belediye_app", "belediye_platform")
EXTENSIONS = ("postgis", "btree_gist", "btree_gin", "pg_trgm")

# `&&` is not leakproof, so under a row policy PostgreSQL would read the whole table before it asks the map index
# (measured: 168 ms instead of 1.3 ms). Only bounding-box functions are marked: they cannot reveal a geometry by an
# error. A logical restore and an extension update lose the marks; `belediye doctor` and the start-up check look.
LEAKPROOF_FUNCTIONS = (
    "geometry_overlaps(geometry, geometry)",
    "geometry_overlaps_nd(geometry, geometry)",
    "geometry_within(geometry, geometry)",
    "geometry_contains(geometry, geometry)",
    # LIKE fails only on the pattern, which is the reader's own; without the mark a search would read every report.
    "textlike(text, text)",
)


def prepare(admin_url: str, database: str, passwords: dict[str, str] | None = None) -> None:
    """Make roles, database, extensions and LEAKPROOF marks; may be run again at any time.

    Args:
        admin_url: URL of a superuser on any database of the server.
        database: name of the product's database.
        passwords: password of each role; without one a role is left as it is.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role in ROLES:
            bypass = sql.SQL("NOBYPASSRLS" if role == "belediye_app" else "BYPASSRLS")
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("ALTER ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE {}").format(sql.Identifier(role), bypass)
            )
            if passwords and passwords.get(role):
                connection.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(passwords[role]))
                )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER belediye_owner ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database)
                )
            )
    with psycopg.connect(with_database(admin_url, database), autocommit=True) as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        for function in LEAKPROOF_FUNCTIONS:
            connection.execute(sql.SQL("ALTER FUNCTION {} LEAKPROOF").format(sql.SQL(function)))
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.execute("GRANT USAGE, CREATE ON SCHEMA public TO belediye_owner")
        connection.execute("GRANT USAGE ON SCHEMA public TO belediye_app, belediye_platform")


def with_database(url: str, database: str) -> str:
    """Give the same URL pointing at another database of that server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl().replace("postgresql:/?", f"postgresql:///{database}?")


def alembic_config(owner_url: str) -> Config:
    """Give Alembic's configuration for the owner role."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.attributes["owner_url"] = owner_url
    return config


def migrate(owner_url: str) -> None:
    """Bring the schema to the newest revision; waits at most a second for a lock, then tries again."""
    command.upgrade(alembic_config(owner_url), "head")


def new_password() -> str:
    """Make a password for a database role."""
    return secrets.token_urlsafe(24)
