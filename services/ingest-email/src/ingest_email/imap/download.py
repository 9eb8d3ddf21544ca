"""Mails as they arrive: a few commands under way, so that neither the line nor the server ever waits for us.

What a command does not bring is asked for again, carefully, once the line is quiet.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from ingest_email.imap.answers import Answer, Completed
from ingest_email.imap.careful import gathered
from ingest_email.imap.fetched import Fetched, failed, fetched
from ingest_email.imap.huge import huge
from ingest_email.imap.mailbox import Mailbox
from ingest_email.imap.plan import Together
from ingest_email.imap.questions import Head, allowed, bodies
from ingest_email.imap.trouble import Dropped, not_now
from ingest_email.imap.uids import written

# Two keep the line busy near; at a round trip of 30 ms the server is through with one before the next is asked for.
COMMANDS = 4


@dataclass(frozen=True, slots=True)
class _Command:
    """A command under way: those of its mails that are not here yet, and what one of them may hold."""

    heads: dict[int, Head]
    most: int


@dataclass(slots=True)
class _Flight:
    """Commands under way, in the order in which they were sent, and how many bytes are to come."""

    mailbox: Mailbox
    window: int
    asked: dict[bytes, _Command] = field(default_factory=dict)
    late: list[Head] = field(default_factory=list)
    size: int = 0

    def takes(self, group: Together) -> bool:
        """Return whether there is room for one command more; for one there always is."""
        return not self.asked or (len(self.asked) < COMMANDS and self.size + group.size <= self.window)

    def begin(self, group: Together) -> None:
        """Ask for some mails; where the line is dead, carefully later."""
        try:
            tag = self.mailbox.begin(written(h.uid for h in group.heads), "(BODY.PEEK[])")
        except Dropped:
            self.late += group.heads
            self.dropped()
        else:
            self.asked[tag] = _Command({h.uid: h for h in group.heads}, allowed(group.heads))
            self.size += group.size

    def next(self) -> Fetched | None:
        """Return the mail that comes next, None when something else does; raises Unavailable when we are to wait."""
        said = self.mailbox.next_answer(max(command.most for command in self.asked.values()))
        if isinstance(said, Completed):
            self._completed(said)
            return None
        return self._arrived(said)

    def dropped(self) -> None:
        """Put off all that has not come, and open the line anew."""
        self.late += [head for command in self.asked.values() for head in command.heads.values()]
        self.asked.clear()
        self.size = 0
        self.mailbox.reopen()

    def _completed(self, said: Completed) -> None:
        if not said.ok and (later := not_now(said.said)):
            raise later
        if command := self.asked.pop(said.tag, None):
            self.late += command.heads.values()
            self.size -= sum(head.size for head in command.heads.values())

    def _arrived(self, said: Answer) -> Fetched | None:
        body = said.sections().get(b"")
        for command in self.asked.values():
            if body is not None and said.uid in command.heads:
                head = command.heads.pop(said.uid)
                self.size -= head.size
                return fetched(head, body)
        return None


def downloaded(mailbox: Mailbox, groups: Iterable[Together], until: float = float("inf")) -> Iterator[Fetched]:
    """Yield mails in the order in which they come; after `until` (monotonic) no more are asked for.

    Raises Dropped when the server is ill, Unavailable when it asks us to wait.
    """
    flight, waiting, begun = _Flight(mailbox, mailbox.settings.window), iter(groups), False
    while not begun or time.monotonic() < until:
        group = next(waiting, None)
        if group is None:
            break
        begun = True
        if group.large or flight.late:
            yield from _landed(flight)
        if group.large:
            yield huge(mailbox, group.heads[0])
            continue
        yield from _until(flight, partial(flight.takes, group))
        flight.begin(group)
    yield from _landed(flight)


def _landed(flight: _Flight) -> Iterator[Fetched]:
    """Yield what is still under way, and then, carefully, what did not come with the rest."""
    yield from _until(flight, lambda: not flight.asked)
    while flight.late:
        some, flight.late = flight.late[:200], flight.late[200:]
        yield from carefully(flight.mailbox, some)


def _until(flight: _Flight, enough: Callable[[], bool]) -> Iterator[Fetched]:
    while not enough():
        try:
            mail = flight.next()
        except Dropped as error:
            if later := not_now(str(error)):
                raise later from error
            flight.dropped()
        else:
            if mail is not None:
                yield mail


def carefully(mailbox: Mailbox, heads: Iterable[Head]) -> Iterator[Fetched]:
    """Yield mails one question after the other, and what cannot be had with the reason."""
    known = {head.uid: head for head in sorted(heads, key=lambda h: h.uid)}
    found = gathered(mailbox, lambda uids: bodies(mailbox, [known[u] for u in uids]), list(known))
    for uid, head in known.items():
        if uid in found.answers:
            yield fetched(head, found.answers[uid])
        elif uid in found.errors:
            yield failed(uid, found.errors[uid], head)
