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
from timeline.people import Knot
from timeline.ports import Health, Principal
from timeline.reminding import Reminder
from timeline.store import SqlPeople, SqlTimelines, remind

KNOTS = 10


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
    healths, knots, due = asyncio.run(_found(configuration, where.places(configuration)))
    if as_json:
        if due:
            typer.echo(due, err=True)
        typer.echo(json.dumps([_plain(h) for h in healths], ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    console.print(_table(configuration, healths))
    if due:
        console.print(f"\n{due}", markup=False, soft_wrap=True)
    for knot in knots:
        console.print(_tied(knot), markup=False, soft_wrap=True)


async def _found(
    configuration: Configuration, places: Places
) -> tuple[Sequence[Health], Sequence[Knot], Reminder | None]:
    names, ours = [c.name for c in configuration.connectors], configuration.organisation
    async with opened(places) as database:
        healths = await SqlTimelines(database, ours).health(Principal("status"), names)
        knots = await SqlPeople(database, ours).knots(Principal("status"), KNOTS)
        return healths, knots, await remind(database, configuration.identity)


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
        "sees_outbound": health.sees_outbound,
        "lost_from": _iso(health.lost_from),
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


def _tied(knot: Knot) -> str:
    """Say what hangs together, what follows, and what to do."""
    hub = knot.hub.handle
    return (
        f"\n{knot.handles:,} handles hang together, too many to be one person's: among them only what a channel vouches"
        f" for joins customers. Most links lead to {hub.kind} {hub.value}; if many use it, say so on the page"
        f" /handles/{hub.id} (docs/identity.md)."
    )


def _state(health: Health) -> Text:
    if health.error:
        return Text(health.error, "red")
    if not health.books.balanced:
        return Text("the books do not balance", "bold red")
    return Text(f"{health.books.kept} to repair", "yellow") if health.books.kept else Text("ok", "green")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
