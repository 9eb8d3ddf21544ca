"""The audit log: who did what with what of a customer's, when and from where. It is only ever added to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

# Who reads the log page by page is noted once in as long.
ONE_READING = timedelta(minutes=30)
# A player asks for a recording in many pieces. Those of one person, for one recording, from one address, within so
# long after the first are one hearing.
ONE_HEARING = timedelta(minutes=30)


class Act(StrEnum):
    """What somebody did."""

    HEAR = "hear"
    READ_AUDIT = "read-audit"


class Result(StrEnum):
    """Whether it was granted."""

    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Noted:
    """One line; `what` names the part of the interaction, a file by its SHA-256. `person`: one of `people`, if any."""

    at: datetime
    who: str
    act: Act
    result: Result
    address: str = ""
    person: str | None = None
    interaction: UUID | None = None
    what: str = ""
    number: int = 0  # its place in the log, once it stands there


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines are wanted: `since` is inclusive, `until` is not."""

    who: str | None = None
    person: str | None = None
    act: Act | None = None
    result: Result | None = None
    interaction: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class Audit(Protocol):
    """Where the lines are kept; none is ever changed or taken out."""

    async def note(self, line: Noted, unless_within: timedelta) -> None:
        """Return once the line is committed, or one that differs only in an earlier time stands, no older than that.

        Raises Unavailable.
        """
        ...

    async def lines(self, sought: Sought, below: int | None, limit: int) -> Sequence[Noted]:
        """Return lines, the newest first, those with a smaller number; raises Unavailable."""
        ...
