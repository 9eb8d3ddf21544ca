"""`peyvand import orders`."""

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

from ingest_social.money import currency_of
from ingest_social.orders.account import OrdersAccount
from ingest_social.orders.columns import FIELDS, columns_of
from peyvand.app import source_of
from peyvand.event import InteractionEvent
from peyvand.settings import Configuration
from peyvand_standalone.commands.opened import Where
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.imports.keeping import Keeping, keeping
from peyvand_standalone.imports.orders import Account, Reading, go_through
from peyvand_standalone.sources import SOURCES
from peyvand_standalone.tables.opening import open_table
from peyvand_standalone.tables.table import Table

CHANNEL = "orders"


def take_in(
    file: Annotated[Path, typer.Argument(help="A CSV file or an Excel workbook (.xlsx), its first row headings.")],
    connector: Annotated[str, typer.Option(help="The connector in peyvand.yaml (channel: orders) that it is for.")],
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help=f"field=heading, as often as needed; fields: {', '.join(FIELDS)}."),
    ] = None,
    currency: Annotated[str | None, typer.Option(help="The unit of the totals: IRR (rial), IRT (toman), …")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Record it. Without this it is only shown.")] = False,
    encoding: Annotated[str | None, typer.Option(help="Of a CSV file, where it is guessed wrongly.")] = None,
    config: Config = None,
    data: Data = Path("var"),
) -> None:
    """Show what a table of orders says, and record it with --apply: each order once, and what it has become.

    Peyvand may run. Rows of one order stand together. An order that has changed since is an edit.
    """
    where = Where(config, data)
    configuration = where.configuration()
    if currency is not None:
        currency_of(currency)
    table = open_table(file, encoding)
    reading = _reading(configuration, connector, table, _told(mapped or []), currency, file.name)
    console = Console(highlight=False, soft_wrap=True)
    _show_columns(console, file.name, table, reading)
    opening = keeping(configuration, where.places(configuration), not apply)
    account = asyncio.run(_gone_through(opening, table, reading, console))
    if not apply:
        _show_first(console, account.first, configuration.organisation.zone)
    _show_end(console, account, apply)


def _told(mapped: Sequence[str]) -> dict[str, str]:
    told = dict(pair.partition("=")[::2] for pair in mapped)
    for field in told.keys() - set(FIELDS):
        raise typer.BadParameter(f"{field} is no field; fields are {', '.join(FIELDS)}", param_hint="--map")
    return {field.strip(): heading.strip() for field, heading in told.items()}


def _reading(
    configuration: Configuration, name: str, table: Table, told: dict[str, str], currency: str | None, file: str
) -> Reading:
    connectors = {c.name: c for c in configuration.connectors if c.channel == CHANNEL}
    if name not in connectors:
        known = ", ".join(connectors) or "none yet; ./peyvand connect orders"
        raise typer.BadParameter(f"{name} takes no orders in rows; there is {known}", param_hint="--connector")
    found = connectors[name]
    assert isinstance(found.settings, OrdersAccount)
    columns = columns_of([h for h in table.headings if h], {**found.settings.columns, **told})
    source = source_of(found, SOURCES)
    return Reading(found, source, configuration.organisation, datetime.now(UTC), columns, currency, file)


async def _gone_through(
    opening: AbstractAsyncContextManager[Keeping], table: Table, reading: Reading, console: Console
) -> Account:
    account = Account()
    async with opening as kept:
        with console.status("Reading …") as status:
            async for account in go_through(table, reading, kept):
                status.update(f"Reading … {account.found:,} orders")
    return account


def _show_columns(console: Console, name: str, table: Table, reading: Reading) -> None:
    _say(console, f"{name}: {table.understood}.")
    headed = "; ".join(f"{field} = {heading}" for field, heading in reading.columns.items())
    _say(console, f"Columns: {headed}. Another: --map field=heading")
    if unused := [h for h in table.headings if h and h not in reading.columns.values()]:
        _say(console, f"Left out: {', '.join(unused)}.")


def _show_first(console: Console, events: Sequence[InteractionEvent], zone: ZoneInfo) -> None:
    grid = Grid("Date", "Number", "State", "Total", "Customer", "Lines", title=f"The first {len(events)}")
    for event in events:
        assert event.purchase is not None
        of, people = event.purchase, event.parties
        who = "; ".join([p.name or "" for p in people] + [h.value for p in people for h in p.handles])
        total = "–" if of.total is None else f"{of.total:,} {of.currency}"
        at = event.occurred_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        grid.add_row(at, *map(Text, (of.number, of.state, total, who, "\n".join(of.lines))))
    if events:
        console.print(grid)


def _show_end(console: Console, account: Account, applied: bool) -> None:
    if account.unread:
        _say(console, "Orders that cannot be read:")
    for row, why in account.unread:
        _say(console, f"  row {row}: {why}")
    counts = f"{account.new:,} new, {account.changed:,} changed, {account.same:,} here already"
    _say(console, f"{account.found:,} orders: {counts}, {len(account.unread):,} cannot be read.")
    _say(console, "Recorded." if applied else "Nothing was recorded. If this is right, say it again with --apply.")


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
