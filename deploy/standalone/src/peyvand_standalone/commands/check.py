"""`peyvand check`: is the file right, and does each connector's source let us in?"""

import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from peyvand.app import source_of
from peyvand.settings import Configuration, Connector
from peyvand.source import PullSource
from peyvand_standalone.commands.accounts import kept_accounts
from peyvand_standalone.commands.options import TAKE_OVER, Config, Data
from peyvand_standalone.commands.plainly import FAILED
from peyvand_standalone.connect.signing_in import Outcome, Trying, outcome
from peyvand_standalone.places import Places
from peyvand_standalone.sources import SOURCES, read_configuration

Names = Annotated[list[str] | None, typer.Argument(help="The connectors to try (none: all).", show_default=False)]


def check(
    connectors: Names = None,
    config: Config = None,
    data: Data = Path("var"),
    deadline: float = typer.Option(30.0, help="Seconds that a source may take to answer.", min=1),
    take_over: Annotated[bool, typer.Option("--take-over", help=TAKE_OVER)] = False,
) -> None:
    """Check peyvand.yaml and try each connector's sign-in: what works, what is wrong, what to do.

    Ends with 0 when all is well, 1 when a connector does not work, 2 when the file cannot be used.
    """
    path = config or Path("peyvand.yaml")
    configuration = read_configuration(path, os.environ)
    console = Console(highlight=False)
    console.print(f"{path} is right: {len(configuration.connectors)} connector(s).", markup=False)
    tried = _named(configuration, connectors or [])
    if not tried:
        return
    with console.status("Trying every sign-in …"):
        outcomes = asyncio.run(_all(tried, Places.of(data, configuration.storage), Trying(deadline, None, take_over)))
    console.print(_table(outcomes))
    if not all(o.works for o in outcomes):
        raise typer.Exit(FAILED)


def _named(configuration: Configuration, names: Sequence[str]) -> list[Connector]:
    """Return the connectors to try: those that are named, or all."""
    if unknown := set(names) - {c.name for c in configuration.connectors}:
        raise typer.BadParameter(f"no connector is called {', '.join(sorted(unknown))}")
    return [c for c in configuration.connectors if not names or c.name in names]


async def _all(tried: Sequence[Connector], places: Places, trying: Trying) -> list[Outcome]:
    async with AsyncExitStack() as stack:
        through_a_browser = any(map(_has_grant, tried))
        accounts = await stack.enter_async_context(kept_accounts(places)) if through_a_browser else None
        return await asyncio.gather(*(outcome(c, replace(trying, accounts=accounts)) for c in tried))


def _has_grant(connector: Connector) -> bool:
    source = source_of(connector, SOURCES)
    return isinstance(source, PullSource) and source.grant(connector.settings) is not None


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("Connector", "Channel", "", "What it says")
    for o in outcomes:
        word = Text("ok", "green") if o.works else Text("fails", "bold red")
        table.add_row(o.connector.name, o.connector.channel, word, Text(o.said))
    return table
