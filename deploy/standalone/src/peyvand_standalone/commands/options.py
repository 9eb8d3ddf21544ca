"""Options that several subcommands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration file (peyvand.yaml in this folder).")
]
Data = Annotated[Path, typer.Option("--data", "-d", help="The folder with the database and the files.")]

TAKE_OVER = "Take the vendor's calls away from whom it calls now: a bot has one webhook only."
