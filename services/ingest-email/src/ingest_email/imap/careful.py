"""Asking so that one mail that cannot be had stops nothing: a question that fails is halved until the mail is found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ingest_email.imap.mailbox import Mailbox
from ingest_email.imap.questions import there
from ingest_email.imap.trouble import Dropped, Refused, not_now

T = TypeVar("T")
Ask = Callable[[Sequence[int]], Mapping[int, T]]

# A connection may end, and a server refuse, by chance: a single mail is blamed only when it happened so often.
TRIES = 3
# To find one bad mail among 200 takes 8 halvings and 3 tries; more in a row, and it is the server that is ill.
MOST_DROPS = 12


@dataclass(slots=True)
class Gathered(Generic[T]):
    """Answers by UID, and what the server says of those that it does not hand over."""

    answers: dict[int, T] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Search(Generic[T]):
    """The halving of one question."""

    mailbox: Mailbox
    ask: Ask[T]
    found: Gathered[T] = field(default_factory=Gathered)
    drops: int = 0

    def gather(self, uids: Sequence[int]) -> None:
        why = ""
        for _ in range(TRIES if len(uids) == 1 else 1):
            try:
                self.found.answers.update(self.ask(uids))
            except Refused as error:
                why = self._judged(error)
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
        return str(error)

    def _again(self, error: Dropped) -> str:
        if later := not_now(str(error)):
            raise later from error
        self.drops += 1
        if self.drops > MOST_DROPS:
            raise error
        self.mailbox.reopen()
        return "the server ends the connection when asked for this mail"


def gathered(mailbox: Mailbox, ask: Ask[T], uids: Sequence[int]) -> Gathered[T]:
    """Return what a question answers for each UID; those that are gone from the folder are left out.

    Raises Dropped when the server is ill, Unavailable when it asks us to wait.
    """
    search = _Search(mailbox, ask)
    if uids:
        search.gather(uids)
    silent = [u for u in uids if u not in search.found.answers and u not in search.found.errors]
    # Not to be answered for is no proof of deletion.
    for uid in sorted(there(mailbox, silent)) if silent else ():
        search.gather([uid])
        if uid not in search.found.answers:
            search.found.errors.setdefault(uid, "the server has this mail and does not hand it over")
    return search.found
