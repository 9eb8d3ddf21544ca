"""Fetching mails so that one that cannot be fetched stops nothing: a batch that fails is halved until it is found."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ingest_email.imap.mailbox import Head, Mailbox
from ingest_email.imap.trouble import Dropped, Refused, not_now

T = TypeVar("T")
Ask = Callable[[Sequence[int]], dict[int, T]]

MOST_MAILS = 200
MOST_BYTES = 4 * 1024 * 1024
# A connection may end by chance: a single mail is blamed only when it happened so often.
_TRIES = 3
# To find one bad mail among 200 takes 8 halvings and 3 tries; more in a row, and it is the server that is ill.
_MOST_DROPS = 12


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server gave it, only its beginning, or why it could not be had."""

    uid: int
    size: int = 0
    body: bytes = b""
    arrived: str = ""
    partial: bool = False
    error: str | None = None


@dataclass(slots=True)
class Gathered(Generic[T]):
    """Answers by UID, and what the server says of those that it does not hand over."""

    answers: dict[int, T] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Search(Generic[T]):
    """The halving of one batch."""

    mailbox: Mailbox
    ask: Ask[T]
    found: Gathered[T] = field(default_factory=Gathered)
    drops: int = 0

    def gather(self, uids: Sequence[int]) -> None:
        why = ""
        for _ in range(_TRIES if len(uids) == 1 else 1):
            try:
                self.found.answers.update(self.ask(uids))
            except Refused as error:
                why = self._judged(error)
                break
            except Dropped as error:
                why = self._again(error)
            else:
                self.drops = 0
                return
        if len(uids) == 1:
            self.found.errors[uids[0]] = why
            return
        self.gather(uids[: len(uids) // 2])
        self.gather(uids[len(uids) // 2 :])

    def _judged(self, error: Refused) -> str:
        if later := not_now(str(error)):
            raise later from error
        return str(error)[:300]

    def _again(self, error: Dropped) -> str:
        self.drops += 1
        if self.drops > _MOST_DROPS:
            raise error
        self.mailbox.reopen()
        return "the server ends the connection when asked for this mail"


def gathered(mailbox: Mailbox, ask: Ask[T], uids: Sequence[int]) -> Gathered[T]:
    """Return what a question answers for each UID; those that are gone from the folder are left out."""
    search = _Search(mailbox, ask)
    search.gather(uids)
    silent = [u for u in uids if u not in search.found.answers and u not in search.found.errors]
    # Not to be answered for is no proof of deletion.
    for uid in mailbox.there(silent) if silent else ():
        search.gather([uid])
        if uid not in search.found.answers:
            search.found.errors.setdefault(uid, "the server has this mail and does not hand it over")
    return search.found


def planned(heads: Sequence[Head], largest: int) -> Iterator[list[Head]]:
    """Yield mails to fetch together, in order: few, and not too many bytes; one that is too large stands alone."""
    batch: list[Head] = []
    for head in heads:
        too_large = head.size > largest
        if batch and (too_large or sum(h.size for h in batch) + head.size > MOST_BYTES):
            yield batch
            batch = []
        batch.append(head)
        if too_large:
            yield batch
            batch = []
    if batch:
        yield batch


def heads(mailbox: Mailbox, uids: Sequence[int]) -> tuple[list[Head], list[Fetched]]:
    """Return what is to be fetched, and what cannot even be asked about."""
    found = gathered(mailbox, mailbox.heads, uids)
    return [found.answers[u] for u in uids if u in found.answers], _failed(found, {})


def download(mailbox: Mailbox, wanted: Sequence[Head], largest: int) -> list[Fetched]:
    """Return mails in order; raises Dropped when the server is ill, Unavailable when it asks us to wait."""
    partial = any(head.size > largest for head in wanted)
    by_uid = {head.uid: head for head in wanted}
    found = gathered(mailbox, mailbox.beginnings if partial else mailbox.bodies, list(by_uid))
    read = [_fetched(by_uid[uid], body, partial=partial) for uid, body in found.answers.items()]
    return sorted([*read, *_failed(found, by_uid)], key=lambda f: f.uid)


def _fetched(head: Head, body: bytes, *, partial: bool) -> Fetched:
    return Fetched(head.uid, head.size, body, _iso(head), partial)


def _failed(found: Gathered[T], known: dict[int, Head]) -> list[Fetched]:
    return [
        Fetched(uid, known[uid].size if uid in known else 0, arrived=_iso(known.get(uid)), error=why)
        for uid, why in found.errors.items()
    ]


def _iso(head: Head | None) -> str:
    return head.arrived.isoformat() if head is not None and head.arrived is not None else ""
