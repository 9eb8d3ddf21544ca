"""Following folders of mails: what appears is handed on in batches, each with the cursor that is true after it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from ingest_email.mailfile.watch import Sight, Watch
from peyvand.cursors import Cursor
from peyvand.source import Arrival, Batch

MOST_MAILS = 200
MOST_BYTES = 4 * 1024 * 1024
ERROR = "x-file-error"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of mails: the name under which the cursor keeps it, where it lies, and what it is for ("\\Sent")."""

    name: str
    path: Path
    special_use: str = ""


# Lists the folders as they are now, and what lies in one; both raise Unavailable in plain words.
Places = Callable[[], Sequence[Place]]
Seen = Callable[[Place], Sequence[Sight]]


@dataclass(frozen=True, slots=True)
class Follower:
    """How folders are followed: which there are, what lies there, whether a file is whole, how much of it is read."""

    places: Places
    seen: Seen
    settled: Callable[[Sight], bool]
    largest: int
    poll_seconds: float

    async def follow(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """Yield what appears, for ever, an empty batch when nothing new was there; raises Unavailable."""
        kept = cursor["folders"] if cursor else {}
        watches = {name: Watch.of(said) for name, said in kept.items()}
        while True:
            for place in await asyncio.to_thread(self.places):
                watch = watches.setdefault(place.name, Watch.of(None))
                fresh = watch.fresh(await asyncio.to_thread(self.seen, place), self.settled)
                while fresh:
                    found = await asyncio.to_thread(self._portion, place, fresh)
                    _noted(watch, found)
                    fresh = fresh[len(found) :]
                    yield Batch(tuple(a for _, a in found if a is not None), _cursor(watches))
            yield Batch((), _cursor(watches))
            await asyncio.sleep(self.poll_seconds)

    def _portion(self, place: Place, fresh: Sequence[Sight]) -> list[tuple[Sight, Arrival | None]]:
        """Read some of the files, as many as are published together."""
        found: list[tuple[Sight, Arrival | None]] = []
        size = 0
        for sight in fresh:
            arrival = self._arrival(place, sight)
            found.append((sight, arrival))
            size += len(arrival.body) if arrival else 0
            if len(found) >= MOST_MAILS or size >= MOST_BYTES:
                break
        return found

    def _arrival(self, place: Place, sight: Sight) -> Arrival | None:
        """Return a file's mail, or None for a file that is gone."""
        headers = {"folder": place.name, "special-use": place.special_use, "size": str(sight.size)}
        try:
            with sight.path.open("rb") as file:
                body = file.read(self.largest + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            body, headers[ERROR] = b"", error.strerror or type(error).__name__
        if len(body) > self.largest:
            body, headers["partial"] = body[: self.largest], "beginning"
        content = "unreadable" if ERROR in headers else hashlib.sha256(body).hexdigest()[:16]
        url = f"{place.path.absolute().as_uri()}/{quote(sight.key.encode('utf-8', 'surrogateescape'))}#{content}"
        return Arrival(body, datetime.now(UTC), url, {k: v for k, v in headers.items() if v})


def _noted(watch: Watch, found: Sequence[tuple[Sight, Arrival | None]]) -> None:
    """Note what was read; a file that is gone may have another name, under which it is seen again."""
    for sight, arrival in found:
        if arrival is not None:
            watch.has_read(sight, again_when_changed=ERROR in arrival.headers)


def readable(name: str) -> str:
    """Return a file's name without bytes that are no UTF-8, which JSON cannot hold."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _cursor(watches: dict[str, Watch]) -> Cursor:
    return {"folders": {name: watch.cursor() for name, watch in watches.items()}}
