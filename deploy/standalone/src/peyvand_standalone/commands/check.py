"""`peyvand check`: is the file right, and does each connector's source let us in?"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from peyvand.settings import Connector
from peyvand_standalone.commands.options import Config
from peyvand_standalone.commands.plainly import FAILED
from peyvand_standalone.connect.signing_in import Outcome, outcome
from peyvand_standalone.sources import read_configuration


def check(
    config: Config = None,
    deadline: float = typer.Option(30.0, help="Seconds that a source may take to answer.", min=1),
) -> None:
    """Check peyvand.yaml and try each connector's sign-in: what works, what is wrong, what to do.

    Ends with 0 when all is well, 1 when a connector does not work, 2 when the file cannot be used.
    """
    path = config or Path("peyvand.yaml")
    configuration = read_configuration(path, os.environ)
    console = Console(highlight=False)
    console.print(f"{path} is right: {len(configuration.connectors)} connector(s).", markup=False)
    if not configuration.connectors:
        return
    with console.status("Trying every sign-in …"):
        outcomes = asyncio.run(_all(configuration.connectors, deadline))
    console.print(_table(outcomes))
    if not all(o.works for o in outcomes):
        raise typer.Exit(FAILED)


async def _all(connectors: Sequence[Connector], seconds: float) -> list[Outcome]:
    return await asyncio.gather(*(outcome(c, seconds) for c in connectors))


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("Connector", "Channel", "", "What it says")
    for o in outcomes:
        word = Text("ok", "green") if o.works else Text("fails", "bold red")
        table.add_row(o.connector.name, o.connector.channel, word, Text(o.said))
    return table
