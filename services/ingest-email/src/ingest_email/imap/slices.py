"""A piece of a folder that is still to be read: what is there, how large it is, and the mails of it as they come.

Blocking: it works on the mailbox's own thread.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingest_email.imap.careful import gathered
from ingest_email.imap.download import carefully
from ingest_email.imap.fetched import Fetched, failed
from ingest_email.imap.huge import huge
from ingest_email.imap.mailbox import Mailbox
from ingest_email.imap.plan import MOST_BYTES, MOST_MAILS
from ingest_email.imap.questions import Head, found, heads
from ingest_email.imap.uids import Range

# Of so many mails at a time the sizes are asked for and kept in mind.
MOST_HEADS = 5_000
# What has come is handed over after this time, though there might be more on its way.
_HAND_OVER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Slice:
    """What is there between two UIDs: mails to fetch, ascending, and such as cannot even be asked about."""

    low: int
    high: int
    heads: tuple[Head, ...] = ()
    failed: tuple[Fetched, ...] = ()


def newest(mailbox: Mailbox, gap: Range, since: date | None) -> Slice:
    """Return the newest of what is there in a gap; below `low` it was not looked."""
    low, uids = found(mailbox, *gap, since)
    if len(uids) > MOST_HEADS:
        uids = uids[-MOST_HEADS:]
        low = uids[0]
    known = gathered(mailbox, lambda some: heads(mailbox, some), uids)
    return Slice(
        low,
        gap[1],
        tuple(known.answers[uid] for uid in uids if uid in known.answers),
        tuple(failed(uid, why) for uid, why in known.errors.items()),
    )


def again(mailbox: Mailbox, uids: Sequence[int]) -> list[Fetched]:
    """Return mails that could not be had before, and now can."""
    known = gathered(mailbox, lambda some: heads(mailbox, some), uids)
    largest = mailbox.settings.max_message
    small = [h for h in known.answers.values() if h.size <= largest]
    large = [h for h in known.answers.values() if h.size > largest]
    came = [*carefully(mailbox, small), *(huge(mailbox, head) for head in large)]
    return [*came, *(failed(uid, why) for uid, why in known.errors.items())]


def some(coming: Iterator[Fetched]) -> tuple[Fetched, ...]:
    """Return the next of what comes: as much as makes a batch, or what a second brings; nothing at the end."""
    batch: list[Fetched] = []
    size, began = 0, 0.0
    for mail in coming:
        began = began or time.monotonic()
        batch.append(mail)
        size += len(mail.body)
        if len(batch) == MOST_MAILS or size >= MOST_BYTES or time.monotonic() - began > _HAND_OVER_SECONDS:
            break
    return tuple(batch)
