"""`peyvand import mail`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingest_email.registry import PLAIN
from peyvand.app import source_of
from peyvand.settings import Configuration, Connector
from peyvand_standalone.commands.opened import Where
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.commands.plainly import plainly
from peyvand_standalone.imports import calllog_command, chat_command, orders_command
from peyvand_standalone.imports.account import Account
from peyvand_standalone.imports.keeping import keeping
from peyvand_standalone.imports.mails import Journey, Whose
from peyvand_standalone.imports.showing import show_counts, show_first, show_trouble
from peyvand_standalone.places import Places
from peyvand_standalone.sources import SOURCES

imports = typer.Typer(help="Bring in what was said before Peyvand was there.", no_args_is_help=True)


def take_in(
    paths: Annotated[
        list[Path],
        typer.Argument(exists=True, help="Mailbox files (mbox), Maildirs, folders or zips of .eml files, .eml files."),
    ],
    connector: Annotated[str, typer.Option(help="The mailbox in peyvand.yaml whose mails these are.")],
    sent: Annotated[bool, typer.Option("--sent", help="These are mails that we sent.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be brought in.")] = False,
    config: Config = None,
    data: Data = Path("var"),
) -> None:
    """Bring in mails from an archive, each once however often it is said; broken off, it goes on where it was.

    Peyvand may run. Their place on the timeline is their own time, and they say that they were brought in.
    """
    where = Where(config, data)
    configuration = where.configuration()
    whose = _whose(configuration, connector)
    console = Console(highlight=False, soft_wrap=True)
    opening = _journey(configuration, where.places(configuration), whose, sent, dry_run)
    account = asyncio.run(_shown(opening, paths, console))
    if dry_run:
        show_first(console, account.first, configuration.organisation.zone)
    show_trouble(console, account)
    show_counts(console, account, not dry_run)


def _whose(configuration: Configuration, name: str) -> Whose:
    connectors = {c.name: c for c in configuration.connectors if c.channel in PLAIN}
    if name not in connectors:
        known = ", ".join(connectors) or "none yet; ./peyvand connect imap, or channel: mbox in peyvand.yaml"
        raise typer.BadParameter(f"{name} is no mailbox; there is {known}", param_hint="--connector")
    found: Connector = connectors[name]
    return Whose(found, source_of(found, SOURCES), configuration.organisation, datetime.now(UTC))


@asynccontextmanager
async def _journey(
    configuration: Configuration, places: Places, whose: Whose, sent: bool, dry_run: bool
) -> AsyncIterator[Journey]:
    """Give the way through an archive while the database is open."""
    async with keeping(configuration, places, dry_run) as kept:
        yield Journey(whose, kept.here, kept.take, sent)


async def _shown(opening: AbstractAsyncContextManager[Journey], paths: Sequence[Path], console: Console) -> Account:
    """Count along while the work goes on; return how it ended."""
    account = Account()
    async with opening as journey:
        with console.status("Reading …") as status:
            async for account in journey.through(paths):
                status.update(f"Reading … {account.found:,} mails")
    return account


imports.command("mail")(plainly(take_in))
imports.command("whatsapp-chat")(plainly(chat_command.take_in))
imports.command("orders")(plainly(orders_command.take_in))
imports.command("calllog")(plainly(calllog_command.take_in))


@imports.callback()
def _several() -> None:
    """Bring in what was said before Peyvand was there."""
