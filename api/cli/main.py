"""The command `belediye`: one file of this folder for each group of commands."""

import typer

from api.cli import db, keys, operator, reference, tenant

app = typer.Typer(
    name="belediye", help="Cep Belediye kurulumunu yönetir.", no_args_is_help=True, pretty_exceptions_enable=False
)
for name, group in (
    ("db", db.app),
    ("reference", reference.app),
    ("tenant", tenant.app),
    ("operator", operator.app),
    ("keys", keys.app),
):
    app.add_typer(group, name=name)
