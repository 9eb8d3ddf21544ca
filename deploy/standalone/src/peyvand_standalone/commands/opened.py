"""The configured store, opened for a command that needs no server."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from peyvand.errors import PeyvandError
from peyvand.settings import Configuration
from peyvand_standalone.demo.stage import demo_configuration
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration
from timeline.store import Database, open_database


class NothingYet(PeyvandError):
    """There is no database: Peyvand has never run here."""


@dataclass(frozen=True, slots=True)
class Where:
    """What the options say: which file, which folder. Without a file it is the demo's store, as with `up`."""

    config: Path | None
    data: Path

    def configuration(self) -> Configuration:
        """Return what is configured; raises Misconfigured."""
        if self.is_demo:
            return demo_configuration(self.data / "demo")
        return read_configuration(self.config or Path("peyvand.yaml"), os.environ)

    def places(self, configuration: Configuration) -> Places:
        """Return where it keeps what it knows; raises NothingYet."""
        folder = self.data / "demo" if self.is_demo else self.data
        places = Places.of(folder, configuration.storage)
        if not configuration.storage.database and not (folder / "peyvand.db").exists():
            raise NothingYet(f"there is no database in {folder}: Peyvand has not run here yet (./peyvand up)")
        return places

    @property
    def is_demo(self) -> bool:
        """Return whether nothing is configured."""
        return self.config is None and not Path("peyvand.yaml").exists()


@asynccontextmanager
async def opened(places: Places) -> AsyncIterator[Database]:
    """Open the database while the body runs; a running Peyvand may have it open too. Raises Unavailable."""
    database = await open_database(places.database)
    try:
        yield database
    finally:
        await database.close()
