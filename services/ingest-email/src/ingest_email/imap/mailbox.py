"""One connection to one mailbox, read only: opened, cut from outside, opened anew where it stood, and waited on.

Blocking; one thread per mailbox. imapclient connects, signs in, lists and selects; what it does wrong with FETCH and
SEARCH is in tests/email/test_imapclient_traps.py, so these are written and read here and in `answers`.
"""

import imaplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ingest_email.imap.answers import Answer, Completed, next_answer
from ingest_email.imap.connection import READ_SECONDS, connected, cut, released
from ingest_email.imap.folders import Folder
from ingest_email.imap.idle import wait_for_news
from ingest_email.imap.settings import Settings
from ingest_email.imap.trouble import Dropped, Refused, TokenRefused


@dataclass(frozen=True, slots=True)
class Standing:
    """How a folder stands: what makes its UIDs valid, the next UID where the server says it, how many mails."""

    uidvalidity: int
    uidnext: int | None
    exists: int


@contextmanager
def asking() -> Iterator[None]:
    """Tell a connection that ended from an answer that says no, or that nobody understands."""
    try:
        yield
    except (imaplib.IMAP4.abort, OSError) as error:
        raise Dropped(str(error)) from error
    except (imaplib.IMAP4.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise Refused(str(error)) from error


class Mailbox:
    """One connection to one mailbox; only `cut` may be called from another thread."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.client: Any = None
        self.selected: tuple[Folder, Standing] | None = None
        self._token: str | None = None
        self._closed = threading.Event()

    def open(self, token: str | None = None) -> None:
        """Connect and sign in; raises Unavailable, SignInFailed, TokenRefused."""
        self._token = token
        self.client = connected(self.settings, token)
        if self._closed.is_set():  # while we were connecting
            cut(self.client)

    def reopen(self) -> None:
        """Connect anew to the folder where we stood; raises Dropped when its UIDs mean something else now."""
        self.release()
        try:
            self.open(self._token)
        except TokenRefused as error:  # it has ended meanwhile, which costs no more than a new connection
            raise Dropped("the connection ended, and its token is too old for another") from error
        if self.selected is not None:
            folder, before = self.selected
            if self.examine(folder).uidvalidity != before.uidvalidity:
                raise Dropped("the folder was made anew meanwhile")

    def cut(self, *, politely: bool) -> None:
        """End the connection, now or as soon as it exists."""
        self._closed.set()
        if self.client is not None:
            cut(self.client, politely=politely)

    def release(self) -> None:
        """Give back what the connection holds."""
        if self.client is not None:
            released(self.client)

    def examine(self, folder: Folder) -> Standing:
        """Open a folder, read only."""
        self.selected = None
        with asking():
            said = self.client.select_folder(folder.name, readonly=True)
        standing = Standing(said.get(b"UIDVALIDITY", 0), said.get(b"UIDNEXT"), said.get(b"EXISTS", 0))
        self.selected = (folder, standing)
        return standing

    def look(self) -> None:
        """Let the server tell what has come into the open folder; what it tells from here on is news to the wait."""
        with asking():
            self.client.noop()
        # else what servers tell of flags and of mails that vanish would pile up for as long as the connection lasts
        self.client._imap.untagged_responses.clear()

    def begin(self, uids: str, items: str) -> bytes:
        """Ask for mails, without waiting for the answer."""
        with asking():
            tag: bytes = self.client._imap._command("UID", "FETCH", uids, items)
        return tag

    def next_answer(self, most: int) -> Answer | Completed:
        """Return what the server says next; raises Dropped when a mail has more than `most` bytes."""
        with asking():
            return next_answer(self.client._imap, most)

    def can_idle(self) -> bool:
        """Return whether the server tells of news by itself."""
        with asking():
            return bool(self.client.has_capability("IDLE"))

    def wait(self, seconds: float) -> bool:
        """Wait until the open folder has news (True) or the time is over; raises Dropped when the line is dead."""
        with asking():
            return wait_for_news(self.client._imap, seconds, READ_SECONDS)
