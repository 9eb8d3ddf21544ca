"""Who of those who write in a chat is us, and by what number the others are known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from peyvand.errors import PeyvandError
from peyvand.identity import Organisation, phone


class Unknown(PeyvandError):
    """Nobody can tell which side is whose."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Which names are ours, and the numbers of others by their names."""

    ours: frozenset[str]
    numbers: Mapping[str, str] = field(default_factory=dict)


def sides(
    senders: Sequence[str], partner: str | None, ours: Sequence[str], customers: Sequence[str], known: Organisation
) -> Sides:
    """Return who is who of those who write; raises Unknown with the question that must be answered.

    `ours` are names that somebody said, `customers` numbers or names, or `name=number`; `partner` is whom the file's
    name says that the chat is with.
    """
    missing = [name for name in ours if name not in senders]
    if missing:
        raise Unknown(f"--ours {missing[0]}: nobody of that name writes here; there are {_listed(senders)}")
    named = dict(pair.split("=", 1) for pair in customers if "=" in pair)
    plain = [one for one in customers if "=" not in one]
    numbers = [one for one in plain if phone(one, known.region)]
    us = frozenset(ours) or _by_name(senders, known) or _the_other(senders, [*named, *plain, partner])
    if not us:
        raise Unknown(f"say which of these is us: --ours NAME ({_listed(senders)})")
    them = [name for name in senders if name not in us]
    return Sides(us, {**_own_numbers(them, known), **_given(them, named, numbers, known)})


def _given(
    them: Sequence[str], named: Mapping[str, str], numbers: Sequence[str], known: Organisation
) -> dict[str, str]:
    for name, number in named.items():
        if name not in them or phone(number, known.region) is None:
            raise Unknown(f"--customer {name}={number}: must be a name of {_listed(them)} and a telephone number")
    if not numbers:
        return dict(named)
    if len(numbers) > 1 or len(them) > 1:
        raise Unknown(f"in a group say each: --customer NAME=PHONE ({_listed(them)})")
    return {**named, **dict.fromkeys(them, numbers[0])}


def _own_numbers(them: Sequence[str], known: Organisation) -> dict[str, str]:
    """Return the numbers of those who stand by their number, because the telephone knew no name."""
    return {name: name for name in them if re.fullmatch(r"\+?[\d\s()\-]{7,24}", name) and phone(name, known.region)}


def _by_name(senders: Sequence[str], known: Organisation) -> frozenset[str]:
    names = {_key(name) for name in (known.name, *(p.name for p in known.people), *(p.user for p in known.people))}
    found = {s for s in senders if _key(s) in names - {""}}
    return frozenset(found | {s for s in senders if (h := phone(s, known.region)) and known.owns(h)})


def _the_other(senders: Sequence[str], customers: Sequence[str | None]) -> frozenset[str]:
    """Return who is left of two when one is the customer."""
    theirs = {s for s in senders if any(c and _key(c) == _key(s) for c in customers)}
    return frozenset(set(senders) - theirs) if theirs and len(senders) == len(theirs) + 1 else frozenset()


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")
