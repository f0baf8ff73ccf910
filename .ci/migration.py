"""Writes the next migration from the tables as they are declared: `python .ci/migration.py complaint_areas`."""  # noqa: INP001

import re
import sys
from pathlib import Path

from alembic import command

from api.cli.database import alembic_config, migrate, prepare
from api.cli.private_postgres import PrivatePostgres

checkout = Path(__file__).parents[1]
name = re.sub(r"[^a-z0-9]+", "_", sys.argv[1].lower()).strip("_")
numbers = [int(path.name[:4]) for path in (checkout / "api/migrations/versions").glob("[0-9][0-9][0-9][0-9]_*.py")]
server = PrivatePostgres.of_checkout(checkout, "migration")
server.start()
try:
    prepare(server.url(database="postgres"), "belediye")
    owner = server.url("belediye_owner", "belediye")
    migrate(owner)
    command.revision(alembic_config(owner), message=name, autogenerate=True, rev_id=f"{max(numbers) + 1:04}")
finally:
    server.remove()
