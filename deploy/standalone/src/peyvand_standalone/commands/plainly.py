"""What goes wrong on purpose is told in plain words and an exit code, without a traceback."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer
from rich.console import Console
from rich.markup import escape

from peyvand.errors import Misconfigured, PeyvandError

# What scripts may rely on: 0 all is well, 1 it did not work, 2 the configuration cannot be used.
FAILED = 1
MISCONFIGURED = 2

P = ParamSpec("P")


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Return the command with our own errors turned into a sentence on standard error and an exit code."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Misconfigured as error:
            complain(str(error))
            raise typer.Exit(MISCONFIGURED) from error
        except PeyvandError as error:
            complain(str(error))
            raise typer.Exit(FAILED) from error

    return told


def complain(words: str) -> None:
    """Print to standard error; a long sentence is wrapped by the terminal, not by us."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(escape(words), style="red")
