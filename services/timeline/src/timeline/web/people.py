"""Who takes part in an interaction, as a line that names them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from peyvand.event import Party, Role
from peyvand.identity import Handle
from timeline.folds.interaction import Interaction
from timeline.ports import Customer, KnownHandle

SPEAKERS = (Role.FROM, Role.CALLER)
LISTENERS = (Role.TO, Role.CC, Role.BCC, Role.CALLEE, Role.AGENT)
# Handles that say something to a person; a chat's number says nothing beside a name.
READABLE = ("email", "phone")
MOST_NAMED = 3
HUES = 6


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody: a name where one is known, an address where it can be read, at least one of them."""

    name: str | None
    address: str | None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Who spoke to whom; `more` counts those who are left out."""

    by: tuple[Named, ...]
    to: tuple[Named, ...]
    more: int = 0


def line_of(interaction: Interaction, customer: Customer | None = None) -> Line:
    """Return who spoke to whom; who bears no name of their own bears that of the customer whose handle it is."""
    known = {(h.kind, h.scope, h.value): customer.name for h in customer.handles} if customer else {}
    by = [_named(p, known) for p in interaction.parties if p.role in SPEAKERS]
    # A bot's own number among those who listen says nothing. Who was rung, and then talked, is one; talkers come first.
    heard = [p for p in interaction.parties if p.role in LISTENERS and (p.name or _readable(p))]
    to = list(dict.fromkeys(_named(p, known) for p in sorted(heard, key=lambda p: p.role is not Role.AGENT)))
    return Line(tuple(by[:MOST_NAMED]), tuple(to[:MOST_NAMED]), max(len(to) - MOST_NAMED, 0))


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who called in vain: the last time, and how often in all."""

    last: Interaction
    times: int


def callers_of(missed: Sequence[Interaction]) -> list[Caller]:
    """Return who called in vain, each once, in the order of calls that are the newest first."""
    calls: dict[frozenset[tuple[str, str, str]], list[Interaction]] = {}
    for call in missed:
        theirs = frozenset(h.key for p in call.parties if not p.ours for h in p.handles)
        calls.setdefault(theirs, []).append(call)
    return [Caller(several[0], len(several)) for several in calls.values()]


def title_of(customer: Customer) -> Named:
    """Return how a customer is called: by name, else by the first handle."""
    readable = [h.value for h in customer.handles if h.kind in READABLE] or [h.value for h in customer.handles]
    return Named(customer.name, readable[0] if readable else None)


def initial(named: Named) -> str:
    """Return the letter that stands for somebody."""
    letters = (c for c in named.name or named.address or "" if c.isalpha())
    return next(letters, "#").upper()


def hue(customer: UUID) -> int:
    """Return which of the colours is this customer's, on every page and every day."""
    return customer.int % HUES


def channels_of(handles: Iterable[KnownHandle]) -> list[str]:
    """Return the kinds of handles, once each, in their order."""
    return list(dict.fromkeys(h.kind for h in handles))


def other_names(customer: Customer) -> list[str]:
    """Return the names beside the one that the customer bears."""
    names = dict.fromkeys(name for h in customer.handles for name in h.names)
    return [name for name in names if name != customer.name][:MOST_NAMED]


def _named(party: Party, known: Mapping[tuple[str, str, str], str | None]) -> Named:
    address = _readable(party)
    name = party.name or next((name for h in party.handles if (name := known.get(h.key))), None)
    if name is None and address is None:
        address = next((_written(h) for h in party.handles), None)
    return Named(name if name != address else None, address, party.ours)


def _readable(party: Party) -> str | None:
    return next((h.value for h in party.handles if h.kind in READABLE), None)


def _written(handle: Handle) -> str:
    return handle.written or handle.value
