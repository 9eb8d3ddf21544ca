"""`peyvand login`: signing in, through a browser, to an account that has no password for programs."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from peyvand.access import Grant
from peyvand.app import source_of
from peyvand.errors import SignInFailed
from peyvand.oauth import Tokens, begun, confirmed, endpoint, visit
from peyvand.oauth.endpoint import Endpoint
from peyvand.settings import Configuration, Connector
from peyvand.source import PullSource
from peyvand_standalone.commands.accounts import kept_accounts
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.connect.signing_in import Trying, signed_in
from peyvand_standalone.places import Places
from peyvand_standalone.sources import SOURCES, read_configuration


def login(
    connector: Annotated[str, typer.Argument(help="The connector's name in peyvand.yaml.")],
    config: Config = None,
    data: Data = Path("var"),
) -> None:
    """Sign in to a mailbox at Microsoft, Google or another provider through a browser, on any machine.

    What the provider gives is kept encrypted where cursors are, and renewed from then on. Peyvand may run.
    """
    configuration = read_configuration(config or Path("peyvand.yaml"), os.environ)
    account, grant = _asked_for(connector, configuration)
    places = Places.of(data, configuration.storage)
    said = asyncio.run(_signed_in(account, grant, places))
    Console(highlight=False, soft_wrap=True).print(f"It works: {said}.", markup=False)


def _asked_for(name: str, configuration: Configuration) -> tuple[Connector, Grant]:
    connector = next((c for c in configuration.connectors if c.name == name), None)
    if connector is None:
        names = ", ".join(c.name for c in configuration.connectors)
        raise typer.BadParameter(f"{name} is none of {names}", param_hint="connector")
    source = source_of(connector, SOURCES)
    grant = source.grant(connector.settings) if isinstance(source, PullSource) else None
    if grant is None:
        raise typer.BadParameter(f"{name} has no `oauth` in peyvand.yaml, so it needs no login", param_hint="connector")
    return connector, grant


async def _signed_in(connector: Connector, grant: Grant, places: Places) -> str:
    async with endpoint(grant) as server:
        tokens = await (_by_code(server) if grant.device_url else _by_browser(server))
    if not tokens.refresh:
        raise SignInFailed("the provider gave a token for an hour and no more; check scopes (offline_access)")
    async with kept_accounts(places) as accounts:
        await accounts.keep(connector.name, tokens)
        return await signed_in(connector, Trying(accounts=accounts))


async def _by_code(server: Endpoint) -> Tokens:
    code = await begun(server)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Open [bold]{escape(code.address)}[/bold] in a browser on any machine, and enter the code")
    console.print(f"\n    [bold]{escape(code.user_code)}[/bold]\n")
    console.print(f"It is good for {code.seconds / 60:.0f} minutes. Sign in as somebody who may read the mailbox.")
    with console.status("Waiting for the sign-in …"):
        return await confirmed(server, code, asyncio.sleep)


async def _by_browser(server: Endpoint) -> Tokens:
    begun_visit = visit(server.grant)
    console = Console(highlight=False, soft_wrap=True)
    console.print("Open this address in a browser on any machine, and sign in there:\n", markup=False)
    console.print(begun_visit.address, markup=False)
    console.print("\nThe browser ends at an address that begins with http://127.0.0.1, with an error: that is right.")
    return await begun_visit.ended(server, str(typer.prompt("Copy that whole address from the browser to here")))
