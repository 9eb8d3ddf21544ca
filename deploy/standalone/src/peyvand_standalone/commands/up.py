"""`peyvand up`: the whole product, on real connectors or as the demo."""

import logging
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
import uvloop
from rich.console import Console
from rich.markup import escape

from peyvand import log
from peyvand.server import address, listening, serve
from peyvand.settings import Configuration
from peyvand_standalone.application import product
from peyvand_standalone.commands.options import Config, Data
from peyvand_standalone.demo.captured import AsCaptured
from peyvand_standalone.demo.stage import set_stage
from peyvand_standalone.demo.story import telling
from peyvand_standalone.places import Places, alone_in
from peyvand_standalone.sources import SOURCES, read_configuration
from timeline.web import DEMO_BANNER

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def up(
    config: Config = None,
    data: Data = Path("var"),
    host: Annotated[str | None, typer.Option(help="Address to listen on (server.host).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (server.port).", min=0, max=65535)] = None,
    log_level: Annotated[Level, typer.Option(help="What is logged to standard error.")] = "INFO",
) -> None:
    """Start Peyvand: with the connectors of peyvand.yaml or, when there is no such file, as a demo."""
    _log(log_level)
    path = config or Path("peyvand.yaml")
    if config is None and not path.exists():
        _demo(data / "demo", host or "127.0.0.1", 8080 if port is None else port)
        return
    configuration = read_configuration(path, os.environ)
    host, port = host or configuration.server.host, configuration.server.port if port is None else port
    with listening(host, port) as listener, alone_in(data):
        url = address(listener, host)
        uvloop.run(_real(configuration, Places.of(data, configuration.storage), listener, url))


def _log(level: str) -> None:
    log.configure(level)
    for name in ("alembic", "uvicorn"):  # their news of every start is of no use to anybody
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


def _demo(folder: Path, host: str, port: int) -> None:
    with listening(host, port) as listener, alone_in(folder):
        uvloop.run(_story(folder, address(listener, host), listener))


async def _real(configuration: Configuration, places: Places, listener: socket.socket, url: str) -> None:
    async with product(configuration, places) as made:
        _say(f"Peyvand is running: {url}", _connectors(configuration), "Stop it with Ctrl-C.")
        await serve(made.app, listener, made.stopping, configuration.server.proxies)


async def _story(folder: Path, url: str, listener: socket.socket) -> None:
    stage = set_stage(folder)
    places = Places.of(folder, stage.configuration.storage)
    # its bot is nobody's: no vendor is asked for the files of invented messages
    alone = tuple(replace(source, locate=None) for source in SOURCES)
    async with product(stage.configuration, places, DEMO_BANNER, AsCaptured, alone) as made, telling(stage, url):
        _say(
            f"Peyvand's demo is running: {url}",
            f"There is no peyvand.yaml here, so the people are invented, and {folder} is made anew at each start.",
            "Connect a channel with ./peyvand connect imap (or telegram, bale, webform, asterisk). Stop with Ctrl-C.",
        )
        await serve(made.app, listener, made.stopping)


def _connectors(configuration: Configuration) -> str:
    names = ", ".join(c.name for c in configuration.connectors)
    return f"Connectors: {names}." if names else "No connector yet: ./peyvand connect imap (or telegram, bale …)."


def _say(*lines: str) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{escape(lines[0])}[/bold]")
    for line in lines[1:]:
        console.print(escape(line))
