"""What an archive came to."""

from dataclasses import dataclass, field

from ingest_email.mailfile.archive import Unread
from peyvand.event import InteractionEvent
from peyvand.files import Unpacked

SHOWN = 10
MOST_TOLD = 1_000


@dataclass(slots=True)
class Account:
    """What an archive came to, in mails or messages; `same` were here already, or stand in it twice."""

    found: int = 0
    same: int = 0
    new: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    kept: int = 0
    first: list[InteractionEvent] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def note(self, found: Unpacked) -> None:
        """Count what one of them came to."""
        reading = found.reading
        if reading.kept is not None:
            self.kept += 1
            self._told(Unread(reading.delivery.url.removeprefix("import:"), reading.kept))
        elif reading.skipped is not None:
            self.leave_out(reading.skipped)
        else:
            self.new += 1
            self.first += list(reading.events)[: max(0, SHOWN - len(self.first))]

    def leave_out(self, rule: str) -> None:
        """Count what is understood and brought in by nobody, by its rule."""
        self.skipped[rule] = self.skipped.get(rule, 0) + 1

    def set_aside(self, unread: Unread) -> None:
        """Note what is none."""
        self._told(unread)

    def _told(self, unread: Unread) -> None:
        if len(self.unread) < MOST_TOLD:
            self.unread.append(unread)
