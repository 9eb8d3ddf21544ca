"""An audit log in memory that keeps the port's promises."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from peyvand.errors import Unavailable
from timeline.audit import Noted, Sought


@dataclass
class MemoryAudit:
    """Lines in a list; `away` makes it refuse as a database that is gone does."""

    noted: list[Noted] = field(default_factory=list)
    away: bool = False

    async def note(self, line: Noted, unless_within: timedelta) -> None:
        if self.away:
            raise Unavailable("the database is away")
        same = [n for n in self.noted if replace(n, at=line.at, number=0) == line]
        if not any(n.at > line.at - unless_within for n in same):
            self.noted.append(replace(line, number=len(self.noted) + 1))

    async def lines(self, sought: Sought, below: int | None, limit: int) -> Sequence[Noted]:
        wanted = [n for n in self.noted[::-1] if below is None or n.number < below]
        for name in ("who", "person", "act", "result", "interaction"):
            given = getattr(sought, name)
            wanted = [n for n in wanted if given is None or getattr(n, name) == given]
        wanted = [n for n in wanted if sought.since is None or n.at >= sought.since]
        wanted = [n for n in wanted if sought.until is None or n.at < sought.until]
        return wanted[:limit]
