"""`peyvand connect imap` and its like: one subcommand per channel, its options made of the channel's questions."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from peyvand_standalone.commands.options import TAKE_OVER
from peyvand_standalone.commands.plainly import plainly
from peyvand_standalone.connect.channels import ASKED
from peyvand_standalone.connect.conversation import NAME, ORGANISATION, Conversation
from peyvand_standalone.connect.question import Question

connect = typer.Typer(
    help="Connect a mailbox, a bot, a form or a call log: asks, tries the sign-in, writes it into peyvand.yaml.",
    no_args_is_help=True,
)

Parameter = tuple[str, Any, Any]  # name, annotation, default


def _options(question: Question) -> Iterator[Parameter]:
    yield question.key, Annotated[str | None, typer.Option(question.flag, help=question.ask)], None
    if question.secret:
        file = Annotated[str | None, typer.Option(f"{question.flag}-file", help="The file that holds it.")]
        yield f"{question.key}_file", file, None


def _of_every_channel() -> Iterator[Parameter]:
    for question in (NAME, *ORGANISATION):
        yield from _options(question)
    yield "team", Annotated[str | None, typer.Option(help="The team that sees what comes through it.")], None
    yield (
        "config",
        Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")],
        Path("peyvand.yaml"),
    )
    yield "yes", Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take the defaults.")], False
    yield "anyway", Annotated[bool, typer.Option("--anyway", help="Write it even when the sign-in fails.")], False
    yield "take_over", Annotated[bool, typer.Option("--take-over", help=TAKE_OVER)], False


def _command(channel: str) -> Callable[..., None]:
    def command(**said: Any) -> None:
        path, quiet = said.pop("config"), said.pop("yes")
        anyway, take_over = said.pop("anyway"), said.pop("take_over")
        Conversation(channel, said, path, quiet, anyway, take_over).hold()

    asked = ASKED[channel]
    parameters = [*(p for question in asked.questions for p in _options(question)), *_of_every_channel()]
    command.__doc__ = f"{asked.title}."
    # Typer makes its options of a function's signature
    command.__annotations__ = {name: annotation for name, annotation, _ in parameters}
    signature = inspect.Signature(
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
            for name, annotation, default in parameters
        ]
    )
    vars(command)["__signature__"] = signature
    return command


for _channel in ASKED:
    connect.command(_channel)(plainly(_command(_channel)))
