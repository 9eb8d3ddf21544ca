"""`peyvand import whatsapp-chat`."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console

from peyvand.app import source_of
from peyvand.identity import Organisation
from peyvand.settings import Configuration
from peyvand_standalone.chats.chat import chat
from peyvand_standalone.chats.dates import Order
from peyvand_standalone.chats.opening import opened
from peyvand_standalone.chats.sides import sides
from peyvand_standalone.commands.opened import Where
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.imports.account import Account
from peyvand_standalone.imports.chats import Passage, Whose
from peyvand_standalone.imports.keeping import Keeping, keeping
from peyvand_standalone.imports.showing import show_counts, show_said, show_trouble
from peyvand_standalone.sources import SOURCES

CHANNEL = "whatsapp"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of a chat."""

    ours: tuple[str, ...]
    customers: tuple[str, ...]
    order: Order | None
    zone: ZoneInfo


def take_in(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The .txt or .zip that the app exported.")],
    connector: Annotated[str, typer.Option(help="The WhatsApp number in peyvand.yaml whose chat this is.")],
    customer: Annotated[
        list[str] | None, typer.Option(help="The customer's telephone number; in a group NAME=PHONE for each.")
    ] = None,
    ours: Annotated[list[str] | None, typer.Option(help="A name in the chat that is one of us.")] = None,
    dates: Annotated[Order | None, typer.Option(help="Where the file leaves open what is the day.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Of the telephone; without it the organisation's.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be brought in.")] = False,
    config: Config = None,
    data: Data = Path("var"),
) -> None:
    """Bring in a chat that the WhatsApp app exported, each message once however often it is said.

    Peyvand may run. Their place on the timeline is their own time, and they say that they were brought in.
    """
    where = Where(config, data)
    configuration = where.configuration()
    zone = _zone(timezone) or configuration.organisation.zone
    passage = _passage(path, configuration, connector, Asked(tuple(ours or ()), tuple(customer or ()), dates, zone))
    console = Console(highlight=False, soft_wrap=True)
    account = asyncio.run(_shown(keeping(configuration, where.places(configuration), dry_run), passage, console))
    if dry_run:
        show_said(console, account.first, configuration.organisation.zone)
    show_trouble(console, account)
    show_counts(console, account, not dry_run, "messages")
    _warn(console, passage)


def _passage(path: Path, configuration: Configuration, connector: str, asked: Asked) -> Passage:
    whose = _whose(configuration, connector)
    export = opened(path)
    found = chat(export, asked.zone, asked.order)
    known = _with_own(configuration.organisation, getattr(whose.connector.settings, "number", None))
    return Passage(whose, export, found, sides(found.senders, export.partner, asked.ours, asked.customers, known))


def _with_own(organisation: Organisation, number: str | None) -> Organisation:
    """Return the organisation with the connector's number among its own."""
    if number is None:
        return organisation
    return Organisation.model_validate({**organisation.model_dump(), "numbers": (*organisation.numbers, number)})


def _whose(configuration: Configuration, name: str) -> Whose:
    connectors = {c.name: c for c in configuration.connectors if c.channel == CHANNEL}
    if name not in connectors:
        known = ", ".join(connectors) or 'none yet; add {name: …, channel: whatsapp, number: "+98 …"} to peyvand.yaml'
        raise typer.BadParameter(f"{name} is no WhatsApp number; there is {known}", param_hint="--connector")
    found = connectors[name]
    return Whose(found, source_of(found, SOURCES), configuration.organisation, datetime.now(UTC))


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise typer.BadParameter(
            f"{name} is no time zone (an example: Asia/Tehran)", param_hint="--timezone"
        ) from error


async def _shown(opening: AbstractAsyncContextManager[Keeping], passage: Passage, console: Console) -> Account:
    """Count along while the work goes on; return how it ended."""
    async with opening as kept:
        with console.status("Reading …") as status:
            async for account in passage.through(kept):
                status.update(f"Reading … {account.found:,} messages")
    return passage.account


def _warn(console: Console, passage: Passage) -> None:
    """Say whose words stand on nobody's timeline."""
    without = [n for n in passage.chat.senders if n not in passage.sides.ours and n not in passage.sides.numbers]
    if without:
        told = (
            f"No number is known of {', '.join(without[:10])}: what they write is on nobody's timeline."
            " Say --customer PHONE, or NAME=PHONE for each."
        )
        console.print(told, markup=False, soft_wrap=True)
