"""`peyvand identity simulate`: the difference that other rules would make, before they are applied."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from peyvand.identity import Rules
from peyvand.settings import Configuration
from peyvand_standalone.commands.opened import Where, opened
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.commands.plainly import plainly
from peyvand_standalone.places import Places
from peyvand_standalone.rules.reading import read_rules
from peyvand_standalone.rules.showing import show_difference
from timeline.simulating import Difference
from timeline.store import simulated

identity = typer.Typer(help="The rules by which handles are one customer.", no_args_is_help=True)


def simulate(
    rules: Annotated[Path, typer.Argument(help="A peyvand.yaml with other rules, or only its section identity:.")],
    config: Config = None,
    data: Data = Path("var"),
) -> None:
    """Say which customers other rules would merge or split. Nothing is changed, and Peyvand may run.

    To apply them write them into peyvand.yaml, start Peyvand again and run `peyvand rebuild`.
    """
    where = Where(config, data)
    configuration = where.configuration()
    wanted = read_rules(rules, configuration.organisation.region)
    console = Console(highlight=False)
    show_difference(console, asyncio.run(_simulated(configuration, where.places(configuration), wanted)))
    console.print(
        "\nNothing was changed. To apply: write the rules into peyvand.yaml, start Peyvand again, ./peyvand rebuild.",
        markup=False,
        soft_wrap=True,
    )


async def _simulated(configuration: Configuration, places: Places, wanted: Rules) -> Difference:
    async with opened(places) as database:
        return await simulated(database, configuration.organisation.id, configuration.identity, wanted)


@identity.callback()
def _of_several() -> None:
    """Keep `simulate` a subcommand although it is the only one."""


identity.command("simulate")(plainly(simulate))
