"""The peyvand command."""

import typer

from peyvand import log
from peyvand_standalone.commands.check import check
from peyvand_standalone.commands.login import login
from peyvand_standalone.commands.plainly import plainly
from peyvand_standalone.commands.rebuild import rebuild
from peyvand_standalone.commands.replay import replay
from peyvand_standalone.commands.status import status
from peyvand_standalone.commands.up import up
from peyvand_standalone.connect.commands import connect
from peyvand_standalone.customers.commands import customers
from peyvand_standalone.imports.commands import imports
from peyvand_standalone.rules.commands import identity
from peyvand_standalone.sending.command import send

app = typer.Typer(
    name="peyvand",
    help="Everything that a company and its customers say to each other, as one timeline per customer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they may hold secrets
)
for command in (up, check, login, status, rebuild, replay, send):
    app.command()(plainly(command))
app.add_typer(connect, name="connect")
app.add_typer(customers, name="customers")
app.add_typer(imports, name="import")
app.add_typer(identity, name="identity")


def main() -> None:
    """Run the command that the arguments name; standard output is for what it says, logs go to standard error."""
    log.configure("WARNING")
    app()
