"""`peyvand status --kept`: the newest deliveries that wait for repair, and why; never what they carry."""

import asyncio
import json
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from peyvand.settings import Configuration
from peyvand_standalone.commands.opened import opened
from peyvand_standalone.places import Places
from timeline.deliveries import Arrived, DeliveryPage, Outcome
from timeline.ports import Principal
from timeline.store import SqlTimelines

NEWEST = 50


def show_kept(configuration: Configuration, places: Places, as_json: bool) -> None:
    """Print the newest kept deliveries of all connectors."""
    page = asyncio.run(_kept(configuration, places))
    if as_json:
        typer.echo(json.dumps([_plain(line) for line in page.deliveries], ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    if not page.deliveries:
        console.print("Nothing is kept for repair.")
        return
    console.print(_table(configuration, page))
    if page.older:
        console.print(f"These are the newest {NEWEST}; all are on the page /deliveries?outcome=kept.")
    console.print("When the cause is mended: ./peyvand replay --kept")


async def _kept(configuration: Configuration, places: Places) -> DeliveryPage:
    async with opened(places) as database:
        timelines = SqlTimelines(database, configuration.organisation)
        return await timelines.deliveries(Principal("status"), None, Outcome.KEPT, None, NEWEST)


def _table(configuration: Configuration, page: DeliveryPage) -> Table:
    zone = configuration.organisation.zone
    table = Table("Received", "Connector", "Why, and which delivery")
    for line in page.deliveries:
        received = line.received_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        # What a source said is text and never markup of ours.
        table.add_row(received, Text(line.connector), Text.assemble(line.why or "", (f"\n{line.id}", "dim")))
    return table


def _plain(line: Arrived) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "connector": line.connector,
        "received_at": line.received_at.isoformat(),
        "why": line.why,
    }
