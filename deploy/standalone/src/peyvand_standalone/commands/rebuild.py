"""`peyvand rebuild`: fold the record again, and say what came out differently."""

import asyncio
from pathlib import Path

from rich.console import Console

from peyvand.settings import Configuration
from peyvand_standalone.commands.bar import shown
from peyvand_standalone.commands.opened import Where, opened
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.places import Places
from timeline.store import SqlStore
from timeline.store.rebuilding import rebuild as rebuilding


def rebuild(config: Config = None, data: Data = Path("var")) -> None:
    """Derive every timeline again from the record. Peyvand may run meanwhile; nothing that arrived is touched."""
    where = Where(config, data)
    configuration = where.configuration()
    console = Console(highlight=False)
    mended = asyncio.run(_rebuilt(where.places(configuration), configuration, console))
    if mended:
        console.print(f"Rebuilt: {mended} row(s) were wrong and are right now.")
    else:
        console.print("Rebuilt: no difference.")


async def _rebuilt(places: Places, configuration: Configuration, console: Console) -> int:
    async with opened(places) as database:
        store = SqlStore(database, configuration.organisation.id, configuration.identity)
        return await shown(rebuilding(store), console)
