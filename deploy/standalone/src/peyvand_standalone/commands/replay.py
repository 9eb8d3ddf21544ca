"""`peyvand replay`: read kept raw deliveries again with today's normalisers, and say what came out differently."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from peyvand.app import source_of
from peyvand.blobs import Blobs, open_blobs, with_body
from peyvand.files import put_away, unpacked
from peyvand.publish import Reading
from peyvand.settings import Configuration
from peyvand_standalone.commands.opened import Where, opened
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.commands.patience import PatientStore
from peyvand_standalone.places import Places
from peyvand_standalone.sources import SOURCES
from timeline.ports import Chosen, Raw
from timeline.replay import Replayed
from timeline.replay import replay as replaying
from timeline.store import SqlStore


def replay(
    config: Config = None,
    data: Data = Path("var"),
    connector: Annotated[str | None, typer.Option(help="Only what came through this connector.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only what came since this day or time.")] = None,
    kept: Annotated[bool, typer.Option("--kept", help="Only what could not be read and waits for repair.")] = False,
) -> None:
    """Read raw deliveries again: what they say now is added, what they say no more is taken back. Peyvand may run."""
    where = Where(config, data)
    configuration = where.configuration()
    _require_known(connector, configuration)
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=configuration.organisation.zone)
    chosen = Chosen(connector, since, kept)
    console = Console(highlight=False, soft_wrap=True)
    done = asyncio.run(_replayed(configuration, where.places(configuration), chosen, console))
    console.print(
        f"Read {done.deliveries} deliveries again: {done.added} events new or changed, {done.retracted} retracted, "
        f"{done.unreadable} deliveries cannot be read."
    )
    if not (done.added or done.retracted):
        console.print("No difference.")


def _require_known(connector: str | None, configuration: Configuration) -> None:
    names = [c.name for c in configuration.connectors]
    if connector is not None and connector not in names:
        raise typer.BadParameter(f"{connector} is none of {', '.join(names)}", param_hint="--connector")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a raw delivery as its connector would today."""

    configuration: Configuration
    blobs: Blobs

    async def __call__(self, raw: Raw) -> Reading:
        """Return what the delivery says; what has no connector or no bytes any more cannot be read."""
        delivery = raw.delivery
        connector = next((c for c in self.configuration.connectors if c.name == delivery.connector), None)
        if connector is None:
            return Reading(delivery, kept=f"{delivery.connector} is in peyvand.yaml no more")
        try:
            whole = await with_body(delivery, self.blobs)
        except KeyError:
            return Reading(delivery, kept="its raw bytes are gone")
        source = source_of(connector, SOURCES)
        found = unpacked(source, whole, connector.settings, self.configuration.organisation)
        # stored as it was: a long body stays where it is
        (stored,) = await put_away([replace(found, reading=replace(found.reading, delivery=delivery))], self.blobs)
        return stored


async def _replayed(configuration: Configuration, places: Places, chosen: Chosen, console: Console) -> Replayed:
    async with opened(places) as database:
        store = PatientStore(SqlStore(database, configuration.organisation.id, configuration.identity))
        reader = Reader(configuration, open_blobs(places.blobs))
        return await _shown(replaying(store, chosen, reader), console)


async def _shown(steps: AsyncIterator[Replayed], console: Console) -> Replayed:
    """Count along while the work goes on; return how it ended."""
    done = Replayed()
    with console.status("Reading again …") as status:
        async for done in steps:
            status.update(f"Reading again … {done.deliveries} deliveries")
    return done
