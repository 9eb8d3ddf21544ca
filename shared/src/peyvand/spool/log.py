"""An append-only log on disk: what was appended is read in order until it is forgotten, whatever dies in between."""

import os
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from peyvand.errors import Unavailable
from peyvand.spool.files import cut, put, remove
from peyvand.spool.frames import scan
from peyvand.spool.front import Front, readable
from peyvand.spool.lock import Taken, locked
from peyvand.spool.segments import Segment, Tail, segments_in

log = structlog.get_logger("peyvand.spool")

SEGMENT_BYTES = 8 * 1024 * 1024


class Log:
    """The records of one folder, which it holds alone until it is closed; for one thread at a time."""

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Open the folder, cutting torn tails; raises Taken."""
        self.folder = folder
        self.segment_bytes = segment_bytes
        self.records = 0
        self.bytes = 0
        self._segments: deque[Segment] = deque()
        self._front: Front | None = None
        self._tail: Tail | None = None
        self._lock = locked(folder)
        try:
            for segment in segments_in(folder):
                self._recover(segment)
        except OSError as error:
            os.close(self._lock)
            raise Taken(f"the spool in {folder} cannot be opened: {error.strerror}.") from error

    def append(self, payloads: Sequence[bytes]) -> None:
        """Return once all payloads are on the disk; raises Unavailable, and then none of them is in the log."""
        try:
            added = self._tail_with_room().append(payloads)
        except OSError as error:
            self._end_tail()  # after a failed fsync nobody knows what a file holds, so it is not written to again
            raise Unavailable(f"the spool's disk refuses: {error.strerror}", retry_after=30) from error
        self.bytes += added
        self.records += len(payloads)

    def head(self, most: int, most_bytes: int) -> list[bytes]:
        """Return the first payloads, at least one if there is any; what is damaged is set aside; raises OSError."""
        while self._segments:
            front = self._front = self._front or Front(self._segments[0])
            if front.payloads:
                return front.taken(most, most_bytes)
            if front.is_done:
                self._drop_first()
                continue
            counted = front.segment.records
            front.read_on()
            self.records += front.segment.records - counted
        return []

    def forget(self, count: int) -> None:
        """Drop the first payloads, which `head` has returned."""
        front = self._front
        assert front is not None, "only what was read can be forgotten"
        front.forget(count)
        self.records -= count
        if front.is_done:
            self._drop_first()

    def try_disk(self) -> None:
        """Return when the disk takes a file; raises OSError."""
        put(self.folder / "tried", bytes(4096))
        remove(self.folder / "tried")

    def close(self) -> None:
        """Let the folder go."""
        self._end_tail()
        os.close(self._lock)

    def _recover(self, segment: Segment) -> None:
        content = readable(segment, 0)
        found = scan(segment.mark, content)
        if found.end < len(content):
            log.warning("torn tail cut", segment=segment.path.name, bytes=len(content) - found.end)
            cut(segment.path, found.end)
        if found.end == 0:
            remove(segment.path)
            return
        segment.size, segment.records = found.end, len(found.records)
        self._segments.append(segment)
        self.records += segment.records
        self.bytes += segment.size

    def _drop_first(self) -> None:
        dropped = self._segments.popleft()
        self._front = None
        if self._tail is not None and self._tail.segment is dropped:
            self._close_tail()
        self.bytes -= dropped.size
        try:
            remove(dropped.path)
        except OSError as error:  # its records are delivered again after the next start, which harms nobody
            log.error("segment not removed", segment=dropped.path.name, error=error.strerror)

    def _tail_with_room(self) -> Tail:
        if self._tail is not None and self._tail.segment.size >= self.segment_bytes:
            self._end_tail()
        if self._tail is None:
            number = self._segments[-1].number + 1 if self._segments else 1
            self._tail = Tail.begun(self.folder, number)
            self._segments.append(self._tail.segment)
        return self._tail

    def _end_tail(self) -> None:
        ended = self._close_tail()
        if ended is not None and ended.size == 0:
            self._segments.remove(ended)
            if self._front is not None and self._front.segment is ended:
                self._front = None
            with suppress(OSError):  # an empty segment harms nobody
                remove(ended.path)

    def _close_tail(self) -> Segment | None:
        ended, self._tail = self._tail, None  # whatever closing says: its number may be another file's from now on
        if ended is None:
            return None
        with suppress(OSError):  # what was acknowledged is fsynced, and the rest is promised to nobody
            ended.close()
        return ended.segment
