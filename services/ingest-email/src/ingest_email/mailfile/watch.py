"""Files that appear in a folder, each read once, whatever it is renamed to meanwhile.

A file is known by its name. Over a restart only a time and the newest names are remembered: the time of a file's last
change in its folder (ctime, which writing, linking and renaming set) up to which all are read.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from peyvand.cursors import Cursor

# A file may come with a time a little before that of one which was seen already: clocks of file systems are coarse.
EDGE_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Sight:
    """A file as it is seen now: by which name it is known, where it lies, and when it was last changed."""

    key: str
    path: Path
    changed: int
    size: int
    written: int

    @property
    def mark(self) -> int:
        """Return the name in eight bytes."""
        return int.from_bytes(hashlib.blake2b(self.key.encode("utf-8", "surrogateescape"), digest_size=8).digest())


@dataclass(slots=True)
class Watch:
    """What of one folder has been read. `until` (ns) never passes a file that is still to be read."""

    until: int = 0
    edge: frozenset[int] = frozenset()
    known: set[int] = field(default_factory=set)
    recent: dict[int, int] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    waiting: int | None = None
    resumed: bool = False

    @classmethod
    def of(cls, cursor: Cursor | None) -> "Watch":
        """Return the watch that a cursor keeps."""
        if cursor is None:
            return cls(resumed=True)
        return cls(cursor["until"], frozenset(int(mark, 16) for mark in cursor["edge"]))

    def cursor(self) -> Cursor:
        """Return the time up to which all is read, and the names that were read since shortly before it."""
        marks = sorted(mark for mark, changed in self.recent.items() if changed >= self.until - EDGE_NS)
        return {"until": self.until, "edge": [f"{mark:016x}" for mark in marks]}

    def fresh(self, seen: Iterable[Sight], settled: Callable[[Sight], bool]) -> list[Sight]:
        """Return the files that are to be read, the oldest first; those that are not settled hold the time back."""
        unread = [sight for sight in seen if not self._is_known(sight)]
        self.resumed = True
        ready: list[Sight] = []
        waiting: list[Sight] = []
        for sight in unread:
            (ready if settled(sight) else waiting).append(sight)
        self.waiting = min((s.changed for s in waiting), default=None)
        return sorted(ready, key=lambda s: (s.changed, s.key))

    def has_read(self, sight: Sight, *, again_when_changed: bool = False) -> None:
        """Note a file as read, in the order of `fresh`; or one that refused, which is tried again once it changes."""
        if again_when_changed:
            self.refused[sight.mark] = sight.changed
        else:
            self.refused.pop(sight.mark, None)
            self.known.add(sight.mark)
            self.recent[sight.mark] = sight.changed
        until = sight.changed if self.waiting is None else min(sight.changed, self.waiting - 1)
        if until > self.until:
            self.until = until
            self.recent = {m: changed for m, changed in self.recent.items() if changed >= until - EDGE_NS}

    def _is_known(self, sight: Sight) -> bool:
        mark = sight.mark
        if mark in self.known or self.refused.get(mark) == sight.changed:
            return True
        if self.resumed:
            return False
        # the first look after a restart: what is older than the cursor was read before it
        if mark in self.edge or sight.changed < self.until - EDGE_NS:
            self.known.add(mark)
            if mark in self.edge:
                self.recent[mark] = sight.changed
            return True
        return False
