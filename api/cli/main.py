"""The command `belediye`: one file of this folder for each group of commands."""

import typer

from api.cli import audit, db, demo, imports, jobs, keys, operator, reference, tenant
from api.cli.doctor import doctor
from api.cli.serve import serve
from api.cli.worker import worker

app = typer.Typer(
    name="belediye", help="Cep Belediye kurulumunu yönetir.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.command("serve")(serve)
app.command("worker")(worker)
app.command("doctor")(doctor)
for name, group in (
    ("db", db.app),
    ("reference", reference.app),
    ("tenant", tenant.app),
    ("operator", operator.app),
    ("keys", keys.app),
    ("import", imports.app),
    ("jobs", jobs.app),
    ("audit", audit.app),
    ("demo", demo.app),
):
    app.add_typer(group, name=name)
