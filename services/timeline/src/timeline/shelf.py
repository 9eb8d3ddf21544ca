"""Profiles of any number of customers, and the pairs worth comparing, kept in files instead of in memory."""

import json
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import combinations, groupby
from pathlib import Path
from uuid import UUID

from timeline.folds.identity.blocking import MOST, keys
from timeline.folds.identity.profile import Profile
from timeline.folds.identity.verdicts import Pair
from timeline.scratch import ByNumber, InOrder

_RECENT = 10_000
_HEX = 32  # letters of an id; lines stand in the order of the ids that they begin with


class Profiles:
    """Profiles by number, in the order of their handles; of those with one handle the last."""

    def __init__(self, folder: Path, people: Iterable[tuple[UUID, Profile]]) -> None:
        given = InOrder(folder)
        for customer, p in people:
            given.add(f"{p.handle.hex}{customer.hex}{_written(p)}")
        lasts = (list(same)[-1] for _, same in groupby(given, key=lambda line: line[:_HEX]))
        self._lines = ByNumber(folder / "profiles", lasts)
        self._recent = lru_cache(_RECENT)(lambda number: _read(self._lines.line(number)))

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, number: int) -> Profile:
        found: Profile = self._recent(number)
        return found

    def __iter__(self) -> Iterator[Profile]:
        return (_read(self._lines.line(number)) for number in range(len(self)))

    def customer(self, number: int) -> UUID:
        """Return whose profile it is."""
        return UUID(self._lines.line(number)[_HEX : 2 * _HEX])

    def close(self) -> None:
        """Let go of the files."""
        self._lines.close()


class Pairs:
    """Pairs of profiles with a key in common that few have, and those between which a rule refused a link."""

    def __init__(self, folder: Path, profiles: Profiles, refused: Collection[Pair]) -> None:
        self._profiles = profiles
        self._numbers = InOrder(folder)
        for a, b in _refused(profiles, refused):
            self._add(a, b)
        for members in _blocks(folder, profiles):
            for a, b in combinations(members, 2):
                self._add(a, b)

    def __iter__(self) -> Iterator[tuple[Profile, Profile]]:
        for line in self._numbers:
            a, _, b = line.partition(" ")
            yield self._profiles[int(a)], self._profiles[int(b)]

    def _add(self, a: int, b: int) -> None:
        if a != b:
            self._numbers.add(f"{min(a, b):010} {max(a, b):010}")


def _refused(profiles: Profiles, refused: Collection[Pair]) -> Iterator[tuple[int, int]]:
    """Yield as numbers the pairs of customers between which a link was refused."""
    wanted = {customer for pair in refused for customer in pair}
    numbers = {c: number for number in range(len(profiles)) if (c := profiles.customer(number)) in wanted}
    return ((numbers[a], numbers[b]) for a, b in refused if a in numbers and b in numbers)


def _blocks(folder: Path, profiles: Profiles) -> Iterator[list[int]]:
    """Yield the numbers of profiles that have a key in common, if they are few."""
    found = InOrder(folder)
    for number, p in enumerate(profiles):
        for key in keys(p):
            found.add(f"{json.dumps(key)} {number:010}")
    for _, lines in groupby(found, key=lambda line: line.rpartition(" ")[0]):
        members = [int(line.rpartition(" ")[2]) for line in lines]
        if 1 < len(members) <= MOST:
            yield members


def _written(p: Profile) -> str:
    return json.dumps([[*p.names], [*p.blocks], [*p.circles], [*p.mailboxes]], separators=(",", ":"))


def _read(line: str) -> Profile:
    names, blocks, circles, mailboxes = json.loads(line[2 * _HEX :])
    return Profile(
        UUID(line[:_HEX]),
        frozenset(map(tuple, names)),
        frozenset(map(tuple, blocks)),
        frozenset(circles),
        frozenset(mailboxes),
    )
