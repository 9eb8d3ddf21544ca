"""Connecting one account: ask, try, and only then write."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from peyvand.errors import Misconfigured, SignInFailed, Unavailable
from peyvand.settings import Configuration, Connector
from peyvand_standalone.commands.plainly import FAILED, complain
from peyvand_standalone.connect.asked import Answers
from peyvand_standalone.connect.channels import ASKED
from peyvand_standalone.connect.draft import (
    Draft,
    defaults_in,
    drafted,
    free_name,
    has_organisation,
    listed,
    with_organisation,
)
from peyvand_standalone.connect.files import placed, replaced
from peyvand_standalone.connect.next_steps import next_steps
from peyvand_standalone.connect.question import Given, Question, answered
from peyvand_standalone.connect.signing_in import Trying, signed_in
from peyvand_standalone.sources import read_configuration

ORGANISATION = (
    Question("organisation", "Your organisation's name"),
    Question("domains", "Your own mail domains, by commas (mail from there is yours)", needed=False),
    Question("numbers", "Your own telephone numbers, by commas, as +98 21 …", needed=False),
)
NAME = Question("name", "A name for this connector (a-z, 0-9 and -)")


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the command line said, and how much may be asked."""

    channel: str
    given: Given
    path: Path
    quiet: bool = False
    anyway: bool = False
    take_over: bool = False

    def hold(self) -> None:
        """Ask until the account works or the person gives up; raises Misconfigured for a file that is wrong already."""
        text, name, answers = self._with_organisation(self._text()), "", Answers()
        while True:
            name, answers = self._asked(text, name, answers)
            head = {"name": name, "channel": self.channel, "team": self.given.get("team") or ""}
            draft = drafted(text, head, answers, ASKED[self.channel].questions)
            if self._written(draft, anyway=self.anyway):
                return
            if self.quiet:
                raise typer.Exit(FAILED)
            match typer.prompt("Again, write it anyway, or stop? (a/w/s)", default="a"):
                case "w":
                    if self._written(draft, anyway=True):
                        return
                case "s":
                    raise typer.Exit(FAILED)

    def _text(self) -> str:
        if not self.path.exists():
            return ""
        read_configuration(self.path, os.environ)
        return self.path.read_text(encoding="utf-8")

    def _with_organisation(self, text: str) -> str:
        if has_organisation(text):
            return text
        name, domains, numbers = (answered(q, self.given, "", quiet=self.quiet) for q in ORGANISATION)
        return with_organisation(text, name, listed(domains), listed(numbers))

    def _asked(self, text: str, name: str, before: Answers) -> tuple[str, Answers]:
        """Return the connector's name and the answers; those of the last time are proposed again."""
        given = self.given if not before else {}
        asked, general = ASKED[self.channel], defaults_in(text, self.channel)
        answers: Answers = {}
        for question in asked.questions:
            default = before.get(question.key) or general.get(question.key, "")
            answers[question.key] = answered(question, given, "" if question.secret else default, quiet=self.quiet)
        answers = asked.completed(answers)
        return answered(NAME, given, name or free_name(asked.name(answers), text), quiet=self.quiet), answers

    def _written(self, draft: Draft, *, anyway: bool) -> bool:
        """Try the draft, and put it in place when it works or is wanted anyway; else all is as it was."""
        try:
            with placed(self.path.parent, draft.secrets):
                configuration = read_configuration(self.path, os.environ, draft.text)
                connector = next(c for c in configuration.connectors if c.name == draft.name)
                _try(connector, anyway=anyway, take_over=self.take_over)
                replaced(self.path, draft.text)
        except (Misconfigured, SignInFailed, Unavailable) as error:
            complain(str(error))
            return False
        _tell(self.path, configuration, connector, draft)
        return True


def _try(connector: Connector, *, anyway: bool, take_over: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    try:
        with console.status(f"Signing in to {connector.name} …"):
            said = asyncio.run(signed_in(connector, Trying(take_over=take_over)))
    except (SignInFailed, Unavailable) as error:
        if not anyway:
            raise
        complain(f"{error}. Written all the same.")
    else:
        console.print(f"It works: {said}.", markup=False)


def _tell(path: Path, configuration: Configuration, connector: Connector, draft: Draft) -> None:
    console = Console(highlight=False, soft_wrap=True)
    beside = f", its secrets beside it in {', '.join(draft.secrets)}" if draft.secrets else ""
    console.print(f"{connector.name} is in {path}{beside}.", markup=False)
    for paragraph in next_steps(configuration, connector, list(draft.secrets)):
        console.print(f"\n{paragraph}", markup=False)
    console.print("\nStart Peyvand with ./peyvand up; one that is running reads the file when it is started again.")
