"""`peyvand import calllog`."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from ingest_email.mailfile.archive import Unread
from ingest_phone.calllog.settings import Settings
from peyvand.app import source_of
from peyvand.event import InteractionEvent
from peyvand.settings import Configuration
from peyvand_standalone.commands.opened import Where
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.imports.account import Account
from peyvand_standalone.imports.calllogs import Whose, go_through
from peyvand_standalone.imports.keeping import Keeping, keeping
from peyvand_standalone.imports.showing import show_counts
from peyvand_standalone.sources import SOURCES

CHANNEL = "calllog"


def take_in(
    paths: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="Files of the call log: CSV, or lines of fixed width."),
    ],
    connector: Annotated[str, typer.Option(help="The connector in peyvand.yaml (channel: calllog) that it is for.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be brought in.")] = False,
    config: Config = None,
    data: Data = Path("var"),
) -> None:
    """Bring in calls from a table, each row once however often it is said; broken off, it goes on where it was.

    With --dry-run the first ten calls are shown, and every row that cannot be read; nothing is stored. Peyvand may run.
    """
    where = Where(config, data)
    configuration = where.configuration()
    console = Console(highlight=False, soft_wrap=True)
    whose = _whose(configuration, connector, console)
    opening = keeping(configuration, where.places(configuration), dry_run)
    account = asyncio.run(_gone_through(opening, paths, whose, console))
    if dry_run:
        _show_first(console, account.first, configuration.organisation.zone)
    show_counts(console, account, not dry_run, "rows")


def _whose(configuration: Configuration, name: str, console: Console) -> Whose:
    connectors = {c.name: c for c in configuration.connectors if c.channel == CHANNEL}
    if name not in connectors:
        known = ", ".join(connectors) or "none yet; ./peyvand connect calllog"
        raise typer.BadParameter(f"{name} is no call log; there is {known}", param_hint="--connector")
    found = connectors[name]
    assert isinstance(found.settings, Settings)

    def told(unread: Unread) -> None:
        console.print(f"{unread.place}: {unread.why}", markup=False, soft_wrap=True)

    source = source_of(found, SOURCES)
    return Whose(found, source, found.settings, configuration.organisation, datetime.now(UTC), told)


async def _gone_through(
    opening: AbstractAsyncContextManager[Keeping], paths: Sequence[Path], whose: Whose, console: Console
) -> Account:
    account = Account()
    async with opening as kept:
        with console.status("Reading …") as status:
            async for account in go_through(paths, whose, kept):
                status.update(f"Reading … {account.found:,} rows")
    return account


def _show_first(console: Console, events: Sequence[InteractionEvent], zone: ZoneInfo) -> None:
    """Show calls as they were understood."""
    if not events:
        return
    grid = Grid("Began", "Direction", "Customer", "Ours", "Result", "Rang", "Talk", "Doubts",
                title=f"The first {len(events)}")  # fmt: skip
    for event in events:
        call = event.call
        assert call is not None
        them = [h.written or h.value for p in event.parties if not p.ours for h in p.handles]
        names = [p.name for p in event.parties if not p.ours and p.name]
        ours = call.agent or call.extension or call.queue or "–"
        rang = "–" if call.wait_seconds is None else f"{call.wait_seconds} s"
        texts = ("; ".join([*names, *them]) or "unknown", ours, call.result.value, rang, f"{call.talk_seconds} s")
        doubts = "; ".join(f.why for f in event.flags if f.name != "imported")
        at = event.occurred_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        grid.add_row(at, event.direction.value, *map(Text, (*texts, doubts)))  # text, and never markup of ours
    console.print(grid)
