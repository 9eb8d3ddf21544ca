"""The segment that is read: what is known of it, and what of that is not forgotten yet."""

import errno
from collections import deque
from dataclasses import dataclass, field

from peyvand.spool.aside import damage_aside, segment_aside
from peyvand.spool.frames import Damage, scan
from peyvand.spool.segments import Segment

# What a disk answers for a place that it cannot read any more; other errors pass.
_UNREADABLE = {errno.EIO, errno.EBADMSG, errno.EUCLEAN}


@dataclass(slots=True)
class Front:
    """A segment's payloads up to `read_to`, less those that are forgotten."""

    segment: Segment
    payloads: deque[bytes] = field(default_factory=deque)
    read_to: int = 0

    @property
    def is_done(self) -> bool:
        """Return whether nothing of the segment, as far as it is written, is still to be delivered."""
        return not self.payloads and self.read_to >= self.segment.size

    def read_on(self) -> None:
        """Read what was written since; what is damaged is set aside; raises OSError."""
        content = readable(self.segment, self.read_to)
        found = scan(self.segment.mark, content)
        damaged = [*found.damaged, Damage(found.end, content[found.end :])]
        for damage in damaged:
            if damage.content:
                damage_aside(self.segment, self.read_to + damage.at, damage.content)
        self.segment.records = len(found.records)
        self.payloads.extend(found.records)
        self.read_to = self.segment.size

    def taken(self, most: int, most_bytes: int) -> list[bytes]:
        """Return the first payloads, at least one if there is any."""
        taken: list[bytes] = []
        size = 0
        for payload in self.payloads:
            size += len(payload)
            if taken and (len(taken) == most or size > most_bytes):
                break
            taken.append(payload)
        return taken

    def forget(self, count: int) -> None:
        """Drop the first payloads."""
        for _ in range(count):
            self.payloads.popleft()
        self.segment.records -= count


def readable(segment: Segment, start: int) -> bytes:
    """Return a segment's content from a place on, or nothing once the segment had to be set aside; raises OSError."""
    try:
        return segment.read(start)
    except OSError as error:
        if error.errno not in _UNREADABLE:
            raise
        segment_aside(segment, error)
        return b""
