"""`peyvand customers import` and `export`."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from peyvand.settings import Configuration
from peyvand_standalone.commands.opened import Where, opened
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.commands.patience import patiently
from peyvand_standalone.commands.plainly import plainly
from peyvand_standalone.customers.exporting import export
from peyvand_standalone.customers.importing import Account, go_through
from peyvand_standalone.customers.showing import show_columns, show_counts, show_first, show_trouble
from peyvand_standalone.places import Places
from peyvand_standalone.tables.opening import open_table
from peyvand_standalone.tables.table import Table
from peyvand_standalone.tables.writing import FORMATS, writing
from timeline.cards import FIELDS, Reader, columns_of
from timeline.ledger import Card, Introduced
from timeline.ports import Customer, Principal
from timeline.store.ledger import SqlLedger
from timeline.store.listing import customers_after, would_bring

customers = typer.Typer(help="Take in customers from your other systems; give all of them out.", no_args_is_help=True)

PAGE = 500
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


def take_in(
    file: Annotated[Path, typer.Argument(help="A CSV file or an Excel workbook (.xlsx), its first row headings.")],
    source: Annotated[str, typer.Option(help="The system that it is from (crm, hesab): its ids are this system's.")],
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help=f"field=heading, as often as needed; fields: {', '.join(FIELDS)}."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Record it. Without this it is only shown.")] = False,
    encoding: Annotated[str | None, typer.Option(help="Of a CSV file, where it is guessed wrongly.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="List every value that cannot be read.")] = False,
    config: Config = None,
    data: Data = Path("var"),
) -> None:
    """Show what a file of customers says, and record it with --apply: each row as evidence of who is who.

    Peyvand may run. A row that was imported before takes the place of what it said then.
    """
    if not _SOURCE.match(source):
        raise typer.BadParameter("is a name of a-z, 0-9 and -", param_hint="--source")
    where = Where(config, data)
    configuration = where.configuration()
    table = open_table(file, encoding)
    columns = columns_of(table.headings, _told(mapped or []))
    reader = Reader(configuration.organisation, source, columns, datetime.now(UTC))
    console = Console(highlight=False)
    show_columns(console, file.name, table, columns)
    account = asyncio.run(_gone_through(configuration, where.places(configuration), table, reader, apply))
    if not apply:
        show_first(console, account.first)
    show_trouble(console, account, everything)
    show_counts(console, account, apply)


def give_out(
    file: Annotated[Path, typer.Argument(help="Where to write: a name that ends in .csv or .xlsx.")],
    form: Annotated[str | None, typer.Option("--format", help="csv or xlsx, where the name does not say it.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Put it in the place of one that is there.")] = False,
    config: Config = None,
    data: Data = Path("var"),
) -> None:
    """Write all customers as they stand into a table: names, handles by kind, first and last heard, tags."""
    form = form or file.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise typer.BadParameter(f"is one of {', '.join(FORMATS)}", param_hint="--format")
    where = Where(config, data)
    configuration = where.configuration()
    count = asyncio.run(_given_out(configuration, where.places(configuration), file, form, overwrite))
    Console(highlight=False, soft_wrap=True).print(f"{file}: {count:,} customers.", markup=False)


def _told(mapped: Sequence[str]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for pair in mapped:
        field, equals, heading = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{pair}: say field=heading, as in phone=موبایل", param_hint="--map")
        told.setdefault(field.strip(), []).append(heading.strip())
    return told


async def _gone_through(
    configuration: Configuration, places: Places, table: Table, reader: Reader, apply: bool
) -> Account:
    organisation = configuration.organisation.id
    async with opened(places) as database:
        ledger = SqlLedger(database, organisation, configuration.identity)

        async def take(cards: Sequence[Card]) -> Introduced:
            if apply:
                return await patiently(lambda: ledger.introduce(cards))
            return await patiently(lambda: would_bring(database, organisation, cards))

        return await go_through(table, reader, take)


async def _given_out(configuration: Configuration, places: Places, file: Path, form: str, overwrite: bool) -> int:
    async with opened(places) as database:

        async def after(last: UUID | None) -> tuple[Sequence[Customer], UUID | None]:
            return await patiently(lambda: customers_after(database, Principal("export"), last, PAGE))

        with writing(file, form, overwrite) as write:
            return await export(after, write, configuration.organisation.zone)


customers.command("import")(plainly(take_in))
customers.command("export")(plainly(give_out))
