"""Threads: which messages answer which.

Two messages belong together when one names the other, or both name a third, and somebody who is not of us takes part in
both: who only knows a thread's id does not join it. Nothing rests on the order in which they came.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peyvand.event import keyed_id
from timeline.folds.call_backs import NO_CALLS, CallsAround
from timeline.folds.interaction import Interaction

# A thread that is longer is shown in pieces, and an id that so many messages name is no thread's.
LONGEST = 500
# Of what a message answers, the nearest so many and the first of all: enough to find each other over gaps.
NEAREST = 20


class How(StrEnum):
    """What a message has to do with a key."""

    IS = "is"
    ANSWERS = "answers"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Mention:
    """A key that a message goes by, or names."""

    key: UUID
    how: How


def mentions(organisation: UUID, interaction: Interaction) -> tuple[Mention, ...]:
    """Return under which keys a message is found by those that answer it, and under which it finds them."""
    return tuple(dict.fromkeys(_mentions(organisation, interaction)))


def _mentions(organisation: UUID, interaction: Interaction) -> Iterator[Mention]:
    def named(key: str, how: How) -> Mention:
        return Mention(keyed_id(organisation, interaction.channel, key), how)

    if interaction.message_key is not None:
        itself = named(interaction.message_key, How.IS)
        if itself.key != interaction.id:  # else the id itself is the key
            yield itself
    answered = interaction.replies_to
    for key in (*answered[:NEAREST], *answered[NEAREST:][-1:]):
        yield named(key, How.ANSWERS)
    if interaction.report is not None and interaction.report.original is not None:
        yield named(interaction.report.original, How.REPORTS)


def keys_of(organisation: UUID, interaction: Interaction) -> frozenset[UUID]:
    """Return all keys under which a message meets others; its id is one of them."""
    return frozenset({interaction.id, *(m.key for m in mentions(organisation, interaction))})


def people_of(interaction: Interaction) -> frozenset[tuple[str, str, str]]:
    """Return the handles of those who take part and are not of us."""
    return frozenset(h.key for p in interaction.parties if not p.ours for h in p.handles)


def thread(organisation: UUID, start: Interaction, others: Collection[Interaction]) -> list[Interaction]:
    """Return the thread of a message among others, the earliest first."""
    found, new = {start.id: start}, [start]
    while new and len(found) < LONGEST:
        new = [other for other in _joining(organisation, new, others) if other.id not in found]
        found.update((other.id, other) for other in new)
    return sorted(found.values(), key=_place)[:LONGEST]


def _joining(
    organisation: UUID, thread: Iterable[Interaction], others: Collection[Interaction]
) -> Iterator[Interaction]:
    """Yield those that share a key and a person with one of the thread."""
    within: dict[UUID, set[tuple[str, str, str]]] = {}
    for message in thread:
        people = people_of(message)
        for key in keys_of(organisation, message):
            within.setdefault(key, set()).update(people)
    for other in others:
        people = people_of(other)
        if any(people & within.get(key, set()) for key in keys_of(organisation, other)):
            yield other


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a message: what it answers, what it reports on, and what was reported of it."""

    answers: Interaction | None = None
    about: Interaction | None = None
    reports: tuple[Interaction, ...] = ()
    calls: CallsAround = NO_CALLS


def arounds(organisation: UUID, messages: Iterable[Interaction], others: Collection[Interaction]) -> dict[UUID, Around]:
    """Return what stands beside each message among others, as far as somebody takes part in both."""
    known = [_Keyed.of(organisation, other) for other in sorted(others, key=_place)]
    own, reports = defaultdict[UUID, list[_Keyed]](list), defaultdict[UUID, list[_Keyed]](list)
    for each in known:
        for key in each.own:
            own[key].append(each)
        for key in each.reports:
            reports[key].append(each)
    return {m.id: _around(_Keyed.of(organisation, m), own, reports) for m in messages}


def _around(this: "_Keyed", own: Mapping[UUID, list["_Keyed"]], reports: Mapping[UUID, list["_Keyed"]]) -> Around:
    return Around(
        answers=next(this.met(this.answers, own), None),
        about=next(this.met(this.reports, own), None),
        reports=tuple({i.id: i for i in this.met(this.own, reports)}.values()),
    )


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A message with its keys and those who take part and are not of us."""

    message: Interaction
    own: tuple[UUID, ...]
    answers: tuple[UUID, ...]
    reports: tuple[UUID, ...]
    people: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, organisation: UUID, message: Interaction) -> "_Keyed":
        keys: dict[How, list[UUID]] = {How.IS: [message.id], How.ANSWERS: [], How.REPORTS: []}
        for mention in mentions(organisation, message):
            keys[mention.how].append(mention.key)
        return cls(message, tuple(keys[How.IS]), tuple(keys[How.ANSWERS]), tuple(keys[How.REPORTS]), people_of(message))

    def met(self, keys: Iterable[UUID], others: Mapping[UUID, list["_Keyed"]]) -> Iterator[Interaction]:
        """Yield those that stand under the keys and share a person with this one, key by key, the earliest first."""
        for key in keys:
            for other in others.get(key, ()):
                if other.message.id != self.message.id and self.people & other.people:
                    yield other.message


def _place(interaction: Interaction) -> tuple[datetime, UUID]:
    return interaction.occurred_at, interaction.id
