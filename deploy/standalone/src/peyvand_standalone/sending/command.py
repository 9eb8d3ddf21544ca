"""`peyvand send`: post a sample delivery to a running Peyvand, as its vendor would."""

import os
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from peyvand.errors import PeyvandError
from peyvand.settings import Configuration, Connector
from peyvand_standalone.commands.options import Config
from peyvand_standalone.commands.plainly import FAILED
from peyvand_standalone.sending.proof import Now
from peyvand_standalone.sending.samples import Sample, sample, samples
from peyvand_standalone.sending.signing import signed
from peyvand_standalone.sources import read_configuration

SECONDS = 30
MAPPED = "mapped"


class NotSent(PeyvandError):
    """Nothing took the sample; the message says what stood in the way."""


def send(
    name: Annotated[str | None, typer.Argument(help="The sample, as webform/contact.")] = None,
    to: Annotated[str | None, typer.Option(help="Another address than the running Peyvand's.")] = None,
    connector: Annotated[str | None, typer.Option(help="The connector, where its channel has several.")] = None,
    key: Annotated[str | None, typer.Option(help="The caller's own key of it; a new one each time without.")] = None,
    config: Config = None,
    listed: Annotated[bool, typer.Option("--list", help="Name all samples.")] = False,
) -> None:
    """Post a sample delivery to a running Peyvand, signed with its connector's secret, and show the answer."""
    console = Console(highlight=False, soft_wrap=True)
    if listed or name is None:
        for one in samples():
            console.print(escape(one.full_name))
        return
    chosen, configuration = sample(name), _configured(config)
    # what is mapped differs by its connector: the sample is of the recipe that it is called by
    account = _account(configuration, chosen.channel, connector or (chosen.name if chosen.channel == MAPPED else None))
    now, address = int(time.time()), _address(configuration, account, to)
    ready = signed(chosen, account.settings, Now(now, key or f"sample-{chosen.name}-{now}", address))
    answer = _post(ready, address)
    console.print(f"{answer.status_code} {answer.reason_phrase} from {address}", markup=False)
    console.print(answer.text or "(an empty body)", markup=False)
    if answer.is_error:
        raise typer.Exit(FAILED)


def _configured(config: Config) -> Configuration:
    return read_configuration(config or Path("peyvand.yaml"), os.environ)


def _account(configuration: Configuration, channel: str, name: str | None) -> Connector:
    found = [c for c in configuration.connectors if c.channel == channel and name in (None, c.name)]
    if not found:
        raise NotSent(f"peyvand.yaml has no connector of channel {channel}{f' called {name}' if name else ''}")
    return found[0]


def _address(configuration: Configuration, account: Connector, to: str | None) -> str:
    server = configuration.server
    base = (to or f"http://{server.host}:{server.port}").rstrip("/")
    path = "/v1/events" if account.channel == "partner" else f"/webhooks/{account.name}"
    return base if httpx.URL(base).path not in ("", "/") else base + path


def _post(ready: Sample, address: str) -> httpx.Response:
    url = f"{address}?{ready.query}" if ready.query else address
    try:
        with httpx.Client(timeout=SECONDS, trust_env=False) as client:
            return client.request(ready.method, url, content=ready.body, headers=dict(ready.headers))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent(f"nothing answers at {address}: {type(error).__name__}. Is Peyvand running?") from error
