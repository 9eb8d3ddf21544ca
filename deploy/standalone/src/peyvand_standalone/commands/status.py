"""`peyvand status`: each connector's books and state, read from the database; no server is needed."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from peyvand.settings import Configuration
from peyvand_standalone.commands.kept import show_kept
from peyvand_standalone.commands.opened import Where, opened
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.places import Places
from timeline.ports import Health, Principal
from timeline.store import SqlTimelines


def status(
    config: Config = None,
    data: Data = Path("var"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    kept: Annotated[bool, typer.Option("--kept", help="List the newest deliveries kept for repair, and why.")] = False,
) -> None:
    """Show what each connector has brought, when it was last heard, and what is wrong with it."""
    where = Where(config, data)
    configuration = where.configuration()
    if kept:
        show_kept(configuration, where.places(configuration), as_json)
        return
    healths = asyncio.run(_healths(configuration, where.places(configuration)))
    if as_json:
        typer.echo(json.dumps([_plain(h) for h in healths], ensure_ascii=False, indent=2))
    else:
        Console(highlight=False).print(_table(configuration, healths))


async def _healths(configuration: Configuration, places: Places) -> Sequence[Health]:
    names = [c.name for c in configuration.connectors]
    async with opened(places) as database:
        return await SqlTimelines(database, configuration.organisation).health(Principal("status"), names)


def _plain(health: Health) -> dict[str, Any]:
    books = health.books
    return {
        "connector": books.connector,
        "seen": books.seen,
        "stored": books.stored,
        "duplicate": books.duplicate,
        "skipped": dict(books.skipped),
        "kept": books.kept,
        "arriving": books.arriving,
        "balanced": books.balanced,
        "last_event_at": _iso(books.last_at),
        "last_poll_at": _iso(health.polled_at),
        "error": health.error,
        "error_since": _iso(health.error_since),
    }


def _table(configuration: Configuration, healths: Sequence[Health]) -> Table:
    zone = configuration.organisation.zone
    counted = ("Seen", "Stored", "Again", "Skipped", "Kept", "Arriving")
    table = Table("Connector", *counted, "Last event", "Last answer", "State")
    for h in healths:
        b = h.books
        counts = (b.seen, b.stored, b.duplicate, sum(b.skipped.values()), b.kept, b.arriving)
        times = (t.astimezone(zone).strftime("%Y-%m-%d %H:%M") if t else "–" for t in (b.last_at, h.polled_at))
        table.add_row(b.connector, *map(str, counts), *times, _state(h))
    return table


def _state(health: Health) -> Text:
    if health.error:
        return Text(health.error, "red")
    if not health.books.balanced:
        return Text("the books do not balance", "bold red")
    return Text(f"{health.books.kept} to repair", "yellow") if health.books.kept else Text("ok", "green")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
