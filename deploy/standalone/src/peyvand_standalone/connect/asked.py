"""What a channel's account is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from peyvand_standalone.connect.question import Question

Answers = dict[str, str]


def as_answered(answers: Answers) -> Answers:
    """Add nothing."""
    return answers


@dataclass(frozen=True, slots=True)
class Asked:
    """A channel's questions, the name that its connector gets unless told, and what is added to the answers."""

    title: str
    questions: tuple[Question, ...]
    name: Callable[[Mapping[str, str]], str]
    completed: Callable[[Answers], Answers] = as_answered
