"""A question that `peyvand connect` asks, and the three ways to answer it: an option, a file, a prompt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from peyvand.errors import PeyvandError

Given = Mapping[str, str | None]  # what the command line said, by the question's key


class Unanswered(PeyvandError):
    """A question that must be answered was not, and nobody may be asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """`key` is the setting's; one that is not `asked` is an option only; one that is not `needed` may stay empty."""

    key: str
    ask: str
    default: str = ""
    secret: bool = False
    needed: bool = True
    asked: bool = True
    many: bool = False

    @property
    def flag(self) -> str:
        """Return the option's name."""
        return "--" + self.key.replace("_", "-")


def answered(question: Question, given: Given, default: str, *, quiet: bool) -> str:
    """Return the answer: the option's, the file's or, unless quiet, the person's; raises Unanswered."""
    said = _said(question, given)
    if said is not None:
        return said
    default = default or question.default
    if quiet or not question.asked:
        if question.needed and not default:
            raise Unanswered(f"{question.flag} is needed where nothing may be asked (--yes)")
        return default
    if question.secret:
        return _secret(question)
    proposed = default or (None if question.needed else "")
    return str(typer.prompt(question.ask, default=proposed, show_default=bool(default)))


def _said(question: Question, given: Given) -> str | None:
    if (value := given.get(question.key)) is not None:
        return value
    file = given.get(f"{question.key}_file")
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unanswered(f"{question.flag}-file: {file} cannot be read") from error


def _secret(question: Question) -> str:
    """Ask without showing what is typed; an empty answer is one where the question may stay open."""
    if question.needed:
        return str(typer.prompt(question.ask, hide_input=True))
    return str(typer.prompt(question.ask, hide_input=True, default="", show_default=False))
