"""From answers to the text of peyvand.yaml: a connector, its secrets by reference, the organisation if need be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from peyvand_standalone.connect.asked import Answers
from peyvand_standalone.connect.document import connector_names, with_connector, with_section
from peyvand_standalone.connect.files import secret_path
from peyvand_standalone.connect.question import Question

FIRST_LINES = "# What Peyvand reads; see docs/operating.md. `./peyvand check` says whether all is well.\n"


@dataclass(frozen=True, slots=True)
class Draft:
    """The file as it would be, and the secrets that would lie beside it."""

    name: str
    text: str
    secrets: Mapping[str, str]


def defaults_in(text: str, channel: str) -> dict[str, str]:
    """Return what the file's `defaults:` say for a channel."""
    value = yaml.safe_load(text) or {}
    found = (value.get("defaults") or {}).get(channel) or {}
    return {key: str(v) for key, v in found.items() if isinstance(v, str | int)}


def has_organisation(text: str) -> bool:
    """Return whether the file says whose it is."""
    return bool((yaml.safe_load(text) or {}).get("organisation"))


def with_organisation(text: str, name: str, domains: Iterable[str], numbers: Iterable[str]) -> str:
    """Return the file with its organisation."""
    said = {"name": name, "domains": list(domains), "numbers": list(numbers)}
    return with_section(text or FIRST_LINES, "organisation", {key: value for key, value in said.items() if value})


def free_name(wanted: str, text: str) -> str:
    """Return a name that no connector of the file has yet."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in wanted.lower()).strip("-")[:50] or "connector"
    taken = set(connector_names(text))
    numbered = (f"{plain}-{n}" for n in range(2, len(taken) + 3))
    return next(name for name in (plain, *numbered) if name not in taken)


def drafted(text: str, head: Mapping[str, str], answers: Answers, questions: Iterable[Question]) -> Draft:
    """Return the file with one more connector; `head` is its name, channel and team; empty answers are left out."""
    known = {question.key: question for question in questions}
    general = defaults_in(text, head["channel"])
    entry: dict[str, Any] = {key: value for key, value in head.items() if value}
    kept: dict[str, str] = {}
    for key, answer in answers.items():
        if not answer or general.get(key) == answer:
            continue
        question = known.get(key)
        if question is not None and question.secret:
            path = secret_path(head["name"], key)
            kept[path] = answer
            entry[key] = f"file:{path}"
        else:
            entry[key] = _value(answer, many=question is not None and question.many)
    return Draft(head["name"], with_connector(text, entry), kept)


def listed(answer: str) -> list[str]:
    """Return the parts of an answer that commas part, in either script."""
    return [part.strip() for part in answer.replace("،", ",").split(",") if part.strip()]


def _value(answer: str, *, many: bool) -> Any:
    if many:
        return listed(answer)
    match answer:
        case "true" | "false":
            return answer == "true"
        case _ if answer.isascii() and answer.isdecimal() and not answer.startswith("0"):
            return int(answer)
        case _:
            return answer
