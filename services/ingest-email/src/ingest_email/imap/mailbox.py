"""A mailbox as we ask it, read only: EXAMINE and BODY.PEEK, lists of UIDs, one question at a time.

Blocking; one thread per mailbox. Never a UID range through imapclient.fetch(): 4.1.0 downloads it and then raises.
"""

import imaplib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest_email.imap.connection import READ_SECONDS, connected, cut, released
from ingest_email.imap.folders import Folder, Listed, chosen
from ingest_email.imap.idle import wait_for_news
from ingest_email.imap.settings import Settings
from ingest_email.imap.trouble import Dropped, Refused

# imaplib refuses lines beyond 1,000,000 bytes: the answer to a search must stay below.
_MOST_FOUND = 80_000
HEADER_BYTES = 256 * 1024
TEXT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Standing:
    """How a folder stands: what makes its UIDs valid, the next UID where the server says it, how many mails."""

    uidvalidity: int
    uidnext: int | None
    exists: int


@dataclass(frozen=True, slots=True)
class Head:
    """A mail before it is fetched."""

    uid: int
    size: int
    arrived: datetime | None


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.abort, OSError) as error:
        raise Dropped(str(error)) from error
    except (imaplib.IMAP4.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise Refused(str(error)) from error


class Mailbox:
    """One connection to one mailbox; only `cut` may be called from another thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None
        self._closed = threading.Event()
        self._selected: tuple[Folder, Standing] | None = None

    def open(self) -> None:
        """Connect and sign in; raises Unavailable or SignInFailed."""
        self._client = connected(self._settings)
        if self._closed.is_set():  # while we were connecting
            cut(self._client)

    def reopen(self) -> None:
        """Connect anew to the folder where we stood; raises Dropped when its UIDs mean something else now."""
        self.release()
        self.open()
        if self._selected is not None:
            folder, before = self._selected
            if self.examine(folder).uidvalidity != before.uidvalidity:
                raise Dropped("the folder was made anew meanwhile")

    def cut(self, *, politely: bool) -> None:
        """End the connection, now or as soon as it exists."""
        self._closed.set()
        if self._client is not None:
            cut(self._client, politely=politely)

    def release(self) -> None:
        """Give back what the connection holds."""
        if self._client is not None:
            released(self._client)

    def folders(self) -> list[Folder]:
        """Return the folders to read; raises Unavailable for one that is named and not there."""
        with _asking():
            found = self._client.list_folders()
        return chosen([_listed(*folder) for folder in found], self._settings.folders)

    def examine(self, folder: Folder) -> Standing:
        """Open a folder, read only."""
        with _asking():
            said = self._client.select_folder(folder.name, readonly=True)
        standing = Standing(said.get(b"UIDVALIDITY", 0), said.get(b"UIDNEXT"), said.get(b"EXISTS", 0))
        self._selected = (folder, standing)
        return standing

    def above(self, uid: int) -> list[int]:
        """Return UIDs above one, in order: all of them, or of a very large folder the next of them."""
        # Whatever comes from here on is news to the wait that follows.
        self._client._imap.untagged_responses.pop("EXISTS", None)
        for low, high in self._windows(uid + 1):
            # "n:*" names the last mail even when its UID is below n
            if found := sorted(u for u in self._searched(["UID", f"{low}:{high}"]) if u > uid):
                return found
        return []

    def there(self, uids: Sequence[int]) -> set[int]:
        """Return which of some UIDs the folder still has."""
        with _asking():
            return set(self._client.search(["UID", ",".join(map(str, uids))]))

    def heads(self, uids: Sequence[int]) -> dict[int, Head]:
        """Return sizes and arrival times."""
        with _asking():
            found = self._client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
            return {u: Head(u, f[b"RFC822.SIZE"], _utc(f.get(b"INTERNALDATE"))) for u, f in found.items()}

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return whole mails, without marking them as read."""
        with _asking():
            found = self._client.fetch(list(uids), ["BODY.PEEK[]"])
        return {u: f[b"BODY[]"] for u, f in found.items() if f.get(b"BODY[]") is not None}

    def beginnings(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return headers and the first of the text of mails that are too large to fetch."""
        wanted = [f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>", f"BODY.PEEK[TEXT]<0.{TEXT_BYTES}>"]
        with _asking():
            found = self._client.fetch(list(uids), wanted)
            return {u: f[b"BODY[HEADER]<0>"] + f[b"BODY[TEXT]<0>"] for u, f in found.items()}

    def can_idle(self) -> bool:
        """Return whether the server tells of news by itself."""
        with _asking():
            return bool(self._client.has_capability("IDLE"))

    def wait(self, seconds: float) -> bool:
        """Wait until the open folder has news (True) or the time is over; raises Dropped when the line is dead."""
        with _asking():
            return wait_for_news(self._client._imap, seconds, READ_SECONDS)

    def _windows(self, low: int) -> Iterator[tuple[int, str]]:
        standing = self._selected[1] if self._selected else Standing(0, None, 0)
        if standing.uidnext is not None and standing.exists > _MOST_FOUND:
            for start in range(low, standing.uidnext - _MOST_FOUND, _MOST_FOUND):
                yield start, str(start + _MOST_FOUND - 1)
                low = start + _MOST_FOUND
        yield low, "*"

    def _searched(self, criteria: list[Any]) -> list[int]:
        since = ["SINCE", self._settings.since] if self._settings.since else []
        with _asking():
            return list(self._client.search([*criteria, *since]))


def _listed(flags: Sequence[bytes], delimiter: bytes | None, name: str) -> Listed:
    return Listed(
        name if isinstance(name, str) else str(name),
        frozenset(flag.decode("latin-1").lower() for flag in flags),
        (delimiter or b"").decode("latin-1"),
    )


def _utc(stamp: datetime | None) -> datetime | None:
    return stamp.astimezone(UTC) if stamp is not None else None
